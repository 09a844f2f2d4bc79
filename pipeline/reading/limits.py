"""How large a document may be: beyond, it is no report or press text, or made to do harm."""

from pipeline.errors import Rejected
from pipeline.reading.source import Kind, Source

# The longest report known has 60 pages and 250,000 characters.
MAX_PAGES = 1_000
MAX_CHARACTERS = 2_000_000
# A paragraph.
MAX_LINE = 100_000
MAX_BYTES: dict[Kind, int] = {
    "pdf": 200_000_000, "docx": 100_000_000, "html": 20_000_000, "text": 20_000_000,
}  # fmt: skip
# What a Word document may unpack to.
MAX_UNPACKED = 200_000_000
MAX_PARTS = 1_000
_ADVICE = "; split it, or keep the part that is the document"


def too_large(what: str) -> Rejected:
    """Return the verdict on a document that is too large."""
    return Rejected("too_large", f"{what}{_ADVICE}")


def require_bytes(data: bytes, kind: Kind) -> None:
    """Reject a file that is too large for its kind."""
    if len(data) > MAX_BYTES[kind]:
        raise too_large(f"{len(data) / 1e6:.0f} MB, more than {MAX_BYTES[kind] / 1e6:.0f}")


def require_pages(pages: int) -> None:
    """Reject a document of too many pages."""
    if pages > MAX_PAGES:
        raise too_large(f"{pages} pages, more than {MAX_PAGES}")


def require_characters(characters: int) -> None:
    """Reject a document of too much text."""
    if characters > MAX_CHARACTERS:
        raise too_large(f"{characters} characters, more than {MAX_CHARACTERS}")


def require_text(source: Source) -> None:
    """Reject a document of too much text, or with a paragraph that is none."""
    require_characters(sum(len(line.text) for line in source.lines))
    longest = max((len(line.text) for line in source.lines), default=0)
    if longest > MAX_LINE:
        raise too_large(f"a paragraph of {longest} characters, more than {MAX_LINE}")
