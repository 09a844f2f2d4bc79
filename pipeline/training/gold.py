"""Gold labels, kept stand-off: a document's name and a sentence's hash, never its words.

Whoever has the documents can join the labels to their own cleaned sentences and train again.
"""

import csv
from pathlib import Path

import pandas as pd

from pipeline.errors import UsageError
from pipeline.frames import write_whole
from pipeline.schema import POLARITIES, SOURCES
from pipeline.standoff import sentence_hash

COLUMNS = (
    "doc_id", "sentence_hash", "council", "doc_type", "framework", "polarity", "source", "themes",
    "coders", "stratum", "doc_sentences",
)  # fmt: skip


def stand_off(rows: list[dict[str, str]]) -> pd.DataFrame:
    """Return stand-off labels of coded sentences, sorted, one row a document and sentence.

    Raises
    ------
    UsageError
        If a row has a polarity or source that the codebook does not know.
    """
    labels: dict[tuple[str, str], dict[str, str]] = {}
    for number, row in enumerate(rows, 2):
        if row["polarity"] not in POLARITIES or row.get("source", "inspectorate") not in SOURCES:
            raise UsageError(f"row {number}: polarity {row['polarity']!r} or source "
                             f"{row.get('source')!r} is not in the codebook")  # fmt: skip
        key = (row["doc_id"], sentence_hash(row["sentence"]))
        labels.setdefault(key, {**row, "sentence_hash": key[1]})
    return pd.DataFrame(
        [{name: labels[key].get(name, "") for name in COLUMNS} for key in sorted(labels)],
        columns=list(COLUMNS),
    )


def read_labels(path: Path) -> pd.DataFrame:
    """Read stand-off labels.

    Raises
    ------
    UsageError
        If the file is missing or lacks a column.
    """
    try:
        labels = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from error
    missing = [name for name in COLUMNS if name not in labels.columns]
    if missing:
        raise UsageError(f"{path}: the columns {missing} are missing")
    return labels


def join_labels(labels: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Return the labelled sentences: the columns that coding needs, beside the labels.

    Labels whose sentence is not among the cleaned ones are left out: fragments of an earlier
    cleaning, front matter.
    """
    hashed = sentences.assign(sentence_hash=[sentence_hash(text) for text in sentences["text"]])
    hashed = hashed.drop_duplicates(["doc_id", "sentence_hash"])
    return labels.drop(columns=["doc_type"]).merge(hashed, on=["doc_id", "sentence_hash"])


def main(gold: Path, out: Path) -> None:
    """Turn a CSV of coded sentences into stand-off labels.

    Raises
    ------
    UsageError
        If the file cannot be read or lacks the columns ``doc_id``, ``sentence`` or ``polarity``.
    """
    try:
        with gold.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{gold}: cannot be read ({error}); give a CSV file in UTF-8") from error
    missing = [name for name in ("doc_id", "sentence", "polarity") if rows and name not in rows[0]]
    if missing or not rows:
        raise UsageError(f"{gold}: holds no coded sentences; missing columns: {missing}")
    labels = stand_off(rows)
    write_whole(out, labels.to_csv(index=False, lineterminator="\n").encode("utf-8"))
