"""How a model's probabilities become codes when it is measured, as a run would take them."""

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from pipeline.classify import by_the_codebook
from pipeline.params import load
from pipeline.schema import POLARITIES

# Inverse of the L2 penalty of the linear models.
STRENGTH = 12.0
THRESHOLDS = np.round(np.arange(0.1, 0.75, 0.05), 2)


def best_thresholds(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return, for every code, the threshold with the best F1; the lowest of equals."""
    best = []
    for column in range(targets.shape[1]):
        values = [f1_score(targets[:, column], scores[:, column] >= t, zero_division=0)
                  for t in THRESHOLDS]  # fmt: skip
        best.append(THRESHOLDS[int(np.argmax(values))])
    return np.array(best, dtype=np.float32)


def coded(frame: pd.DataFrame, probabilities: np.ndarray) -> pd.DataFrame:
    """Return labelled sentences with the polarity that a run would give them.

    Parameters
    ----------
    frame
        Labelled sentences, as :func:`labelled_sentences` gives them.
    probabilities
        A model's, shape (sentences, 4). What the codebook fixes by place overrides them.

    Returns
    -------
    DataFrame
        The sentences with ``gold``, ``predicted`` and ``confidence``.
    """
    given = probabilities.copy()
    never = load()["classify"]["never_findings"]
    for row, code in enumerate(by_the_codebook(frame, never)):
        if code:
            given[row] = [float(p == code) for p in POLARITIES]
    return frame.assign(
        gold=frame["polarity"],
        predicted=[POLARITIES[i] for i in given.argmax(axis=1)],
        confidence=given.max(axis=1),
    )
