"""The words of a sentence that carried a decision, of the linear model or of the encoder."""

import re

import numpy as np

from pipeline.coding.features import TOKEN
from pipeline.coding.linear import LinearModel
from pipeline.coding.readings import Reading
from pipeline.loader import load_yaml
from pipeline.paths import DATA

_TOKEN = re.compile(TOKEN)
_LONGEST = 3


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
        self.vocabulary: dict[str, int] = vectorizer.vocabulary_
        two = {ngram.rpartition(" ")[0] for ngram in self.vocabulary}
        self.beginnings = two | {ngram.rpartition(" ")[0] for ngram in two}
        self.weights = model.coef[:, : len(self.vocabulary)] * vectorizer.idf_
        self.codes = {code: row for row, code in enumerate(model.codes)}
        self.most = most
        data = load_yaml((DATA / "evidence.yaml").read_text(encoding="utf-8"))
        self.skipped = set(data["function_words"]) - set(data["polar_function_words"])

    def words(self, text: str, code: str) -> str:
        """Return up to ``most`` words that moved the linear model to ``code``.

        They have the sentence's spelling and order; words that stand side by side are given
        together; pieces are joined with ``;``.
        """
        row = self.codes.get(code)
        spans = [m.span() for m in _TOKEN.finditer(text)]
        if row is None or not spans:
            return ""
        tokens = [_plain(text[a:b]) for a, b in spans]
        return self._best(text, spans, self._shares(tokens, self.weights[row]))

    def words_read(self, text: str, reading: Reading, column: int) -> str:
        """Return up to ``most`` words that moved the encoder to the code of a column."""
        spans = [m.span() for m in _TOKEN.finditer(text)]
        others = np.delete(reading.shares, column, axis=1).mean(axis=1)
        ahead = (reading.shares[:, column] - others).tolist()
        shares = [
            sum(share for (a, b), share in zip(reading.spans, ahead, strict=True)
                if a < end and b > start)
            for start, end in spans
        ]  # fmt: skip
        return self._best(text, spans, shares)

    def _best(self, text: str, spans: list[tuple[int, int]], shares: list[float]) -> str:
        carriers = [
            i for i, (a, b) in enumerate(spans)
            if shares[i] > 0 and self.can_carry(text[a:b])
        ]  # fmt: skip
        best = sorted(carriers, key=lambda i: -shares[i])[: self.most]
        return ";".join(_together(text, [spans[i] for i in sorted(best)]))

    def _shares(self, tokens: list[str], weights: np.ndarray) -> list[float]:
        # Lists, not arrays: a sentence is too short for numpy to be quick.
        shares = [0.0] * len(tokens)
        begun = list(enumerate(tokens))
        for size in range(1, _LONGEST + 1):
            for first, ngram in begun:
                index = self.vocabulary.get(ngram)
                if index is not None:
                    share = float(weights[index] / size)
                    for place in range(first, first + size):
                        shares[place] += share
            begun = [
                (first, f"{ngram} {tokens[first + size]}")
                for first, ngram in begun if first + size < len(tokens) and ngram in self.beginnings
            ]  # fmt: skip
        return shares

    def can_carry(self, word: str) -> bool:
        """Return whether a word, in any spelling, can be evidence at all."""
        token = _plain(word)
        return token[0].isalnum() and token not in self.skipped


def _plain(token: str) -> str:
    return token.lower().replace("‘", "’")


def _together(text: str, spans: list[tuple[int, int]]) -> list[str]:
    pieces: list[tuple[int, int]] = []
    for start, end in spans:
        if pieces and not text[pieces[-1][1] : start].strip(" "):
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((start, end))
    words = (text[a:b] for a, b in pieces)
    return list(dict.fromkeys(words))
