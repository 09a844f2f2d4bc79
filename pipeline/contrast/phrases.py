"""Words and phrases of one to three words, counted by document over normalised text."""

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack

from pipeline.structure.patterns import load_data

LONGEST = 3
# A word, or any other mark: phrases do not run across marks and figures.
_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\S")
# The same for text of ASCII alone, in half the time.
_ASCII_TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*|\S")
_SAME = {"’": "'", "‘": "'", "‐": "-", "‑": "-", "\xad": ""}
# Documents whose words are kept: the same ones stand in several contrasts.
_KEPT = 1 << 12
_MARK = 0
_STOP = " .\n"


@dataclass(frozen=True)
class Phrases:
    """Phrases with their counts.

    Parameters
    ----------
    terms
        The phrases, shorter ones first, each length in the order of the alphabet.
    counts
        How often each stands in each document; shape (documents, terms).
    words
        Words of each document; shape (documents,).
    """

    terms: tuple[str, ...]
    counts: csr_array
    words: np.ndarray


@lru_cache(maxsize=_KEPT)
def tokens(text: str) -> tuple[str, ...]:
    """Return the words of a text, in lower case with straight apostrophes, and its other marks.

    Examples
    --------
    >>> tokens("Children’s plans (2 of 3) aren’t up‑to‑date.")
    ("children's", 'plans', '(', '2', 'of', '3', ')', "aren't", 'up-to-date', '.')
    """
    plain = unicodedata.normalize("NFC", text).lower()
    # `str.translate` looks up every character of a text that is not ASCII: ten times slower.
    if not plain.isascii():
        for mark, same in _SAME.items():
            plain = plain.replace(mark, same)
    found = (_ASCII_TOKEN if plain.isascii() else _TOKEN).findall(plain)
    return tuple(map(sys.intern, found))


def function_words() -> frozenset[str]:
    """Return the words with which no phrase begins or ends."""
    return frozenset(word for group in load_data("function_words.yaml").values() for word in group)


def count_phrases(
    documents: Sequence[Iterable[str]], min_count: int, min_documents: int
) -> Phrases:
    """Count the words and phrases of documents.

    A phrase of two or three words stands within one sentence, runs across no mark or figure, and
    neither begins nor ends with a function word (``pipeline/data/function_words.yaml``). Words are
    not reduced to lemmas: "plan" and "plans" can set groups apart by themselves.

    Parameters
    ----------
    documents
        The sentences of each document.
    min_count
        How often a phrase stands in all documents together, at least.
    min_documents
        In how many documents it stands, at least.
    """
    found = [tokens(_STOP.join([*texts, ""])) for texts in documents]
    distinct: set[str] = set().union(*found)
    vocabulary = sorted(word for word in distinct if word[0].isalpha())
    place = {word: number for number, word in enumerate(vocabulary, 1)}
    place |= dict.fromkeys(distinct - place.keys(), _MARK)
    numbers = chain.from_iterable(map(place.__getitem__, listed) for listed in found)
    stream = np.fromiter(numbers, dtype=np.int32)
    owner = np.repeat(np.arange(len(found), dtype=np.int32), [len(listed) for listed in found])
    words = np.bincount(owner[stream != _MARK], minlength=len(found))
    stopped = function_words()
    bound = np.array([False, *(word not in stopped for word in vocabulary)])
    # A phrase is no more frequent than its rarest word, so rare words end phrases like marks.
    stream[np.bincount(stream, minlength=len(bound))[stream] < min_count] = _MARK
    terms: list[str] = []
    parts = []
    for length in range(1, LONGEST + 1):
        keys, owners = _runs(stream, owner, bound, length)
        kept, part = _table(keys, owners, len(found), min_count, min_documents)
        parts.append(part)
        terms += [_spelled(key, vocabulary, length) for key in kept.tolist()]
    counts = csr_array(hstack(parts, format="csr"))
    return Phrases(tuple(terms), counts, words)


def _runs(
    stream: np.ndarray, owner: np.ndarray, bound: np.ndarray, length: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return a number for each phrase of a length as it occurs, and its document."""
    count = max(len(stream) - length + 1, 0)
    window = [stream[start : start + count] for start in range(length)]
    whole = np.all([part != _MARK for part in window], axis=0)
    if length > 1:
        whole &= bound[window[0]] & bound[window[-1]]
    base = len(bound)
    keys = np.zeros(int(whole.sum()), dtype=np.int64)
    for part in window:
        keys = keys * base + part[whole]
    return keys, owner[:count][whole]


def _table(
    keys: np.ndarray, owners: np.ndarray, documents: int, min_count: int, min_documents: int
) -> tuple[np.ndarray, csr_array]:
    if len(keys) and keys.max() < len(keys):
        # Numbers without large gaps, those of single words, need no sorting.
        total = np.bincount(keys)
        distinct, column = np.arange(len(total)), keys
    else:
        distinct, column, total = np.unique(keys, return_inverse=True, return_counts=True)
    often = total >= min_count
    column, rows = column[often[column]], owners[often[column]]
    counts = coo_array((np.ones(len(column)), (rows, column)), (documents, len(distinct))).tocsc()
    counts.sum_duplicates()
    kept = np.flatnonzero(often & (np.diff(counts.indptr) >= min_documents))
    return distinct[kept], csr_array(counts[:, kept])


def _spelled(key: int, vocabulary: list[str], length: int) -> str:
    parts = []
    for _ in range(length):
        key, number = divmod(key, len(vocabulary) + 1)
        parts.append(vocabulary[number - 1])
    return " ".join(reversed(parts))
