"""Terms of a topic that a codebook can use as cues: few, right where they stand, found often."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from pipeline.discovery.measures import top_terms
from pipeline.discovery.terms import Terms

_SHOWN = 10
_CANDIDATES = 20
_MOST_CUES = 10
_MOSTLY = 0.5
_RIGHT = 0.8
_LEAST_GAIN = 0.01


@dataclass(frozen=True)
class Term:
    """A term of a topic: how many findings have it, what share of them belongs to the topic."""

    text: str
    kind: str
    weight: float
    findings: int
    inside: float
    cue: bool


@dataclass(frozen=True)
class _Candidates:
    """Words or phrases of a topic with the findings that have them; one entry or column each."""

    texts: list[str]
    kind: str
    weights: np.ndarray
    there: sp.csc_matrix
    inner: np.ndarray

    @property
    def findings(self) -> np.ndarray:
        return np.asarray(self.there.sum(axis=0)).ravel()

    @property
    def found(self) -> np.ndarray:
        return np.asarray(self.there[self.inner].sum(axis=0)).ravel()

    @property
    def inside(self) -> np.ndarray:
        return np.asarray(self.found / np.maximum(self.findings, 1))


def topic_terms(terms: Terms, topic: np.ndarray, member: np.ndarray) -> tuple[list[Term], float]:
    """Return a topic's words and phrases, and the share of its findings that the cues find.

    Parameters
    ----------
    terms
        The findings' terms.
    topic
        Weights of the words; shape (words,), thousandths.
    member
        Which findings belong to the topic; shape (findings,).

    Returns
    -------
    list of Term
        The ten words with the greatest weights, the ten phrases that stand most often in the
        topic's findings and mostly there, and further ones of both that are cues.
    float
        Share of the topic's findings, each counted once, in which a cue stands.

    Notes
    -----
    A cue is a word or phrase of whose findings at least 80 % belong to the topic; up to ten are
    taken, each time the one that finds most findings that none before it found. Right means here:
    right by the topic. Whether the topic is what a theme should be is for a person to say.
    """
    inner = member[terms.unique]
    best = top_terms(topic, _CANDIDATES)
    words = _Candidates(
        [terms.words[i] for i in best], "word", topic[best] / max(int(topic.max()), 1),
        terms.with_word[terms.unique][:, best].tocsc(), inner,
    )  # fmt: skip
    phrases = _phrases(terms, inner)
    cues, reach = _choose_cues(words, phrases)
    found = []
    for group in (words, phrases):
        found += [
            Term(text, group.kind, float(weight), int(findings), float(inside), text in cues)
            for place, (text, weight, findings, inside) in enumerate(
                zip(group.texts, group.weights, group.findings, group.inside, strict=True)
            )
            if place < _SHOWN or text in cues
        ]
    return found, reach


def _phrases(terms: Terms, inner: np.ndarray) -> _Candidates:
    """Return the phrases that stand mostly in the topic's findings, the most frequent first."""
    there = terms.with_phrase[terms.unique]
    found = np.asarray(there[inner].sum(axis=0)).ravel()
    findings = np.asarray(there.sum(axis=0)).ravel()
    order = np.argsort(-found, kind="stable")
    mostly = [int(i) for i in order if found[i] and found[i] >= _MOSTLY * findings[i]][:_CANDIDATES]
    weights = np.full(len(mostly), np.nan)
    return _Candidates(
        [terms.phrases[i] for i in mostly], "phrase", weights, there[:, mostly].tocsc(), inner
    )


def _choose_cues(*groups: _Candidates) -> tuple[set[str], float]:
    texts = [text for group in groups for text in group.texts]
    right = np.concatenate([group.inside for group in groups]) >= _RIGHT
    there = sp.hstack([group.there for group in groups], format="csc").astype(bool)
    rest = groups[0].inner.copy()
    members = int(rest.sum())
    chosen: set[str] = set()
    while len(chosen) < _MOST_CUES and rest.any():
        gains = np.asarray(there[rest].sum(axis=0)).ravel() * right
        if gains.size == 0 or gains.max() < max(1, _LEAST_GAIN * members):
            break
        best = int(np.argmax(gains))
        chosen.add(texts[best])
        rest &= ~there[:, best].toarray().ravel()
    return chosen, (members - int(rest.sum())) / members if members else 0.0
