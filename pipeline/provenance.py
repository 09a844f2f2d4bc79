"""``run.json``: which version, parameters, models and files a run came from and wrote."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import __version__, frames, schema
from pipeline.codebook import read_codebook
from pipeline.coding.models import read_index
from pipeline.frames import write_whole
from pipeline.params import Params
from pipeline.paths import RECORD
from pipeline.registry import NOTE

OUTPUTS = ("tables", "text", "plots")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, which need not fit into memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def record(
    documents: pd.DataFrame,
    rejected: pd.DataFrame,
    out: Path,
    params: Params,
    reviews: Path | None = None,
) -> dict[str, Any]:
    """Return the record of a run.

    Parameters
    ----------
    documents, rejected
        The tables of that name, for the inputs' SHA-256.
    out
        Folder of the outputs.
    params
        The parameters as they were used.
    reviews
        The file of what people coded, which need not exist.
    """
    index = read_index()
    codebook = read_codebook()
    note = out / NOTE
    registry = json.loads(note.read_text(encoding="utf-8")) if note.exists() else None
    inputs = {row["file"]: row["sha256"] for table in (documents, rejected)
              for row in table.to_dict("records")}  # fmt: skip
    outputs = {
        path.relative_to(out).as_posix(): sha256_of(path)
        for folder in OUTPUTS
        for path in sorted((out / folder).rglob("*"))
        # What a killed run left half written is no output.
        if path.is_file() and not path.name.startswith(".")
    }
    return {
        "project": "inspection-findings",
        "version": __version__,
        "codebook": {"version": codebook.version, "date": codebook.date},
        "models": {name: {"version": entry["version"], "sha256": entry["sha256"]}
                   for name, entry in index["models"].items()},
        # How files were fetched changes no result.
        "params": {name: block for name, block in params.items() if name != "fetch"},
        "registry": registry,
        "reviews": {"file": reviews.name, "sha256": sha256_of(reviews)}
                   if reviews and reviews.exists() else None,
        "inputs": dict(sorted(inputs.items())),
        "outputs": outputs,
    }  # fmt: skip


def write_record(out: Path, params: Params, reviews: Path | None = None) -> Path:
    """Write ``run.json`` of the run that stands below ``out`` and return its path."""
    path = out / RECORD
    documents = frames.read(schema.DOCUMENTS, out / "tables")
    rejected = frames.read(schema.REJECTED, out / "tables")
    text = json.dumps(record(documents, rejected, out, params, reviews), indent=2,
                      ensure_ascii=False)  # fmt: skip
    write_whole(path, (text + "\n").encode("utf-8"))
    return path
