"""Words and phrases of one to three words, counted by document over normalised text."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack

from pipeline.structure.patterns import load_data

LONGEST = 3
# A word, or other marks: phrases do not run across marks and figures.
_TOKEN = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|(?:[^\w\s]|[\d_])+")
# The same for text of ASCII alone, in half the time.
_ASCII_TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*|[^a-z\s]+")
_SAME = {"’": "'", "‘": "'", "‐": "-", "‑": "-", "\xad": "", "“": '"', "”": '"', "–": '"', "—": '"'}
_MARK = 0


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
    return Wording(tuple(vocabulary), rank[np.concatenate(numbers)], np.concatenate(lengths))


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
    owner = np.repeat(owners.astype(np.int32), wording.lengths)
    stream, owner = wording.numbers[owner >= 0], owner[owner >= 0]
    words = np.bincount(owner[stream != _MARK], minlength=documents)
    # A phrase is no more frequent than its rarest word, so rare words end phrases like marks.
    often = np.bincount(stream, minlength=len(wording.bound)) >= min_count
    stream = np.where(often[stream], stream, _MARK)
    terms: list[str] = []
    parts = []
    for length in range(1, LONGEST + 1):
        keys, homes = _runs(stream, owner, wording.bound, length)
        kept, part = _table(keys, homes, documents, min_count, min_documents)
        parts.append(part)
        terms += [_spelled(key, wording.vocabulary, length) for key in kept.tolist()]
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
    column, rows = column[often[column]].astype(np.int32), owners[often[column]]
    # As small numbers: there is one for every word of the corpus.
    ones = np.ones(len(column), dtype=np.int32)
    counts = coo_array((ones, (rows, column)), (documents, len(distinct))).tocsc()
    counts.sum_duplicates()
    kept = np.flatnonzero(often & (np.diff(counts.indptr) >= min_documents))
    return distinct[kept], csr_array(counts[:, kept], dtype=float)


def _spelled(key: int, vocabulary: tuple[str, ...], length: int) -> str:
    parts = []
    for _ in range(length):
        key, number = divmod(key, len(vocabulary) + 1)
        parts.append(vocabulary[number - 1])
    return " ".join(reversed(parts))
