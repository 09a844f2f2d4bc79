"""Which sentences the linear model decides, and which it leaves to the encoder."""

import re
from collections.abc import Sequence
from functools import cache

import numpy as np

from pipeline.loader import load_yaml
from pipeline.paths import DATA


@cache
def _shifters() -> re.Pattern[str]:
    words = load_yaml((DATA / "valence_shifters.yaml").read_text(encoding="utf-8"))
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def is_left(probabilities: np.ndarray, texts: Sequence[str], below: float) -> np.ndarray:
    """Return which sentences are left to the encoder; shape (sentences,).

    Parameters
    ----------
    probabilities
        What the linear model says, shape (sentences, codes).
    texts
        The sentences.
    below
        ``classify.escalate_below``: where the linear model is less sure, the encoder decides. It
        also decides where the sentence has a valence shifter
        (``pipeline/data/valence_shifters.yaml``). 0: nowhere. 1: everywhere.

    Examples
    --------
    >>> sure = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4]])
    >>> texts = ["Plans are clear.", "Plans are rarely clear.", "Plans are there."]
    >>> [is_left(sure, texts, below).tolist() for below in (0, 0.8, 1)]
    [[False, False, False], [False, True, True], [True, True, True]]
    """
    if below <= 0:
        return np.zeros(len(texts), dtype=bool)
    if below >= 1:
        return np.ones(len(texts), dtype=bool)
    found = _shifters().search
    shifted = np.array([bool(found(text)) for text in texts], dtype=bool)
    return np.asarray((probabilities.max(axis=1) < below) | shifted)
