"""The registry: what is known about files before they are read."""

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.frames import write_whole
from pipeline.schema import DOC_TYPES

COLUMNS = (
    "doc_id", "file", "sha256", "council", "ofsted_urn", "la_code", "gss_code", "region",
    "doc_type", "published", "url", "publisher", "licence",
)  # fmt: skip
FILE_NAME = "registry.csv"
NOTE = "stages/clean/registry.json"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Registry:
    """Rows of a registry, found by file or by content."""

    by_file: dict[str, dict[str, str]] = field(default_factory=dict)
    by_sha256: dict[str, dict[str, str]] = field(default_factory=dict)

    def find(self, file: str, sha256: str) -> dict[str, str]:
        """Return the row of a file: by its path, else by its content; empty if there is none."""
        return self.by_file.get(file) or self.by_sha256.get(sha256) or {}


def default_registry(corpus: Path) -> Path | None:
    """Return the registry that lies in a corpus folder, if there is one."""
    path = corpus / FILE_NAME
    return path if path.exists() else None


def read_registry(path: Path | None) -> Registry:
    """Read a registry; without a path, return an empty one.

    Raises
    ------
    UsageError
        If the file is missing, is no CSV with the registry's columns, describes a file twice, or
        has a ``doc_type``, a SHA-256 or a date that cannot be one.
    """
    if path is None:
        return Registry()
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = list(reader.fieldnames or [])
        rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"{path}: cannot be read as a registry ({error}); give a CSV file"
        ) from error
    missing = [name for name in COLUMNS if name not in columns]
    # A list of addresses has no files yet: it is a registry of nothing that is here.
    if {"file", "doc_id"} & set(missing):
        if {"url", "council"} <= set(columns):
            return Registry()
        raise UsageError(f"{path}: no registry, the columns {missing} are missing")
    registry = Registry()
    for number, row in rows:
        clean = {name: (row.get(name) or "").strip() for name in COLUMNS}
        clean["sha256"] = clean["sha256"].lower()
        clean["file"] = clean["file"].replace("\\", "/").removeprefix("./")
        _require(clean, f"{path}, line {number}")
        if clean["file"] and registry.by_file.setdefault(clean["file"], clean) != clean:
            raise UsageError(f"{path}, line {number}: {clean['file']} stands twice, and differs")
        if clean["sha256"]:
            registry.by_sha256.setdefault(clean["sha256"], clean)
    return registry


def note_registry(path: Path | None, out: Path) -> None:
    """Write beside the outputs of stage ``clean`` which registry it was given, for the record."""
    note = None
    if path is not None:
        note = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    write_whole(out / NOTE, (json.dumps(note) + "\n").encode("utf-8"))


def _require(row: dict[str, str], place: str) -> None:
    if row["doc_type"] and row["doc_type"] not in DOC_TYPES:
        raise UsageError(f"{place}: doc_type {row['doc_type']!r}; allowed are {DOC_TYPES}")
    if row["sha256"] and not _SHA256.fullmatch(row["sha256"]):
        raise UsageError(f"{place}: sha256 {row['sha256']!r}; write 64 hexadecimal digits")
    if row["published"]:
        try:
            fits = date.fromisoformat(row["published"]).isoformat() == row["published"]
        except ValueError:
            fits = False
        if not fits:
            raise UsageError(f"{place}: published {row['published']!r}; write it as YYYY-MM-DD")
