"""How well codes agree with the gold standard: figures with intervals over councils."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score

from pipeline.schema import POLARITIES

RESAMPLES = 500
SEED = 20_260_101
RANDOM_STRATA = ("ten_per_report", "five_per_report", "three_per_report", "all_of_text")
MIN_CASES = 15
BINS = 10
Metric = Callable[[np.ndarray], np.ndarray]
Figure = dict[str, float | None]


def _with_ends(by_council: np.ndarray, metric: Metric) -> np.ndarray:
    """Return a metric of counts with both ends of its 95 % interval, shape (3, ...).

    Councils are resampled as wholes and the percentiles taken; one council alone has no ends.

    Parameters
    ----------
    by_council
        Counts, shape (councils, ...).
    metric
        Takes counts, also many at once, shape (resamples, ...).
    """
    rng = np.random.default_rng(SEED)
    size = len(by_council)
    drawn = [by_council[rng.integers(0, size, size)].sum(axis=0) for _ in range(RESAMPLES)]
    value = metric(by_council.sum(axis=0))
    if size < 2:
        return np.stack([value, np.full_like(value, np.nan), np.full_like(value, np.nan)])
    low, high = np.percentile(metric(np.stack(drawn)), [2.5, 97.5], axis=0)
    return np.stack([value, low, high])


def _figure(ends: np.ndarray) -> Figure:
    names = ("value", "low", "high")
    return {n: None if np.isnan(end) else short(end) for n, end in zip(names, ends, strict=True)}


def _interval(frame: pd.DataFrame, metric: Metric) -> Figure:
    """Return a metric of polarity codes with its interval."""
    return _figure(_with_ends(_by_council(frame), metric))


def _by_council(frame: pd.DataFrame) -> np.ndarray:
    return np.stack([_counts(group) for _, group in frame.groupby("council", sort=True)])


def _counts(frame: pd.DataFrame) -> np.ndarray:
    """Return how many sentences of each gold polarity (rows) were given each (columns)."""
    table = confusion(frame)
    return np.array([[table[gold][given] for given in POLARITIES] for gold in POLARITIES])


def _accuracy(counts: np.ndarray) -> np.ndarray:
    return np.asarray(np.trace(counts, axis1=-2, axis2=-1) / counts.sum(axis=(-2, -1)))


def _dice(right: np.ndarray, gold: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Return F1 from how often a code is right, is the gold one, and was given; 0 without any."""
    return np.asarray(2 * right / np.maximum(gold + given, 1))


def _f1(counts: np.ndarray) -> np.ndarray:
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    return _dice(right, counts.sum(axis=-1), counts.sum(axis=-2))


def _macro_f1(counts: np.ndarray) -> np.ndarray:
    return np.asarray(_f1(counts).mean(axis=-1))


def short(value: float) -> float:
    """Return a figure to four significant digits, as ``metrics.json`` has it."""
    return float(f"{value:.4g}")


def accuracy(frame: pd.DataFrame) -> float:
    """Return the share of sentences with the gold polarity."""
    return float(_accuracy(_counts(frame)))


def macro_f1(frame: pd.DataFrame) -> float:
    """Return the unweighted mean of F1 over the four polarities."""
    return float(_macro_f1(_counts(frame)))


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
        {name: value if name == "sentences" else short(value) for name, value in bin_.items()}
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
        ``confusion`` counts sentences, by gold polarity and then by the predicted one. Accuracy
        and F1 have 95 % intervals, councils resampled as wholes: ``value``, ``low``, ``high``.
    """
    random = frame[frame["stratum"].isin(RANDOM_STRATA)]
    by_class = _with_ends(_by_council(random), _f1)
    return {
        "sentences": len(random),
        "accuracy": _interval(random, _accuracy),
        "macro_f1": _interval(random, _macro_f1),
        "kappa": short(cohen_kappa_score(random["gold"], random["predicted"])),
        "calibration_error": short(calibration_error(random)),
        "reliability": reliability(random),
        "f1": {code: _figure(ends) for code, ends in zip(POLARITIES, by_class.T, strict=True)},
        "all_strata": {"sentences": len(frame), "accuracy": _interval(frame, _accuracy),
                       "macro_f1": _interval(frame, _macro_f1)},
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


def _by(frame: pd.DataFrame, column: str) -> dict[str, dict[str, Any]]:
    return {
        str(value) or "press": {"sentences": len(group), "accuracy": _interval(group, _accuracy)}
        for value, group in frame.groupby(column, sort=True)
        if len(group) >= MIN_CASES
    }


def theme_figures(
    gold: np.ndarray, given: np.ndarray, codes: tuple[str, ...], findings: pd.DataFrame
) -> dict[str, Any]:
    """Return micro- and macro-F1 and the F1 of each theme, with intervals over councils.

    Parameters
    ----------
    gold, given
        0 or 1, shape (findings, codes).
    codes
        The themes. Those with fewer than ``MIN_CASES`` findings have no F1 of their own.
    findings
        Columns ``council`` and ``stratum``.

    Returns
    -------
    dict
        ``drawn_at_random`` has the same figures over the strata that were drawn at random. The
        others were picked for being hard, or for words of the rarer themes.
    """
    drawn = findings["stratum"].isin(RANDOM_STRATA).to_numpy()
    council = findings["council"].to_numpy()
    found = _theme_figures(gold, given, codes, council)
    if drawn.any():
        some = _theme_figures(gold[drawn], given[drawn], codes, council[drawn])
        found["drawn_at_random"] = some
    return found


def _theme_figures(
    gold: np.ndarray, given: np.ndarray, codes: tuple[str, ...], council: np.ndarray
) -> dict[str, Any]:
    marks = np.stack([gold * given, gold, given], axis=1).astype(float)
    place, names = pd.factorize(council, sort=True)
    counts = np.zeros((len(names), *marks.shape[1:]))
    np.add.at(counts, place, marks)
    enough = gold.sum(axis=0) >= MIN_CASES

    def f1(counts: np.ndarray) -> np.ndarray:
        return _dice(counts[..., 0, :], counts[..., 1, :], counts[..., 2, :])

    def micro(counts: np.ndarray) -> np.ndarray:
        return f1(counts.sum(axis=-1, keepdims=True))[..., 0]

    def macro(counts: np.ndarray) -> np.ndarray:
        return np.asarray(f1(counts[..., enough]).mean(axis=-1))

    each = zip(codes, _with_ends(counts, f1).T, enough, strict=True)
    return {
        "findings": len(gold),
        "micro_f1": _figure(_with_ends(counts, micro)),
        "macro_f1": _figure(_with_ends(counts, macro)),
        "f1": {code: _figure(ends) for code, ends, ok in each if ok},
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
        "agreement": short(float((both["polarity"] == both["polarity_again"]).mean())),
        "kappa": short(cohen_kappa_score(both["polarity"], both["polarity_again"])),
        "themes_micro_f1": short(2 * shared / given),
    }
