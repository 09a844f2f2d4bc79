"""Intervals for shares of coded sentences."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri, stdtrit

# What a finding adds to the weakness share.
WEIGHT = {"strength": 0.0, "weakness": 1.0, "mixed": 0.5}


def weakness_share(strengths: float, weaknesses: float, mixed: float) -> float:
    """Return the share of weakness among findings; a mixed one counts half.

    Returns
    -------
    float
        0 (all strengths) to 1 (all weaknesses); ``nan`` without findings.

    Notes
    -----
    Read it as the balance of what inspectors wrote, not as the share of bad practice: a report
    dwells on what it wants changed. It depends on how much a report says on a theme, so look at
    ``findings`` first, and do not compare reports of different frameworks by it.

    Examples
    --------
    >>> weakness_share(6, 3, 1)
    0.35
    """
    findings = strengths + weaknesses + mixed
    return float("nan") if findings == 0 else (weaknesses + mixed / 2) / findings


def design_effect(values: np.ndarray, clusters: np.ndarray) -> float:
    """Return how much clustering widens the variance of a mean; at least 1.

    The ratio of the cluster-robust variance (paragraphs as clusters) to that of independent
    sentences (Kish 1965, section 5.4). 1 where there are fewer than two clusters, or no spread.

    Examples
    --------
    Three paragraphs, of which two say the same thing twice:

    >>> round(design_effect(np.array([1.0, 1.0, 0.0, 0.0, 1.0]), np.array([1, 1, 2, 2, 3])), 6)
    2.24

    Every sentence in a paragraph of its own is independent:

    >>> design_effect(np.array([1.0, 0.0, 1.0]), np.array([1, 2, 3]))
    1.0
    """
    count = len(values)
    groups = np.unique(clusters)
    if len(groups) < 2 or np.ptp(values) == 0.0:
        return 1.0
    residuals = values - values.mean()
    totals = np.array([np.sum(residuals[clusters == g]) for g in groups])
    robust = np.sum(totals**2) * len(groups) / (len(groups) - 1) / count**2
    independent = np.sum(residuals**2) / (count - 1) / count
    return max(1.0, float(robust / independent))


def wilson(share: float, count: float, level: float) -> tuple[float, float]:
    """Return the Wilson score interval of a share (Wilson 1927).

    Parameters
    ----------
    share
        The observed share, 0 to 1.
    count
        Number of findings, divided by the design effect where they are clustered.
    level
        Level of the interval, such as 0.95.

    Notes
    -----
    It tells how far the share could lie off if the same service had been described in other
    sentences; it does not hold the model's errors. Do not use it to rank councils.

    Examples
    --------
    >>> [round(x, 3) for x in wilson(0.35, 10, 0.95)]
    [0.137, 0.646]
    """
    if count <= 0 or np.isnan(share):
        return float("nan"), float("nan")
    low, high = wilson_ends(np.array(share), np.array(count), float(ndtri(0.5 + level / 2)))
    return float(low), float(high)


def counted_share(
    polarities: Sequence[str], paragraphs: Sequence[int], level: float
) -> dict[str, float]:
    """Return how many findings of a text are of each polarity, and their weakness share.

    Parameters
    ----------
    polarities, paragraphs
        The polarity of every finding, and the number of the paragraph in which it stands.
    level
        Level of the interval, such as 0.95.

    Returns
    -------
    dict
        ``strengths``, ``weaknesses``, ``mixed``, ``findings``, ``weakness_share`` and the ends of
        its Wilson interval, paragraphs as clusters; these three are ``nan`` without findings.

    Examples
    --------
    >>> found = counted_share(["strength", "weakness", "mixed"], [1, 2, 3], 0.95)
    >>> found["findings"], found["weakness_share"], round(found["weakness_share_high"], 3)
    (3, 0.5, 0.875)
    """
    strengths, weaknesses, mixed = (polarities.count(code) for code in WEIGHT)
    share = weakness_share(strengths, weaknesses, mixed)
    low = high = float("nan")
    if polarities:
        values = np.array([WEIGHT[code] for code in polarities])
        effect = design_effect(values, np.array(paragraphs))
        low, high = wilson(share, len(polarities) / effect, level)
    return {
        "strengths": strengths, "weaknesses": weaknesses, "mixed": mixed,
        "findings": len(polarities), "weakness_share": share,
        "weakness_share_low": low, "weakness_share_high": high,
    }  # fmt: skip


def wilson_ends(
    share: np.ndarray, count: np.ndarray, z: float | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of Wilson's interval for arrays of shares; ``nan`` where one of both is.

    Parameters
    ----------
    share, count
        Shares and effective numbers of findings; any shape.
    z
        Quantile of the normal distribution, or of Student's where few clusters gave ``count``.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
        spread = share * (1 - share) / count + z**2 / (4 * count**2)
        half = z / (1 + z**2 / count) * np.sqrt(spread)
    # At the ends the formula gives 0 and 1 but for the last bit.
    known = ~np.isnan(half)
    low = np.where((share == 0) & known, 0.0, np.maximum(0.0, middle - half))
    high = np.where((share == 1) & known, 1.0, np.minimum(1.0, middle + half))
    return low, high


def clustered_share(count: np.ndarray, size: np.ndarray, level: float) -> tuple[np.ndarray, ...]:
    """Return shares over several reports, their intervals, and the effective numbers of findings.

    The reports are the clusters (the variance of a ratio, Cochran 1977, section 2.11): the
    interval holds how much councils differ, and is for reports like these. It is empty for fewer
    than two reports with findings.

    Parameters
    ----------
    count, size
        Findings of the kind, and all findings; shape (reports, themes).
    level
        Level of the intervals.

    Examples
    --------
    >>> count, size = np.array([[2], [4], [3], [3]]), np.array([[10], [10], [10], [10]])
    >>> [round(float(values[0]), 3) for values in clustered_share(count, size, 0.95)]
    [0.3, 0.13, 0.55, 40.0]
    """
    reports, whole = (size > 0).sum(axis=0), size.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count.sum(axis=0) / whole
        spread = np.sum((count - share * size) ** 2, axis=0) * reports / (reports - 1) / whole**2
        # Where no report differs, as many findings as there are reports is the least known.
        known = np.where(spread > 0, share * (1 - share) / spread, reports)
    known = np.where(reports > 1, np.minimum(known, whole), np.nan)
    z = stdtrit(np.maximum(reports - 1, 1), 0.5 + level / 2)
    return share, *wilson_ends(share, known, z), known
