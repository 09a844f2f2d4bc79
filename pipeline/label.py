"""``findings label``: code sentences that a user brings, with the models and cues of the project."""

import csv
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.classify import CHUNK, classify
from pipeline.errors import UsageError
from pipeline.facts.speakers import attribute
from pipeline.frames import write_whole
from pipeline.params import Params
from pipeline.schema import DOC_TYPES, POLARITIES, PRESS_SECTIONS, REPORT_SECTIONS
from pipeline.themes import code_themes

ADDED = ("polarity", "confidence", *(f"p_{p}" for p in POLARITIES), "themes", "source")
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


def read_sentences(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Read the user's CSV; return its columns and rows.

    Raises
    ------
    UsageError
        If the file cannot be read, has no column ``sentence`` or already has a column that the
        coding adds, or a row's ``doc_type`` or ``bullet`` has an unknown value.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            columns = list(reader.fieldnames or [])
            rows = [{name: row.get(name) or "" for name in columns} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read ({error}); give a CSV file in UTF-8") from error
    if "sentence" not in columns:
        raise UsageError(f"{path}: has no column `sentence`; its columns are {columns}")
    clash = [name for name in columns if name in ADDED]
    if clash:
        raise UsageError(f"{path}: the columns {clash} would be written over; rename them")
    for number, row in enumerate(rows, 2):
        if row.get("doc_type", "") not in ("", *DOC_TYPES):
            raise UsageError(f"{path}, row {number}: doc_type {row['doc_type']!r}; "
                             f"allowed are {DOC_TYPES}")  # fmt: skip
        if row.get("bullet", "").strip().lower() not in _YES:
            raise UsageError(f"{path}, row {number}: bullet {row['bullet']!r}; write yes or no")
        if row.get("section", "") not in ("", *REPORT_SECTIONS, *PRESS_SECTIONS):
            raise UsageError(f"{path}, row {number}: section {row['section']!r}; allowed are "
                             f"{(*REPORT_SECTIONS, *PRESS_SECTIONS)}")  # fmt: skip
    return columns, rows


def label_rows(rows: list[dict[str, str]], params: Params, workers: int = 1) -> pd.DataFrame:
    """Return the columns ``ADDED`` for every row, in the rows' order."""
    frame = pd.DataFrame(
        {
            "sentence_id": [str(number) for number in range(len(rows))],
            "text": [" ".join(row["sentence"].split()) for row in rows],
            "previous": [row.get("previous", "") for row in rows],
            "section": [row.get("section", "") for row in rows],
            "doc_type": [row.get("doc_type", "") for row in rows],
            "bullet": [_YES[row.get("bullet", "").strip().lower()] for row in rows],
        }
    )
    pieces = [classify(frame.iloc[i : i + CHUNK], params["classify"])
              for i in range(0, len(frame), CHUNK)]  # fmt: skip
    coded = pd.concat(pieces, ignore_index=True)
    findings = frame[(coded["polarity"] != "none").to_numpy()].reset_index(drop=True)
    themes = code_themes(findings, params["themes"], workers)
    listed = themes.groupby("sentence_id", sort=False)["theme"].agg(";".join)
    coded["themes"] = coded["sentence_id"].map(listed).fillna("")
    coded["source"] = [_source(row) for row in rows]
    return coded[list(ADDED)]


def _source(row: dict[str, str]) -> str:
    if row.get("doc_type", "") in ("", "inspection_report"):
        return "inspectorate"
    context = [row["previous"]] if row.get("previous") else []
    return attribute([[*context, row["sentence"]]], [False])[0][-1].source


def main(source: Path, target: Path, params: Params, workers: int) -> None:
    """Code the sentences of one CSV file and write another with the same rows."""
    columns, rows = read_sentences(source)
    added: list[dict[str, Any]] = label_rows(rows, params, workers).to_dict("records") if rows else []
    lines = [{**row, **new} for row, new in zip(rows, added, strict=True)]
    frame = pd.DataFrame(lines, columns=[*columns, *ADDED], dtype=object)
    write_whole(target, frame.to_csv(index=False, lineterminator="\n").encode("utf-8"))
