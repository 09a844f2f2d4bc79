"""Read and write tables: checked against the schema, same bytes from the same rows.

A table is written as CSV (UTF-8, LF, ISO dates, empty where unknown) and as Parquet with the
same columns; floats are rounded to six significant digits in both.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import UsageError
from pipeline.schema import Column, Table

ARROW = {
    "string": pa.string(),
    "codes": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}
SIGNIFICANT_DIGITS = 6
PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "codes": (str,),
    "int": (int, np.integer),
    "float": (float, int, np.floating, np.integer),
    "bool": (bool, np.bool_),
    "date": (str, date),
}
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_QUOTED = re.compile(r'[",\r\n]')


def round_significant(values: pd.Series) -> pd.Series:
    """Round floats to six significant digits, so that no table carries noise of the last bits."""
    array = values.to_numpy(dtype="float64", na_value=np.nan)
    # Adding zero makes of -0.0 the same zero as of 0.0.
    rounded = [float(f"{v:.{SIGNIFICANT_DIGITS}g}") + 0.0 for v in array.tolist()]
    return pd.Series(rounded, index=values.index, dtype="float64")


def check(frame: pd.DataFrame, table: Table) -> None:
    """Hold a frame against its table.

    Raises
    ------
    ValueError
        If a column is missing or unknown, a required value is empty, a value is of another kind
        or a code is not allowed, or the key is not unique; the message names the table, the
        column and an example.
    """
    if list(frame.columns) != table.names:
        unknown = sorted(set(frame.columns) - set(table.names))
        missing = sorted(set(table.names) - set(frame.columns))
        raise ValueError(
            f"{table.name}: unknown columns {unknown}, missing columns {missing}; "
            f"allowed, in this order: {table.names}"
        )
    for column in table.columns:
        values = frame[column.name].tolist()
        filled = _filled(values)
        if column.required and len(filled) < len(values):
            row = next(n for n, value in enumerate(values) if _is_empty(value))
            raise ValueError(f"{table.name}.{column.name}: empty in row {row}")
        fault = _fault(filled, column)
        if fault:
            raise ValueError(f"{table.name}.{column.name}: {fault}")
    keys = list(zip(*(frame[name].tolist() for name in table.key), strict=True))
    if len(set(keys)) < len(keys):
        repeated = frame.duplicated(list(table.key))
        example = frame.loc[repeated, list(table.key)].iloc[0].tolist()
        raise ValueError(f"{table.name}: the key {table.key} repeats: {example}")


def _filled(values: list[object]) -> list[object]:
    """Return the cells that are not empty."""
    kinds = set(map(type, values))
    # Most columns hold one kind, and need no look at every cell.
    if kinds <= {str}:
        return [value for value in values if value] if "" in values else values
    if kinds <= {int, bool}:
        return values
    return [value for value in values if not _is_empty(value)]


def _is_empty(value: object) -> bool:
    """Tell whether a cell is empty: no value, not a number, or a text without characters."""
    if value is None or value is pd.NA or value is pd.NaT or value == "":
        return True
    return isinstance(value, float) and isnan(value)


def _fault(values: list[object], column: Column) -> str:
    """Return what is wrong with the filled values of a column, with an example; else nothing."""
    expected = PYTHON[column.kind]
    for kind in set(map(type, values)):
        if not issubclass(kind, expected) or (kind is bool and column.kind != "bool"):
            example = next(value for value in values if type(value) is kind)
            return f"{example!r} is no {column.kind}"
    if column.kind == "float" and np.isinf(np.array(values, dtype="float64")).any():
        return "inf is no float that a table can hold"
    if column.kind == "date":
        for value in sorted(set(map(str, values))):
            if not _is_date(value):
                return f"{value!r} is no date; write YYYY-MM-DD"
    if column.allowed:
        for value in sorted(set(map(str, values)) - set(column.allowed)):
            return f"{value!r} is none of {column.allowed}"
    return ""


def _is_date(text: str) -> bool:
    try:
        return bool(_ISO_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _arrow_values(values: pd.Series, column: Column) -> pa.Array:
    if column.kind == "float":
        return pa.array(round_significant(values), type=pa.float64(), from_pandas=True)
    cells = values.tolist()
    if column.kind in ("string", "codes", "date") and len(_filled(cells)) < len(cells):
        cells = [None if _is_empty(value) else value for value in cells]
    if column.kind == "date":
        cells = [None if v is None else date.fromisoformat(str(v)) for v in cells]
    return pa.array(cells, type=ARROW[column.kind])


def to_arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Check a frame and turn it into an Arrow table of the schema's types."""
    check(frame, table)
    arrays = [_arrow_values(frame[c.name], c) for c in table.columns]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table))


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow types of a table's columns."""
    return pa.schema(
        pa.field(c.name, ARROW[c.kind], nullable=not c.required) for c in table.columns
    )


