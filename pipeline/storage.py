"""Corpora and outputs at fsspec addresses (``s3://…``), worked on in a folder of this machine."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from pipeline.cache import VARIABLE
from pipeline.corpus import SUFFIXES
from pipeline.errors import UsageError
from pipeline.frames import write_whole
from pipeline.paths import RECORD
from pipeline.registry import FILE_NAME

Place = Path | str
_SEEN = "seen.json"
_SENT = "sent.json"
# What serves the next run on this machine, and no reader.
_OWN = (".cache", "stages")


def _folder(address: str, kind: str) -> Path:
    """Return the folder of this machine that stands for an address."""
    told = os.environ.get(VARIABLE)
    base = Path(told) if told else Path.home() / ".cache" / "inspection-findings"
    return base / f"{kind}-{hashlib.sha256(address.encode()).hexdigest()[:16]}"


@contextmanager
def _telling(address: str) -> Iterator[None]:
    """Turn what storage may answer into one clear line."""
    try:
        yield
    except (ImportError, ValueError, OSError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UsageError(f"{address}: cannot be used ({reason})") from error


def _open(address: str) -> tuple[Any, str]:
    import fsspec

    system, root = fsspec.core.url_to_fs(address)
    return system, str(root).rstrip("/")


def _read_list(path: Path) -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _write_list(path: Path, files: dict[str, str]) -> None:
    write_whole(path, json.dumps(files, indent=0, sort_keys=True).encode())


def fetch(address: str) -> Path:
    """Bring the documents and the registry of a corpus here; return the folder that holds them.

    What has the same size, time and mark as before is not fetched again.

    Raises
    ------
    UsageError
        If the address cannot be read or holds nothing.
    """
    folder = _folder(address, "corpus")
    seen = _read_list(folder.with_suffix(f".{_SEEN}"))
    now: dict[str, str] = {}
    with _telling(address):
        system, root = _open(address)
        for path, facts in sorted(system.find(root, detail=True).items()):
            name = PurePosixPath(path).relative_to(PurePosixPath(root)).as_posix()
            if ".." in name.split("/") or not (
                name.lower().endswith(SUFFIXES) or name == FILE_NAME
            ):
                continue
            now[name] = hashlib.sha256(repr(sorted(facts.items(), key=str)).encode()).hexdigest()
            if seen.get(name) != now[name] or not (folder / name).is_file():
                write_whole(folder / name, system.cat_file(path))
        if not now:
            raise UsageError(f"{address}: holds no document")
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in now:
            path.unlink()
    _write_list(folder.with_suffix(f".{_SEEN}"), now)
    return folder


def send(folder: Path, address: str) -> None:
    """Send what a run has written, where it has changed, and the record of the run last.

    Raises
    ------
    UsageError
        If the address cannot be written to.
    """
    marks = folder.with_suffix(f".{_SENT}")
    files = sorted(
        (p.relative_to(folder) for p in folder.rglob("*")
         if p.is_file() and p.relative_to(folder).parts[0] not in _OWN),
        key=lambda name: (name.as_posix() == RECORD, name.as_posix()),
    )  # fmt: skip
    with _telling(address):
        system, root = _open(address)
        sent = _read_list(marks) if system.exists(f"{root}/{RECORD}") else {}
        now: dict[str, str] = {}
        for name in files:
            data = (folder / name).read_bytes()
            key = name.as_posix()
            now[key] = hashlib.sha256(data).hexdigest()
            if sent.get(key) != now[key]:
                system.makedirs(f"{root}/{name.parent.as_posix()}", exist_ok=True)
                system.pipe_file(f"{root}/{key}", data)
        for key in sorted(set(sent) - set(now)):
            if system.exists(f"{root}/{key}"):
                system.rm_file(f"{root}/{key}")
    _write_list(marks, now)


def here(address: Place) -> Path:
    """Return the folder of this machine in which outputs for an address are made."""
    return address if isinstance(address, Path) else _folder(address, "out")
