"""Weigh the word n-grams of texts by tf-idf, as scikit-learn's ``TfidfVectorizer`` does.

Scikit-learn looks every n-gram up as a text of its own, and takes a second to import; here words
become numbers once, and the n-grams of all texts are looked up together.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

import numpy as np
from scipy.sparse import csr_matrix

_ABSENT = -1
# Texts whose words are kept: a sentence is asked for as itself, as the one before the next, and
# for its evidence.
_KEPT = 1 << 12
Found = tuple[np.ndarray, np.ndarray]


@lru_cache(maxsize=_KEPT)
def _words_of(token: re.Pattern[str], text: str) -> tuple[str, ...]:
    """Return the words of a text; a sentence is asked for again as the one before the next."""
    return tuple(token.findall(text.lower()))


@dataclass(frozen=True)
class Ngrams:
    """The n-grams that a model knows, with their inverse document frequencies.

    Parameters
    ----------
    vocabulary
        N-grams, words joined by a space, in the order of the columns.
    idf_
        The inverse document frequency of every n-gram.
    token
        The pattern of a word.
    """

    vocabulary: tuple[str, ...]
    idf_: np.ndarray
    token: re.Pattern[str]

    @cached_property
    def _known(self) -> dict[str, list[int]]:
        """The numbers of the words of texts that were asked for lately."""
        return {}

    @cached_property
    def _words(self) -> dict[str, int]:
        """The number of every word that stands in an n-gram."""
        words = dict.fromkeys(chain.from_iterable(ngram.split(" ") for ngram in self.vocabulary))
        return {word: number for number, word in enumerate(words)}

    @cached_property
    def _columns(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """By length of the n-gram: ascending keys, and the column of each.

        The key of one word is its number; the key of a longer n-gram is made of the place of its
        beginning among the keys of that length, and of the number of its last word. A beginning
        that is no n-gram itself has a place without a column.
        """
        split = [tuple(self._words[w] for w in n.split(" ")) for n in self.vocabulary]
        place: dict[tuple[int, ...], int] = {}
        found = []
        for size in range(1, max(map(len, split), default=1) + 1):
            begun = {ngram[:size] for ngram in split if len(ngram) >= size}
            keys = {n: self._key(place.get(n[:-1], 0), n[-1]) for n in begun}
            place = {n: at for at, n in enumerate(sorted(begun, key=keys.__getitem__))}
            columns = {n: column for column, n in enumerate(split) if len(n) == size}
            found.append((np.array(sorted(keys.values()), dtype=np.int64),
                          np.array([columns.get(n, _ABSENT) for n in place])))  # fmt: skip
        return found

    def _key(self, beginning: int, word: int) -> int:
        return beginning * len(self._words) + word

    def _numbers(self, texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of all words, -1 for one that is not known, and the text of each."""
        lists = [self._numbers_of(text) for text in texts]
        lengths = [len(numbers) for numbers in lists]
        numbers = np.array(list(chain.from_iterable(lists)), dtype=np.int64)
        return numbers, np.repeat(np.arange(len(texts)), lengths)

    def _numbers_of(self, text: str) -> list[int]:
        numbers = self._known.get(text)
        if numbers is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            get = self._words.get
            numbers = [get(word, _ABSENT) for word in _words_of(self.token, text)]
            self._known[text] = numbers
        return numbers

    def occurrences(self, texts: list[str]) -> tuple[np.ndarray, list[Found]]:
        """Return where the n-grams stand in the words of all texts, one text after the other.

        Returns
        -------
        tuple
            The text of each word; and for each length of n-grams, the place of the first word of
            each that was found, ascending, and its column.
        """
        numbers, rows = self._numbers(texts)
        place = np.where(numbers < 0, _ABSENT, 0)
        occurrences: list[Found] = []
        for size, (keys, columns) in enumerate(self._columns):
            # The word `size` places on, where it belongs to the same text.
            last, here = numbers[size:], rows[: len(rows) - size]
            begun = place[: len(last)]
            known = (begun >= 0) & (last >= 0) & (here == rows[size:])
            key = np.where(known, begun * len(self._words) + last, _ABSENT)
            at = np.minimum(np.searchsorted(keys, key), len(keys) - 1)
            place = np.where(known & (keys[at] == key), at, _ABSENT) if len(keys) else begun
            hit = np.flatnonzero(place >= 0)
            column = columns[place[hit]]
            occurrences.append((hit[column >= 0], column[column >= 0]))
        return rows, occurrences

    def counts(self, texts: list[str]) -> csr_matrix:
        """Return how often each n-gram stands in each text, shape (texts, n-grams)."""
        rows, occurrences = self.occurrences(texts)
        where = (np.concatenate([rows[first] for first, _ in occurrences]),
                 np.concatenate([column for _, column in occurrences]))  # fmt: skip
        shape = (len(texts), len(self.vocabulary))
        counted = csr_matrix((np.ones(len(where[0]), dtype=np.float32), where), shape=shape)
        counted.sum_duplicates()
        return counted

    def transform(self, texts: list[str]) -> csr_matrix:
        """Return the weights of every text's n-grams, shape (texts, n-grams), rows of length one.

        A weight is (1 + log of the count) times the inverse document frequency.
        """
        weights = self.counts(texts)
        weights.data = (np.log(weights.data) + np.float32(1)) * self.idf_[weights.indices]
        squares = np.zeros(len(texts))
        rows = np.repeat(np.arange(len(texts)), np.diff(weights.indptr))
        np.add.at(squares, rows, weights.data.astype(np.float64) ** 2)
        length = np.sqrt(squares)
        weights.data = (weights.data / np.where(length > 0, length, 1.0)[rows]).astype(np.float32)
        return weights
