"""The grades that an inspection report prints, in its table or in its judgement sentences."""

import re

from pipeline.structure.headings import heading_row
from pipeline.structure.patterns import grade_rows, plain

AREAS = ("overall", "leaders", "help_protection", "in_care", "care_leavers", "adoption", "lscb")
_GRADE = re.compile(
    r"\b(outstanding|good|requires? improvement(?: to be good)?|inadequate|adequate)\b"
)
_NEAR = 200
_OVERALL = (
    re.compile(r"the overall judge?ment (?:is|for .{0,60}? is)(?: that)?(?: children's services)?"
               r"(?: in .{0,60}?)?:?(?: are| is)? (?P<rest>.{0,40})"),
    re.compile(r"children's (?:social care )?services in .{2,80}?\b(?:are|is|were judged to be)?"
               r" ?(?P<rest>(?:good|outstanding|inadequate|requires? improvement).{0,20})"),
    re.compile(r"overall effectiveness:? (?P<rest>.{0,40})"),
)  # fmt: skip
_LSCB = (
    re.compile(r"the (?:effectiveness of the )?local safeguarding (?:children'?s?|childrens') board"
               r"(?: \(lscb\))?\d? "
               r"(?:is (?:that it )?|are |has been judged to be |in .{2,40}? is )?"
               r"(?P<rest>(?:good|outstanding|inadequate|requires? improvement).{0,20})"),
    re.compile(r"the lscb (?:is |)(?P<rest>(?:good|outstanding|inadequate|requires? improvement)"
               r".{0,20}) because"),
)  # fmt: skip


def grade_in(text: str) -> str:
    """Return the first grade named in a text, in the words of the contract; empty if none is."""
    match = _GRADE.search(plain(text))
    if match is None or match.group(1) == "adequate":
        return ""
    grade = match.group(1)
    return "requires improvement" if grade.startswith("require") else grade


def table_grades(table: list[str]) -> dict[str, str]:
    """Return the grade of every row of a grade table.

    Cells may be broken over lines, or stand before the end of their row's name: a row is all
    between the beginning of its name and that of the next.
    """
    text = plain(" ".join(table))
    starts: list[tuple[int, int, str]] = []
    for area, start, _ in grade_rows():
        for match in re.finditer(re.escape(start), text):
            starts.append((match.start(), match.end(), area))
    starts.sort()
    grades: dict[str, str] = {}
    for index, (_, end, area) in enumerate(starts):
        stop = starts[index + 1][0] if index + 1 < len(starts) else end + _NEAR
        grade = grade_in(text[end:stop])
        if grade:
            grades.setdefault(area, grade)
    return grades


def _first_match(patterns: tuple[re.Pattern[str], ...], text: str) -> str:
    found = [(m.start(), grade_in(m["rest"])) for p in patterns for m in p.finditer(text)]
    graded = sorted(item for item in found if item[1])
    return graded[0][1] if graded else ""


def stated_overall(front: str) -> str:
    """Return the overall grade that a sentence of the title page states."""
    return _first_match(_OVERALL, plain(front))


def stated_lscb(text: str) -> str:
    """Return the grade that the report states for the local safeguarding children board."""
    return _first_match(_LSCB, plain(text))


def heading_grades(headings: list[str]) -> dict[str, str]:
    """Return the grades that the headings of a report's sections repeat."""
    found: dict[str, str] = {}
    for heading in headings:
        row, grade = heading_row(heading), grade_in(heading)
        if row is not None and grade:
            area = "adoption" if "adoption" in plain(heading) else str(row["section"])
            found.setdefault(area, grade)
    return found
