"""What every reader returns: the lines of a document, before anything is taken away."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["pdf", "html", "docx", "text"]
Role = Literal["line", "paragraph", "heading", "bullet", "table"]


@dataclass(frozen=True)
class Line:
    """One line of a document.

    ``role`` is what the file itself says about the line: ``line`` is a printed line that may
    go on in the next one (PDF, wrapped text); the others are whole paragraphs.
    """

    text: str
    page: int = 1
    role: Role = "line"


@dataclass(frozen=True)
class Source:
    """A document as it was read: its kind, lines, number of pages and the metadata it carries.

    ``meta`` may hold ``title``, ``published`` (ISO date) and ``publisher``.
    """

    kind: Kind
    lines: list[Line]
    pages: int = 1
    meta: dict[str, str] = field(default_factory=dict)
