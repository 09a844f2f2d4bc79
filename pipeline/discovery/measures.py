"""What tells a person whether a topic is worth a name: coherence, and what the codebook has."""

import numpy as np
import scipy.sparse as sp

_TOP = 10


def coherence(with_word: sp.csr_matrix, topics: np.ndarray, top: int = _TOP) -> np.ndarray:
    """Return the mean NPMI of the pairs of each topic's top terms; shape (topics,).

    Parameters
    ----------
    with_word
        1 where a finding has a term; shape (findings, terms), whole numbers.
    topics
        Weights of the terms; shape (topics, terms).
    top
        Terms to look at.

    Notes
    -----
    -1 to 1: 0 where the terms meet as often as by chance, 1 where they never stand apart; a pair
    that never meets counts -1. Higher is easier to name for most people, though rare terms score
    high as well. Topics that were made from the same findings score higher than on others: compare
    topics of one run, not corpora.

    Source: Lau, Newman and Baldwin (2014), Machine reading tea leaves, EACL.
    """
    findings = with_word.shape[0]
    values = []
    for topic in topics:
        terms = top_terms(topic, top)
        columns = with_word[:, terms]
        together = np.asarray((columns.T @ columns).todense())
        pairs = [
            _npmi(int(together[i, j]), int(together[i, i]), int(together[j, j]), findings)
            for i in range(len(terms))
            for j in range(i)
        ]
        values.append(float(np.mean(pairs)) if pairs else 0.0)
    return np.array(values)


def _npmi(together: int, first: int, second: int, findings: int) -> float:
    if together == 0:
        return -1.0
    if together == findings:
        return 1.0
    chance = first / findings * second / findings
    return float(np.log(together / findings / chance) / -np.log(together / findings))


def top_terms(topic: np.ndarray, top: int = _TOP) -> list[int]:
    """Return the terms with the greatest weights, first the greatest; none without a weight."""
    order = np.argsort(-topic, kind="stable")[:top]
    return [int(term) for term in order if topic[term] > 0]


def shared(members: np.ndarray, coded: np.ndarray) -> np.ndarray:
    """Return the findings that topics and themes share; shape (topics, themes), whole numbers.

    Parameters
    ----------
    members
        Which findings belong to which topic; shape (findings, topics).
    coded
        Which findings have which theme; shape (findings, themes).
    """
    left, right = (sp.csc_matrix(values, dtype=np.int64) for values in (members, coded))
    return np.asarray((left.T @ right).toarray())


def overlap(members: np.ndarray, coded: np.ndarray) -> np.ndarray:
    """Return the overlap coefficient of topics and themes; shape (topics, themes).

    It is the number of findings that both have, by the smaller of the two: 1 where one lies within
    the other.

    Notes
    -----
    A topic within a theme is a part of it, a topic around a theme is a coarser view of it; either
    way the codebook has it already. Large topics overlap every theme somewhat: a topic with a tenth
    of all findings overlaps a theme by 0.1 without any relation.

    Source: Simpson (1943), as Szymkiewicz (1934).

    Examples
    --------
    >>> members = np.array([[1], [1], [0], [0]], dtype=bool)
    >>> coded = np.array([[1], [1], [1], [0]], dtype=bool)
    >>> overlap(members, coded).tolist()
    [[1.0]]
    """
    both = shared(members, coded)
    smaller = np.minimum(members.sum(axis=0)[:, None], coded.sum(axis=0)[None, :])
    return np.asarray(np.divide(both, smaller, out=np.zeros(both.shape), where=smaller > 0))
