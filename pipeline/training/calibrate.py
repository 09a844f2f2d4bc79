"""Calibrate a network's probabilities on sentences drawn at random, and measure it honestly."""

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.model_selection import GroupKFold

from pipeline.coding.scaling import Scaling
from pipeline.schema import POLARITIES

# Keeps the bias of a code with few sentences from running away.
PENALTY = 0.01
FOLDS = 5


def fit_scaling(scores: np.ndarray, frame: pd.DataFrame) -> Scaling:
    """Return the scaling under which the gold polarities are likeliest.

    Parameters
    ----------
    scores
        The network's, shape (sentences, 4), of sentences that it was not trained on.
    frame
        Those sentences, drawn at random, with their gold ``polarity``.
    """
    gold = np.array([POLARITIES.index(code) for code in frame["polarity"]])

    def loss(values: np.ndarray) -> float:
        likely = log_softmax(scores * np.exp(-values[0]) + values[1:], axis=1)
        return float(-likely[np.arange(len(gold)), gold].mean() + PENALTY * (values**2).sum())

    found = minimize(loss, np.zeros(1 + len(POLARITIES)), method="L-BFGS-B").x
    bias = found[1:] - found[1:].mean()
    return Scaling(round(float(np.exp(found[0])), 3), tuple(round(float(b), 3) for b in bias))


def cross_calibrated(scores: np.ndarray, frame: pd.DataFrame, drawn: np.ndarray) -> np.ndarray:
    """Return probabilities whose scaling was fitted without the sentence's own council.

    Parameters
    ----------
    scores
        Shape (sentences, 4), of sentences that the network was not trained on.
    frame
        Those sentences, with ``council`` and gold ``polarity``.
    drawn
        Whether each was drawn at random, shape (sentences,): only these fit the scaling.
    """
    probabilities = np.zeros(scores.shape)
    folds = min(FOLDS, frame["council"].nunique())
    for others, own in GroupKFold(folds).split(frame, groups=frame["council"]):
        fit = others[drawn[others]]
        scaling = fit_scaling(scores[fit], frame.iloc[fit])
        probabilities[own] = scaling.probabilities(scores[own])
    return probabilities
