"""Shares that the gold sentences correct: prediction-powered, and carried over to councils."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

from pipeline.comparison.cells import POLARITY_ORDER
from pipeline.comparison.gold_sample import GoldSample, values_of
from pipeline.intervals import wilson_ends

CODES = (*POLARITY_ORDER, "none")
# Steps of alternating between the share and the weight of the predictions.
_STEPS = 4


@dataclass(frozen=True)
class Powered:
    """A corrected share, its interval and the weight that the predictions have in it."""

    share: float
    low: float
    high: float
    weight: float


@dataclass(frozen=True)
class Ratio:
    """Sums by report of what makes a share: ``top`` over ``bottom``; shape (reports,) each."""

    top: np.ndarray
    bottom: np.ndarray

    def residual(self, share: float) -> np.ndarray:
        """Return ``top - share * bottom``; its sum is 0 at the share."""
        return np.asarray(self.top - share * self.bottom)


def powered_share(
    coded: Ratio, gold: Ratio, again: Ratio, size: np.ndarray, drawn: np.ndarray, level: float,
    weight: float | None = None,
) -> Powered:  # fmt: skip
    """Return the prediction-powered share with its interval (PPI++).

    The share as coded, plus what the gold sentences say that the codes get wrong: the difference
    estimator of survey sampling (Särndal, Swensson and Wretman 1992, section 6.3), whose use with
    a model's predictions is prediction-powered inference (Angelopoulos and others 2023a). The
    predictions enter with the weight that makes the variance smallest (PPI++, Angelopoulos and
    others 2023b). The share is a ratio of two sums, each of which is corrected; its variance is
    that of the linearised ratio, with reports as clusters.

    Parameters
    ----------
    coded
        Sums over all sentences of each report, as coded.
    gold, again
        Sums over the gold sentences, as people coded them and as the program does, each sentence
        times the number that it stands for; 0 for reports without.
    size
        Sentences of each report that can hold a finding; shape (reports,).
    drawn
        Whether a report has gold sentences; shape (reports,).
    level
        Level of the interval.
    weight
        A fixed weight of the predictions: 1 for the difference estimator; default: the best.

    Notes
    -----
    Read it beside the share as coded: the difference is the program's error, and it leans one way
    where the interval leaves out the share as coded. It depends on predictions by models that
    never saw the report's council; with others it would correct nothing. The interval is for
    reports like these, not only for these. Do not use it with a handful of gold reports, nor
    where gold sentences were picked for what the program made of them.
    """
    scale = float(size.sum() / size[drawn].sum())

    def parts(share: float) -> tuple[np.ndarray, np.ndarray]:
        """Return each report's part in the estimating equation: by the gold, by the codes."""
        by_gold, by_again = (
            _drawn_part(ratio.residual(share), size, drawn, scale) for ratio in (gold, again)
        )
        return by_gold, coded.residual(share) - by_again

    def solve(weight: float) -> float:
        top, bottom = (
            scale * (g - weight * a) + weight * c
            for g, a, c in (
                (gold.top.sum(), again.top.sum(), coded.top.sum()),
                (gold.bottom.sum(), again.bottom.sum(), coded.bottom.sum()),
            )
        )
        return float(np.clip(top / bottom, 0.0, 1.0)) if bottom > 0 else float("nan")

    best = 1.0 if weight is None else weight
    share = solve(best)
    for _ in range(_STEPS if weight is None else 0):
        fixed, slope = parts(share)
        best = float(np.clip(-(fixed @ slope) / max(slope @ slope, 1e-12), 0.0, 1.0))
        share = solve(best)
    fixed, slope = parts(share)
    reports = int(drawn.sum())
    spread = float(np.sum((fixed + best * slope) ** 2)) * reports / (reports - 1)
    bottom = scale * (gold.bottom - best * again.bottom).sum() + best * coded.bottom.sum()
    low, high = ends(np.array(share), np.array(spread / bottom**2), level, reports - 1)
    return Powered(share, float(low), float(high), best)


def _drawn_part(
    residual: np.ndarray, size: np.ndarray, drawn: np.ndarray, scale: float
) -> np.ndarray:
    """Return each report's part in a sum that is raised from the drawn reports to all, by size."""
    mean = residual[drawn].sum() / size[drawn].sum()
    return np.asarray(mean * size + np.where(drawn, scale * (residual - mean * size), 0.0))


