"""How well topics stand when documents change: which findings they hold, matched between runs."""

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linear_sum_assignment

from pipeline.discovery.factors import UNIT

# One term is never enough, not even that with the topic's greatest weight.
_ENOUGH = UNIT * 12 // 10
_FAINT = UNIT // 10


def scores(with_word: sp.csr_matrix, topics: np.ndarray) -> np.ndarray:
    """Return the summed weights of a finding's terms in each topic; shape (findings, topics).

    Weights under a tenth of the topic's greatest are left out.
    """
    weights = np.where(topics < _FAINT, 0, topics)
    return np.asarray(with_word @ weights.T)


def members(with_word: sp.csr_matrix, topics: np.ndarray) -> np.ndarray:
    """Tell which findings belong to a topic; shape (findings, topics).

    A finding belongs where the weights of its terms add up to 1.2 of the topic's greatest, so
    that it has at least two terms of the topic. It may belong to several topics or to none.
    """
    return scores(with_word, topics) >= _ENOUGH


def jaccard(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the findings two topics share, of those in either; shape (topics of a, topics of b).

    Parameters
    ----------
    a, b
        Which findings belong to which topic; shapes (findings, topics).
    """
    left, right = sp.csc_matrix(a, dtype=np.int64), sp.csc_matrix(b, dtype=np.int64)
    shared = (left.T @ right).toarray()
    either = a.sum(axis=0)[:, None] + b.sum(axis=0)[None, :] - shared
    return np.asarray(np.divide(shared, either, out=np.zeros(either.shape), where=either > 0))


def matched(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the Jaccard index of each topic of ``a`` with its partner in ``b``.

    Partners are one to one such that the sum is greatest (the Hungarian method); a topic without a
    partner has 0.

    Examples
    --------
    >>> a = np.array([[1, 0], [1, 0], [0, 1]], dtype=bool)
    >>> matched(a, a[:, ::-1]).tolist()
    [1.0, 1.0]
    """
    index = jaccard(a, b)
    rows, columns = linear_sum_assignment(-index)
    found = np.zeros(len(index))
    found[rows] = index[rows, columns]
    return found


def stability(reference: np.ndarray, runs: list[np.ndarray]) -> np.ndarray:
    """Return the mean matched Jaccard index of each topic with the runs; shape (topics,).

    Parameters
    ----------
    reference
        Which findings belong to which topic; shape (findings, topics).
    runs
        The same for each run over other documents or from another start.

    Notes
    -----
    0 to 1, higher is stabler. Hennig (2007) reads 0.75 and more as stable, 0.6 to 0.75 as a
    pattern whose borders are in doubt, less than 0.5 as dissolved. Large topics score
    higher by nature. It says that a topic recurs, not that it means anything.

    Source: Hennig (2007), Cluster-wise assessment of cluster stability, Computational Statistics &
    Data Analysis 52; matching as Greene, O'Callaghan and Cunningham (2014).
    """
    return np.asarray(np.mean([matched(reference, run) for run in runs], axis=0))
