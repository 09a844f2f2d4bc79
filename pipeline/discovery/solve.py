"""The topics of a corpus, for each number of topics that is tried, and which number to take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from pipeline.discovery.factors import association, bootstrap_weights, consensus, factorise
from pipeline.discovery.stability import members, stability
from pipeline.discovery.terms import Terms
from pipeline.work import each

# Fewer findings or terms for each topic would be read into it, not out of it.
_FINDINGS_PER_TOPIC = 50
_TERMS_PER_TOPIC = 4
_STARTS = 3


@dataclass(frozen=True)
class Topics:
    """The topics that were found with one number of topics.

    Parameters
    ----------
    weights
        Thousandths of the topic's greatest weight; shape (topics, terms).
    stability, seed_stability
        Mean matched Jaccard index with the runs over bootstrap samples of documents, and with
        those from random starts over all documents; shapes (topics,).
    """

    weights: np.ndarray
    stability: np.ndarray
    seed_stability: np.ndarray


@dataclass(frozen=True)
class _Run:
    """What a process needs to factorise one matrix."""

    matrix: sp.csr_matrix
    topics: int
    seed: int
    start: str


def numbers_of_topics(terms: Terms, params: dict[str, Any]) -> list[int]:
    """Return the numbers of topics that the corpus is large enough for, greatest first."""
    most = min(
        params["most_topics"],
        int(terms.unique.sum()) // _FINDINGS_PER_TOPIC,
        len(terms.words) // _TERMS_PER_TOPIC,
    )
    step = params["topic_step"]
    return list(range(most // step * step, 0, -step))


def solve(
    terms: Terms, doc_ids: Sequence[str], params: dict[str, Any], workers: int
) -> list[Topics]:
    """Return the topics for every number that was tried, most topics first.

    Smaller numbers are tried until the topics are stable enough on average.

    Parameters
    ----------
    terms
        The findings' terms.
    doc_ids
        Names of the documents, in the order of their numbers in ``terms``.
    params
        The block ``suggest`` of the parameters.
    workers
        Processes.
    """
    with_word, document = terms.with_word[terms.unique], terms.document[terms.unique]
    numbers = numbers_of_topics(terms, params)
    if not numbers:
        return []
    samples = [
        association(with_word, bootstrap_weights(doc_ids, sample)[document])
        for sample in range(params["samples"])
    ]
    whole = association(with_word, np.ones(with_word.shape[0], dtype=np.int64))
    trials: list[Topics] = []
    for number in numbers:
        runs = [_Run(sample, number, seed, "nndsvd") for seed, sample in enumerate(samples)]
        runs += [_Run(whole, number, seed, "random") for seed in range(_STARTS)]
        found = each(_factorise, runs, "suggest", workers, "run")
        trials.append(_topics(with_word, found[: len(samples)], found[len(samples) :]))
        if float(np.mean(trials[-1].stability)) >= params["stability"]:
            break
    return trials


def _factorise(run: _Run) -> np.ndarray:
    return factorise(run.matrix, run.topics, run.seed, run.start)


def _topics(
    with_word: sp.csr_matrix, samples: list[np.ndarray], starts: list[np.ndarray]
) -> Topics:
    weights = consensus(samples, len(samples[0]))
    reference = members(with_word, weights)
    return Topics(
        weights,
        stability(reference, [members(with_word, run) for run in samples]),
        stability(reference, [members(with_word, run) for run in starts]),
    )


def choose(trials: Sequence[Topics], floor: float) -> int:
    """Return the place of the trial to take: the most topics that recur well enough on average.

    Parameters
    ----------
    trials
        Most topics first.
    floor
        Mean stability that suffices; where no trial has it, the stablest is taken.

    Notes
    -----
    Few broad topics are nearly always stabler than many narrow ones, and the codebook has the broad
    ones: the finest grain that the documents bear is wanted, not the stablest.
    """
    means = [float(np.mean(trial.stability)) for trial in trials]
    enough = [place for place, mean in enumerate(means) if mean >= floor]
    return enough[0] if enough else int(np.argmax(means))
