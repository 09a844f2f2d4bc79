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
class _Task:
    """What a process needs to find the topics with one number of topics."""

    with_word: sp.csr_matrix
    samples: list[sp.csr_matrix]
    whole: sp.csr_matrix
    topics: int


def numbers_of_topics(terms: Terms, params: dict[str, Any]) -> list[int]:
    """Return the numbers of topics that the corpus is large enough for, smallest first."""
    most = min(
        params["most_topics"],
        int(terms.unique.sum()) // _FINDINGS_PER_TOPIC,
        len(terms.words) // _TERMS_PER_TOPIC,
    )
    return list(range(params["topic_step"], most + 1, params["topic_step"]))


def solve(
    terms: Terms, doc_ids: Sequence[str], params: dict[str, Any], workers: int
) -> list[Topics]:
    """Return the topics for every number that is tried, fewest topics first.

    Parameters
    ----------
    terms
        The findings' terms.
    doc_ids
        Names of the documents, in the order of their numbers in ``terms``.
    params
        The block ``discover`` of the parameters.
    workers
        Processes.
    """
    with_word, document = terms.with_word[terms.unique], terms.document[terms.unique]
    numbers = numbers_of_topics(terms, params)
    samples = [
        association(with_word, bootstrap_weights(doc_ids, sample)[document])
        for sample in range(params["samples"] if numbers else 0)
    ]
    whole = association(with_word, np.ones(with_word.shape[0], dtype=np.int64))
    tasks = [_Task(with_word, samples, whole, number) for number in numbers]
    return each(_solve_one, tasks, "discover", workers, "trial")


def _solve_one(task: _Task) -> Topics:
    runs = [factorise(sample, task.topics, seed) for seed, sample in enumerate(task.samples)]
    starts = [factorise(task.whole, task.topics, seed, "random") for seed in range(_STARTS)]
    weights = consensus(runs, task.topics)
    reference = members(task.with_word, weights)
    return Topics(
        weights,
        stability(reference, [members(task.with_word, run) for run in runs]),
        stability(reference, [members(task.with_word, run) for run in starts]),
    )


def choose(trials: Sequence[Topics], floor: float) -> int:
    """Return the place of the trial to take: the most topics that recur well enough on average.

    Parameters
    ----------
    trials
        Fewest topics first.
    floor
        Mean stability that suffices; where no trial has it, the stablest is taken.

    Notes
    -----
    Few broad topics are nearly always stabler than many narrow ones, and the codebook has the broad
    ones: the finest grain that the documents bear is wanted, not the stablest.
    """
    means = [float(np.mean(trial.stability)) for trial in trials]
    enough = [place for place, mean in enumerate(means) if mean >= floor]
    return enough[-1] if enough else int(np.argmax(means))
