"""Find the documents of a corpus folder and name them."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Rejected, UsageError
from pipeline.registry import Registry

SUFFIXES = (".pdf", ".html", ".htm", ".txt", ".docx")
# What stage ``clean`` leaves in a folder of outputs.
WRITTEN = "stages/clean/documents.parquet"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_NAME = 120


@dataclass(frozen=True)
class Item:
    """One file of the corpus: its name in the tables, its place and what the registry says."""

    doc_id: str
    file: str
    path: Path
    registered: dict[str, str]


def read_bytes(path: Path) -> bytes:
    """Read a file.

    Raises
    ------
    Rejected
        If the file cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        detail = f"{error.strerror or error}; check the file's permissions"
        raise Rejected("unreadable", detail) from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file; empty where it cannot be read."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def _safe_name(stem: str) -> str:
    return _UNSAFE.sub("-", stem).strip("-.")[:_MAX_NAME] or "document"


def find_items(folder: Path, registry: Registry) -> list[Item]:
    """Return every document below a folder, sorted by path, each with a name of its own.

    The texts that an earlier run wrote below the folder are not documents. The name is the
    registry's ``doc_id``, else the file's stem; where two would have the same
    name, the later ones get the first eight digits of the SHA-256 of their path.

    Raises
    ------
    UsageError
        If the folder does not exist or holds no document.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; give the folder that holds the documents")
    written = [path.parents[2] / "text" for path in folder.rglob(WRITTEN)]
    paths = sorted(
        (p for p in folder.rglob("*")
         if p.suffix.lower() in SUFFIXES and p.is_file() and p.parent not in written),
        key=lambda p: p.relative_to(folder).as_posix(),
    )  # fmt: skip
    if not paths:
        raise UsageError(f"{folder}: holds no document ({', '.join(SUFFIXES)})")
    items = []
    taken: set[str] = set()
    for path in paths:
        file = path.relative_to(folder).as_posix()
        known = file in registry.by_file or not registry.by_sha256
        row = registry.find(file, "" if known else sha256_of(path))
        name = _safe_name(row.get("doc_id") or path.stem)
        if name.lower() in taken:
            name = f"{name}-{hashlib.sha256(file.encode()).hexdigest()[:8]}"
        taken.add(name.lower())
        items.append(Item(name, file, path, row))
    return items
