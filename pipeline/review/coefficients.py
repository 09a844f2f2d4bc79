"""Agreement between two coders: share, Cohen's kappa, Krippendorff's alpha, with intervals."""

from dataclasses import dataclass

import numpy as np

RESAMPLES = 1000
SEED = 20_260_101
# Distances between sets become whole numbers of this unit (a multiple of 1 to 12), so that sums
# over resamples are exact, and the same on every processor.
UNIT = 3 * 27_720


def masi(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the MASI similarity of two sets of codes (Passonneau 2006).

    Jaccard's index (codes that both hold, by codes that either holds), times 1 if the sets are the
    same, 2/3 if one holds the other, 1/3 if they only overlap.

    Examples
    --------
    >>> masi(frozenset("a"), frozenset("ab"))
    0.3333333333333333
    >>> masi(frozenset("ab"), frozenset("bc"))
    0.1111111111111111
    """
    if first == second:
        return 1.0
    both, either = len(first & second), len(first | second)
    inside = first <= second or second <= first
    return both / either * (2 if inside else 1) / 3


@dataclass(frozen=True)
class Pairs:
    """What two coders gave to the same sentences, counted by document.

    Parameters
    ----------
    first, second
        How often each coder used each value, shape (documents, values).
    same
        Sentences with the same value, shape (documents,).
    apart
        Summed distance between the two values of a sentence, in units, shape (documents,).
    distance
        Between two values, in units, shape (values, values).
    """

    first: np.ndarray
    second: np.ndarray
    same: np.ndarray
    apart: np.ndarray
    distance: np.ndarray

    def figures(self, weights: np.ndarray) -> np.ndarray:
        """Return share of agreement, kappa and alpha, shape (resamples, 3).

        Parameters
        ----------
        weights
            How often each resample holds each document, shape (resamples, documents).

        Returns
        -------
        ndarray
            ``nan`` where a coefficient is not defined.

        Notes
        -----
        The share of agreement is high wherever one code is frequent. Kappa (Cohen 1960) sets
        what is agreed beyond chance against what could be, where chance is each coder's own use
        of the codes. Alpha (Krippendorff 2018, chapter 12) takes chance from both coders' codes
        together, corrects for small samples, and weighs disagreements by their distance. Both are
        1 for full agreement and 0 for none beyond chance; below 0 the coders agree less than by
        chance. Krippendorff asks for 0.8, and for 0.667 where conclusions may be tentative. They
        depend on how frequent the codes are: do not compare them between samples that were drawn
        in different ways. Neither is defined where only one value was used.
        """
        first, second = weights @ self.first, weights @ self.second
        count = first.sum(axis=1)
        agreed, apart = weights @ self.same, weights @ self.apart
        by_chance = (first * second).sum(axis=1)
        pooled = first + second
        spread = ((pooled @ self.distance) * pooled).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = agreed / count
            # All in whole numbers until the one division.
            kappa = (agreed * count - by_chance) / (count * count - by_chance)
            alpha = 1 - 2 * apart * (2 * count - 1) / spread
        kappa[count * count == by_chance] = np.nan
        alpha[spread == 0] = np.nan
        return np.stack([share, kappa, alpha], axis=1)


def pairs(first: list[frozenset[str]], second: list[frozenset[str]], documents: list[str]) -> Pairs:
    """Count what two coders gave to the same sentences; values are sets of codes.

    Two sets are as far apart as 1 less their MASI similarity; for sets of one code this is the
    nominal distance: 0 or 1.
    """
    values = sorted({*first, *second}, key=sorted)
    number = {value: n for n, value in enumerate(values)}
    whole = [[round(UNIT * (1 - masi(a, b))) for b in values] for a in values]
    distance = np.array(whole, dtype=np.float64).reshape(len(values), len(values))
    place = {name: n for n, name in enumerate(sorted(set(documents)))}
    rows = np.array([place[name] for name in documents], dtype=int)
    one = np.array([number[value] for value in first], dtype=int)
    two = np.array([number[value] for value in second], dtype=int)
    counted = [np.zeros((len(place), len(values))) for _ in range(2)]
    for counts, given in zip(counted, (one, two), strict=True):
        np.add.at(counts, (rows, given), 1)
    same, apart = np.zeros(len(place)), np.zeros(len(place))
    np.add.at(same, rows, (one == two).astype(float))
    np.add.at(apart, rows, distance[one, two])
    return Pairs(counted[0], counted[1], same, apart, distance)


def resamples(documents: int) -> np.ndarray:
    """Return how often each of :data:`RESAMPLES` bootstrap samples holds each document.

    The first row is the sample itself; shape (1 + resamples, documents).
    """
    drawn = np.random.default_rng(SEED).integers(0, documents, (RESAMPLES, documents))
    weights = np.zeros((RESAMPLES, documents))
    np.add.at(weights, (np.arange(RESAMPLES)[:, None], drawn), 1)
    return np.vstack([np.ones(documents), weights])


def estimate(draws: np.ndarray, documents: int, level: float) -> tuple[float, float, float]:
    """Return a coefficient and the ends of its percentile interval (Efron 1979).

    Parameters
    ----------
    draws
        The coefficient of the sample, then of each bootstrap sample; ``nan`` where undefined.
    documents
        How many documents were resampled.
    level
        Of the interval, such as 0.95.

    Returns
    -------
    tuple of float
        The value, the lower and the upper end. No interval (``nan``) for fewer than two
        documents, or where the coefficient is undefined in half of the bootstrap samples.

    Notes
    -----
    Documents are drawn as wholes: the sentences of one are alike, and single sentences would
    give too narrow an interval. It tells what other documents of the same kind could have shown,
    not what another coder would have. Under about twenty documents it is too narrow.
    """
    value, defined = float(draws[0]), draws[1:][~np.isnan(draws[1:])]
    if np.isnan(value) or documents < 2 or 2 * len(defined) < len(draws) - 1:
        return value, float("nan"), float("nan")
    low, high = np.percentile(defined, [50 * (1 - level), 50 * (1 + level)])
    return value, float(low), float(high)
