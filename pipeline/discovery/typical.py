"""The sentences that show best what a topic is about."""

import numpy as np

from pipeline.discovery.stability import scores
from pipeline.discovery.terms import Terms


def typical(terms: Terms, topic: np.ndarray, member: np.ndarray, most: int) -> list[int]:
    """Return the topic's most typical findings, one a document, the most typical first.

    Parameters
    ----------
    terms
        The findings' terms.
    topic
        Weights of the words; shape (words,), thousandths.
    member
        Which findings belong to the topic; shape (findings,).
    most
        Number of findings to return.

    Notes
    -----
    Typical is a finding whose terms weigh much and that says little else: the sum of the weights
    by the square root of the number of its terms, as in a cosine.
    """
    inner = np.flatnonzero(terms.unique & member)
    words = np.asarray(terms.with_word[inner].sum(axis=1)).ravel()
    value = scores(terms.with_word[inner], topic[None, :]).ravel() / np.sqrt(np.maximum(words, 1))
    chosen: list[int] = []
    documents: set[int] = set()
    for place in np.argsort(-value, kind="stable"):
        finding = int(inner[place])
        if len(chosen) < most and int(terms.document[finding]) not in documents:
            chosen.append(finding)
            documents.add(int(terms.document[finding]))
    return chosen
