"""The sentences to train on: coded ones, made-up near misses, and uncoded ones for the teacher."""

import logging
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import frames, schema
from pipeline.codebook import read_codebook
from pipeline.coding.context import with_context
from pipeline.paths import CORPUS
from pipeline.schema import POLARITIES
from pipeline.training.gold import join_labels, read_labels

NEAR_MISSES = CORPUS / "near_misses.csv"
MADE_UP = "made-up"
SEED = 1
log = logging.getLogger("findings")


def polarity_targets(frame: pd.DataFrame) -> np.ndarray:
    """Return 0 or 1 for every polarity, shape (sentences, 4)."""
    return np.array([[int(p == code) for code in POLARITIES] for p in frame["polarity"]])


def theme_targets(frame: pd.DataFrame, codes: tuple[str, ...]) -> np.ndarray:
    """Return 0 or 1 for every theme, shape (sentences, codes)."""
    return np.array([[int(code in t.split(";")) for code in codes] for t in frame["themes"]])


def cleaned_sentences(cleaned: Path) -> pd.DataFrame:
    """Return every sentence below ``cleaned``: document, council and what coding needs."""
    stage = cleaned / "stages" / "clean"
    documents = frames.read(schema.CLEAN_DOCUMENTS, stage)
    sentences = frames.read(schema.CLEAN_SENTENCES, stage)
    councils = dict(zip(documents["doc_id"], documents["council"], strict=True))
    context = with_context(sentences, documents)
    context.insert(1, "doc_id", sentences["doc_id"])
    context.insert(2, "council", sentences["doc_id"].map(councils).fillna(""))
    return context


def labelled_sentences(cleaned: Path, labels: Path) -> pd.DataFrame:
    """Return the cleaned sentences below ``cleaned`` that have a label, with context and label.

    Raises
    ------
    UsageError
        If the labels are unusable, or have a theme that the codebook does not know or has retired.
    """
    known = read_labels(labels)
    read_codebook().require_themes(known["themes"], labels)
    frame = join_labels(known, cleaned_sentences(cleaned).drop(columns="council"))
    log.info("%d labelled sentences of %d councils; %d labels have no such sentence here",
             len(frame), frame["council"].nunique(), len(known) - len(frame))  # fmt: skip
    return frame


def near_misses(part: str, path: Path = NEAR_MISSES) -> pd.DataFrame:
    """Return made-up sentences that differ by a word or two and have another polarity.

    They teach what models that count words get wrong (``part`` is ``train``), and measure it on
    other pairs (``test``). They stand in no document: their council is ``made-up``, and they are
    no part of any figure but their own.
    """
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows = rows[rows["part"] == part].reset_index(drop=True)
    return rows.rename(columns={"sentence": "text"}).assign(
        council=MADE_UP, stratum=MADE_UP, framework="", doc_type="inspection_report",
        bullet=rows["section"] == "improve",
    )  # fmt: skip


def uncoded_sentences(cleaned: Path, labelled: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return up to ``most`` different cleaned sentences without a label, drawn at random."""
    sentences = cleaned_sentences(cleaned).drop_duplicates("text")
    rest = sentences[~sentences["sentence_id"].isin(labelled["sentence_id"])]
    return rest.sample(min(most, len(rest)), random_state=SEED).reset_index(drop=True)