def ends(
    share: np.ndarray, variance: np.ndarray, level: float, clusters: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's interval on the number of findings that would have such a variance.

    Parameters
    ----------
    share, variance
        Shares and their variances; any shape. Without variance (a share of 0 or 1) the interval
        has no width but for its ends, so such shares need a rule of their own.
    level
        Level of the interval.
    clusters
        Degrees of freedom, where the variance is estimated from so many clusters.
    """
    q = 0.5 + level / 2
    z = float(norm.ppf(q) if clusters is None else t.ppf(q, max(clusters, 1)))
    with np.errstate(divide="ignore", invalid="ignore"):
        count = share * (1 - share) / variance
    return wilson_ends(share, count, z)


@dataclass(frozen=True)
class ErrorRates:
    """What the gold sentences say of sentences that the program codes alike.

    Parameters
    ----------
    findings
        The share of them that are findings; shape (codes,), codes as :data:`CODES`.
    worth
        What they count for the measure, on average; shape (codes,).
    squares
        The average of its square; shape (codes,).
    doubt
        By report, its part in the error of ``worth`` and ``findings``; shape (reports, 2, codes).
    """

    findings: np.ndarray
    worth: np.ndarray
    squares: np.ndarray
    doubt: np.ndarray


def error_rates(sample: GoldSample, measure: str, least: int) -> ErrorRates | None:
    """Return the error rates of the codes; ``None`` if one of them has too few gold sentences."""
    gold = sample.gold
    code = gold["polarity"].map({name: place for place, name in enumerate(CODES)}).to_numpy()
    if min(np.bincount(code, minlength=len(CODES))) < least:
        return None
    weight = gold["draw"].to_numpy(dtype=float)
    whole = np.bincount(code, weight, minlength=len(CODES))
    worth = values_of(gold["gold"], measure)
    found = (gold["gold"] != "none").to_numpy(dtype=float)
    means = [np.bincount(code, v * weight, minlength=len(CODES)) / whole
             for v in (found, worth, worth**2)]  # fmt: skip
    reports, row = np.unique(gold["report"], return_inverse=True)
    doubt = np.zeros((len(reports), 2, len(CODES)))
    for place, (value, mean) in enumerate(((worth, means[1]), (found, means[0]))):
        np.add.at(doubt[:, place], (row, code), weight * (value - mean[code]) / whole[code])
    doubt *= np.sqrt(len(reports) / max(len(reports) - 1, 1))
    return ErrorRates(means[0], means[1], means[2], doubt)


def carried_over(
    counts: np.ndarray, effect: np.ndarray, rates: ErrorRates, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return councils' shares after the program's errors, with their intervals.

    A council has too few gold sentences for a correction of its own. What the gold sentences of
    the whole framework say of a code is carried over: each sentence counts what gold sentences
    with the same code count on average (the synthetic estimator of small areas, Rao and Molina
    2015, chapter 3). The variance holds the spread of the council's sentences, with its design
    effect, the program's errors among them, and the doubt about the rates, with reports as
    clusters.

    Parameters
    ----------
    counts
        Sentences by code; shape (cells, codes).
    effect
        Design effects; shape (cells,).
    rates
        Of the framework.
    level
        Level of the interval.

    Notes
    -----
    It takes for granted that the errors depend on the code that was given, and not on the council
    or the theme beyond that. It does not tell whether the program does worse on one council than
    on others. Themes are taken as the program gives them.
    """
    top, bottom = counts @ rates.worth, counts @ rates.findings
    with np.errstate(invalid="ignore", divide="ignore"):
        share = top / bottom
    second = rates.squares - 2 * share[:, None] * rates.worth + share[:, None] ** 2 * rates.findings
    own = effect * np.sum(counts * second, axis=1)
    by_report = np.einsum("nc,gpc->pgn", counts, rates.doubt)
    doubt = np.sum((by_report[0] - share * by_report[1]) ** 2, axis=0)
    low, high = ends(share, (own + doubt) / bottom**2, level)
    return share, low, high
