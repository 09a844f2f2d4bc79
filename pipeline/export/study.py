"""A run as the study that a project holds: what the model coded, and what people coded."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline import frames, schema
from pipeline.errors import UsageError
from pipeline.export.present import read_tables
from pipeline.review.store import matched, read_reviews
from pipeline.schema import MODEL

_CODING = ["sentence_id", "doc_id", "start", "end", "polarity", "themes"]
# Readers take a byte-order mark away and a carriage return for a line end: both would shift what
# stands behind them.
_SHIFTING = str.maketrans({"\r": " ", "\ufeff": " "})


@dataclass(frozen=True)
class Coding:
    """A code that a coder gave to a sentence."""

    sentence_id: str
    coder: str
    code: str


@dataclass(frozen=True)
class Study:
    """What a project is made of.

    Attributes
    ----------
    documents, sentences
        The tables of that name.
    model
        A row for every sentence with ``sentence_id``, ``doc_id``, ``start``, ``end``, ``polarity``
        and ``themes``: what the model coded. A column ``coder`` names who decided a sentence,
        where that was not the model.
    reviews
        What people coded, under the names that the sentences have now.
    texts
        The folder of the cleaned texts.
    """

    documents: pd.DataFrame
    sentences: pd.DataFrame
    model: pd.DataFrame
    reviews: pd.DataFrame
    texts: Path


def source_text(path: Path) -> str:
    """Return a cleaned text as a source holds it: every character at the place that it has.

    Raises
    ------
    UsageError
        If it cannot be read.
    """
    try:
        return exact(path.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); run `findings clean` again") from error


def exact(text: str) -> str:
    """Return a text with blanks for the characters that would shift what stands behind them."""
    return text.translate(_SHIFTING)


def codes_of(polarity: str, themes: str) -> list[str]:
    """Return the codes of a sentence in the order in which they are shown; none has none."""
    if polarity == "none":
        return []
    return [polarity, *(code for code in themes.split(";") if code)]


def codings(model: pd.DataFrame, reviews: pd.DataFrame | None = None) -> list[Coding]:
    """Return every coding of a run, each once: the model's, then what people coded.

    Parameters
    ----------
    model
        A row for every sentence, with ``sentence_id``, ``polarity``, ``themes`` and, where people
        decided some of them, ``coder``.
    reviews
        What people coded, with ``sentence_id``, ``coder``, ``polarity`` and ``themes``.
    """
    own = model if "coder" in model else model.assign(coder=MODEL)
    parts = [own] if reviews is None else [own, reviews]
    names = ["sentence_id", "coder", "polarity", "themes"]
    found = (
        Coding(sentence, coder, code)
        for part in parts
        for sentence, coder, polarity, themes in part[names].itertuples(index=False, name=None)
        for code in codes_of(polarity, themes)
    )
    return list(dict.fromkeys(found))


def fingerprints(model: pd.DataFrame) -> dict[str, str]:
    """Return a mark of each document's coding, to tell a project of another run.

    Parameters
    ----------
    model
        As for :func:`codings`, with ``doc_id``, ``start`` and ``end``.
    """
    names = ["sentence_id", "start", "end", "polarity", "themes"]
    return {
        str(doc_id): hashlib.sha256(
            "\n".join("\t".join(map(str, row)) for row in part[names].to_numpy()).encode("utf-8")
        ).hexdigest()[:16]
        for doc_id, part in model.groupby("doc_id", sort=False)
    }


def model_coding(out: Path, sentences: pd.DataFrame) -> pd.DataFrame:
    """Return what the model coded; where only the tables are there, what they hold and by whom."""
    stages = out / "stages"
    if not (stages / "themes" / "themes.parquet").exists():
        return sentences[[*_CODING, "coder"]]
    polarity = frames.read(schema.POLARITY, stages / "classify")
    themes = frames.read(schema.THEMES, stages / "themes")
    frames.same_sentences(sentences["sentence_id"], polarity["sentence_id"], "classify")
    listed = themes.groupby("sentence_id", sort=False)["theme"].agg(";".join)
    return sentences[_CODING].assign(
        polarity=polarity["polarity"].to_numpy(),
        themes=sentences["sentence_id"].map(listed).fillna(""),
    )


def read_study(out: Path, reviews: Path, councils: list[str]) -> Study:
    """Return the study of a run, or of some councils of it.

    Raises
    ------
    UsageError
        If the run's tables are missing, or it has no document on a council.
    """
    tables = read_tables(out, ("documents", "sentences"))
    documents, sentences = tables["documents"], tables["sentences"]
    unknown = sorted(set(councils) - set(documents["council"]))
    if unknown:
        raise UsageError(f"--council {unknown[0]!r}: {out} has no document on it; the names are in "
                         "the column council of the table documents")  # fmt: skip
    model = model_coding(out, sentences)
    if councils:
        documents = documents[documents["council"].isin(councils)]
        within = sentences["doc_id"].isin(set(documents["doc_id"])).to_numpy()
        sentences, model = sentences[within], model[within]
    people = read_reviews(reviews)
    if len(people):
        people = matched(people, sentences)
    return Study(documents, sentences, model, people, out / "text")
