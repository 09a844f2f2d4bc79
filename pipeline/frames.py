"""Read and write tables: checked against the schema, same bytes from the same rows.

A table is written as CSV (UTF-8, LF, ISO dates, empty where unknown) and as Parquet with the
same columns; floats are rounded to six significant digits in both.
"""

import io
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
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
    rounded = [float(f"{v:.{SIGNIFICANT_DIGITS}g}") + 0.0 for v in array]
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
        values = frame[column.name]
        empty = (values.isna() | values.isin([""])).to_numpy(dtype=bool)
        if column.required and empty.any():
            raise ValueError(f"{table.name}.{column.name}: empty in row {int(empty.argmax())}")
        fault = _fault(values[~empty].tolist(), column)
        if fault:
            raise ValueError(f"{table.name}.{column.name}: {fault}")
    repeated = frame.duplicated(list(table.key))
    if repeated.any():
        example = frame.loc[repeated, list(table.key)].iloc[0].tolist()
        raise ValueError(f"{table.name}: the key {table.key} repeats: {example}")


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
    for value in sorted(set(map(str, values)) if column.allowed else ()):
        if value not in column.allowed:
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
    if column.kind in ("string", "codes", "date"):
        cleaned = [None if pd.isna(v) or v == "" else v for v in values]
        if column.kind == "date":
            cleaned = [None if v is None else date.fromisoformat(str(v)) for v in cleaned]
        return pa.array(cleaned, type=ARROW[column.kind])
    return pa.array(values.tolist(), type=ARROW[column.kind])


def to_arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Check a frame and turn it into an Arrow table of the schema's types."""
    check(frame, table)
    fields = [pa.field(c.name, ARROW[c.kind], nullable=not c.required) for c in table.columns]
    arrays = [_arrow_values(frame[c.name], c) for c in table.columns]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _csv_cell(value: object, kind: str) -> str:
    if value is None:
        return ""
    if kind == "float":
        return f"{value:.{SIGNIFICANT_DIGITS}g}"
    if kind == "bool":
        return "yes" if value else "no"
    return str(value)


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return CSV text: cells are quoted where they hold a comma, a quotation mark or a line end.

    Python's own writer quotes a carriage return in some versions and not in others, and a bare
    one breaks the row for every reader.
    """
    lines = []
    for cells in (names, *rows):
        quoted = [
            '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell for cell in cells
        ]
        # A row of one empty cell would be an empty line, which readers skip.
        lines.append('""' if quoted == [""] else ",".join(quoted))
    return "\n".join(lines) + "\n"


def csv_text(arrow: pa.Table, table: Table) -> str:
    """Write an Arrow table of the schema as CSV text."""
    columns = [[_csv_cell(v, c.kind) for v in arrow[c.name].to_pylist()] for c in table.columns]
    return csv_lines(table.names, zip(*columns, strict=True))


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
    kinds = {c.name: c.kind for c in table.columns}
    names = arrow.column_names
    frame = pd.DataFrame({name: _series(arrow[name], kinds.get(name, "")) for name in names})
    try:
        check(frame, table.select(table.name, table.row, list(columns)) if columns else table)
    except ValueError as error:
        raise UsageError(f"{path}: {error}; run the stage that writes it again") from error
    return frame


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
