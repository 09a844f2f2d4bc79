"""Keyness: how far the frequencies of words differ between two groups of documents."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import log_expit, stdtr, stdtrit, xlogy

from pipeline.comparison.exact import q_values

# Hardie's stand-in for a frequency of zero, which has no logarithm.
ABSENT = 0.5
# Log odds beyond which no interval of a corpus ends, and how often they are halved.
_FARTHEST, _HALVINGS, _TINY = 50.0, 60, 1e-300


@dataclass(frozen=True)
class Group:
    """The counts of one group: shape (documents, terms), and the words of its documents."""

    counts: csr_array
    words: np.ndarray

    @property
    def totals(self) -> np.ndarray:
        """How often each term stands in the group; shape (terms,)."""
        return np.asarray(self.counts.sum(axis=0), dtype=float).ravel()

    @property
    def size(self) -> float:
        """Words of the group."""
        return float(self.words.sum())

    @property
    def documents(self) -> np.ndarray:
        """Documents in which each term stands; shape (terms,)."""
        return np.bincount(self.counts.indices, minlength=self.counts.shape[1])


@dataclass(frozen=True)
class Keyness:
    """Measures of each term; every array has the shape (terms,)."""

    g2: np.ndarray
    log_ratio: np.ndarray
    low: np.ndarray
    high: np.ndarray
    design_effect: np.ndarray
    p: np.ndarray
    q: np.ndarray

    @property
    def strength(self) -> np.ndarray:
        """The log-likelihood after the design effect, by which terms are ranked."""
        return np.asarray(self.g2 / self.design_effect)


def log_likelihood(a: np.ndarray, b: np.ndarray, size_a: float, size_b: float) -> np.ndarray:
    """Return the log-likelihood G2 of frequencies in two corpora (Dunning 1993).

    Twice the sum of ``observed * ln(observed / expected)`` over the four cells of term and other
    words. Rayson and Garside (2000) leave the cells of the other words out; for words below 1 % of
    a text that is the same within about 1 %.

    Parameters
    ----------
    a, b
        How often each term stands in either corpus; shape (terms,).
    size_a, size_b
        Words of either corpus.

    Notes
    -----
    Read it as the weight of evidence, not as the size of a difference: it grows with the corpora.
    It takes every word for drawn by itself. Words come in documents, so against chi-squared with
    one degree of freedom it finds far too much; see :func:`keyness`.

    Examples
    --------
    >>> [round(float(x), 3) for x in log_likelihood(np.array([30, 5]), np.array([10, 5]), 1e4, 1e4)]
    [10.485, 0.0]
    """
    result = np.zeros(len(a))
    share = (a + b) / (size_a + size_b)
    for observed, size in ((a, size_a), (b, size_b)):
        for count, expected in ((observed, share * size), (size - observed, (1 - share) * size)):
            result += xlogy(count, count / np.where(expected > 0, expected, 1))
    return np.asarray(np.maximum(2 * result, 0.0))


def log_ratio(a: np.ndarray, b: np.ndarray, size_a: float, size_b: float) -> np.ndarray:
    """Return the binary logarithm of the ratio of relative frequencies (Hardie 2014).

    Notes
    -----
    1 is twice as frequent in the first corpus, 2 four times, -1 half as frequent. It does not
    depend on the corpora's sizes. A count of zero is taken as 0.5, so the ratio of a term that one
    corpus lacks depends on how large that corpus is.

    Examples
    --------
    >>> log_ratio(np.array([40.0, 2.0]), np.array([10.0, 0.0]), 1000, 1000).tolist()
    [2.0, 2.0]
    """
    first, second = np.where(a > 0, a, ABSENT), np.where(b > 0, b, ABSENT)
    return np.asarray(np.log2(first / size_a) - np.log2(second / size_b))


def dispersion(group: Group) -> np.ndarray:
    """Return the deviation of proportions DP of each term over documents (Gries 2008).

    Half the sum, over the documents, of the distance between a document's share of the group's
    words and its share of the term's occurrences.

    Returns
    -------
    ndarray of shape (terms,)
        Near 0: spread as evenly as the words; near 1: all in few short documents; ``nan`` where
        the term is absent.

    Notes
    -----
    A rare term cannot be spread evenly over many documents, so compare only terms of like
    frequency, and groups of like numbers of documents. A key term with a high value in its own
    group belongs to some documents there, not to the group.

    Examples
    --------
    >>> even = Group(csr_array(np.array([[2, 4], [2, 0]])), np.array([50, 50]))
    >>> dispersion(even).tolist()
    [0.0, 0.5]
    """
    if group.size == 0:
        return np.full(group.counts.shape[1], np.nan)
    expected = group.words / group.size
    held = group.counts.tocoo()
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = held.data / group.totals[held.col]
    size = group.counts.shape[1]
    # A document without the term is as far off as its share of the words.
    off = np.abs(observed - expected[held.row]) - expected[held.row]
    result = 0.5 * (1 + np.bincount(held.col, off, minlength=size))
    return np.asarray(np.where(group.totals > 0, np.maximum(result, 0.0), np.nan))


def _spread(group: Group) -> np.ndarray:
    """Return the squared distances of a term's counts from its rate, summed over the documents.

    Multiplied as a sample's variance is; as large as the term's frequency where words are drawn by
    themselves (the variance of a ratio, Cochran 1977, section 2.11).
    """
    documents, rate = len(group.words), group.totals / group.size
    squares = np.asarray(group.counts.multiply(group.counts).sum(axis=0))
    crossed = np.asarray(group.words @ group.counts)
    whole = squares - 2 * rate * crossed + rate**2 * float(group.words @ group.words)
    return np.asarray(np.maximum(whole, 0.0) * documents / (documents - 1))


def _design_effect(first: Group, second: Group) -> np.ndarray:
    """Return how much documents widen the variance of each log ratio.

    The larger of two: by the spread within each group, and by that over all documents as if both
    groups were spread alike, which is the surer guide where one has few documents; at least 1.
    """
    spreads, totals = (_spread(first), _spread(second)), (first.totals, second.totals)
    counts = [np.where(total > 0, total, ABSENT) for total in totals]
    lone = 1 / counts[0] + 1 / counts[1]
    own = sum(
        np.maximum(spread, count) / count**2 for spread, count in zip(spreads, counts, strict=True)
    )
    shared = sum(spreads) / np.maximum(sum(totals), 1)
    return np.asarray(np.maximum(own / lone, np.maximum(shared, 1.0)))


def _likely_odds(a: np.ndarray, b: np.ndarray, limit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log odds of a against b between which the log-likelihood stays below a limit.

    Minus and plus infinity where a or b is zero, as no odds are too small or too large for that.
    """
    logs = (np.log(np.maximum(count, _TINY)) for count in (a, b))
    middle = np.clip(next(logs) - next(logs), -_FARTHEST, _FARTHEST)
    best = xlogy(a, a) + xlogy(b, b) - xlogy(a + b, a + b)
    ends = []
    for sign in (-1, 1):
        inside, outside = middle, np.full(len(a), sign * _FARTHEST)
        for _ in range(_HALVINGS):
            odds = (inside + outside) / 2
            distance = 2 * (best - a * log_expit(odds) - b * log_expit(-odds))
            inside = np.where(distance <= limit, odds, inside)
            outside = np.where(distance <= limit, outside, odds)
        ends.append(inside)
    return np.where(a > 0, ends[0], -np.inf), np.where(b > 0, ends[1], np.inf)


