"""Words and phrases of one to three words, counted by document over normalised text."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain, count

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csc_array, csr_array, hstack

from pipeline.structure.patterns import load_data

LONGEST = 3
# A word, or other marks: phrases do not run across marks and figures.
_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|(?:[^\w\s]|[\d_])+")
# The same for text of ASCII alone, in half the time.
_ASCII_TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*|[^a-z\s]+")
_SAME = {"’": "'", "‘": "'", "‐": "-", "‑": "-", "\xad": "", "“": '"', "”": '"', "–": '"', "—": '"'}
_MARK = 0
# Words that are counted together: the memory is that of so many, however many there are.
_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Wording:
    """The words of sentences as numbers, which take less room and time than texts.

    Parameters
    ----------
    vocabulary
        The words in the order of the alphabet; the first is number 1.
    numbers
        The words of all sentences one after another, and 0 for other marks and after each sentence.
    lengths
        How many numbers each sentence has; shape (sentences,).
    """

    vocabulary: tuple[str, ...]
    numbers: np.ndarray
    lengths: np.ndarray

    @cached_property
    def bound(self) -> np.ndarray:
        """Which numbers a phrase may begin and end with; shape (words + 1,)."""
        stopped = function_words()
        return np.array([False, *(word not in stopped for word in self.vocabulary)])

    @cached_property
    def ends(self) -> np.ndarray:
        """Where in ``numbers`` each sentence begins, and where the last ends."""
        return np.concatenate([[0], np.cumsum(self.lengths)])


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


def tokens(text: str) -> list[str]:
    """Return the words of a text, in lower case with straight apostrophes, and what stands between.

    Examples
    --------
    >>> tokens("Children’s plans (2 of 3) aren’t up‑to‑date.")
    ["children's", 'plans', '(2', 'of', '3)', "aren't", 'up-to-date', '.']
    """
    plain = unicodedata.normalize("NFC", text).lower()
    # `str.translate` looks up every character of a text that is not ASCII: ten times slower.
    if not plain.isascii():
        for mark, same in _SAME.items():
            plain = plain.replace(mark, same)
    return (_ASCII_TOKEN if plain.isascii() else _TOKEN).findall(plain)


def read_wording(pieces: Iterable[Iterable[str]]) -> Wording:
    """Return the words of sentences, which are given in pieces so that they need not be kept.

    Examples
    --------
    >>> found = read_wording([["Plans are clear.", "Are plans (2) clear"]])
    >>> found.vocabulary, found.numbers.tolist(), found.lengths.tolist()
    (('are', 'clear', 'plans'), [3, 1, 2, 0, 0, 1, 3, 0, 2, 0], [5, 5])
    """
    number: defaultdict[str, int] = defaultdict(count().__next__)
    numbers, lengths = [np.zeros(0, dtype=np.int32)], [np.zeros(0, dtype=np.int64)]
    for texts in pieces:
        found = [[*tokens(text), "."] for text in texts]
        lengths.append(np.fromiter(map(len, found), dtype=np.int64, count=len(found)))
        every = map(number.__getitem__, chain.from_iterable(found))
        numbers.append(np.fromiter(every, dtype=np.int32, count=int(lengths[-1].sum())))
    vocabulary = sorted(word for word in number if word[0].isalpha())
    place = {word: rank for rank, word in enumerate(vocabulary, 1)}
    rank = np.array([place.get(word, _MARK) for word in number], dtype=np.int32)
    # In place: all words, twice, would take as much as the tables.
    for part in numbers:
        part[:] = rank[part]
    return Wording(tuple(vocabulary), np.concatenate(numbers), np.concatenate(lengths))


def function_words() -> frozenset[str]:
    """Return the words with which no phrase begins or ends."""
    return frozenset(word for group in load_data("function_words.yaml").values() for word in group)


def count_phrases(
    wording: Wording, owners: np.ndarray, documents: int, min_count: int, min_documents: int
) -> Phrases:
    """Count the words and phrases of documents.

    A phrase of two or three words stands within one sentence, runs across no mark or figure, and
    neither begins nor ends with a function word (``pipeline/data/function_words.yaml``). Words are
    not reduced to lemmas: "plan" and "plans" can set groups apart by themselves.

    Parameters
    ----------
    wording
        The words of sentences.
    owners
        The document of each sentence, from 0; -1 where it is not counted; shape (sentences,).
    documents
        How many there are.
    min_count
        How often a phrase stands in all documents together, at least.
    min_documents
        In how many documents it stands, at least.
    """
    words, total = np.zeros(documents, dtype=int), np.zeros(len(wording.bound), dtype=int)
    for stream, owner in _read(wording, owners):
        words += np.bincount(owner[stream != _MARK], minlength=documents)
        total += np.bincount(stream, minlength=len(total))
    # A phrase is no more frequent than its rarest word, so rare words end phrases like marks.
    often = (total >= min_count) & (np.arange(len(total)) != _MARK)
    terms: list[str] = []
    parts = []
    for length in range(1, LONGEST + 1):
        runs = partial(_runs, wording, owners, often, length)
        frequent = _frequent(runs(), min_count) if length > 1 else np.flatnonzero(often)
        counts = _counted(runs(), frequent, documents)
        spread = np.flatnonzero(np.diff(counts.indptr) >= min_documents)
        parts.append(csr_array(counts[:, spread], dtype=float))
        terms += [_spelled(key, wording.vocabulary, length) for key in frequent[spread].tolist()]
    return Phrases(tuple(terms), csr_array(hstack(parts, format="csr")), words)


def _read(wording: Wording, owners: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the numbers of the counted sentences and their documents, some sentences at a time."""
    ends, start = wording.ends, 0
    while start < len(owners):
        stop = max(start + 1, int(np.searchsorted(ends, ends[start] + _AT_ONCE, "right")) - 1)
        owner = np.repeat(owners[start:stop].astype(np.int32), wording.lengths[start:stop])
        counted = owner >= 0
        yield wording.numbers[ends[start] : ends[stop]][counted], owner[counted]
        start = stop


