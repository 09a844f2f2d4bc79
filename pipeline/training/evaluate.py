"""How well codes agree with the gold standard: figures with intervals over councils."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score

from pipeline.schema import POLARITIES

RESAMPLES = 500
SEED = 20_260_101
RANDOM_STRATA = ("ten_per_report", "five_per_report", "three_per_report", "all_of_text")
MIN_CASES = 15
BINS = 10
Metric = Callable[[pd.DataFrame], float]


def _interval(frame: pd.DataFrame, metric: Metric) -> dict[str, float]:
    """Return a figure with its 95 % percentile interval, councils resampled as wholes."""
    rng = np.random.default_rng(SEED)
    groups = [group for _, group in frame.groupby("council", sort=True)]
    draws = []
    for _ in range(RESAMPLES):
        chosen = rng.integers(0, len(groups), len(groups))
        draws.append(metric(pd.concat([groups[i] for i in chosen])))
    low, high = np.percentile(draws, [2.5, 97.5])
    return {"value": _short(metric(frame)), "low": _short(low), "high": _short(high)}


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def accuracy(frame: pd.DataFrame) -> float:
    """Return the share of sentences with the gold polarity."""
    return float(accuracy_score(frame["gold"], frame["predicted"]))


def macro_f1(frame: pd.DataFrame) -> float:
    """Return the unweighted mean of F1 over the four polarities."""
    gold, predicted = frame["gold"], frame["predicted"]
    return float(f1_score(gold, predicted, labels=POLARITIES, average="macro", zero_division=0))


def calibration_error(frame: pd.DataFrame) -> float:
    """Return the expected calibration error over ten equal bins of confidence (Guo et al. 2017)."""
    right = (frame["gold"] == frame["predicted"]).to_numpy()
    confidence = frame["confidence"].to_numpy()
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = [
        abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))


def polarity_figures(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of polarity codes.

    Parameters
    ----------
    frame
        Columns ``gold``, ``predicted``, ``confidence``, ``council``, ``stratum``, ``framework``
        and ``section``. The headline is over the strata that were drawn at random.
    """
    random = frame[frame["stratum"].isin(RANDOM_STRATA)]
    by_class = f1_score(random["gold"], random["predicted"], labels=POLARITIES, average=None,
                        zero_division=0)  # fmt: skip
    return {
        "sentences": len(random),
        "accuracy": _interval(random, accuracy),
        "macro_f1": _interval(random, macro_f1),
        "kappa": _short(cohen_kappa_score(random["gold"], random["predicted"])),
        "calibration_error": _short(calibration_error(random)),
        "f1": {code: _short(value) for code, value in zip(POLARITIES, by_class, strict=True)},
        "all_strata": {"sentences": len(frame), "accuracy": _short(accuracy(frame)),
                       "macro_f1": _short(macro_f1(frame))},
        **{name: _by(frame, name) for name in ("framework", "section", "stratum")},
    }  # fmt: skip


def _by(frame: pd.DataFrame, column: str) -> dict[str, dict[str, float]]:
    return {
        str(value) or "press": {"sentences": len(group), "accuracy": _short(accuracy(group))}
        for value, group in frame.groupby(column, sort=True)
        if len(group) >= MIN_CASES
    }


def theme_figures(gold: np.ndarray, given: np.ndarray, codes: tuple[str, ...]) -> dict[str, Any]:
    """Return micro- and macro-F1 and the F1 of each theme; 0 or 1, shape (findings, codes)."""
    enough = gold.sum(axis=0) >= MIN_CASES
    each = f1_score(gold, given, average=None, zero_division=0)
    return {
        "findings": len(gold),
        "micro_f1": _short(f1_score(gold, given, average="micro", zero_division=0)),
        "macro_f1": _short(float(np.mean(each[enough]))),
        "f1": {c: _short(v) for c, v, ok in zip(codes, each, enough, strict=True) if ok},
    }
