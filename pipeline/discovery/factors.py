"""Topics from terms: non-negative factors of how much more often than chance terms meet."""

import hashlib
import warnings
from collections.abc import Sequence
from math import exp, factorial

import numpy as np
import scipy.sparse as sp
from sklearn.decomposition import NMF
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

# Weights are whole thousandths of the topic's greatest: sums of them are exact on any machine.
UNIT = 1000
_DECIMALS = 6
_LEAST_TOGETHER = 5
_ITERATIONS = 60
_FAINT = 0.02
_POISSON = np.cumsum([exp(-1) / factorial(count) for count in range(10)])


def bootstrap_weights(doc_ids: Sequence[str], sample: int) -> np.ndarray:
    """Return how often each document stands in a bootstrap sample; shape (documents,).

    The counts are Poisson with mean 1, drawn by the SHA-256 of the document's name and the
    sample's number, so that neither the other documents nor a library's random numbers change
    what a document is given.
    """
    draws = [
        int.from_bytes(hashlib.sha256(f"{sample}|{name}".encode()).digest()[:7], "big") / 2**56
        for name in doc_ids
    ]
    return np.searchsorted(_POISSON, draws, side="right").astype(np.int64)


def association(with_word: sp.csr_matrix, weight: np.ndarray) -> sp.csr_matrix:
    """Return the positive normalised pointwise mutual information of terms.

    Parameters
    ----------
    with_word
        1 where a finding has a term; shape (findings, terms), whole numbers.
    weight
        How often each finding counts; shape (findings,), whole numbers.

    Returns
    -------
    csr_matrix
        Shape (terms, terms), symmetric, 0 to 1: 0 where two terms meet no more often than by
        chance or in fewer than five findings, 1 where they never stand apart; 0 on the diagonal.

    Notes
    -----
    Source: Bouma (2009), Normalized (pointwise) mutual information in collocation extraction.
    """
    together = (with_word.T @ with_word.multiply(weight[:, None]).tocsr()).tocoo()
    total = int(weight.sum())
    alone = together.tocsr().diagonal()
    counted = (together.data >= _LEAST_TOGETHER) & (together.row != together.col)
    row, column, count = (x[counted] for x in (together.row, together.col, together.data))
    share = count / max(total, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log(count * total / (alone[row] * alone[column])) / -np.log(share)
    # Where two terms stand in every finding there is no chance to compare with.
    values = np.round(np.nan_to_num(values, nan=0.0, posinf=0.0), _DECIMALS)
    more = values > 0
    found = sp.csr_matrix((values[more], (row[more], column[more])), shape=together.shape)
    found.sort_indices()
    return found


def factorise(matrix: sp.csr_matrix, topics: int, seed: int, start: str = "nndsvd") -> np.ndarray:
    """Return the weights of the columns of a matrix in its non-negative factors.

    Parameters
    ----------
    matrix
        Shape (rows, terms), not negative.
    topics
        Number of factors, less than the number of rows and of terms.
    seed
        Seed of the start.
    start
        ``init`` of scikit-learn: ``nndsvd``, or ``random`` to see what the start does.

    Returns
    -------
    ndarray
        Shape (topics, terms): thousandths of the topic's greatest weight, whole numbers.

    Notes
    -----
    One thread, a fixed number of steps without a test of convergence, and rounding: the same
    matrix gives the same topics on every machine, but for the rare case that a weight lies so
    close to half a thousandth that the last bit of the processor's arithmetic tells.
    """
    model = NMF(topics, init=start, max_iter=_ITERATIONS, tol=0, random_state=seed)
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        weights = model.fit(matrix).components_
    greatest = weights.max(axis=1, keepdims=True)
    scaled = np.divide(weights, greatest, out=np.zeros_like(weights), where=greatest > 0)
    return np.asarray(np.round(scaled * UNIT), dtype=np.int64)


def consensus(runs: Sequence[np.ndarray], topics: int) -> np.ndarray:
    """Return the topics that several runs have in common, as :func:`factorise` gives them.

    The topics of all runs, as rows of unit length, are factorised once more: what recurs comes out,
    what one sample of documents happened to hold does not.

    Notes
    -----
    Source: Belford, Mac Namee and Greene (2018), Stability of topic modeling via matrix
    factorization, Expert Systems with Applications 91.
    """
    rows = np.vstack(runs) / UNIT
    length = np.sqrt((np.vstack(runs) ** 2).sum(axis=1)) / UNIT
    rows = np.divide(rows, length[:, None], out=np.zeros_like(rows), where=length[:, None] > 0)
    rows[rows < _FAINT] = 0
    return factorise(sp.csr_matrix(np.round(rows, _DECIMALS)), topics, seed=0)
