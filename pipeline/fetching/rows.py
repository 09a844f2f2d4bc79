"""Read from a registry what is wanted: an address and a name for each row."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.corpus import SUFFIXES, safe_name
from pipeline.errors import UsageError
from pipeline.registry import COLUMNS, fault_of, read_rows

HTML_SUFFIXES = (".html", ".htm")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Wanted:
    """One row of the registry: the document's name, where it is and what is known of it."""

    doc_id: str
    row: dict[str, str]

    @property
    def url(self) -> str:
        """The public address; empty where the registry gives none."""
        return self.row["url"]

    @property
    def sha256(self) -> str:
        """The content that the registry expects; empty where it does not say."""
        return self.row["sha256"]

    @property
    def suffix(self) -> str:
        """The kind of file that the registry names, as a suffix; empty where it does not say."""
        suffix = PurePosixPath(self.row["file"]).suffix.lower()
        return suffix if suffix in SUFFIXES else ""

    @property
    def no_page(self) -> bool:
        """Whether a web page cannot be the document: a report, or a file named as another kind."""
        if self.suffix:
            return self.suffix not in HTML_SUFFIXES
        if self.row["url"].partition("?")[0].lower().endswith((".pdf", ".docx")):
            return True
        return self.row["doc_type"] == "inspection_report"

    def name(self, suffix: str) -> str:
        """Return the file's name: the registry's, else the document's with the suffix given."""
        stem = PurePosixPath(self.row["file"]).stem or self.doc_id
        return safe_name(stem) + (self.suffix or suffix)


def read_wanted(path: Path) -> list[Wanted]:
    """Return the rows of a registry or of a list of addresses, in their order.

    A row without ``doc_id`` is named by its council, kind and date, as far as it has them.

    Raises
    ------
    UsageError
        If the file is no registry, has no column ``url``, a row is faulty, or a ``doc_id`` stands
        twice.
    """
    columns, rows = read_rows(path)
    if "url" not in columns:
        raise UsageError(f"{path}: no column `url`; there is nothing to fetch without addresses")
    wanted: list[Wanted] = []
    taken: dict[str, int] = {}
    for number, given in rows:
        fault = fault_of(given)
        if fault:
            raise UsageError(f"{path}, line {number}: {fault}")
        row = {name: given.get(name, "") for name in COLUMNS}
        doc_id = row["doc_id"] or _made_up(row)
        if row["doc_id"] and doc_id in taken:
            raise UsageError(
                f"{path}, line {number}: doc_id {doc_id!r} stands in line {taken[doc_id]} too; "
                "give each row a name of its own"
            )
        while doc_id in taken:
            doc_id = f"{_made_up(row)}-{len(taken) + 1}"
        taken[doc_id] = number
        wanted.append(Wanted(doc_id, row | {"doc_id": doc_id}))
    return wanted


def _made_up(row: dict[str, str]) -> str:
    parts = (row["council"], row["doc_type"].replace("_", " "), row["published"])
    name = _SPACES.sub("-", " ".join(part for part in parts if part).lower())
    return safe_name(name or "document")
