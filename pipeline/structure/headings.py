"""Recognise the headings that the data file lists, also where they are broken over lines."""

import re
from typing import Any

from pipeline.reading.source import Line
from pipeline.structure.patterns import heading_pattern, heading_rows, plain

_MAX_LENGTH = 150
_NOTE_MARK = re.compile(r"(?<=[a-z)])\d{1,2}$")


def heading_row(text: str) -> dict[str, Any] | None:
    """Return the row of the data file that a heading matches; None if it is unknown."""
    match = heading_pattern().fullmatch(_NOTE_MARK.sub("", plain(text)))
    if match is None:
        return None
    rows = heading_rows()
    return next(row for i, row in enumerate(rows) if match.group(f"h{i}") is not None)


def heading_section(text: str) -> str | None:
    """Return the section that a heading begins, ``keep`` if it begins none, None if unknown."""
    row = heading_row(text)
    return None if row is None else str(row["section"])


def known_heading(lines: list[Line]) -> tuple[int, str] | None:
    """Return how many of the lines make a known heading, and its text; the longest one wins."""
    if not lines[0].text[:1].isupper():
        return None
    found = None
    text = ""
    for count, line in enumerate(lines, 1):
        text = f"{text} {line.text}".strip()
        if len(text) > _MAX_LENGTH:
            break
        if heading_row(text) is not None:
            found = (count, text)
    return found
