"""Split paragraphs into sentences, with the place of each."""

import re
from functools import cache

from pipeline.structure.patterns import load_data

_BOUNDARY = re.compile(
    r"[.!?]+[’”\"')\]]*(?:\s+(?=[‘“\"'(\[•]*[A-Z0-9£]|\(rec)|(?<=[a-z)%]\.)(?=[A-Z][a-z]+\s))"
)
_LONGEST_WORD = 100
_INITIALS = re.compile(r"[a-z]|(?:[a-z]\.)+[a-z]")


@cache
def _abbreviations() -> tuple[frozenset[str], frozenset[str]]:
    data = load_data("abbreviations.yaml")
    return frozenset(data["never_end"]), frozenset(data["before_number"])


def _ends_sentence(word: str, after: str) -> bool:
    never, before_number = _abbreviations()
    bare = word.lstrip("(‘“\"'[").lower()
    if bare in never or _INITIALS.fullmatch(bare):
        return False
    return not (bare in before_number and after.isdigit())


def split_spans(text: str) -> list[tuple[int, int]]:
    """Return start and end of every sentence of a paragraph, white space trimmed.

    A sentence ends at ``. ! ?`` with closing quotation marks or brackets, before white space
    and a capital letter, digit or opening mark, or where a space is missing before a word with a
    capital, unless the word before is an abbreviation or an
    initial (``pipeline/data/abbreviations.yaml``). Compared with nupunkt and spaCy's ``senter``
    by ``benchmarks/sentence_splitters.py``.
    """
    spans = []
    start = seen = 0
    for match in _BOUNDARY.finditer(text):
        before = text[max(seen, match.start() - _LONGEST_WORD) : match.start()]
        word = before.split()[-1] if before and not before[-1].isspace() else ""
        seen = match.end()
        if _ends_sentence(word, text[match.end()]):
            spans.append((start, match.end()))
            start = match.end()
    spans.append((start, len(text)))
    trimmed = []
    for begin, end in spans:
        piece = text[begin:end]
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            trimmed.append((begin + lead, begin + len(piece.rstrip())))
    return trimmed
