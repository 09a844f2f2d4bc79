"""Recognise the headings that the data file lists, also where they are broken over lines."""

from pipeline.reading.source import Line
from pipeline.structure.patterns import heading_pattern, heading_sections, plain

_MAX_LENGTH = 150


def heading_section(text: str) -> str | None:
    """Return the section that a heading begins, ``keep`` if it begins none, None if unknown."""
    match = heading_pattern().fullmatch(plain(text))
    if match is None:
        return None
    index = next(i for i in range(len(heading_sections())) if match.group(f"h{i}") is not None)
    return heading_sections()[index]


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
        if heading_section(text) is not None:
            found = (count, text)
    return found
