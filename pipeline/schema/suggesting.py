"""Tables of discovery: suggested themes, with what a person needs to judge them."""

from pipeline.schema.coding import DOCUMENTS, FINDING_THEMES, SENTENCES
from pipeline.schema.columns import Column, Table

STATUSES = ("suggested", "in_codebook", "unstable")
_SUGGESTION = Column("suggestion", "string", "Name of the topic: its three top terms", True)
_STABILITY = "Mean matched Jaccard index of its findings with those of runs over"

SUGGESTIONS = Table(
    "suggestions",
    "a topic of the findings: a suggested theme, or one that was not kept",
    ("suggestion",),
    (
        _SUGGESTION,
        Column("status", "string", "`suggested`: stable and beyond the codebook; `in_codebook`: "
               "overlaps a theme; `unstable`: does not recur", True, STATUSES),
        Column("terms", "codes", "Ten words with the greatest weights, joined with `;`", True),
        Column("findings", "int", "Findings that belong to it; one may belong to several", True,
               unit="sentences"),
        Column("share", "float", "Share of all findings", True, unit="0 to 1"),
        Column("documents", "int", "Documents with such a finding", True, unit="documents"),
        Column("weakness_share", "float", "(weaknesses + mixed / 2) / findings; empty without "
               "findings", unit="0 to 1"),
        Column("stability", "float", f"{_STABILITY} bootstrap samples of documents", True,
               unit="0 to 1"),
        Column("seed_stability", "float", f"{_STABILITY} all documents from random starts", True,
               unit="0 to 1"),
        Column("coherence", "float", "Mean NPMI of the pairs of its ten top words", True,
               unit="-1 to 1"),
        Column("nearest_theme", "string", "Theme of the codebook that overlaps it most"),
        Column("nearest_overlap", "float", "Overlap coefficient with that theme: shared findings "
               "by those of the smaller of the two", unit="0 to 1"),
        Column("cue_reach", "float", "Share of its findings that its suggested cues find", True,
               unit="0 to 1"),
    ),
)  # fmt: skip

SUGGESTION_TERMS = Table(
    "suggestion_terms",
    "a word or phrase of a topic",
    ("suggestion", "term"),
    (
        _SUGGESTION,
        Column("rank", "int", "Words by weight, then phrases by frequency, from 1", True),
        Column("term", "string", "Base form of the word, or of two words side by side", True),
        Column("kind", "string", "Word or phrase", True, ("word", "phrase")),
        Column("weight", "float", "Weight by the topic's greatest; empty for a phrase",
               unit="0 to 1"),
        Column("findings", "int", "Findings with the term, equal ones counted once", True,
               unit="sentences"),
        Column("inside", "float", "Share of them that belong to the topic", True, unit="0 to 1"),
        Column("cue", "bool", "Whether `findings adopt` takes it as a cue", True),
    ),
)  # fmt: skip

SUGGESTION_SENTENCES = Table(
    "suggestion_sentences",
    "a typical finding of a topic",
    ("suggestion", "rank"),
    (
        _SUGGESTION,
        Column("rank", "int", "1 for the most typical", True),
        *SENTENCES.select("", "", ["sentence_id", "doc_id"]).columns,
        *DOCUMENTS.select("", "", ["council"]).columns,
        *SENTENCES.select("", "", ["section", "polarity", "themes", "text"]).columns,
    ),
)

SUGGESTION_OVERLAPS = Table(
    "suggestion_overlaps",
    "a topic and a theme of the codebook",
    ("suggestion", "theme"),
    (
        _SUGGESTION,
        *FINDING_THEMES.select("", "", ["theme"]).columns,
        Column("shared", "int", "Findings of the topic that have the theme", True,
               unit="sentences"),
        Column("share_of_suggestion", "float", "Share of the topic's findings that have the theme",
               unit="0 to 1"),
        Column("share_of_theme", "float", "Share of the theme's findings that belong to the topic",
               unit="0 to 1"),
        Column("overlap", "float", "Overlap coefficient: the greater of the two shares", True,
               unit="0 to 1"),
    ),
)  # fmt: skip

SUGGESTION_TRIALS = Table(
    "suggestion_trials",
    "a number of topics that was tried",
    ("topics",),
    (
        Column("topics", "int", "Number of topics", True, unit="topics"),
        Column("stability", "float", f"Mean over the topics. {_STABILITY} bootstrap samples", True,
               unit="0 to 1"),
        Column("seed_stability", "float", "Mean over the topics. "
               f"{_STABILITY} all documents from random starts", True, unit="0 to 1"),
        Column("stable", "int", "Topics that are stable enough to be kept", True, unit="topics"),
        Column("chosen", "bool", "Whether the suggestions are those of this number", True),
    ),
)  # fmt: skip
