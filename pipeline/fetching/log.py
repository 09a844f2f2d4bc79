"""The log of every try, ``fetch_log.csv``: a line is added as soon as the try is over."""

import csv
import io
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import arrow
from pipeline.delimited import csv_text
from pipeline.errors import UsageError
from pipeline.frames import write_whole
from pipeline.schema import FETCH_LOG

NAME = "fetch_log.csv"


def now() -> str:
    """Return the time in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Log:
    """The log of a folder: what earlier fetches did, and what this one does.

    Parameters
    ----------
    folder
        The folder that ``--to`` names.

    Raises
    ------
    UsageError
        If a log stands there that is not one of this program.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock = threading.Lock()
        self.rows = self._read()

    def _read(self) -> list[dict[str, str]]:
        if not self._path.exists():
            return []
        try:
            # A kill may have left the last line torn: what has no line end did not happen.
            whole, end, torn = self._path.read_bytes().rpartition(b"\n")
            rows = list(csv.DictReader(io.StringIO((whole + end).decode("utf-8"), newline="")))
            if rows and list(rows[0]) != FETCH_LOG.names:
                raise ValueError("other columns")
            if torn:
                write_whole(self._path, whole + end)
        except (OSError, ValueError, csv.Error) as error:
            raise UsageError(
                f"{self._path}: is no log of this program ({error}); move it away or fetch to "
                "another folder"
            ) from error
        return rows

    def add(self, **cells: Any) -> None:
        """Add a try; columns that are not given are empty.

        Raises
        ------
        UsageError
            If the line cannot be written.
        """
        row = dict.fromkeys(FETCH_LOG.names) | {"time": now()} | cells
        head, _, line = csv_text(arrow.of_rows([row], FETCH_LOG), FETCH_LOG).partition("\n")
        with self._lock:
            try:
                new = not self._path.exists()
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8", newline="") as out:
                    out.write(f"{head}\n{line}" if new else line)
            except OSError as error:
                raise UsageError(
                    f"{self._path}: cannot be written ({error.strerror or error})"
                ) from error
            self.rows.append({key: "" if row[key] is None else str(row[key]) for key in row})

    def last(self, url: str) -> dict[str, str]:
        """Return the last try of an address that brought its file; empty if there is none."""
        with self._lock:
            kept = (row for row in reversed(self.rows) if row["url"] == url and row["file"])
            return next(kept, {})
