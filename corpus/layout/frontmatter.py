"""The front matter of a manuscript: its fields, and the errors that name file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import yaml

GRADES = ("outstanding", "good", "requires improvement", "inadequate")
ILACS_GRADES = ("leaders", "help_protection", "in_care", "overall")
SIF_GRADES = (
    "help_protection",
    "in_care",
    "adoption",
    "care_leavers",
    "leaders",
    "overall",
    "lscb",
)
# From 2023 the framework judges care leavers apart from children in care.
CARE_LEAVERS_JUDGED_FROM = 2023

_COMMON = ("doc_id", "doc_type", "format", "council", "council_title", "published")
_REPORT = ("layout", "start_date", "end_date", "grades")
_FORMATS = {
    "inspection_report": ("pdf", "docx", "txt"),
    "press_release": ("html", "txt"),
    "news": ("html", "txt"),
}


class ManuscriptError(ValueError):
    """A manuscript breaks the form; the message opens with file and line."""

    def __init__(self, name: str, line: int, message: str) -> None:
        super().__init__(f"{name}:{line}: {message}")


@dataclass(frozen=True)
class FrontMatter:
    """What is known of a document apart from its words.

    Attributes
    ----------
    layout
        ilacs or sif; empty for press texts.
    publisher
        Empty for reports, whose publisher the layout supplies.
    lead_inspector
        Empty for press texts and where a SIF manuscript leaves it to the layout.
    start_date, end_date
        Days of the inspection; None for press texts.
    grades
        Grade by judgement; empty for press texts.
    """

    doc_id: str
    doc_type: str
    layout: str
    format: str
    council: str
    council_title: str
    publisher: str
    lead_inspector: str
    start_date: date | None
    end_date: date | None
    published: date
    grades: Mapping[str, str]

    @property
    def is_press(self) -> bool:
        """Whether the document is a press release or a news story."""
        return self.doc_type != "inspection_report"

    @property
    def dates(self) -> tuple[date, date]:
        """First and last day of the inspection of a report."""
        if self.start_date is None or self.end_date is None:
            raise ValueError(f"{self.doc_id} is not a report")
        return self.start_date, self.end_date


def parse_front_matter(lines: Sequence[str], name: str) -> tuple[FrontMatter, int]:
    """Parse the front matter and return it with the index of the first line after it.

    Parameters
    ----------
    lines
        The lines of the manuscript.
    name
        File name to use in errors.
    """
    if not lines or lines[0].strip() != "---":
        raise ManuscriptError(name, 1, "the first line is not '---'")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise ManuscriptError(name, 1, "the front matter is not closed with '---'")
    try:
        fields = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError as error:
        raise ManuscriptError(name, 1, f"front matter is not YAML: {error}") from error
    if not isinstance(fields, dict):
        raise ManuscriptError(name, 1, "front matter holds no fields")
    return _Checker(fields, lines[:end], name).front_matter(), end + 1


class _Checker:
    """Checks the fields of one front matter."""

    def __init__(self, fields: dict[str, object], lines: Sequence[str], name: str) -> None:
        self.fields = fields
        self.lines = lines
        self.name = name

    def error(self, field: str, message: str) -> ManuscriptError:
        """Return an error that points to the line of a field."""
        at = [i for i, line in enumerate(self.lines, 1) if line.startswith(f"{field}:")]
        return ManuscriptError(self.name, at[0] if at else 1, message)

    def front_matter(self) -> FrontMatter:
        """Check every field and return the front matter."""
        doc_type = self.text("doc_type")
        if doc_type not in _FORMATS:
            raise self.error("doc_type", f"unknown doc_type {doc_type!r}")
        report = doc_type == "inspection_report"
        layout = self.text("layout") if report else ""
        if report and layout not in ("ilacs", "sif"):
            raise self.error("layout", f"unknown layout {layout!r}")
        required = _COMMON + (_REPORT if report else ("publisher",))
        if layout == "ilacs":
            required += ("lead_inspector",)
        for field in required:
            if self.fields.get(field) in (None, ""):
                raise self.error(field, f"missing field {field!r}")
        allowed = {*required, "lead_inspector"} if report else set(required)
        for field in self.fields:
            if field not in allowed:
                raise self.error(field, f"unknown field {field!r}")
        if self.text("format") not in _FORMATS[doc_type]:
            raise self.error("format", f"a {doc_type} has no format {self.text('format')!r}")
        start, end = (self.day("start_date"), self.day("end_date")) if report else (None, None)
        published = self.day("published")
        if start and end and not start <= end <= published:
            raise self.error("start_date", "start_date, end_date, published are not in order")
        return FrontMatter(
            doc_id=self.text("doc_id"),
            doc_type=doc_type,
            layout=layout,
            format=self.text("format"),
            council=self.text("council"),
            council_title=self.text("council_title"),
            publisher="" if report else self.text("publisher"),
            lead_inspector=self.text("lead_inspector") if "lead_inspector" in self.fields else "",
            start_date=start,
            end_date=end,
            published=published,
            grades=MappingProxyType(self.grades(layout, published) if report else {}),
        )

    def text(self, field: str) -> str:
        """Return a field that holds words."""
        value = self.fields.get(field)
        if value in (None, ""):
            raise self.error(field, f"missing field {field!r}")
        if not isinstance(value, str):
            raise self.error(field, f"{field} is not text: {value!r}")
        return value

    def day(self, field: str) -> date:
        """Return a field that holds a date."""
        value = self.fields.get(field)
        if not isinstance(value, date):
            raise self.error(field, f"{field} is not a date: {value!r}")
        return value

    def grades(self, layout: str, published: date) -> dict[str, str]:
        """Return the grades: exactly the judgements that the framework makes."""
        value = self.fields.get("grades")
        if not isinstance(value, dict):
            raise self.error("grades", "grades is not a table of judgements")
        expected = set(SIF_GRADES if layout == "sif" else ILACS_GRADES)
        if layout == "ilacs" and published.year >= CARE_LEAVERS_JUDGED_FROM:
            expected.add("care_leavers")
        for judgement in sorted(expected ^ {str(key) for key in value}):
            raise self.error("grades", f"missing or unknown judgement {judgement!r}")
        for judgement, grade in value.items():
            if grade not in GRADES:
                raise self.error("grades", f"unknown grade {grade!r} of {judgement!r}")
        return {str(judgement): str(value[judgement]) for judgement in value}
