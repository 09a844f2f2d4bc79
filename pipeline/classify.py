"""Stage ``classify``: the polarity of every sentence, with its probability and its evidence.

Reads ``documents`` and ``sentences`` of stage ``clean`` (text, section, bullet, doc_type and the
sentence before); writes ``polarity`` (polarity, confidence, p_*, evidence) and ``theme_readings``:
what the encoder says of the themes of the findings that it reads, for stage ``themes``.
"""

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit

from pipeline import frames, schema
from pipeline.coding.cascade import is_left
from pipeline.coding.context import chunks, of_document
from pipeline.coding.encoder import load_encoder
from pipeline.coding.evidence import Explainer
from pipeline.coding.models import load_model
from pipeline.coding.readings import Reading
from pipeline.entries import pack, unpack
from pipeline.schema import POLARITIES
from pipeline.streams import ParquetWriter, Rows, writing
from pipeline.work import Job, Task, Work, each

DECIMALS = 3
# The least probability of a theme that is told of what the encoder read.
LEAST = 0.01


def by_the_codebook(frame: pd.DataFrame, never_findings: list[str]) -> list[str]:
    """Return the polarity that the codebook fixes by the place of a sentence; empty elsewhere.

    Sections without findings are ``none``, and so is what has no words; a bullet under "What
    needs to improve" is a weakness however it is phrased.
    """
    fixed = []
    columns = (frame[name] for name in ("section", "bullet", "text"))
    for section, bullet, text in zip(*columns, strict=True):
        if section in never_findings or not any(map(str.isalpha, text)):
            fixed.append("none")
        else:
            fixed.append("weakness" if section == "improve" and bullet else "")
    return fixed


def two_tiers(frame: pd.DataFrame, params: dict[str, Any]) -> tuple[np.ndarray, dict[int, Reading]]:
    """Return the probabilities of every sentence, shape (sentences, 4), and what the encoder read.

    The linear model decides what it does not leave to the encoder (a cascade, see
    :func:`pipeline.coding.cascade.is_left`). What the codebook fixes by place is asked of neither.
    The readings have the number of the sentence's row.
    """
    fixed = by_the_codebook(frame, params["never_findings"])
    probabilities = load_model("polarity").distribution(frame)
    left = is_left(probabilities, frame["text"].tolist(), params["escalate_below"])
    asked = np.flatnonzero(left & np.array([not code for code in fixed]))
    readings: dict[int, Reading] = {}
    if len(asked):
        encoder = load_encoder()
        read = encoder.read(frame.iloc[asked])
        order = [encoder.codes.index(code) for code in POLARITIES]
        probabilities[asked] = encoder.distribution(read)[:, order]
        readings = dict(zip(asked.tolist(), read, strict=True))
    for row, code in enumerate(fixed):
        if code:
            probabilities[row] = [float(polarity == code) for polarity in POLARITIES]
    return probabilities, readings


@cache
def _explainer(most: int) -> Explainer:
    return Explainer(load_model("polarity"), most)


def classify(frame: pd.DataFrame, params: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tables ``polarity`` and ``theme_readings`` of sentences.

    Parameters
    ----------
    frame
        The columns of :func:`with_context`.
    params
        The block ``classify`` of the parameters.
    """
    exact, readings = two_tiers(frame, params)
    probabilities = np.round(exact, DECIMALS)
    polarities = [POLARITIES[number] for number in probabilities.argmax(axis=1).tolist()]
    columns = {
        "sentence_id": frame["sentence_id"].to_numpy(dtype=object),
        "polarity": polarities,
        "confidence": probabilities.max(axis=1),
        **{f"p_{polarity}": probabilities[:, n] for n, polarity in enumerate(POLARITIES)},
        "evidence": _evidence(frame["text"].tolist(), polarities, readings, params),
    }
    polarity = pd.DataFrame(columns, columns=schema.POLARITY.names)
    findings = {row: read for row, read in readings.items() if polarities[row] != "none"}
    return polarity, _theme_readings(frame["sentence_id"].tolist(), findings)


def _theme_readings(ids: list[str], readings: dict[int, Reading]) -> pd.DataFrame:
    """Return the themes of at least :data:`LEAST` probability of what the encoder read."""
    if not readings:
        return frames.build([], schema.THEME_READINGS)
    rows = list(readings)
    scores = np.stack([readings[row].themes for row in rows]).astype(float)
    probabilities = np.round(expit(scores), DECIMALS)
    place, theme = np.nonzero(probabilities >= LEAST)
    codes = load_encoder().themes
    columns = (
        [ids[rows[n]] for n in place.tolist()],
        [codes[n] for n in theme.tolist()],
        probabilities[place, theme],
    )
    return pd.DataFrame(dict(zip(schema.THEME_READINGS.names, columns, strict=True)))


def _evidence(
    texts: list[str], polarities: list[str], readings: dict[int, Reading], params: dict[str, Any]
) -> list[str]:
    """Return the words that carried each decision, from the tier that took it."""
    explainer = _explainer(params["evidence_words"])
    codes = load_encoder().codes if readings else ()
    # The linear model has just read all these texts, and need not read some of them again.
    asked = ["" if code == "none" or row in readings else code
             for row, code in enumerate(polarities)]  # fmt: skip
    words = explainer.words_of(texts, asked)
    for row, reading in readings.items():
        if polarities[row] != "none":
            column = codes.index(polarities[row])
            words[row] = explainer.words_read(texts[row], reading, column)
    return words


def _classify_chunk(work: tuple[pd.DataFrame, dict[str, Any]]) -> tuple[pd.DataFrame, ...]:
    return classify(*work)


def code_polarity(
    frame: pd.DataFrame, params: dict[str, Any], workers: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return :func:`classify` of a frame, coded in pieces of a fixed size."""
    load_model("polarity")
    work = [(piece, params) for piece in chunks(frame)]
    pieces = each(_classify_chunk, work, "classify", workers, "piece")
    polarity, read = zip(*pieces, strict=True) if pieces else ((), ())
    return (frames.together(polarity, schema.POLARITY),
            frames.together(read, schema.THEME_READINGS))  # fmt: skip


def classify_document(params: dict[str, Any], given: bytes) -> bytes:
    """Return both tables of a document's sentences, from what :func:`_tasks` packs."""
    polarity, read = classify(of_document(unpack(given)), params)
    return pack({
        "polarity": frames.to_arrow(polarity, schema.POLARITY),
        "theme_readings": frames.to_arrow(read, schema.THEME_READINGS),
    })  # fmt: skip


def _tasks(documents: pd.DataFrame, sentences: Rows) -> Iterator[Task]:
    for doc_id, doc_type in zip(documents["doc_id"], documents["doc_type"], strict=True):
        rows = sentences.of(doc_id).select(["sentence_id", "text", "section", "bullet"])
        given = pack({"doc_type": doc_type, "sentences": rows})
        yield Task(given, given)


def main(out: Path, params: dict[str, Any], work: Work) -> None:
    """Run the stage on the outputs of ``clean`` below ``out``."""
    clean = out / "stages" / "clean"
    documents = frames.read(schema.CLEAN_DOCUMENTS, clean)
    sentences = Rows(schema.CLEAN_SENTENCES, clean)
    job = Job("classify", classify_document, params, partial(_explainer, params["evidence_words"]))
    tables = (schema.POLARITY, schema.THEME_READINGS)
    with writing(*(ParquetWriter(t, out / "stages" / "classify") for t in tables)) as writers:
        for result in work.documents(job, _tasks(documents, sentences), len(documents)):
            made = unpack(result)
            for table, writer in zip(tables, writers, strict=True):
                writer.add(made[table.name])
