"""The words of a sentence that carried a decision, of the linear model or of the encoder."""

import re

import numpy as np
import yaml
from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.coding.features import TOKEN
from pipeline.coding.linear import LinearModel
from pipeline.coding.readings import Reading
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
        self.weights = model.coef[:, : len(self.vocabulary)] * vectorizer.idf_
        self.codes = {code: row for row, code in enumerate(model.codes)}
        self.most = most
        data = yaml.safe_load((DATA / "evidence.yaml").read_text(encoding="utf-8"))
        self.skipped = STOP_WORDS - set(data["polar_function_words"])

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
        shares = np.zeros(len(tokens))
        for size in range(1, _LONGEST + 1):
            for first in range(len(tokens) - size + 1):
                index = self.vocabulary.get(" ".join(tokens[first : first + size]))
                if index is not None:
                    shares[first : first + size] += self.weights[row, index] / size
        return self._best(text, spans, shares)

    def words_read(self, text: str, reading: Reading, column: int) -> str:
        """Return up to ``most`` words that moved the encoder to the code of a column."""
        spans = [m.span() for m in _TOKEN.finditer(text)]
        others = np.delete(reading.shares, column, axis=1).mean(axis=1)
        ahead = reading.shares[:, column] - others
        shares = np.array([
            sum(share for (a, b), share in zip(reading.spans, ahead, strict=True)
                if a < end and b > start)
            for start, end in spans
        ])  # fmt: skip
        return self._best(text, spans, shares)

    def _best(self, text: str, spans: list[tuple[int, int]], shares: np.ndarray) -> str:
        order = (i for i in np.argsort(-shares, kind="stable") if shares[i] > 0)
        carriers = [i for i in order if self._can_carry(_plain(text[slice(*spans[i])]))]
        return ";".join(_together(text, [spans[i] for i in sorted(carriers[: self.most])]))

    def _can_carry(self, token: str) -> bool:
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
