"""The facts of a press text: title, date of publication, publisher, and its body."""

import re

from pipeline.facts import dates
from pipeline.reading.source import Line, Source
from pipeline.structure.patterns import furniture, plain

_EDGE_LINES = 15
_STOP = re.compile(r"[.!?:;,][’”\"')\]]*$")
_DATE_LEAD = re.compile(
    r"^(?:date|published|posted|updated|last updated|first published)?(?: on)?:?\s*", re.IGNORECASE
)
_MAX_TITLE_WORDS = 25
_BYLINE_DATE = 60


def press_title(source: Source) -> str:
    """Return the headline: the page's first heading, else a first line without a full stop."""
    if source.meta.get("title"):
        return source.meta["title"]
    for line in body_lines(source)[:2]:
        if len(line.text.split()) <= _MAX_TITLE_WORDS and not _STOP.search(line.text):
            return line.text
    return ""


def press_date(source: Source) -> str:
    """Return the date of publication: the page's metadata, else a date line at its edge."""
    if source.meta.get("published"):
        return source.meta["published"]
    edges = source.lines[:_EDGE_LINES] + source.lines[-_EDGE_LINES:]
    for line in edges:
        opening = _DATE_LEAD.sub("", line.text)[:_BYLINE_DATE]
        found = dates.first_date(opening)
        led = opening != line.text or len(line.text) <= _BYLINE_DATE
        if found and led and (len(line.text) <= _BYLINE_DATE or line.text.lower().startswith("date")):
            return found
    return ""


def body_lines(source: Source) -> list[Line]:
    """Return the lines without the page's furniture.

    Lines that are furniture as a whole (``data/furniture.yaml``) go, wherever they stand; the
    text ends where a tail of links begins in its last third; a line that says the same as the
    one before it, such as a caption saved twice, goes too.
    """
    anywhere, press, tail = furniture("anywhere"), furniture("press"), furniture("tail")
    kept: list[Line] = []
    for index, line in enumerate(source.lines):
        text = plain(line.text)
        if tail.fullmatch(text) and index > len(source.lines) * 2 / 3:
            break
        if anywhere.fullmatch(text) or press.fullmatch(text):
            continue
        half = text[: len(text) // 2]
        doubled = len(text) % 2 == 0 and half * 2 == text
        if doubled or (kept and plain(kept[-1].text) == text):
            continue
        kept.append(line)
    return kept
