"""Partial pooling: a council's share drawn towards the others, the more the less it says."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, betaln, expit, logit

_MEANS = 15
_REACH = 4.0
# How alike councils may be: the prior's weight in findings, from next to none to all the same.
_WEIGHTS = np.exp(np.linspace(np.log(0.5), np.log(5000.0), 21))
# By the trapezoid rule the ends count half.
_ENDS = np.where(np.isin(_WEIGHTS, _WEIGHTS[[0, -1]]), 0.5, 1.0)


@dataclass(frozen=True)
class Pooled:
    """The shares of the councils of a group after pooling.

    Parameters
    ----------
    a, b
        Shapes of the beta distribution of each council's own share; shape (councils,).
    typical, typical_sd
        The mean of the councils' own shares, and how unsure it is.
    between
        The standard deviation of the councils' own shares.
    """

    a: np.ndarray
    b: np.ndarray
    typical: float
    typical_sd: float
    between: float

    @property
    def mean(self) -> np.ndarray:
        """The pooled shares; shape (councils,)."""
        return np.asarray(self.a / (self.a + self.b))

    def interval(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the ends of the intervals of the pooled shares."""
        ends = (1 - level) / 2, (1 + level) / 2
        low, high = (np.asarray(betaincinv(self.a, self.b, end)) for end in ends)
        return low, high

    def typical_interval(self, level: float) -> tuple[float, float]:
        """Return the ends of the interval of the typical council's share."""
        a, b = (float(x) for x in beta_of(self.typical, self.typical_sd**2))
        return float(betaincinv(a, b, (1 - level) / 2)), float(betaincinv(a, b, (1 + level) / 2))


def beta_of(
    mean: np.ndarray | float, variance: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the shapes of the beta distribution with a mean and a variance.

    Examples
    --------
    >>> [round(float(x), 6) for x in beta_of(0.25, 0.0375)]
    [1.0, 3.0]
    """
    weight = np.maximum(mean * (1 - np.asarray(mean)) / variance - 1, 1e-6)
    return np.asarray(mean * weight), np.asarray((1 - np.asarray(mean)) * weight)


def pool(count: np.ndarray, size: np.ndarray) -> Pooled:
    """Pool shares of councils by a beta-binomial model.

    Councils' own shares follow a beta distribution; what is found of them is binomial, on the
    effective numbers of findings. Empirical Bayes would take the beta distribution that fits
    best; with few councils that makes intervals too narrow, so its mean and spread are averaged
    over a grid by their likelihood (Kass and Steffey 1989): evenly over the mean on the logit
    scale and over the likeness ``1 / (1 + weight)``. The result for a council is given as the beta
    distribution with the same mean and variance.

    Parameters
    ----------
    count, size
        Findings of the kind, and all findings, both divided by the design effect, all with
        ``size`` above 0; shape (councils,).

    Notes
    -----
    Read a pooled share as the best guess for one council among its like. It depends on who the
    others are: a council that says little is drawn to them almost wholly. It is biased towards
    them by design, so do not count councils beyond a line by it, and do not test with it.

    A beta-binomial model was preferred to a mixed logistic model: with one level of councils it
    has a closed form (no approximation of an integral, no optimiser that can fail on 2,600 cells),
    takes numbers that are no whole ones, and gives the same bytes everywhere.
    """
    share = float(count.sum() / size.sum())
    share = min(max(share, 0.5 / (size.sum() + 1)), 1 - 0.5 / (size.sum() + 1))
    councils = len(size)
    spread = float(np.sum((count - share * size) ** 2)) * councils / max(councils - 1, 1)
    within = share * (1 - share) * size.sum()
    error = np.sqrt(max(spread, within)) / size.sum() / (share * (1 - share))
    means = expit(logit(share) + error * np.linspace(-_REACH, _REACH, _MEANS))
    m, w = (grid.ravel() for grid in np.meshgrid(means, _WEIGHTS, indexing="ij"))
    a, b = m * w, (1 - m) * w
    likelihood = np.sum(
        betaln(a[:, None] + count, b[:, None] + size - count) - betaln(a, b)[:, None], axis=1
    )
    # Evenly over 1 / (1 + weight), where the grid is even over the logarithm of the weight.
    chance = np.exp(likelihood - likelihood.max()) * w / (1 + w) ** 2 * np.tile(_ENDS, _MEANS)
    chance /= chance.sum()
    own = (a[:, None] + count) / (w[:, None] + size)
    own_variance = own * (1 - own) / (w[:, None] + size + 1)
    mean = chance @ own
    variance = chance @ (own_variance + own**2) - mean**2
    typical = float(chance @ m)
    shape_a, shape_b = beta_of(mean, variance)
    return Pooled(
        shape_a,
        shape_b,
        typical=typical,
        typical_sd=float(np.sqrt(max(chance @ m**2 - typical**2, 1e-12))),
        between=float(np.sqrt(chance @ (m * (1 - m) / (w + 1)))),
    )
