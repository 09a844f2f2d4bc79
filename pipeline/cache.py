"""Keep what came of every document in every stage, so that no work is done twice.

An entry is found by the SHA-256 of all that it depends on: the document, the parameters, and the
code, data files, models, codebook and libraries of the stage. It is written aside and renamed, so
that a reader finds it whole or not at all, whatever is killed and when.
"""

import hashlib
import json
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.dependencies import fingerprint
from pipeline.entries import seal, unseal
from pipeline.errors import UsageError

# Below the outputs unless told otherwise: who deletes a study deletes all of its texts, and no
# run reads what another user or another study has written.
FOLDER = ".cache"
VARIABLE = "FINDINGS_CACHE"
_ASIDE = "part"
_TAG = "CACHEDIR.TAG"
# The first line is fixed by https://bford.info/cachedir/, which backup programs know.
_TAG_TEXT = "Signature: 8a477f597d28d172789f06886806bc55\n# Made by findings; may be deleted.\n"
_DAY = 86_400
log = logging.getLogger("findings")


@dataclass(frozen=True)
class Kept:
    """The entries of one stage: how many, their bytes, and days since the last was used."""

    stage: str
    entries: int
    bytes: int
    days: float


def is_alive(process: int) -> bool:
    """Tell whether a process of this machine runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def sweep(folder: Path) -> None:
    """Remove what a killed process has left half written in a folder: ``.<name>.<pid>.part``."""
    if not folder.is_dir():
        return
    for path in folder.glob(".*.part"):
        process = path.name.split(".")[-2]
        # In a container this process may have the number of the one that was killed.
        if process.isdecimal() and (int(process) == os.getpid() or not is_alive(int(process))):
            path.unlink(missing_ok=True)


class Cache:
    """Entries by stage and key below one folder; several processes may use it at once.

    Parameters
    ----------
    folder
        Made with the first entry.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._failed = False
        sweep(folder / _ASIDE)

    @staticmethod
    def key(module: str, params: dict[str, Any], identity: bytes) -> str:
        """Return the name of an entry: a SHA-256 of everything that its content depends on.

        Parameters
        ----------
        module
            The module whose function makes it; see :func:`pipeline.dependencies.fingerprint`.
        params
            The parameters of the function.
        identity
            What tells the document from every other: its bytes, or their SHA-256 and its name.
        """
        head = json.dumps([fingerprint(module), params], sort_keys=True)
        return hashlib.sha256(head.encode() + b"\n" + identity).hexdigest()

    def _path(self, stage: str, key: str) -> Path:
        return self.folder / stage / key[:2] / key[2:]

    def get(self, stage: str, key: str) -> bytes | None:
        """Return an entry; None where there is none, or where it has been damaged."""
        path = self._path(stage, key)
        try:
            kept = path.read_bytes()
            data = unseal(kept)
            if data is not None:
                os.utime(path)
        except OSError:
            return None
        return data

    def put(self, stage: str, key: str, data: bytes) -> None:
        """Keep an entry; where that is not possible the run goes on, and says so once."""
        path = self._path(stage, key)
        aside = self.folder / _ASIDE / f".{key}.{os.getpid()}.part"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not aside.parent.is_dir():
                aside.parent.mkdir(exist_ok=True)
                (self.folder / _TAG).write_text(_TAG_TEXT, encoding="ascii")
            aside.write_bytes(seal(data))
            aside.replace(path)
        except OSError as error:
            aside.unlink(missing_ok=True)
            if not self._failed:
                log.warning("%s: keeps nothing more (%s)", self.folder, error.strerror or error)
            self._failed = True

    def _entries(self) -> Iterator[tuple[str, Path]]:
        for stage in sorted(p for p in self.folder.glob("*") if p.is_dir() and p.name != _ASIDE):
            for path in stage.glob("??/*"):
                yield stage.name, path

    def show(self) -> list[Kept]:
        """Return what is kept of every stage."""
        now = time.time()
        found: dict[str, list[os.stat_result]] = {}
        for stage, path in self._entries():
            try:
                found.setdefault(stage, []).append(path.stat())
            except OSError:
                continue
        return [
            Kept(stage, len(stats), sum(s.st_size for s in stats),
                 (now - max(s.st_mtime for s in stats)) / _DAY)
            for stage, stats in found.items()
        ]  # fmt: skip

    def prune(self, days: float) -> tuple[int, int]:
        """Remove the entries that no run has used for ``days`` days; return number and bytes."""
        before = time.time() - days * _DAY
        count = size = 0
        for _, path in self._entries():
            try:
                stat = path.stat()
                if stat.st_mtime <= before:
                    path.unlink()
                    count, size = count + 1, size + stat.st_size
            except OSError:
                continue
        return count, size


def place(out: Path, given: Path | None) -> Path:
    """Return the folder of the cache: as given, else as ``FINDINGS_CACHE`` says, else in ``out``.

    Raises
    ------
    UsageError
        If it is a file.
    """
    told = os.environ.get(VARIABLE)
    folder = given or (Path(told) if told else out / FOLDER)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: the cache cannot be kept in a file; give a folder")
    return folder
