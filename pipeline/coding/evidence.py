"""The words of a sentence that carried a decision, of the linear model or of the encoder."""

import re
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from pipeline.coding.features import TOKEN, curly
from pipeline.coding.linear import LinearModel
from pipeline.coding.readings import Reading
from pipeline.loader import load_yaml
from pipeline.paths import DATA

_TOKEN = re.compile(TOKEN)


class Explainer:
    """Find the words that speak most for a code.

    For the linear model, a word's share is the sum, over the n-grams that hold it, of the model's
    weight times the n-gram's inverse document frequency, divided by the n-gram's length; for the
    encoder, what the word's tokens add to the code's score beyond what they add to the others on
    average (:class:`pipeline.coding.encoder.Reading`). Function words are never evidence, unless
    they carry polarity (``pipeline/data/evidence.yaml``). The evidence tells what moved the model;
    it is no proof that a reader would have looked at the same words.
    """

    def __init__(self, model: LinearModel, most: int) -> None:
        vectorizer = model.features.vectorizers["word"]
        self.ngrams = vectorizer
        self.weights = model.coef[:, : len(vectorizer.idf_)] * vectorizer.idf_
        self.codes = {code: row for row, code in enumerate(model.codes)}
        self.most = most
        data = load_yaml((DATA / "evidence.yaml").read_text(encoding="utf-8"))
        self.skipped = set(data["function_words"]) - set(data["polar_function_words"])
        self.carriers = np.array([self.can_carry(word) for word in self.ngrams.words.number])

    def words(self, text: str, code: str) -> str:
        """Return up to ``most`` words that moved the linear model to ``code``.

        They have the sentence's spelling and order; words that stand side by side are given
        together; pieces are joined with ``;``.
        """
        return self.words_of([text], [code])[0]

    def words_of(self, texts: Sequence[str], codes: Sequence[str]) -> list[str]:
        """Return :meth:`words` of many texts, each with its code; the n-grams are found at once."""
        rows = np.array([self.codes.get(code, -1) for code in codes], dtype=np.int64)
        plain = [curly(text) for text in texts]
        numbers, owner, occurrences = self.ngrams.occurrences(plain)
        shares = np.zeros(len(owner))
        for size, (first, column) in enumerate(occurrences, 1):
            share = (self.weights[rows[owner[first]], column] / size).astype(np.float64)
            # From the last word to the first, so that a word's shares add up from left to right.
            for place in reversed(range(size)):
                shares[first + place] += share
        shares[~self.carriers[numbers] | (rows[owner] < 0)] = 0
        best = self._best(shares, owner)
        begins = np.searchsorted(owner, np.arange(len(texts) + 1))
        cuts = np.searchsorted(best, begins).tolist()
        within = (best - begins[owner[best]]).tolist()
        return [
            _together(text, self._spans(text, same, within[low:high]))
            for text, same, low, high in zip(texts, plain, cuts, cuts[1:], strict=False)
        ]

    def _spans(self, text: str, plain: str, places: list[int]) -> list[tuple[int, int]]:
        """Return where some of a text's words stand."""
        if not places:
            return []
        ends = list(accumulate(map(len, self.ngrams.words.of(plain)[0])))
        # Some letters of other languages become two in lower case: places do not hold then.
        holds = ends[-1] == len(text)
        return [(ends[2 * place], ends[2 * place + 1]) for place in places if holds]

    def words_read(self, text: str, reading: Reading, column: int) -> str:
        """Return up to ``most`` words that moved the encoder to the code of a column."""
        spans = [m.span() for m in _TOKEN.finditer(text)]
        others = np.delete(reading.shares, column, axis=1).mean(axis=1)
        ahead = (reading.shares[:, column] - others).tolist()
        shares = [
            sum(share for (a, b), share in zip(reading.spans, ahead, strict=True)
                if a < end and b > start) if self.can_carry(text[start:end]) else 0.0
            for start, end in spans
        ]  # fmt: skip
        best = self._best(np.array(shares), np.zeros(len(shares), dtype=np.int64))
        return _together(text, [spans[place] for place in best.tolist()])

    def _best(self, shares: np.ndarray, owner: np.ndarray) -> np.ndarray:
        """Return the places of the words with the largest shares above 0 of each text."""
        places = np.flatnonzero(shares > 0)
        # The largest of every text first; of equals, the one that stands first.
        places = places[np.lexsort((-shares[places], owner[places]))]
        rank = np.arange(len(places)) - np.searchsorted(owner[places], owner[places])
        return np.sort(places[rank < self.most])

    def can_carry(self, word: str) -> bool:
        """Return whether a word, in any spelling, can be evidence at all."""
        token = curly(word).lower()
        return token[0].isalnum() and token not in self.skipped


def _together(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the words at some places, those in one piece that stand side by side."""
    pieces: list[tuple[int, int]] = []
    for start, end in spans:
        if pieces and not text[pieces[-1][1] : start].strip(" "):
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
    return ";".join(dict.fromkeys(text[a:b] for a, b in pieces))
