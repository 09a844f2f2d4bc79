"""How well codes agree with the gold standard: figures with intervals over councils."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score, f1_score

from pipeline.schema import POLARITIES

RESAMPLES = 500
SEED = 20_260_101
RANDOM_STRATA = ("ten_per_report", "five_per_report", "three_per_report", "all_of_text")
MIN_CASES = 15
BINS = 10
Metric = Callable[[np.ndarray], float]


def _interval(frame: pd.DataFrame, metric: Metric) -> dict[str, float]:
    """Return a figure with its 95 % percentile interval, councils resampled as wholes."""
    rng = np.random.default_rng(SEED)
    councils = np.stack([_counts(group) for _, group in frame.groupby("council", sort=True)])
    draws = [
        metric(councils[rng.integers(0, len(councils), len(councils))].sum(axis=0))
        for _ in range(RESAMPLES)
    ]
    low, high = np.percentile(draws, [2.5, 97.5])
    return {"value": _short(metric(_counts(frame))), "low": _short(low), "high": _short(high)}


def _counts(frame: pd.DataFrame) -> np.ndarray:
    """Return how many sentences of each gold polarity (rows) were given each (columns)."""
    table = confusion(frame)
    return np.array([[table[gold][given] for given in POLARITIES] for gold in POLARITIES])


def _accuracy(counts: np.ndarray) -> float:
    return float(np.trace(counts) / counts.sum())


def _macro_f1(counts: np.ndarray) -> float:
    both = counts.sum(axis=0) + counts.sum(axis=1)
    return float(np.mean(2 * np.diag(counts) / np.maximum(both, 1)))


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def accuracy(frame: pd.DataFrame) -> float:
    """Return the share of sentences with the gold polarity."""
    return _accuracy(_counts(frame))


def macro_f1(frame: pd.DataFrame) -> float:
    """Return the unweighted mean of F1 over the four polarities."""
    return _macro_f1(_counts(frame))


def calibration_error(frame: pd.DataFrame) -> float:
    """Return the expected calibration error over ten equal bins of confidence (Guo et al. 2017)."""
    bins = _bins(frame)
    gaps = [abs(b["accuracy"] - b["confidence"]) * b["sentences"] / len(frame) for b in bins]
    return float(sum(gaps))


def _bins(frame: pd.DataFrame) -> list[dict[str, float]]:
    """Return sentences, mean confidence and accuracy of every bin of confidence that has any."""
    right = (frame["gold"] == frame["predicted"]).to_numpy()
    confidence = frame["confidence"].to_numpy()
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        {
            "sentences": int((bins == b).sum()),
            "confidence": float(confidence[bins == b].mean()),
            "accuracy": float(right[bins == b].mean()),
        }
        for b in np.unique(bins)
    ]


def reliability(frame: pd.DataFrame) -> list[dict[str, float]]:
    """Return sentences, mean confidence and accuracy by bin of confidence, for a plot.

    Where confidence is above accuracy, the model is surer than it is right. A bin of few
    sentences says little.
    """
    return [
        {name: value if name == "sentences" else _short(value) for name, value in bin_.items()}
        for bin_ in _bins(frame)
    ]


def polarity_figures(frame: pd.DataFrame) -> dict[str, Any]:
    """Return the figures of polarity codes.

    Parameters
    ----------
    frame
        Columns ``gold``, ``predicted``, ``confidence``, ``council``, ``stratum``, ``framework``,
        ``doc_type`` and ``section``. All figures are over the strata that were drawn at random,
        but for ``all_strata`` and ``stratum``: hard sentences were drawn unevenly from the
        frameworks and sections, which could not be compared over all of them.

    Returns
    -------
    dict
        ``confusion`` counts sentences, by gold polarity and then by the predicted one.
    """
    random = frame[frame["stratum"].isin(RANDOM_STRATA)]
    by_class = f1_score(random["gold"], random["predicted"], labels=POLARITIES, average=None,
                        zero_division=0)  # fmt: skip
    return {
        "sentences": len(random),
        "accuracy": _interval(random, _accuracy),
        "macro_f1": _interval(random, _macro_f1),
        "kappa": _short(cohen_kappa_score(random["gold"], random["predicted"])),
        "calibration_error": _short(calibration_error(random)),
        "reliability": reliability(random),
        "f1": {code: _short(value) for code, value in zip(POLARITIES, by_class, strict=True)},
        "all_strata": {"sentences": len(frame), "accuracy": _short(accuracy(frame)),
                       "macro_f1": _short(macro_f1(frame))},
        "confusion": confusion(random),
        "framework": _by(random, "framework"),
        "doc_type": _by(random, "doc_type"),
        "section": _by(random, "section"),
        "stratum": _by(frame, "stratum"),
    }  # fmt: skip


def confusion(frame: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return how many sentences of each gold polarity were given each polarity."""
    pairs = Counter(zip(frame["gold"], frame["predicted"], strict=True))
    return {gold: {given: pairs[gold, given] for given in POLARITIES} for gold in POLARITIES}


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


def recoded_figures(labels: pd.DataFrame, recoded: pd.DataFrame) -> dict[str, float]:
    """Return how far labels agree with those that the same sentences were given once more.

    Parameters
    ----------
    labels, recoded
        Stand-off labels: ``doc_id``, ``sentence_hash``, ``polarity``, ``themes``.

    Returns
    -------
    dict
        Shares from 0 to 1; the themes' micro-F1 is over sentences that both call a finding.
    """
    both = labels.merge(recoded, on=["doc_id", "sentence_hash"], suffixes=("", "_again"))
    found = both[(both["polarity"] != "none") & (both["polarity_again"] != "none")]
    one, other = (
        [set(themes.split(";")) for themes in found[name]] for name in ("themes", "themes_again")
    )
    shared = sum(len(a & b) for a, b in zip(one, other, strict=True))
    given = sum(map(len, one)) + sum(map(len, other))
    return {
        "sentences": len(both),
        "agreement": _short(float((both["polarity"] == both["polarity_again"]).mean())),
        "kappa": _short(cohen_kappa_score(both["polarity"], both["polarity_again"])),
        "themes_micro_f1": _short(2 * shared / given),
    }
