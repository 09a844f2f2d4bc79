"""Read and write tables: checked against the schema, same bytes from the same rows.

A table is written as CSV (UTF-8, LF, ISO dates, empty where unknown) and as Parquet with the
same columns; floats are rounded to six significant digits in both.
"""

import io
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import arrow
from pipeline.delimited import csv_text
from pipeline.errors import UsageError
from pipeline.schema import Table


def check(frame: pd.DataFrame, table: Table) -> None:
    """Hold a frame against its table.

    Raises
    ------
    ValueError
        As :func:`pipeline.arrow.check` does.
    """
    arrow.check(_columns(frame), table)


def _columns(frame: pd.DataFrame) -> dict[str, list[object]]:
    return {str(name): frame[name].tolist() for name in frame.columns}


def to_arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Check a frame and turn it into an Arrow table of the schema's types."""
    return arrow.of_columns(_columns(frame), table)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file aside and rename it, so that it appears whole or not at all.

    Raises
    ------
    UsageError
        If the place cannot be written to.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        if path.parent.is_dir():
            aside.unlink(missing_ok=True)


def require_writable(folder: Path) -> None:
    """Tell before the work, not after it, that its outputs have no place.

    Raises
    ------
    UsageError
        If the folder is not one that can be written to or made.
    """
    absolute = folder.absolute()
    nearest = next(place for place in (absolute, *absolute.parents) if place.exists())
    if not nearest.is_dir():
        raise UsageError(f"{folder}: cannot be written ({nearest} is a file)")
    if not os.access(nearest, os.W_OK):
        raise UsageError(f"{folder}: cannot be written (no permission for {nearest})")


def _parquet_bytes(rows: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(rows, buffer, compression="zstd", write_statistics=True)
    return buffer.getvalue()


def write(frame: pd.DataFrame, table: Table, folder: Path) -> list[Path]:
    """Write ``<name>.csv`` and ``<name>.parquet`` and return their paths."""
    rows = to_arrow(frame, table)
    paths = [folder / f"{table.name}.csv", folder / f"{table.name}.parquet"]
    write_whole(paths[0], csv_text(rows, table).encode("utf-8"))
    write_whole(paths[1], _parquet_bytes(rows))
    return paths


def write_csv(frame: pd.DataFrame, table: Table, path: Path) -> None:
    """Write a table as CSV alone, to any place: what people take away."""
    write_whole(path, csv_text(to_arrow(frame, table), table).encode("utf-8"))


def write_parquet(frame: pd.DataFrame, table: Table, folder: Path) -> Path:
    """Write ``<name>.parquet`` alone: what stages hand to one another."""
    path = folder / f"{table.name}.parquet"
    write_whole(path, _parquet_bytes(to_arrow(frame, table)))
    return path


def read(table: Table, folder: Path, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read ``<name>.parquet`` with text as ``str`` (empty where unknown) and check it.

    Parameters
    ----------
    table
        What the file must be.
    folder
        Where it stands.
    columns
        Return these columns alone; default: all.

    Raises
    ------
    UsageError
        If the file is missing or is not this table.
    """
    pieces = list(read_pieces(table, folder, columns))
    return pieces[0] if len(pieces) == 1 else pd.concat(pieces, ignore_index=True)


def read_pieces(
    table: Table,
    folder: Path,
    columns: Sequence[str] = (),
    documents: Collection[str] | None = None,
) -> Iterator[pd.DataFrame]:
    """Yield what :func:`read` returns, some thousand rows at a time; at least one piece.

    With ``documents``, of the rows of these documents alone; ``columns`` must then have ``doc_id``.

    Raises
    ------
    UsageError
        As :func:`read` does; that a key repeats is told at the end.
    """
    path = folder / f"{table.name}.parquet"
    if not path.exists():
        raise UsageError(f"{path}: not found; run the stage that writes it first")
    again = "run the stage that writes it again"
    asked = None if documents is None else pa.array(sorted(documents), pa.string())
    wanted = table
    if columns:
        names = list(dict.fromkeys((*table.key, *columns)))
        wanted = table.select(table.name, table.row, names)
    # Rows mostly stand in the order of their keys: then none repeats, and no key is kept.
    ordered, last = len(table.key) == 1, None
    try:
        for rows in _row_groups(path, wanted.names if columns else None):
            kept = arrow.typed(rows, wanted)
            ordered = ordered and arrow.ascending(kept[table.key[0]], last)
            last = kept[table.key[0]][-1].as_py() if len(kept) else last
            if asked is not None:
                kept = kept.filter(pc.is_in(kept["doc_id"], value_set=asked))
            yield from_arrow(kept.select(list(columns) or table.names), table)
        if not ordered:
            arrow.require_unique(pq.read_table(path, columns=list(table.key)), table)
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{path}: is no table; {again}") from error
    except ValueError as error:
        raise UsageError(f"{path}: {error}; {again}") from error


def _row_groups(path: Path, names: list[str] | None) -> Iterator[pa.Table]:
    """Yield the row groups of a file, of no column but ``names``; one without rows if need be."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group, columns=names, use_threads=False)
        if not file.num_row_groups:
            yield file.read(columns=names)


def from_arrow(rows: pa.Table, table: Table) -> pd.DataFrame:
    """Return an Arrow table as a frame, with text as ``str`` (empty where unknown), unchecked."""
    kinds = {c.name: c.kind for c in table.columns}
    columns = {name: _series(rows[name], kinds.get(name, "")) for name in rows.column_names}
    return pd.DataFrame(columns)


def _series(column: pa.ChunkedArray, kind: str) -> pd.Series:
    if kind in ("string", "codes", "date"):
        return pd.Series(_texts(column), dtype=object)
    if kind == "float":
        return pd.Series(column.to_numpy().astype("float64"))
    # As numbers of pandas' own, whole ones would become floats beside empty cells.
    if column.null_count:
        return pd.Series(column.to_pylist(), dtype=object)
    return pd.Series(column.to_numpy())


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    """Return texts as objects, those that recur as one and the same; empty where unknown."""
    parts = [np.empty(0, dtype=object)]
    for chunk in column.cast(pa.string()).chunks:
        encoded = chunk.dictionary_encode()
        texts = np.array([*encoded.dictionary.to_pylist(), ""], dtype=object)
        parts.append(texts[encoded.indices.fill_null(len(texts) - 1).to_numpy()])
    return np.concatenate(parts)


def same_sentences(first: Iterable[str], second: Iterable[str], stage: str) -> None:
    """Hold the sentences of two stages against each other.

    Raises
    ------
    UsageError
        If they are not the same in the same order: ``stage`` was run on other sentences.
    """
    if list(first) != list(second):
        raise UsageError(f"the outputs of `{stage}` are of other sentences; run `{stage}` again")


def build(rows: Sequence[Mapping[str, object]], table: Table) -> pd.DataFrame:
    """Make a frame of the table's columns, in their order, from rows of plain values."""
    return pd.DataFrame(rows, columns=table.names)


def together(
    pieces: Iterable[pd.DataFrame], table: Table, columns: Sequence[str] = ()
) -> pd.DataFrame:
    """Return pieces of a table as one frame; without rows, an empty one of its columns."""
    filled = [piece for piece in pieces if len(piece)]
    empty = build([], table)[list(columns) or table.names]
    return pd.concat(filled or [empty], ignore_index=True)
