"""Tests and intervals for shares of clustered findings, and the control of false discoveries."""

import numpy as np
from scipy.special import betainc, betaincinv, betaln, expit, gammaincinv, logit, ndtri

# With 65, p-values of less than one finding a side are off by up to 1e-5.
NODES = 97
_TAIL = 1e-13
_NEXT_TO_NOTHING = 1e-9
_AT_ONCE = 1024
Shapes = tuple[np.ndarray, np.ndarray]


def count_interval(
    count: np.ndarray, effect: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of a number of findings (Garwood 1936), on the effective number.

    Read it as: how many findings of the kind a report could as well have held. It is exact for
    numbers that vary as Poisson's do; the design effect stands for the paragraphs. It grows with
    the length of the report, so compare shares, not counts.

    Examples
    --------
    >>> [round(float(end), 2) for end in count_interval(np.array(4.0), np.array(1.0), 0.95)]
    [1.09, 10.24]
    """
    bare = count / effect
    with np.errstate(invalid="ignore"):
        low = np.where(bare > 0, gammaincinv(bare, (1 - level) / 2), 0.0)
    high = gammaincinv(bare + 1, (1 + level) / 2)
    return np.asarray(low * effect), np.asarray(high * effect)


def _chance(narrow: Shapes, wide: Shapes) -> np.ndarray:
    """Return :func:`_integral` of many variables, some at a time: each has a grid of its own."""
    parts = [np.empty(0)]
    for start in range(0, len(narrow[0]), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        parts.append(_integral((narrow[0][some], narrow[1][some]), (wide[0][some], wide[1][some])))
    return np.concatenate(parts)


def _integral(narrow: Shapes, wide: Shapes) -> np.ndarray:
    """Return the probability that a beta variable ``wide`` lies below another, ``narrow``.

    The integral is taken over the narrow one, or over the other where the narrow one has its mass
    at an end, which no grid would meet.
    """
    smallest, other = np.minimum(*narrow), np.minimum(*wide)
    turned = (smallest < 1) & (smallest < other)
    over = [np.where(turned, w, n) for n, w in zip(narrow, wide, strict=True)]
    under = [np.where(turned, n, w) for n, w in zip(narrow, wide, strict=True)]
    a, b = (np.maximum(shape, _NEXT_TO_NOTHING)[..., None] for shape in over)
    c, d = (np.maximum(shape, _NEXT_TO_NOTHING)[..., None] for shape in under)
    low = logit(np.maximum(betaincinv(a, b, _TAIL), 1e-300))
    high = -logit(np.maximum(betaincinv(b, a, _TAIL), 1e-300))
    step = (high - low) / (NODES - 1)
    z = low + step * np.arange(NODES)
    # log(1 - x) by way of -z keeps the digits where x is next to 1.
    density = np.exp(a * np.log(expit(z)) + b * np.log(expit(-z)) - betaln(a, b))
    below = np.clip(np.sum(density * betainc(c, d, expit(z)) * step, axis=-1), 0.0, 1.0)
    return np.asarray(np.where(turned, 1 - below, below))


def exact_p(k1: np.ndarray, n1: np.ndarray, k2: np.ndarray, n2: np.ndarray) -> np.ndarray:
    """Return two-sided mid-p-values for the equality of two shares; twice the smaller one-sided.

    Fisher's exact test, written as Altham (1969) did: the one-sided p-value is the probability
    that one beta variable lies below another. In that form it takes the effective numbers of
    clustered findings, which are no whole numbers, and half weaknesses. The chance of just the
    numbers that were found counts half (Lancaster 1961), as the exact test says too little.

    Parameters
    ----------
    k1, n1, k2, n2
        Findings of the kind and all findings, both divided by the design effect; any shape. The
        second sample is the larger one: the integral is taken over it.

    Notes
    -----
    Read a p-value as: how rarely two services with the same share would look at least so
    different. It holds the spread of findings, not errors of the program that lean one way for one
    council only; errors that are alike make differences look smaller, never larger. Do not use it
    to compare frameworks.

    Examples
    --------
    >>> p = exact_p(np.array(3.0), np.array(3.0), np.array(2.0), np.array(10.0))
    >>> round(float(p), 4)  # Fisher's one-sided 0.035, and no more extreme table: 2 * 0.035 / 2
    0.035
    """
    k1, n1, k2, n2 = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (k1, n1, k2, n2)))
    known = (n1 > 0) & (n2 > 0)
    # With no findings of the kind (or only such) one side cannot speak against equality.
    greater, less = np.ones(known.shape), np.ones(known.shape)
    at = known & (k1 > 0) & (n2 > k2)
    a, b, c, d = (v[at] for v in (k1, n1, k2, n2))
    greater[at] = _chance((c + 1, d - c), (a, b - a + 1))
    # By the mirror image, so that a small probability is not lost in 1 - ....
    at = known & (n1 > k1) & (k2 > 0)
    a, b, c, d = (v[at] for v in (k1, n1, k2, n2))
    less[at] = _chance((d - c + 1, c), (b - a, a + 1))
    # Half the chance of just these numbers, which is in both one-sided values.
    half = np.maximum(greater + less - 1.0, 0.0) / 2
    both = np.maximum(greater - half, greater / 2), np.maximum(less - half, less / 2)
    p = np.minimum(1.0, 2 * np.minimum(*both))
    return np.where(known, p, np.nan)


def hybrid_difference(
    first: tuple[np.ndarray, np.ndarray, np.ndarray],
    second: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the difference of two shares with its interval, from the intervals of both.

    Newcombe's hybrid score interval (1998, method 10): it never leaves -1 to 1.

    Parameters
    ----------
    first, second
        A share, the lower and the upper end of its interval.

    Examples
    --------
    Newcombe's own example (a), 56 of 70 and 48 of 80:

    >>> ends = (0.8, 0.6918, 0.8776), (0.6, 0.4904, 0.7005)
    >>> [round(float(x), 4) for x in hybrid_difference(*(map(np.array, e) for e in ends))]
    [0.2, 0.0523, 0.3343]
    """
    (p, p_low, p_high), (q, q_low, q_high) = first, second
    gap = p - q
    low = gap - np.sqrt((p - p_low) ** 2 + (q_high - q) ** 2)
    high = gap + np.sqrt((p_high - p) ** 2 + (q - q_low) ** 2)
    return gap, low, high


def cohens_h(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Return Cohen's h, the distance of two shares on the arcsine scale (Cohen 1988, chapter 6).

    0.2 is small, 0.5 medium, 0.8 large; it makes a step from 2 % to 6 % as large as one from 40 %
    to 49 %. It tells nothing of how sure the shares are.

    Examples
    --------
    >>> round(float(cohens_h(np.array(0.5), np.array(0.25))), 3)
    0.524
    """
    return np.asarray(2 * np.arcsin(np.sqrt(p)) - 2 * np.arcsin(np.sqrt(q)))


def q_values(p: np.ndarray) -> np.ndarray:
    """Return p-values after Benjamini and Hochberg (1995); ``nan`` stays and counts for nothing.

    Of the rows with a q-value of at most 5 %, at most 5 % are expected to be false.

    Examples
    --------
    >>> q_values(np.array([0.01, 0.04, np.nan, 0.03])).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known])]
    stepped = p[order] * (len(order) / np.arange(1.0, len(order) + 1))
    q = np.full(p.shape, np.nan)
    q[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return q


def rank_intervals(
    share: np.ndarray, count: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return ranks with their intervals: 1 for the lowest share.

    For one council, those that lie surely below it and those that lie surely above it bound its
    place (Mogstad, Romano, Shaikh and Wilhelm 2024, marginal sets), with Bonferroni's level for
    the comparisons with all others, and the variance of Agresti and Caffo (2000), so that a share
    of 0 or 1 is not taken for certain.

    Parameters
    ----------
    share, count
        Shares, and the effective numbers of findings; shape (councils,).
    level
        Level of the interval.

    Notes
    -----
    An interval from 1 to the number of councils is the rule for a single theme: the place is not
    known. Never quote a rank without it, and none of the first and last places as such.
    """
    councils = len(share)
    better = (count * share + 1) / (count + 2)
    variance = better * (1 - better) / (count + 2)
    needed = float(ndtri(1 - (1 - level) / (2 * max(councils - 1, 1))))
    place = 1 + np.searchsorted(np.sort(share), share)
    low, high = np.ones(councils, dtype=int), np.full(councils, councils)
    # Some at a time: all pairs of ten thousand take a gigabyte.
    for start in range(0, councils, _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        gap = better[some, None] - better
        sure = np.abs(gap) > needed * np.sqrt(variance[some, None] + variance)
        low[some] += np.sum(sure & (gap > 0), axis=1)
        high[some] -= np.sum(sure & (gap < 0), axis=1)
    return place, np.minimum(low, place), np.maximum(high, place)
