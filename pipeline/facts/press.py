"""The facts of a press text: title, date of publication, publisher, and its body."""

import re
from collections import Counter
from functools import cache

from pipeline.facts import dates
from pipeline.reading.source import Line, Source
from pipeline.structure.patterns import furniture, load_data, plain

_EDGE_LINES = 15
_STOP = re.compile(r"[.!?:;,][’”\"')\]]*$")
_DATE_LEAD = re.compile(
    r"^(?:date|published|posted|updated|last updated|first published)?(?: on)?:?\s*", re.IGNORECASE
)
_SAVED_DATE = re.compile(r"^(?:date|published):? \d{4}-\d{2}-\d{2}\s+(?=\S)", re.IGNORECASE)
_CREDIT = re.compile(r"\s*\((?:photo|picture|image|pic)s?\b[^()]*\)\s*$", re.IGNORECASE)
_MAX_TITLE_WORDS = 25
_BYLINE_DATE = 60
_PLACE = r"[A-Z][\w’'-]+(?:(?: (?:and|upon|of|on|with|the|in))* [A-Z][\w’'-]+){0,3}"
_TOLD = re.compile(
    r"\b(?:told|speaking to) (?:the )?((?:[A-Z][\w’'-]+|and|&)(?: (?:[A-Z][\w’'-]+|and|&))*)"
)


def press_title(source: Source) -> str:
    """Return the headline: the page's first heading, else a first line without a full stop.

    A text that has neither is known by its first line, if that is short.
    """
    if source.meta.get("title"):
        return source.meta["title"]
    opening = body_lines(source)[:2]
    short = [line.text for line in opening if len(line.text.split()) <= _MAX_TITLE_WORDS]
    headlines = [text for text in short if not _STOP.search(text)]
    if headlines:
        return headlines[0]
    return short[0] if short and short[0] == opening[0].text else ""


def press_date(source: Source) -> str:
    """Return the date of publication: the page's metadata, else a date line at its edge."""
    if source.meta.get("published"):
        return source.meta["published"]
    edges = source.lines[:_EDGE_LINES] + source.lines[-_EDGE_LINES:]
    for line in edges:
        opening = _DATE_LEAD.sub("", line.text)[:_BYLINE_DATE]
        found = dates.first_date(opening)
        led = opening != line.text or len(line.text) <= _BYLINE_DATE
        if (
            found
            and led
            and (len(line.text) <= _BYLINE_DATE or line.text.lower().startswith("date"))
        ):
            return found
    return ""


@cache
def _council_name() -> re.Pattern[str]:
    forms = load_data("publishers.yaml")["council_names"]
    return re.compile("|".join(rf"\b{form.replace('PLACE', _PLACE)}" for form in forms))


@cache
def _words(kind: str) -> re.Pattern[str]:
    listed = load_data("publishers.yaml")[kind]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, listed))})\b")


def is_council(publisher: str) -> bool:
    """Tell whether a publisher's name is a council's."""
    return bool(_words("council").search(plain(publisher))) and not is_newspaper(publisher)


def is_newspaper(publisher: str) -> bool:
    """Tell whether a publisher's name is a newspaper's or a broadcaster's."""
    return bool(_words("newspaper").search(plain(publisher)))


def press_publisher(source: Source, kind: str) -> str:
    """Return who published the text, as printed; empty where it does not say.

    The page's metadata come first; then, in a release, the council that it names most often in
    full, and in a news story the newspaper that somebody "told".
    """
    if source.meta.get("publisher"):
        return source.meta["publisher"]
    text = "\n".join(line.text for line in body_lines(source))
    if kind == "press_release":
        names = Counter(match.group() for match in _council_name().finditer(text))
    else:
        names = Counter(name for name in _TOLD.findall(text) if is_newspaper(name))
    return re.sub(r"[’']s?$", "", names.most_common(1)[0][0]) if names else ""


def _without_labels(line: Line) -> Line:
    """Take a saved date before, and a picture's credit behind a line off it."""
    text = _CREDIT.sub("", _SAVED_DATE.sub("", line.text))
    return line if text == line.text else Line(text, line.page, line.role)


def body_lines(source: Source) -> list[Line]:
    """Return the lines without the page's furniture.

    Lines that are furniture as a whole (``data/furniture.yaml``) go, wherever they stand; the
    text ends where a tail of links begins in its last third; a line that says the same as the
    one before it, such as a caption saved twice, goes too.
    """
    anywhere, press, tail = furniture("anywhere"), furniture("press"), furniture("tail")
    kept: list[Line] = []
    for index, printed in enumerate(source.lines):
        line = _without_labels(printed)
        text = plain(line.text)
        if tail.fullmatch(text) and index > len(source.lines) * 2 / 3:
            break
        if not text or anywhere.fullmatch(text) or press.fullmatch(text):
            continue
        half = text[: len(text) // 2]
        doubled = len(text) % 2 == 0 and half * 2 == text
        if doubled or (kept and plain(kept[-1].text) == text):
            continue
        kept.append(line)
    return kept
