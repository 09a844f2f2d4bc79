"""Find the documents of a corpus folder and name them."""

import hashlib
import logging
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePath

from pipeline.errors import Rejected, UsageError
from pipeline.registry import FILE_NAME, Registry

log = logging.getLogger("findings")

SUFFIXES = (".pdf", ".html", ".htm", ".txt", ".docx")
# What stage ``clean`` leaves in a folder of outputs.
WRITTEN = "stages/clean/documents.parquet"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_MAX_NAME = 120
_SECOND = "a registry in a folder below, which is not read; join it with that of the corpus"
_LINKED = "a link that is not followed; put the file or folder itself in its place"


@dataclass(frozen=True)
class Item:
    """One file of the corpus: its name in the tables, its place and what the registry says.

    One that must not be read has a ``fault`` instead of a name.
    """

    doc_id: str
    file: str
    path: Path
    registered: dict[str, str]
    fault: Rejected | None = None

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file; empty where it cannot or must not be read."""
        # What is no file may never end, and what lies elsewhere is not ours to read.
        unread = self.fault is not None and self.fault.reason != "registry_row"
        return "" if unread else sha256_of(self.path)


def read_item(item: Item) -> bytes:
    """Read the file of an item.

    Raises
    ------
    Rejected
        If it must not be read or cannot be.
    """
    if item.fault is not None:
        raise item.fault
    return read_bytes(item.path)


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
    except (OSError, ValueError):
        return ""


def safe_name(stem: str) -> str:
    """Return a name that is safe as a file name on any system, of at most 120 characters."""
    return _UNSAFE.sub("-", stem).strip("-.")[:_MAX_NAME] or "document"


def find_items(folder: Path, registry: Registry) -> list[Item]:
    """Return every document below a folder, sorted by path, each with a name of its own.

    The texts that an earlier run wrote below the folder are not documents. The name is the
    registry's ``doc_id``, else the file's stem; where two would have the same
    name, the later ones get the first eight digits of the SHA-256 of their path. What cannot be a
    document although its name says so, or is not here although the registry says so, is an item
    with a fault.

    Raises
    ------
    UsageError
        If the folder does not exist or holds no document.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; give the folder that holds the documents")
    paths, unreadable = _walk(folder, registry.path)
    if not paths and not unreadable:
        raise UsageError(f"{folder}: holds no document ({', '.join(SUFFIXES)})")
    items = [Item("", _shown(p, folder), p, {}, fault) for p, fault in unreadable]
    taken: set[str] = set()
    used: set[int] = set()
    unknown = 0
    for path in paths:
        file = _shown(path, folder)
        fault = registry.faults.get(file) or _fault_of(path, folder)
        if fault:
            items.append(Item("", file, path, {}, fault))
            continue
        row = registry.find(file, "" if file in registry.by_file else sha256_of(path))
        used.add(id(row))
        unknown += not row
        name = safe_name(row.get("doc_id") or path.stem)
        if name.lower() in taken:
            name = f"{name}-{hashlib.sha256(file.encode()).hexdigest()[:8]}"
        taken.add(name.lower())
        items.append(Item(name, file, path, row))
    if registry.by_file and unknown:
        log.info("%d files have no row in the registry: their facts are read from them", unknown)
    return sorted(items + _absent(folder, registry, items, used), key=lambda item: item.file)


def _walk(folder: Path, registry: Path | None) -> tuple[list[Path], list[tuple[Path, Rejected]]]:
    """Return what is named as a document, sorted, and what else was found that is not read."""
    named: list[Path] = []
    unread: list[tuple[Path, Rejected]] = []

    def note(error: OSError) -> None:
        detail = f"a folder that cannot be opened ({error.strerror}); check its permissions"
        unread.append((Path(error.filename), Rejected("unreadable", detail)))

    for place, folders, files in os.walk(folder, onerror=note):
        here = Path(place)
        folders.sort()
        links = [here / name for name in folders if (here / name).is_symlink()]
        unread += [(path, Rejected("link", _LINKED)) for path in links]
        # The folder's own registry gives way to one that the user names.
        if here != folder and FILE_NAME in files and not _same(here / FILE_NAME, registry):
            unread.append((here / FILE_NAME, Rejected("second_registry", _SECOND)))
        own = not (here.name == "text" and (here.parent / WRITTEN).exists())
        named += [here / name for name in files if own and _suffix(name) in SUFFIXES]
    return sorted(named, key=lambda p: p.relative_to(folder).as_posix()), unread


def _same(path: Path, other: Path | None) -> bool:
    return other is not None and path.resolve() == other.resolve()


def _suffix(name: str) -> str:
    return PurePath(name).suffix.lower()


def _shown(path: Path, folder: Path) -> str:
    """Return a path below the folder as text; bytes that are no UTF-8 are written as escapes."""
    below = path.relative_to(folder).as_posix()
    return os.fsencode(below).decode("utf-8", "backslashreplace")


def _fault_of(path: Path, folder: Path) -> Rejected | None:
    """Return why a path that is named as a document may not be read."""
    try:
        inside = path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return Rejected("link", "a link that leads nowhere; put the file itself in its place")
    if not inside:
        return Rejected("link", _LINKED)
    if not path.is_file():
        return Rejected("not_a_file", "neither a file nor a folder; take it away")
    return None


def _absent(folder: Path, registry: Registry, items: list[Item], used: set[int]) -> list[Item]:
    """Return an item for each row of the registry whose file is not here, or that is faulty."""
    here = {item.file for item in items}
    missing = {
        file: Rejected("missing", "a row of the registry whose file is not here; fetch it or take "
                       "the row out")
        for file, row in registry.by_file.items()
        if id(row) not in used
    }  # fmt: skip
    faults = missing | registry.faults
    return [Item("", file, folder / file, {}, fault) for file, fault in faults.items()
            if file not in here]  # fmt: skip
