"""The registry: what is known about files before they are read."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.schema import DOC_TYPES

COLUMNS = (
    "doc_id", "file", "sha256", "council", "ofsted_urn", "la_code", "gss_code", "region",
    "doc_type", "published", "url", "publisher", "licence",
)  # fmt: skip


@dataclass(frozen=True)
class Registry:
    """Rows of a registry, found by file or by content."""

    by_file: dict[str, dict[str, str]] = field(default_factory=dict)
    by_sha256: dict[str, dict[str, str]] = field(default_factory=dict)

    def find(self, file: str, sha256: str) -> dict[str, str]:
        """Return the row of a file: by its path, else by its content; empty if there is none."""
        return self.by_file.get(file) or self.by_sha256.get(sha256) or {}


def read_registry(path: Path | None) -> Registry:
    """Read a registry; without a path, return an empty one.

    Raises
    ------
    UsageError
        If the file is missing, is no CSV with the registry's columns, or has a ``doc_type``
        that is not known.
    """
    if path is None:
        return Registry()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as a registry ({error}); give a CSV file") from error
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    # A list of addresses has no files yet: it is a registry of nothing that is here.
    if {"file", "doc_id"} & set(missing):
        if {"url", "council"} <= set(reader.fieldnames or []):
            return Registry()
        raise UsageError(f"{path}: no registry, the columns {missing} are missing")
    registry = Registry()
    for number, row in enumerate(reader, 2):
        clean = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if clean["doc_type"] and clean["doc_type"] not in DOC_TYPES:
            raise UsageError(
                f"{path}, line {number}: doc_type {clean['doc_type']!r}; allowed are {DOC_TYPES}"
            )
        if clean["file"]:
            registry.by_file[clean["file"]] = clean
        if clean["sha256"]:
            registry.by_sha256.setdefault(clean["sha256"], clean)
    return registry
