"""Readability of documents by textstat's measures.

The counts are textstat's, word type by word type: textstat itself parts every word again for
every measure, and loads a natural language toolkit for a dictionary that it does not use here.
"""

import re
from collections import Counter
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from pyphen import Pyphen

from pipeline import schema

# British hyphenation patterns, which come with pyphen. For textstat's "en_GB" its pronouncing
# dictionary would be fetched at run time; its "en-GB" is what is measured here.
LANGUAGE = "en-GB"
MIN_SMOG_SENTENCES = 30
_LONG = 3
_STRAY_APOSTROPHE = re.compile(r"'(?![tsd]|ve|ll|re)")
_MARK = re.compile(r"[^\w\s']")
_SENTENCE = re.compile(r"\b[^.!?]+[.!?]*")


@cache
def _hyphenation() -> Pyphen:
    return Pyphen(lang=LANGUAGE)


@cache
def _easy_words() -> frozenset[str]:
    """Return textstat's list of easy words, read without loading textstat."""
    spec = find_spec("textstat")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("textstat is not installed")
    path = Path(spec.origin).parent / "resources" / "en" / "easy_words.txt"
    return frozenset(line.strip() for line in path.read_text(encoding="utf-8").splitlines())


def _bare(text: str) -> str:
    """Return text without its marks, but with the apostrophes of contractions."""
    return _MARK.sub("", _STRAY_APOSTROPHE.sub("", text))


@lru_cache(maxsize=1 << 17)
def _parts(word: str) -> int:
    """Return the syllables of a word in lower case without marks."""
    return len(_hyphenation().positions(word)) + 1


@lru_cache(maxsize=1 << 17)
def _kind(word: str) -> tuple[bool, bool]:
    """Return whether a word is long, and whether it is long and not on the list of easy words."""
    lower = word.lower()
    long = sum(map(_parts, _bare(word).lower().split())) >= _LONG
    hard = lower not in _easy_words() and sum(map(_parts, _bare(lower).lower().split())) >= _LONG
    return long, hard


def readability(doc_id: str, sentences: list[str]) -> list[dict[str, object]]:
    """Return textstat's measures of a document, as a row of the table; none without sentences.

    Notes
    -----
    The measures count syllables (by British hyphenation patterns, which find somewhat fewer than
    a pronouncing dictionary), words and sentences; they know nothing of meaning, layout or the
    reader. They suit running formal prose: read a report's score beside other reports of the
    same framework. Do not compare a report with a press release of twenty sentences by SMOG
    (which needs thirty), and do not read a school year as the age of a reader.
    """
    return [_measure(doc_id, sentences)] if sentences else []


def _measure(doc_id: str, sentences: list[str]) -> dict[str, object]:
    text = " ".join(s if s[-1] in ".!?" else f"{s}." for s in sentences)
    bare = _bare(text)
    kinds = Counter(bare.split())
    words = kinds.total()
    row: dict[str, object] = {
        **dict.fromkeys(schema.READABILITY.names, float("nan")),
        "doc_id": doc_id,
        "words": words,
        "sentences": len(sentences),
    }
    # Of no words textstat makes zeros, which would read as measured.
    if words == 0:
        return row
    syllables = sum(_parts(word.lower()) * count for word, count in kinds.items()) / words
    long, hard = (
        sum(count for word, count in kinds.items() if _kind(word)[which]) for which in (0, 1)
    )
    row["words_per_sentence"] = words / len(sentences)
    row["syllables_per_word"] = syllables
    row["long_words"] = long / words
    row |= _scores(text, bare, words, syllables, hard)
    if len(sentences) >= MIN_SMOG_SENTENCES:
        row["smog_index"] = 1.043 * (30 * (long / _stops(text))) ** 0.5 + 3.1291
    return row


def _printed(text: str) -> int:
    """Return the number of characters that are no white space."""
    return len("".join(text.split()))


@lru_cache(maxsize=1)
def _stops(text: str) -> int:
    """Return textstat's number of sentences: it counts stops, and leaves out two words or fewer."""
    found = _SENTENCE.findall(text)
    return max(1, len(found) - sum(map(_is_short, found)))


def _is_short(sentence: str) -> bool:
    """Tell whether a sentence has two words or fewer without its marks."""
    # Words that begin with a letter or a figure stay when marks go: most sentences need no more.
    if sum(word[0].isalnum() for word in sentence.split()[:6]) > 2:
        return False
    return len(_bare(sentence).split()) <= 2


def _scores(text: str, bare: str, words: int, syllables: float, hard: int) -> dict[str, object]:
    """Return the measures whose formulas textstat gives, of a text with words."""
    length = words / _stops(text)
    letters = (_printed(bare) - bare.count("'")) / words * 100
    characters = _printed(text) / len(text.split())
    return {
        "flesch_reading_ease": 206.835 - 1.015 * length - 84.6 * syllables,
        "flesch_kincaid_grade": 0.39 * length + 11.8 * syllables - 15.59,
        "gunning_fog": 0.4 * (length + 100 * hard / words),
        "coleman_liau_index":
            0.058 * letters - 0.296 * (_stops(text) / words * 100) - 15.8 if letters else 0.0,
        "automated_readability_index": 4.71 * characters + 0.5 * length - 21.43,
    }  # fmt: skip
