"""Scores how like two findings are: parts of words in common, raised by common themes."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

OTHER = "other"


class Likeness:
    """How like sentences are, by what is rare in the texts that they come from.

    Parameters
    ----------
    texts
        All sentences of the report and of the press text: what stands in many of them, such as
        "children" or "social workers", says little.

    Notes
    -----
    The cosine of the TF-IDF weights of runs of 3 to 5 characters within words, with logarithmic
    term frequency (Salton and Buckley 1988). Parts of words let "plan" meet "planning". It sees
    the same words, not the same sense: a paraphrase in other words scores low, and a long
    sentence scores lower than a short one. It depends on the two texts alone, not on the rest of
    the corpus, so scores of different pairs can be compared only roughly.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        # Here, since scikit-learn takes long to load and many corpora have no press texts.
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        self._runs.fit([*map(_folded, texts), " - "])

    def between(self, first: Iterable[str], second: Iterable[str]) -> np.ndarray:
        """Return the likeness of sentences, shape (first, second), 0 to 1, to three decimals."""
        ours, theirs = list(map(_folded, first)), list(map(_folded, second))
        if not ours or not theirs:
            return np.zeros((len(ours), len(theirs)))
        product = self._runs.transform(ours) @ self._runs.transform(theirs).T
        return np.asarray(np.round(product.toarray(), 3))


def _folded(text: str) -> str:
    return text.replace("‘", "’")


def theme_sets(themes: Iterable[str]) -> list[set[str]]:
    """Return the themes of every sentence; ``other`` is not one that two can have in common."""
    return [set(listed.split(";")) - {"", OTHER} for listed in themes]


def scores(first: pd.DataFrame, second: pd.DataFrame, words: np.ndarray) -> np.ndarray:
    """Return the scores by which a finding is taken for the counterpart of another, 0 to 2.

    Parameters
    ----------
    first, second
        Findings, with the column ``themes``.
    words
        The likeness of their words, shape (first, second).

    Notes
    -----
    The likeness, times one and a half where the findings have a theme in common, times two where
    it is the most prominent of both. So two findings on one matter need half the words in common
    that two without a common theme do. Among ways to join words and themes this one was chosen
    on made-up pairs (``docs/press.md`` has the figures).
    """
    sets = theme_sets(second["themes"])
    common = [[bool(own & others) for others in sets] for own in theme_sets(first["themes"])]
    same = np.array(common, dtype=float).reshape(words.shape) + _same_lead(first, second)
    return np.asarray(np.round(words * (1 + same / 2), 3))


def _same_lead(first: pd.DataFrame, second: pd.DataFrame) -> np.ndarray:
    lead, others = (
        np.array([themes.split(";")[0] for themes in frame["themes"]], dtype=object)
        for frame in (first, second)
    )
    known = ~np.isin(lead.astype(str), ["", OTHER])
    return np.asarray((lead[:, None] == others[None, :]) & known[:, None], dtype=float)