def _runs(
    wording: Wording, owners: np.ndarray, often: np.ndarray, length: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield a number for each phrase of a length as it occurs, and its document."""
    base = len(wording.bound)
    for stream, owner in _read(wording, owners):
        count = max(len(stream) - length + 1, 0)
        window = [stream[start : start + count] for start in range(length)]
        whole = np.all([often[part] for part in window], axis=0)
        if length > 1:
            whole &= wording.bound[window[0]] & wording.bound[window[-1]]
        keys = np.zeros(int(whole.sum()), dtype=np.int64)
        for part in window:
            keys = keys * base + part[whole]
        yield keys, owner[:count][whole]


def _frequent(runs: Iterable[tuple[np.ndarray, np.ndarray]], least: int) -> np.ndarray:
    """Return the numbers of phrases that stand so often in all, in their order."""
    waiting, known = [], _added([])
    for keys, _ in runs:
        waiting.append(np.unique(keys, return_counts=True))
        # Not at every step: each sorts what is known again.
        if sum(len(part) for part, _ in waiting) > len(known[0]) + _AT_ONCE:
            known, waiting = _added([known, *waiting]), []
    keys, counts = _added([known, *waiting])
    return np.asarray(keys[counts >= least])


def _added(parts: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct numbers of several lists, and their counts together."""
    none = np.zeros(0, dtype=np.int64)
    keys, counts = (np.concatenate([none, *(part[n] for part in parts)]) for n in (0, 1))
    distinct, place = np.unique(keys, return_inverse=True)
    return distinct, np.bincount(place, counts, len(distinct))


def _counted(
    runs: Iterable[tuple[np.ndarray, np.ndarray]], phrases: np.ndarray, documents: int
) -> csc_array:
    """Return how often each phrase stands in each document; shape (documents, phrases)."""
    known, wide, parts = pd.Index(phrases), max(1, len(phrases)), [_added([])]
    for keys, homes in runs:
        place = known.get_indexer(pd.Index(keys))
        here = place >= 0
        cells = homes[here].astype(np.int64) * wide + place[here]
        parts.append(np.unique(cells, return_counts=True))
    cells, counts = _added(parts)
    coords = tuple(part.astype(np.int32) for part in np.divmod(cells, wide))
    return csc_array(coo_array((counts, coords), (documents, len(phrases))))


def _spelled(key: int, vocabulary: tuple[str, ...], length: int) -> str:
    parts = []
    for _ in range(length):
        key, number = divmod(key, len(vocabulary) + 1)
        parts.append(vocabulary[number - 1])
    return " ".join(reversed(parts))
