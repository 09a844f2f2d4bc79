"""Read and write tables document by document, so that a corpus need not fit into memory.

Rows stand in the order of ``doc_id``, and a document's rows stand together. Pieces come from
:mod:`pipeline.frames`, which has checked them; what is told here is whether the whole fits.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.arrow import types_of
from pipeline.delimited import csv_lines
from pipeline.errors import UsageError
from pipeline.schema import Table

# Rows of a Parquet row group: what is held in memory of one table.
ROWS = 8192


class Rows:
    """A Parquet table that is read from its beginning to its end, one document at a time.

    Raises
    ------
    UsageError
        If the file is missing or is not this table.
    """

    def __init__(self, table: Table, folder: Path) -> None:
        self.path = folder / f"{table.name}.parquet"
        if not self.path.exists():
            raise UsageError(f"{self.path}: not found; run the stage that writes it first")
        again = "run the stage that writes it again"
        try:
            self._file = pq.ParquetFile(self.path)
        except (pa.ArrowException, OSError) as error:
            raise UsageError(f"{self.path}: is no table; {again}") from error
        self._schema = types_of(table)
        names = self._file.schema_arrow.names
        if not self._file.schema_arrow.equals(self._schema):
            unknown, missing = set(names) - set(table.names), set(table.names) - set(names)
            raise UsageError(f"{self.path}: {table.name}: unknown columns {sorted(unknown)}, "
                             f"missing columns {sorted(missing)}; {again}")  # fmt: skip
        self._empty = self._schema.empty_table()
        self._runs = self._read()
        self._next = next(self._runs, None)

    def _documents(self, rows: pa.Table) -> list[str]:
        if "doc_id" in rows.column_names:
            found: list[str] = rows["doc_id"].to_pylist()
            return found
        return [name.rpartition("-")[0] for name in rows["sentence_id"].to_pylist()]

    def _read(self) -> Iterator[tuple[str, pa.Table]]:
        rest: list[pa.Table] = []
        current = None
        for group in range(self._file.num_row_groups):
            rows = self._file.read_row_group(group, use_threads=False)
            names = self._documents(rows)
            start = 0
            for end in range(1, len(names) + 1):
                if end < len(names) and names[end] == names[start]:
                    continue
                if rest and names[start] != current:
                    yield str(current), pa.concat_tables(rest)
                    rest = []
                current = names[start]
                rest.append(rows.slice(start, end - start))
                start = end
        if rest:
            yield str(current), pa.concat_tables(rest)

    def of(self, doc_id: str) -> pa.Table:
        """Return the rows of the next document; none where the next rows are another's."""
        if self._next is None or self._next[0] != doc_id:
            return self._empty
        rows = self._next[1]
        self._next = next(self._runs, None)
        return rows

    @property
    def ended(self) -> bool:
        """Whether all rows have been taken."""
        return self._next is None


class Aside:
    """A file that is written piece by piece aside, and appears whole at the end or not at all.

    Raises
    ------
    UsageError
        If the place cannot be written to.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._aside = path.with_name(f".{path.name}.{os.getpid()}.part")
        with self.telling():
            path.parent.mkdir(parents=True, exist_ok=True)
            self.stream: BinaryIO = self._aside.open("wb")

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Turn a fault of the disk into one clear line."""
        try:
            yield
        except OSError as error:
            reason = error.strerror or error
            raise UsageError(f"{self.path}: cannot be written ({reason})") from error

    def finish(self, whole: bool) -> None:
        """Give the file its name, or remove it where it is not whole."""
        # What is removed need not be written to its end, for which there may be no room.
        with self.telling() if whole else suppress(OSError):
            try:
                self.stream.close()
                if whole:
                    self._aside.replace(self.path)
            finally:
                self._aside.unlink(missing_ok=True)


class ParquetWriter:
    """Write ``<name>.parquet`` from pieces, in row groups of a fixed size."""

    def __init__(self, table: Table, folder: Path) -> None:
        self._aside = Aside(folder / f"{table.name}.parquet")
        self._writer: Any = pq.ParquetWriter(
            self._aside.stream, types_of(table), compression="zstd", write_statistics=True
        )
        self._waiting: list[pa.Table] = []
        self._count = 0

    def add(self, rows: pa.Table) -> None:
        """Add the rows of a piece."""
        self._waiting.append(rows)
        self._count += rows.num_rows
        if self._count >= ROWS:
            self._write(self._count - self._count % ROWS)

    def _write(self, count: int) -> None:
        whole = pa.concat_tables(self._waiting)
        with self._aside.telling():
            self._writer.write_table(whole.slice(0, count).combine_chunks(), row_group_size=ROWS)
        self._waiting = [whole.slice(count).combine_chunks()]
        self._count -= count

    def finish(self, whole: bool) -> None:
        """Write what waits and give the file its name, or remove it where it is not whole."""
        try:
            if whole and self._count:
                self._write(self._count)
            with self._aside.telling():
                self._writer.close()
        except UsageError:
            self._aside.finish(False)
            if whole:
                raise
            return
        self._aside.finish(whole)


class TableWriter:
    """Write ``<name>.csv`` and ``<name>.parquet`` from pieces."""

    def __init__(self, table: Table, folder: Path) -> None:
        self._parquet = ParquetWriter(table, folder)
        self._csv = Aside(folder / f"{table.name}.csv")
        self.add(types_of(table).empty_table(), csv_lines(table.names, ()).encode("utf-8"))

    def add(self, rows: pa.Table, lines: bytes) -> None:
        """Add a piece: its rows, and the same as CSV lines without the head."""
        self._parquet.add(rows)
        with self._csv.telling():
            self._csv.stream.write(lines)

    def finish(self, whole: bool) -> None:
        """Give both files their names, or remove them where they are not whole."""
        _finish((self._csv, self._parquet), whole)


def _finish(writers: Sequence[Aside | ParquetWriter | TableWriter], whole: bool) -> None:
    """Finish the writers; after one that cannot be finished, leave nothing of the others."""
    for place, writer in enumerate(writers):
        try:
            writer.finish(whole)
        except UsageError:
            _finish(writers[place + 1 :], False)
            raise


Writer = TypeVar("Writer", ParquetWriter, TableWriter)


@contextmanager
def writing(*writers: Writer) -> Iterator[tuple[Writer, ...]]:
    """Finish the writers at the end; after a failure leave nothing of them."""
    whole = False
    try:
        yield writers
        whole = True
    finally:
        _finish(writers, whole)