def _csv_cells(values: list[object], kind: str) -> list[str]:
    if kind == "float":
        return ["" if v is None else f"{v:.{SIGNIFICANT_DIGITS}g}" for v in values]
    if kind == "bool":
        return ["" if v is None else "yes" if v else "no" for v in values]
    if kind in ("int", "date"):
        return ["" if v is None else str(v) for v in values]
    return ["" if v is None else str(v) for v in values]


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return CSV text: cells are quoted where they hold a comma, a quotation mark or a line end.

    Python's own writer quotes a carriage return in some versions and not in others, and a bare
    one breaks the row for every reader.
    """
    return "".join(_csv_line([_quoted(cell) for cell in cells]) for cells in (names, *rows))


def _csv_line(cells: Sequence[str]) -> str:
    """Return a line of cells that are quoted where they have to be."""
    # A row of one empty cell would be an empty line, which readers skip.
    return '""\n' if len(cells) == 1 and not cells[0] else ",".join(cells) + "\n"


def csv_text(arrow: pa.Table, table: Table) -> str:
    """Write an Arrow table of the schema as CSV text."""
    return csv_lines(table.names, ()) + csv_body(arrow, table)


def csv_body(arrow: pa.Table, table: Table) -> str:
    """Write an Arrow table of the schema as CSV text without the line of names."""
    columns = [_csv_cells(arrow[c.name].to_pylist(), c.kind) for c in table.columns]
    rows = list(zip(*columns, strict=True))
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    made = text.getvalue()
    # Python's writer is five times as fast, and the same but for a carriage return.
    return made if "\r" not in made else "".join(_csv_line(list(map(_quoted, r))) for r in rows)


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


def _parquet_bytes(arrow: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(arrow, buffer, compression="zstd", write_statistics=True)
    return buffer.getvalue()


def write(frame: pd.DataFrame, table: Table, folder: Path) -> list[Path]:
    """Write ``<name>.csv`` and ``<name>.parquet`` and return their paths."""
    arrow = to_arrow(frame, table)
    paths = [folder / f"{table.name}.csv", folder / f"{table.name}.parquet"]
    write_whole(paths[0], csv_text(arrow, table).encode("utf-8"))
    write_whole(paths[1], _parquet_bytes(arrow))
    return paths


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
        Read these columns alone, the key among them; default: all.

    Raises
    ------
    UsageError
        If the file is missing or is not this table.
    """
    path = folder / f"{table.name}.parquet"
    if not path.exists():
        raise UsageError(f"{path}: not found; run the stage that writes it first")
    try:
        arrow = pq.read_table(path, columns=list(columns) or None)
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{path}: is no table; run the stage that writes it again") from error
    frame = from_arrow(arrow, table)
    try:
        check(frame, table.select(table.name, table.row, list(columns)) if columns else table)
    except ValueError as error:
        raise UsageError(f"{path}: {error}; run the stage that writes it again") from error
    return frame


def from_arrow(arrow: pa.Table, table: Table) -> pd.DataFrame:
    """Return an Arrow table as a frame, with text as ``str`` (empty where unknown), unchecked."""
    kinds = {c.name: c.kind for c in table.columns}
    columns = {name: _series(arrow[name], kinds.get(name, "")) for name in arrow.column_names}
    return pd.DataFrame(columns)


def _series(column: pa.ChunkedArray, kind: str) -> pd.Series:
    values = column.to_pylist()
    if kind in ("string", "codes"):
        return pd.Series(["" if v is None else v for v in values], dtype=object)
    if kind == "date":
        return pd.Series(["" if v is None else v.isoformat() for v in values], dtype=object)
    if kind == "int" and None in values:
        # As numbers of pandas' own, whole ones would become floats beside empty cells.
        return pd.Series(values, dtype=object)
    return pd.Series(values, dtype="float64" if kind == "float" else None)


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
