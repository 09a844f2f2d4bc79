"""What a table and a column are, and the codes that columns may hold."""

from dataclasses import dataclass

GRADES = ("outstanding", "good", "requires improvement", "inadequate")
POLARITIES = ("strength", "weakness", "mixed", "none")
SOURCES = ("inspectorate", "council", "other", "author")
DOC_TYPES = ("inspection_report", "press_release", "news")
FRAMEWORKS = ("ILACS", "SIF", "other")
REPORT_SECTIONS = (
    "front", "summary", "improve", "help_protection", "in_care", "care_leavers",
    "leaders", "lscb", "info", "other",
)  # fmt: skip
PRESS_SECTIONS = ("title", "body", "quote")
# Who decided where no person did.
MODEL = "model"


@dataclass(frozen=True)
class Column:
    """One column: ``kind`` is string, int, float, date, bool or codes (joined with ``;``)."""

    name: str
    kind: str
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its key (unique, never empty) and its columns in their order."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names in their order."""
        return [column.name for column in self.columns]

    def select(self, name: str, row: str, columns: list[str]) -> "Table":
        """Return a table ``name`` with some of this table's columns, in the given order."""
        by_name = {column.name: column for column in self.columns}
        return Table(name, row, self.key, tuple(by_name[column] for column in columns))
