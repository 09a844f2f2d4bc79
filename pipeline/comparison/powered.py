"""Shares that the gold sentences correct: prediction-powered, and carried over to councils."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from pipeline.comparison.cells import POLARITY_ORDER, VALUES
from pipeline.comparison.gold_sample import GoldSample
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
    coded: Ratio, gold: Ratio, again: Ratio, *, size: np.ndarray, drawn: np.ndarray, level: float,
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
    z = float(ndtri(q) if clusters is None else stdtrit(max(clusters, 1), q))
    with np.errstate(divide="ignore", invalid="ignore"):
        count = share * (1 - share) / variance
    return wilson_ends(share, count, z)


@dataclass(frozen=True)
class ErrorRates:
    """What a sentence with each of the program's codes counts, the errors taken out.

    Parameters
    ----------
    worth, findings
        What it adds to the measure, and to the number of findings; shape (codes,).
    doubt
        The error of both by report left out; shape (reports, 2, codes).
    stretch
        By how much an interval of the share as coded widens.
    """

    worth: np.ndarray
    findings: np.ndarray
    doubt: np.ndarray
    stretch: float


def _unmixed(table: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return ``worth`` and ``findings`` by a table of gold codes (rows) by the program's."""
    real = 1 - table[len(CODES) - 1, : len(values)] / table[:, : len(values)].sum(axis=0)
    kinds = table[: len(values), : len(values)]
    chances = kinds / kinds.sum(axis=1, keepdims=True)
    return real * np.linalg.solve(chances, values), real


def error_rates(sample: GoldSample, measure: str, least: int) -> ErrorRates | None:
    """Return what the program's codes are worth by the gold sentences of a framework.

    ``None`` if a code was given or found in fewer than ``least`` gold sentences.
    """
    place = {name: order for order, name in enumerate(CODES)}
    gold = sample.gold["gold"].map(place).to_numpy(dtype=int)
    again = sample.gold["polarity"].map(place).to_numpy(dtype=int)
    kinds = len(POLARITY_ORDER)
    if (
        min(*np.bincount(gold, minlength=4)[:kinds], *np.bincount(again, minlength=4)[:kinds])
        < least
    ):
        return None
    values = np.array(VALUES[measure])
    reports, row = np.unique(sample.gold["report"], return_inverse=True)
    tables = np.zeros((len(reports), len(CODES), len(CODES)))
    np.add.at(tables, (row, gold, again), sample.gold["draw"].to_numpy(dtype=float))
    whole = tables.sum(axis=0)
    try:
        worth, findings = _unmixed(whole, values)
        # Jackknife: leave out one report after the other.
        others = np.array([_unmixed(whole - table, values) for table in tables])
    except np.linalg.LinAlgError:
        return None
    doubt = (others - others.mean(axis=0)) * np.sqrt((len(reports) - 1) / len(reports))
    found = whole[:, :kinds].sum(axis=0)
    share, coded = found @ worth / (found @ findings), found @ values / found.sum()
    wide = np.sqrt(found @ (worth - share * findings) ** 2) / (found @ findings)
    narrow = np.sqrt(found @ (values - coded) ** 2) / found.sum()
    return ErrorRates(worth, findings, doubt, float(wide / narrow))


def carried_over(
    counts: np.ndarray, coded: tuple[np.ndarray, np.ndarray, np.ndarray], rates: ErrorRates
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return councils' shares after the program's errors, with their intervals.

    A council has too few gold sentences for a correction of its own. How often the program gives
    each code to sentences of each kind is known for the whole framework, and is carried over: the
    numbers by code are those by kind, mixed up by these chances, and are unmixed (Rogan and Gladen
    1978, for three kinds). What is a finding by the program only is taken out beforehand.

    Parameters
    ----------
    counts
        Findings by code; shape (cells, 3).
    coded
        The shares as coded, and the ends of their intervals; shape (cells,) each.
    rates
        Of the framework.

    Notes
    -----
    The interval is that of the share as coded, stretched by the unmixing, and widened by the doubt
    about the error rates, with reports as clusters (jackknife). It takes for granted that the
    program errs as often on a kind of sentence in one council as in another, and on every theme;
    it does not tell whether it does worse on this one. Findings that the program took for none are
    not brought back, and themes are taken as the program gives them. The end of a share that would
    lie beyond 0 or 1 is cut off.
    """
    share, low, high = coded
    top, bottom = counts @ rates.worth, counts @ rates.findings
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = top / bottom
        by_report = np.einsum("nc,gpc->pgn", counts, rates.doubt)
        doubt = np.sum((by_report[0] - middle * by_report[1]) ** 2, axis=0) / bottom**2
    down = np.sqrt((rates.stretch * (share - low)) ** 2 + doubt)
    up = np.sqrt((rates.stretch * (high - share)) ** 2 + doubt)
    middle, low, high = (np.clip(v, 0.0, 1.0) for v in (middle, middle - down, middle + up))
    return middle, low, high
