"""Weigh the word n-grams of texts by tf-idf, as scikit-learn's ``TfidfVectorizer`` does.

Scikit-learn looks every n-gram up as a text of its own, and takes a second to import; here words
become numbers once, and the n-grams of all texts are looked up together.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

_ABSENT = -1
# Texts whose words are kept: a sentence is asked for as itself, as the one before the next, and
# for its evidence.
_KEPT = 1 << 11
Found = tuple[np.ndarray, np.ndarray]


class Occurrences(NamedTuple):
    """Where n-grams stand in the words of texts.

    Parameters
    ----------
    numbers
        The number of every word, -1 if it is not known, of one text after the other.
    owner
        The text of every word.
    found
        For each length of n-grams, the place of the first word of each that was found, ascending,
        and its column.
    """

    numbers: np.ndarray
    owner: np.ndarray
    found: list[Found]


class Words:
    """The words of texts, and their numbers among those that a model knows.

    Parameters
    ----------
    token
        The pattern of a word.
    known
        The words that have numbers, alone or joined by spaces.
    """

    def __init__(self, token: str, known: Iterable[str]) -> None:
        self._token = re.compile(f"({token})")
        words = dict.fromkeys(" ".join(known).split(" "))
        self.number = {word: number for number, word in enumerate(words)}
        # What :meth:`_read` returns, without reading again what was read lately.
        self.of = lru_cache(maxsize=_KEPT)(self._read)

    def _read(self, text: str) -> tuple[tuple[str, ...], np.ndarray]:
        """Return the pieces of a text in lower case, and the numbers of its words, -1 if unknown.

        The words are the pieces at odd places; what stands around them are those at even ones.
        """
        pieces = tuple(self._token.split(text.lower()))
        get = self.number.get
        return pieces, np.array([get(word, _ABSENT) for word in pieces[1::2]], dtype=np.int64)

    def numbers(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of the words of all texts, and the text of each."""
        # The first is none, so that no texts have no numbers.
        numbers = [np.empty(0, dtype=np.int64), *(self.of(text)[1] for text in texts)]
        owner = np.repeat(np.arange(-1, len(texts)), list(map(len, numbers)))
        return np.concatenate(numbers), owner


@dataclass(frozen=True)
class Ngrams:
    """The n-grams that a model knows, with their inverse document frequencies.

    Parameters
    ----------
    vocabulary
        N-grams, words joined by a space, in the order of the columns.
    idf_
        The inverse document frequency of every n-gram.
    words
        The numbers of all words of the n-grams.
    """

    vocabulary: tuple[str, ...]
    idf_: np.ndarray
    words: Words

    @cached_property
    def _columns(self) -> list[tuple[pd.Index, np.ndarray]]:
        """By length of the n-gram: the keys, and the column of each.

        The key of one word is its number; the key of a longer n-gram is made of the place of its
        beginning among the keys of that length, and of the number of its last word. A beginning
        that is no n-gram itself has a place without a column.
        """
        lengths = np.array([ngram.count(" ") + 1 for ngram in self.vocabulary])
        words = " ".join(self.vocabulary).split(" ")
        numbers = np.array([self.words.number[word] for word in words])
        first = np.cumsum(lengths) - lengths
        keys, place = np.arange(len(self.words.number)), numbers[first]
        found = []
        for size in range(1, lengths.max() + 1):
            if size > 1:
                longer = np.flatnonzero(lengths >= size)
                made = self._key(place[longer], numbers[first[longer] + size - 1])
                keys, place[longer] = np.unique(made, return_inverse=True)
            whole = np.flatnonzero(lengths == size)
            columns = np.full(len(keys), _ABSENT)
            columns[place[whole]] = whole
            found.append((pd.Index(keys), columns))
        return found

    def _key(self, beginning: np.ndarray, word: np.ndarray) -> np.ndarray:
        return np.asarray(beginning * len(self.words.number) + word)

    @cached_property
    def _latest(self) -> Callable[[tuple[str, ...]], Occurrences]:
        # A document is asked for its features and, right after that, for its evidence.
        return lru_cache(maxsize=1)(self._occurrences)

    def occurrences(self, texts: Sequence[str]) -> Occurrences:
        """Return where the n-grams stand in the words of all texts, one text after the other."""
        return self._latest(tuple(texts))

    def _occurrences(self, texts: tuple[str, ...]) -> Occurrences:
        numbers, owner = self.words.numbers(texts)
        # A word that belongs to no text, for the n-grams that would go on after the last one.
        after, of = np.append(numbers, _ABSENT), np.append(owner, _ABSENT)
        first = np.flatnonzero(numbers >= 0)
        place = numbers[first]
        found: list[Found] = []
        for size, (keys, columns) in enumerate(self._columns):
            if size:
                last = first + size
                on = (after[last] >= 0) & (of[last] == of[first])
                first, key = first[on], self._key(place[on], after[last[on]])
                place = keys.get_indexer(pd.Index(key))
                known = place >= 0
                first, place = first[known], place[known]
            column = columns[place]
            whole = column >= 0
            found.append((first[whole], column[whole]))
        return Occurrences(numbers, owner, found)

    def counts(self, texts: Sequence[str]) -> csr_matrix:
        """Return how often each n-gram stands in each text, shape (texts, n-grams)."""
        size = len(self.vocabulary)
        stands = self.occurrences(texts)
        cells = np.concatenate([stands.owner[first] * size + at for first, at in stands.found])
        cells, counts = np.unique(cells, return_counts=True)
        ends = np.searchsorted(cells, np.arange(len(texts) + 1) * size)
        return csr_matrix((counts.astype(np.float32), cells % size, ends), shape=(len(texts), size))

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return the weights of every text's n-grams, shape (texts, n-grams), rows of length one.

        A weight is (1 + log of the count) times the inverse document frequency.
        """
        weights = self.counts(texts)
        weights.data = (np.log(weights.data) + np.float32(1)) * self.idf_[weights.indices]
        rows = np.repeat(np.arange(len(texts)), np.diff(weights.indptr))
        squares = weights.data.astype(np.float64) ** 2
        length = np.sqrt(np.bincount(rows, squares, minlength=len(texts)))
        weights.data = (weights.data / np.where(length > 0, length, 1.0)[rows]).astype(np.float32)
        return weights
