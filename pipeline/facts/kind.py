"""Tell inspection reports, press releases and news stories apart."""

import re
from functools import cache

from pipeline.facts.press import is_council
from pipeline.reading.source import Source
from pipeline.structure.patterns import load_data, plain


@cache
def _signs() -> list[tuple[re.Pattern[str], int]]:
    """Return the signs of a news story (weight above 0) and of a press release (below 0)."""
    data = load_data("doc_types.yaml")
    news = [(re.compile(pattern), 1) for pattern in data["news"]]
    return news + [(re.compile(pattern), -1) for pattern in data["press_release"]]


def press_kind(source: Source) -> str:
    """Return ``news`` or ``press_release`` by the signs of the page (``data/doc_types.yaml``).

    A council speaks of itself in the first person, names itself as publisher and lists contacts;
    a newspaper has bylines, advertisements and a name of its own. Without any sign it is news:
    the wider kind.
    """
    text = " ".join(plain(line.text) for line in source.lines)
    publisher = source.meta.get("publisher", "")
    score = sum(weight for pattern, weight in _signs() if pattern.search(text))
    if publisher:
        score += -3 if is_council(publisher) else 3
    return "press_release" if score < 0 else "news"
