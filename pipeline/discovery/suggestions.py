"""The tables of the topics that were taken: terms, sentences, overlaps, and which are suggested."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from pipeline.discovery.cues import topic_terms
from pipeline.discovery.measures import coherence, overlap, shared, top_terms
from pipeline.discovery.solve import Topics
from pipeline.discovery.stability import members
from pipeline.discovery.terms import Terms
from pipeline.discovery.typical import typical
from pipeline.intervals import weakness_share

Rows = list[dict[str, object]]
_NAMED_BY = 3
_SENTENCE_FACTS = ("sentence_id", "doc_id", "council", "section", "polarity", "themes", "text")


@dataclass(frozen=True)
class Suggested:
    """Topics with the findings and the codebook that they are held against.

    Parameters
    ----------
    terms
        The findings' terms.
    findings
        The table ``findings``, its rows those of ``terms``.
    topics
        The topics that were taken.
    themes
        The codebook's themes.
    """

    terms: Terms
    findings: pd.DataFrame
    topics: Topics
    themes: tuple[str, ...]

    @cached_property
    def members(self) -> np.ndarray:
        """Which findings belong to which topic; shape (findings, topics)."""
        return members(self.terms.with_word, self.topics.weights)

    @cached_property
    def coded(self) -> np.ndarray:
        """Which findings have which theme; shape (findings, themes)."""
        given = [set(codes.split(";")) for codes in self.findings["themes"]]
        return np.array([[theme in codes for theme in self.themes] for codes in given])

    @cached_property
    def overlap(self) -> np.ndarray:
        """Overlap coefficients; shape (topics, themes)."""
        return overlap(self.members, self.coded)

    @cached_property
    def coherence(self) -> np.ndarray:
        """Coherence of each topic, over findings that are counted once; shape (topics,)."""
        return coherence(self.terms.with_word[self.terms.unique], self.topics.weights)

    @cached_property
    def words(self) -> list[list[str]]:
        """The ten top words of each topic."""
        return [[self.terms.words[i] for i in top_terms(w)] for w in self.topics.weights]

    @cached_property
    def names(self) -> list[str]:
        """Name each topic by its top words: three, or as many as tell it from those before it."""
        given: list[str] = []
        for number, words in enumerate(self.words):
            tries = ["_".join(words[:count]) for count in range(_NAMED_BY, len(words) + 1)]
            free = [name for name in tries if name not in given]
            given.append(free[0] if free else f"topic_{number}")
        return given

    def status(self, topic: int, params: dict[str, Any]) -> str:
        """Tell whether a topic is suggested, and if not why."""
        if self.topics.stability[topic] < params["stability"]:
            return "unstable"
        return "in_codebook" if self.overlap[topic].max() >= params["overlap"] else "suggested"


def describe(found: Suggested, params: dict[str, Any]) -> dict[str, Rows]:
    """Return the rows of the tables of suggestions by the table's name.

    Suggested topics come first, then those of the codebook, then unstable ones; the stablest first
    in each. A topic to which no finding belongs is left out.
    """
    rows: dict[str, Rows] = {
        "suggestions": [], "suggestion_terms": [], "suggestion_sentences": [],
        "suggestion_overlaps": [],
    }  # fmt: skip
    for topic in _order(found, params):
        listed, reach = topic_terms(
            found.terms, found.topics.weights[topic], found.members[:, topic]
        )
        name = {"suggestion": found.names[topic]}
        rows["suggestions"].append(name | _facts(found, topic, params) | {"cue_reach": reach})
        rows["suggestion_terms"] += [
            name | {"rank": rank, "term": term.text, "kind": term.kind, "weight": term.weight,
                    "findings": term.findings, "inside": term.inside, "cue": term.cue}
            for rank, term in enumerate(listed, 1)
        ]  # fmt: skip
        rows["suggestion_sentences"] += [name | row for row in _sentences(found, topic, params)]
        rows["suggestion_overlaps"] += [name | row for row in _overlaps(found, topic)]
    return rows


def _order(found: Suggested, params: dict[str, Any]) -> list[int]:
    ranks = {"suggested": 0, "in_codebook": 1, "unstable": 2}
    topics = [t for t in range(len(found.names)) if found.members[:, t].any()]
    stable = found.topics.stability
    return sorted(topics, key=lambda t: (ranks[found.status(t, params)], -stable[t],
                                         found.names[t]))  # fmt: skip


def _facts(found: Suggested, topic: int, params: dict[str, Any]) -> dict[str, object]:
    member = found.members[:, topic]
    polarity = list(found.findings.loc[member, "polarity"])
    counts = [polarity.count(code) for code in ("strength", "weakness", "mixed")]
    nearest = int(np.argmax(found.overlap[topic]))
    return {
        "status": found.status(topic, params),
        "terms": ";".join(found.words[topic]),
        "findings": int(member.sum()),
        "share": float(member.mean()),
        "documents": len(set(found.terms.document[member])),
        "weakness_share": weakness_share(*counts),
        "stability": float(found.topics.stability[topic]),
        "seed_stability": float(found.topics.seed_stability[topic]),
        "coherence": float(found.coherence[topic]),
        "nearest_theme": found.themes[nearest],
        "nearest_overlap": float(found.overlap[topic, nearest]),
    }


def _sentences(found: Suggested, topic: int, params: dict[str, Any]) -> Rows:
    places = typical(
        found.terms, found.topics.weights[topic], found.members[:, topic], params["sentences"]
    )
    shown = found.findings.iloc[places]
    return [
        {"rank": rank} | {str(name): value for name, value in row.items()}
        for rank, row in enumerate(shown[list(_SENTENCE_FACTS)].to_dict("records"), 1)
    ]


def _overlaps(found: Suggested, topic: int) -> Rows:
    member = found.members[:, [topic]]
    both = shared(member, found.coded)[0]
    sizes = found.coded.sum(axis=0)
    return [
        {
            "theme": theme,
            "shared": int(both[place]),
            "share_of_suggestion": float(both[place] / member.sum()),
            "share_of_theme": float(both[place] / sizes[place]) if sizes[place] else float("nan"),
            "overlap": float(found.overlap[topic, place]),
        }
        for place, theme in enumerate(found.themes)
    ]
