"""Stage ``classify``: the polarity of every sentence, with its probability and its evidence.

Reads ``documents`` and ``sentences`` of stage ``clean`` (text, section, bullet, doc_type and the
sentence before); writes ``polarity`` (polarity, confidence, p_*, evidence).
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import frames, schema
from pipeline.coding.evidence import Explainer
from pipeline.coding.models import load_model
from pipeline.schema import POLARITIES
from pipeline.work import each

DECIMALS = 3
CHUNK = 2000


def with_context(sentences: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that coding needs: sentence_id, text, previous, section, doc_type, bullet."""
    kinds = dict(zip(documents["doc_id"], documents["doc_type"], strict=True))
    previous = sentences.groupby("doc_id", sort=False)["text"].shift(1).fillna("")
    return pd.DataFrame(
        {
            "sentence_id": sentences["sentence_id"],
            "text": sentences["text"],
            "previous": previous.to_numpy(dtype=object),
            "section": sentences["section"],
            "doc_type": sentences["doc_id"].map(kinds),
            "bullet": sentences["bullet"],
        }
    )


def by_the_codebook(frame: pd.DataFrame, never_findings: list[str]) -> list[str]:
    """Return the polarity that the codebook fixes by the place of a sentence; empty elsewhere.

    Sections without findings are ``none``; a bullet under "What needs to improve" is a weakness
    however it is phrased.
    """
    fixed = []
    for section, bullet in zip(frame["section"], frame["bullet"], strict=True):
        place = "weakness" if section == "improve" and bullet else ""
        fixed.append("none" if section in never_findings else place)
    return fixed


def classify(frame: pd.DataFrame, params: dict[str, Any]) -> pd.DataFrame:
    """Return polarity, confidence, probabilities and evidence of every sentence.

    Parameters
    ----------
    frame
        The columns of :func:`with_context`.
    params
        The block ``classify`` of the parameters.
    """
    model = load_model("polarity")
    explainer = Explainer(model, params["evidence_words"])
    probabilities = model.distribution(frame)
    for row, code in enumerate(by_the_codebook(frame, params["never_findings"])):
        if code:
            probabilities[row] = [float(polarity == code) for polarity in POLARITIES]
    probabilities = np.round(probabilities, DECIMALS)
    best = probabilities.argmax(axis=1)
    coded = pd.DataFrame({"sentence_id": frame["sentence_id"].to_numpy(dtype=object)})
    coded["polarity"] = [POLARITIES[i] for i in best]
    coded["confidence"] = probabilities.max(axis=1)
    for column, polarity in enumerate(POLARITIES):
        coded[f"p_{polarity}"] = probabilities[:, column]
    coded["evidence"] = [
        "" if polarity == "none" else explainer.words(text, polarity)
        for text, polarity in zip(frame["text"], coded["polarity"], strict=True)
    ]
    return coded[schema.POLARITY.names]


def _classify_chunk(work: tuple[pd.DataFrame, dict[str, Any]]) -> pd.DataFrame:
    return classify(*work)


def chunks(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut a frame into pieces of a fixed size, whatever the number of workers."""
    return [frame.iloc[i : i + CHUNK].reset_index(drop=True) for i in range(0, len(frame), CHUNK)]


def main(out: Path, params: dict[str, Any], workers: int) -> None:
    """Run the stage on the outputs of ``clean`` below ``out``."""
    clean = out / "stages" / "clean"
    documents = frames.read(schema.CLEAN_DOCUMENTS, clean)
    frame = with_context(frames.read(schema.CLEAN_SENTENCES, clean), documents)
    load_model("polarity")
    pieces = each(_classify_chunk, [(piece, params) for piece in chunks(frame)], "classify", workers)
    coded = pd.concat(pieces, ignore_index=True) if pieces else frames.build([], schema.POLARITY)
    frames.write_parquet(coded, schema.POLARITY, out / "stages" / "classify")
