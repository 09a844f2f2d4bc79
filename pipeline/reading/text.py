"""Read a plain text file in whatever encoding it was saved."""

import re
import statistics

from pipeline.reading.characters import clean_characters
from pipeline.reading.limits import require_characters
from pipeline.reading.source import Line, Role, Source

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WRAPPED_WIDTH = 110
_WRAPPED_SHARE = 0.9


def decode(data: bytes) -> str:
    """Decode by byte-order mark, else UTF-8, else Windows-1252 (every byte means something)."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _is_wrapped(lines: list[str]) -> bool:
    filled = [len(line) for line in lines if line]
    if len(filled) < 20:
        return False
    short = sum(length <= _WRAPPED_WIDTH for length in filled) / len(filled)
    broken = sum(bool(re.search(r"[a-z,]$", line)) for line in lines if line) / len(filled)
    return short > _WRAPPED_SHARE and broken > 0.3 and statistics.median(filled) > 45


def read_text(data: bytes) -> Source:
    """Return the lines of a text file.

    Lines are taken as whole paragraphs unless most of them are broken at a common width, as in
    text copied from a PDF; form feeds separate pages.

    Raises
    ------
    Rejected
        If there is too much of it.
    """
    text = decode(data)
    require_characters(len(text))
    pages = text.replace("\r\n", "\n").replace("\r", "\n").split("\f")
    raw = [
        (clean_characters(line), n) for n, page in enumerate(pages, 1) for line in page.split("\n")
    ]
    wrapped = _is_wrapped([text for text, _ in raw])
    role: Role = "line" if wrapped else "paragraph"
    return Source("text", [Line(text, page, role) for text, page in raw if text], len(pages))
