"""The registry: what is known about files before they are read."""

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.errors import Rejected, UsageError
from pipeline.frames import write_whole
from pipeline.schema import DOC_TYPES

COLUMNS = (
    "doc_id", "file", "sha256", "council", "ofsted_urn", "la_code", "gss_code", "region",
    "doc_type", "published", "url", "publisher", "licence",
)  # fmt: skip
FILE_NAME = "registry.csv"
NOTE = "stages/clean/registry.json"
# Where a row keeps that it has more cells than there are columns; no column can be called so.
EXTRA = "\n"
MAX_BYTES = 100_000_000
_SHA256 = re.compile(r"[0-9a-f]{64}")


Row = dict[str, str]


@dataclass(frozen=True)
class Registry:
    """Rows of a registry, found by file or by content, and the faults of those that cannot be used.

    ``faults`` tells by file, or by the row's place where it names none, what is wrong.
    """

    by_file: dict[str, Row] = field(default_factory=dict)
    by_sha256: dict[str, Row] = field(default_factory=dict)
    faults: dict[str, Rejected] = field(default_factory=dict)
    path: Path | None = None

    def find(self, file: str, sha256: str) -> Row:
        """Return the row of a file: by its path, else by its content; empty if there is none."""
        return self.by_file.get(file) or self.by_sha256.get(sha256) or {}


def default_registry(corpus: Path) -> Path | None:
    """Return the registry that lies in a corpus folder, if there is one."""
    path = corpus / FILE_NAME
    return path if path.exists() else None


def read_rows(path: Path) -> tuple[list[str], list[tuple[int, Row]]]:
    """Return the columns of a registry and its rows, each with its line, cells trimmed.

    Raises
    ------
    UsageError
        If the file is missing, too large or no CSV.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: cannot be read as a registry (more than {MAX_BYTES} bytes)")
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = [name.strip() for name in reader.fieldnames or []]
        given = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"{path}: cannot be read as a registry ({error}); give a CSV file"
        ) from error
    if len(set(columns)) < len(columns):
        twice = sorted({name for name in columns if columns.count(name) > 1})
        raise UsageError(f"{path}: no registry, the columns {twice} stand twice")
    rows = []
    for number, cells in given:
        extra = bool(cells.get(None))
        row = {(k or "").strip(): (v or "").strip() for k, v in cells.items() if k is not None}
        row["sha256"] = row.get("sha256", "").lower()
        row["file"] = row.get("file", "").replace("\\", "/").removeprefix("./")
        rows.append((number, row | ({EXTRA: "yes"} if extra else {})))
    return columns, rows


def read_registry(path: Path | None) -> Registry:
    """Read a registry; without a path, return an empty one.

    A row whose facts cannot be so, whose file or ``doc_id`` another row has too, or whose file lies
    outside the folder is a fault: its file is not read by facts that are wrong.

    Raises
    ------
    UsageError
        If the file is missing or is no CSV with the registry's columns.
    """
    if path is None:
        return Registry()
    columns, rows = read_rows(path)
    missing = [name for name in COLUMNS if name not in columns]
    # A list of addresses has no files yet: it is a registry of nothing that is here.
    if {"file", "doc_id"} & set(missing):
        if {"url", "council"} <= set(columns):
            return Registry(path=path)
        raise UsageError(f"{path}: no registry, the columns {missing} are missing")
    registry = Registry(path=path)
    named: dict[str, Row] = {}
    for number, row in rows:
        clean = {name: row.get(name, "") for name in COLUMNS}
        fault = fault_of(row) or _repeated(clean, registry, named)
        if fault:
            place = clean["file"] or f"{path.name}:{number}"
            detail = f"{path.name}, line {number}: {fault}"
            reason = "outside" if _is_outside(clean["file"]) else "registry_row"
            registry.faults[place] = Rejected(reason, detail)
            continue
        if clean["file"]:
            registry.by_file[clean["file"]] = clean
        if clean["doc_id"]:
            named.setdefault(clean["doc_id"], clean)
        if clean["sha256"]:
            registry.by_sha256.setdefault(clean["sha256"], clean)
    return registry


def _repeated(row: Row, registry: Registry, named: dict[str, Row]) -> str:
    """Return what a row says of a file or a name that an earlier row says otherwise."""
    file, doc_id = row["file"], row["doc_id"]
    if file in registry.faults:
        return f"{file} stands twice"
    if file and registry.by_file.get(file, row) != row:
        # Nobody can tell which of the two is right.
        del registry.by_file[file]
        return f"{file} stands twice, and differs; keep the row that is right"
    if file and doc_id and named.get(doc_id, row)["file"] not in ("", file):
        return f"doc_id {doc_id!r} stands twice; give each row a name of its own"
    return ""


def note_registry(path: Path | None, out: Path) -> None:
    """Write beside the outputs of stage ``clean`` which registry it was given, for the record."""
    note = None
    if path is not None:
        note = {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    write_whole(out / NOTE, (json.dumps(note) + "\n").encode("utf-8"))


def _is_outside(file: str) -> bool:
    return file.startswith("/") or ".." in file.split("/") or "\0" in file


def fault_of(row: Row) -> str:
    """Return what is wrong with the cells of a row, with what to write; else nothing."""
    if row.get(EXTRA):
        return "more cells than columns; put quotation marks around a cell that holds a comma"
    if row.get("doc_type") and row["doc_type"] not in DOC_TYPES:
        return f"doc_type {row['doc_type']!r}; allowed are {DOC_TYPES}"
    if row["sha256"] and not _SHA256.fullmatch(row["sha256"]):
        return f"sha256 {row['sha256']!r}; write 64 hexadecimal digits"
    if _is_outside(row["file"]):
        return f"file {row['file']!r} lies outside the folder; write its path below the folder"
    if row.get("published"):
        try:
            fits = date.fromisoformat(row["published"]).isoformat() == row["published"]
        except ValueError:
            fits = False
        if not fits:
            return f"published {row['published']!r}; write it as YYYY-MM-DD"
    return ""
