"""Keep what was received of a file, so that a broken download goes on where it broke."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import UsageError
from pipeline.fetching.answer import Fault, too_large


class Partial:
    """The part of a file that is here already, beside what tells whether it is still the same.

    Parameters
    ----------
    folder
        Where parts are kept.
    url
        The address of the file.
    """

    def __init__(self, folder: Path, url: str) -> None:
        name = hashlib.sha256(url.encode()).hexdigest()[:32]
        self._part = folder / f"{name}.part"
        self._note = folder / f"{name}.json"

    def validator(self) -> str:
        """Return the ETag or date of the part; empty if there is none to go on from."""
        try:
            note = json.loads(self._note.read_text(encoding="utf-8"))
            return str(note["validator"]) if self._part.stat().st_size else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def size(self) -> int:
        """Return how many bytes are here."""
        return self._part.stat().st_size if self._part.exists() else 0

    def receive(self, pieces: Iterable[bytes], validator: str, add: bool, limit: int) -> bytes:
        """Write pieces as they come and return the whole file, which is then no part any more.

        Raises
        ------
        Fault
            If it grows beyond ``limit``; then nothing is kept.
        UsageError
            If the disk cannot take it.
        """
        try:
            self._part.parent.mkdir(parents=True, exist_ok=True)
            if not add:
                self.forget()
            self._note.write_text(json.dumps({"validator": validator}), encoding="utf-8")
            out = self._part.open("ab")
        except OSError as error:
            raise self._full(error) from error
        size = self.size()
        with out:
            try:
                for piece in pieces:
                    size += len(piece)
                    if size > limit:
                        raise too_large(limit)
                    self._write(out, piece)
            except Fault:
                self.forget()
                raise
        data = self._part.read_bytes()
        self.forget()
        return data

    def _write(self, out: BinaryIO, piece: bytes) -> None:
        try:
            out.write(piece)
            out.flush()
        except OSError as error:
            raise self._full(error) from error

    def forget(self) -> None:
        """Take the part away."""
        self._note.unlink(missing_ok=True)
        self._part.unlink(missing_ok=True)

    def _full(self, error: OSError) -> UsageError:
        return UsageError(f"{self._part.parent}: cannot be written ({error.strerror or error})")
