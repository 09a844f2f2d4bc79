"""Read and write tables: checked against the schema, same bytes from the same rows.

A table is written as CSV (UTF-8, LF, ISO dates, empty where unknown) and as Parquet with the
same columns; floats are rounded to six significant digits in both.
"""

import io
import os
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


def round_significant(values: pd.Series) -> pd.Series:
    """Round floats to six significant digits, so that no table carries noise of the last bits."""
    array = values.to_numpy(dtype="float64", na_value=np.nan)
    return pd.Series([float(f"{v:.{SIGNIFICANT_DIGITS}g}") for v in array], index=values.index)


def check(frame: pd.DataFrame, table: Table) -> None:
    """Hold a frame against its table.

    Raises
    ------
    ValueError
        If a column is missing or unknown, a required value is empty, a code is not allowed or
        the key is not unique; the message names the table, the column and an example.
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
        empty = values.isna() | (values.astype("string") == "")
        if column.required and empty.any():
            raise ValueError(f"{table.name}.{column.name}: empty in row {int(empty.argmax())}")
        if column.allowed:
            wrong = sorted(set(values[~empty]) - set(column.allowed))
            if wrong:
                raise ValueError(
                    f"{table.name}.{column.name}: {wrong[0]!r} is none of {column.allowed}"
                )
    repeated = frame.duplicated(list(table.key))
    if repeated.any():
        example = frame.loc[repeated, list(table.key)].iloc[0].tolist()
        raise ValueError(f"{table.name}: the key {table.key} repeats: {example}")


def _arrow_values(values: pd.Series, column: Column) -> pa.Array:
    if column.kind == "float":
        return pa.array(round_significant(values), type=pa.float64(), from_pandas=True)
    if column.kind in ("string", "codes", "date"):
        cleaned = [None if pd.isna(v) or v == "" else v for v in values]
        if column.kind == "date":
            cleaned = [None if v is None else pd.Timestamp(v).date() for v in cleaned]
        return pa.array(cleaned, type=ARROW[column.kind])
    return pa.array(values.tolist(), type=ARROW[column.kind])


def to_arrow(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Check a frame and turn it into an Arrow table of the schema's types."""
    check(frame, table)
    fields = [pa.field(c.name, ARROW[c.kind], nullable=not c.required) for c in table.columns]
    arrays = [_arrow_values(frame[c.name], c) for c in table.columns]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _csv_cell(value: object, kind: str) -> object:
    if value is None:
        return ""
    if kind == "float":
        return f"{value:.{SIGNIFICANT_DIGITS}g}"
    if kind == "bool":
        return "yes" if value else "no"
    return value


def csv_text(arrow: pa.Table, table: Table) -> str:
    """Write an Arrow table of the schema as CSV text."""
    columns = {
        c.name: [_csv_cell(value, c.kind) for value in arrow[c.name].to_pylist()]
        for c in table.columns
    }
    buffer = io.StringIO()
    pd.DataFrame(columns, dtype=object).to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file aside and rename it, so that it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    aside.write_bytes(data)
    aside.replace(path)


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


def read(table: Table, folder: Path) -> pd.DataFrame:
    """Read ``<name>.parquet`` with text as ``str`` (empty where unknown) and check it.

    Raises
    ------
    UsageError
        If the file is missing or is not this table.
    """
    path = folder / f"{table.name}.parquet"
    if not path.exists():
        raise UsageError(f"{path}: not found; run the stage that writes it first")
    arrow = pq.read_table(path)
    columns = {}
    for name in arrow.column_names:
        values = arrow[name].to_pylist()
        kinds = {c.name: c.kind for c in table.columns}
        if kinds.get(name) in ("string", "codes"):
            columns[name] = pd.Series(["" if v is None else v for v in values], dtype=object)
        elif kinds.get(name) == "date":
            iso = ["" if v is None else v.isoformat() for v in values]
            columns[name] = pd.Series(iso, dtype=object)
        elif kinds.get(name) == "float":
            columns[name] = pd.Series(values, dtype="float64")
        else:
            columns[name] = pd.Series(values)
    frame = pd.DataFrame(columns)
    try:
        check(frame, table)
    except ValueError as error:
        raise UsageError(f"{path}: {error}; run the stage that writes it again") from error
    return frame


def build(rows: list[dict[str, object]], table: Table) -> pd.DataFrame:
    """Make a frame of the table's columns, in their order, from rows of plain values."""
    return pd.DataFrame(rows, columns=table.names)