def keyness(first: Group, second: Group, level: float) -> Keyness:
    """Compare the frequencies of every term in two groups of documents.

    Parameters
    ----------
    first, second
        The groups, of at least two documents each, with the same terms.
    level
        Level of the intervals, such as 0.95.

    Notes
    -----
    Words of one document are not independent: a report on one theme repeats its words, and G2
    takes each repetition for new evidence. So G2 is divided by a design effect, the variance of
    the log ratio with documents as clusters over that of independent words (the first-order
    correction of Rao and Scott 1984), and its root is held against Student's t with as many degrees
    of freedom as there are documents but two. The interval of the log ratio holds the ratios
    against which the same test finds nothing; it has no end where a group lacks the term.
    p-values are corrected together by Benjamini and Hochberg (1995). How often terms are found
    where there is nothing to find is measured by ``benchmarks/keyness_null.py``.

    Read a key term as a difference of wording between *these groups*, for which there can be other
    causes than the one that gave them their names: years, frameworks, regions, inspectors. Several
    documents of one council are taken as independent. Sentences of one document in both groups make
    the test too cautious or too bold, as they agree or not. Terms overlap ("social worker", "social
    workers"), so the number of key terms is no number of differences.
    """
    sizes = first.size, second.size
    g2 = log_likelihood(first.totals, second.totals, *sizes)
    ratio = log_ratio(first.totals, second.totals, *sizes)
    effect = _design_effect(first, second)
    freedom = len(first.words) + len(second.words) - 2
    limit = effect * stdtrit(freedom, 0.5 + level / 2) ** 2
    odds = _likely_odds(first.totals, second.totals, limit)
    low, high = ((end - np.log(sizes[0] / sizes[1])) / np.log(2) for end in odds)
    p = np.minimum(2 * stdtr(freedom, -np.sqrt(g2 / effect)), 1.0)
    return Keyness(g2, ratio, low, high, effect, p, q_values(p))
