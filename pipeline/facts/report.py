"""The facts of an inspection report: framework, council, dates, lead inspector, grades."""

import re
from dataclasses import dataclass

from pipeline.facts import dates, grades
from pipeline.reading.source import Line
from pipeline.structure.patterns import plain

_FRONT_LINES = 60
_TITLES = {
    "SIF": re.compile(
        r"inspection of services for children in need of help and protection,? "
        r"(?:and )?children looked after and care leavers"
    ),
    "ILACS": re.compile(
        r"inspection of .{0,80}?(?:local authority children's|children's social care) services"
        r"|the impact of leaders on social work practice with children and families"
    ),
}  # fmt: skip
_REPORT = re.compile(
    r"\binspection date|\breport(?:ing)? (?:published|inspector)|\blead inspector\b"
    r"|\binspection of\b"
)
_PERIOD = re.compile(
    r"inspection dates?:?\s*(?P<dates>.*?)(?=lead inspector|report(?:ing)? |published|the overall"
    r"|children's services|judge?ment|age group|$)",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(r"(?:report )?published:?\s*(?P<date>\d.{6,30})", re.IGNORECASE)
_TITLE_END = re.compile(
    r"\b(?:re-?)?inspection (?:of|dates?)\b|\breview of\b|\breport published", re.IGNORECASE
)
_IN_TITLE = re.compile(
    r"inspection of (?P<council>.+?)(?:'s)? (?:local authority )?children's (?:social care )?"
    r"services",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?P<title>(?:re-?)?inspection of .+?)(?=\d? (?:inspection dates?|reporting inspector))",
    re.IGNORECASE,
)
_INSPECTOR = re.compile(
    r"(?:lead|reporting) inspectors?:?\s+(?P<names>[^:]{4,160}?)(?=$|\s+judge?ment\b|\s+age group"
    r"|\s+(?:deputy|team|assistant|additional|associate|senior|shadow|support|quality|data|social|"
    r"schools|further)\b.{0,30}(?:inspector|analyst|manager|data|:)|\s+inspection dates?|\.\s)",
    re.IGNORECASE,
)
_HMI = re.compile(
    r",?\s*\(?\b(?:(?:her|his) majesty.?s inspectors?|hmi|social care regulatory inspector"
    r"|ofsted inspector|senior hmi)\b\)?,?",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?:[A-Z][\w’'\-]+|de|van|von|Mc\w+)(?:\s+(?:[A-Z][\w’'\-]+|de|van|von)){1,3}")


def _joined(lines: list[Line]) -> str:
    return " ".join(line.text for line in lines)


def framework_of(lines: list[Line]) -> str:
    """Return the inspection framework that the first lines show; empty if it is no report."""
    front = plain(_joined(lines[:_FRONT_LINES]))
    found = {name: match.start() for name, p in _TITLES.items() if (match := p.search(front))}
    if found and ("lead inspector" in front or "inspection date" in front):
        return min(found, key=lambda name: found[name])
    signs = {match.group() for match in _REPORT.finditer(front[:1500])}
    return "other" if len(signs) >= 2 else ""


def printed_council(lines: list[Line]) -> str:
    """Return the council's name as the title prints it, its lines joined."""
    front = [line for line in lines[:16] if not line.text.isdigit()]
    joined = _joined(front).replace("’", "'")
    title = _IN_TITLE.match(joined)
    if title and len(title["council"]) < 90:
        return title["council"]
    name: list[str] = []
    for line in front:
        if _TITLE_END.search(line.text):
            break
        name.append(line.text)
    if name:
        return " ".join(name[:3])
    older = re.search(
        r"children services (?P<council>.+?) inspection dates?", joined, re.IGNORECASE
    )
    return older["council"] if older else ""


def inspection_period(lines: list[Line]) -> tuple[str, str]:
    """Return first and last day of the inspection; empty where the title page names none."""
    match = _PERIOD.search(_joined(lines[:_FRONT_LINES]).replace("’", "'"))
    return dates.periods(match["dates"][:160]) if match else ("", "")


def published(lines: list[Line]) -> str:
    """Return the date of publication that the title page prints; empty if it prints none."""
    match = _PUBLISHED.search(_joined(lines[:_FRONT_LINES]))
    return dates.first_date(match["date"]) if match else ""


def lead_inspector(lines: list[Line]) -> str:
    """Return the lead inspector's name; the title page first, then the last pages."""
    front = _joined(lines[:_FRONT_LINES])
    rest = " ".join(line.text for line in lines[_FRONT_LINES:])
    for text in (front, rest):
        for match in _INSPECTOR.finditer(text):
            people = _HMI.sub(";", match["names"])
            names = [
                _NAME.match(part.strip(" ;,").removeprefix("and ")) for part in people.split(";")
            ]
            found = [name.group() for name in names if name]
            if found:
                return ";".join(found)
    return ""


def title(lines: list[Line]) -> str:
    """Return the title as printed: from "Inspection of" to the dates."""
    front = [line.text for line in lines[:16] if not line.text.isdigit()]
    joined = " ".join(front)
    match = _TITLE.search(joined)
    return match["title"].strip() if match else ""


@dataclass(frozen=True)
class Grades:
    """The grades of a report by judgement area, and what is contradictory about them."""

    grades: dict[str, str]
    notes: list[str]


def report_grades(
    table: list[str], front: str, whole: str, headings: list[str], framework: str
) -> Grades:
    """Return the grades of a report; the title page wins over the rest.

    Parameters
    ----------
    table
        Lines of the grade table.
    front
        Text of the title page.
    whole
        Text of the report, for what the title page does not print.
    headings
        Headings of the report, to compare with the title page.
    framework
        ILACS, SIF or other.
    """
    found = grades.table_grades(table)
    notes: list[str] = []
    if framework == "ILACS":
        found.pop("adoption", None)
        found.setdefault("overall", grades.stated_overall(front))
    elif framework == "SIF":
        found["overall"] = grades.stated_overall(front) or grades.stated_overall(whole)
        found["lscb"] = grades.stated_lscb(front) or grades.stated_lscb(whole)
    else:
        found = {}
    repeated = grades.heading_grades(headings) if found else {}
    for area, grade in repeated.items():
        if found.get(area) and found[area] != grade:
            notes.append(f"{area}: the title page says {found[area]}, a heading {grade}")
    return Grades(found, notes)
