"""Arrow tables of the schema: made of columns or rows of plain values, and held against it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from math import isinf, isnan, nan
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.schema import Column, Table

TYPES = {
    "string": pa.string(),
    "codes": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}
SIGNIFICANT_DIGITS = 6
# Powers of ten up to here are exact, with room for the digits of the number they are multiplied by.
MOST_PLACES, NEAR_A_TIE = 15, 1e-6
PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "codes": (str,),
    "int": (int, np.integer),
    "float": (float, int, np.floating, np.integer),
    "bool": (bool, np.bool_),
    "date": (str, date),
}
# What Arrow lets go then goes back to the system; its own pool keeps it, in every process.
pa.set_memory_pool(pa.system_memory_pool())
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
Columns = Mapping[str, list[object]]


def give_back() -> None:
    """Give memory that nothing uses back to the system, which the allocator else keeps."""
    pa.default_memory_pool().release_unused()


def types_of(table: Table) -> pa.Schema:
    """Return the Arrow types of a table's columns."""
    return pa.schema(
        pa.field(c.name, TYPES[c.kind], nullable=not c.required) for c in table.columns
    )


def significant(values: np.ndarray) -> np.ndarray:
    """Round to six significant digits, so that no table carries noise of the last bits.

    Each result is the number nearest to the decimal that ``f"{value:.6g}"`` writes, and no zero is
    negative; what is not finite stays.

    Examples
    --------
    >>> significant(np.array([1 / 3, -2e6 / 3, -0.0, np.nan])).tolist()
    [0.333333, -666667.0, 0.0, nan]
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        places = SIGNIFICANT_DIGITS - 1 - np.floor(np.log10(np.abs(values)))
        # A whole number divided by a power of ten that is exact is rounded as the decimal is.
        exact = (places >= 0) & (places <= MOST_PLACES)
        scaled = values * 10.0 ** np.where(exact, places, 0.0)
        nearest = np.rint(scaled)
        rounded = nearest / 10.0 ** np.where(exact, places, 0.0)
        tie = np.abs(np.abs(scaled - nearest) - 0.5) < NEAR_A_TIE
    left = np.flatnonzero((tie | ~exact) & np.isfinite(values))
    rounded[left] = [float(f"{value:.{SIGNIFICANT_DIGITS}g}") for value in values[left].tolist()]
    # Adding zero makes of -0.0 the same zero as of 0.0.
    return np.asarray(rounded + 0.0)


def check(columns: Columns, table: Table) -> None:
    """Hold columns of plain values against their table.

    Raises
    ------
    ValueError
        If a column is missing or unknown, a required value is empty, a value is of another kind
        or a code is not allowed, or the key is not unique; the message names the table, the
        column and an example.
    """
    _require_names(list(columns), table)
    for column in table.columns:
        values = columns[column.name]
        filled = _filled(values)
        if column.required and len(filled) < len(values):
            row = next(n for n, value in enumerate(values) if is_empty(value))
            raise ValueError(f"{table.name}.{column.name}: empty in row {row}")
        fault = _fault(filled, column)
        if fault:
            raise ValueError(f"{table.name}.{column.name}: {fault}")
    _unrepeated(list(zip(*(columns[name] for name in table.key), strict=True)), table)


def _require_names(names: list[str], table: Table) -> None:
    if names != table.names:
        unknown = sorted(set(names) - set(table.names))
        missing = sorted(set(table.names) - set(names))
        raise ValueError(
            f"{table.name}: unknown columns {unknown}, missing columns {missing}; "
            f"allowed, in this order: {table.names}"
        )


def _unrepeated(keys: Sequence[tuple[object, ...]], table: Table) -> None:
    if len(set(keys)) < len(keys):
        example = next(key for key, count in Counter(keys).items() if count > 1)
        raise ValueError(f"{table.name}: the key {table.key} repeats: {list(example)}")


def _filled(values: list[object]) -> list[object]:
    """Return the cells that are not empty."""
    kinds = set(map(type, values))
    # Most columns hold one kind, and need no look at every cell.
    if kinds <= {str}:
        return [value for value in values if value] if "" in values else values
    if kinds <= {int, bool}:
        return values
    if kinds <= {float}:
        return [value for value in values if not isnan(value)]  # type: ignore[arg-type]
    return [value for value in values if not is_empty(value)]


def is_empty(value: object) -> bool:
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
    if column.kind == "float" and any(map(isinf, values)):  # type: ignore[arg-type]
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


def _array(values: list[object], column: Column) -> pa.Array:
    cells: list[Any] = values
    if column.kind == "float":
        if not set(map(type, values)) <= {float}:
            cells = [nan if is_empty(value) else value for value in values]
        numbers = significant(np.array(cells, dtype=float))
        return pa.array(numbers, type=TYPES["float"], from_pandas=True)
    if column.kind in ("string", "codes", "date") and len(_filled(values)) < len(values):
        cells = [None if is_empty(value) else value for value in cells]
    if column.kind == "date":
        cells = [None if v is None else date.fromisoformat(str(v)) for v in cells]
    return pa.array(cells, type=TYPES[column.kind])


def of_columns(columns: Columns, table: Table) -> pa.Table:
    """Check columns of plain values and return them as an Arrow table of the schema's types.

    Raises
    ------
    ValueError
        As :func:`check` does.
    """
    check(columns, table)
    arrays = [_array(columns[c.name], c) for c in table.columns]
    return pa.Table.from_arrays(arrays, schema=types_of(table))


def of_rows(rows: Sequence[Mapping[str, object]], table: Table) -> pa.Table:
    """Check rows of plain values and return them as an Arrow table; other cells are left out.

    Raises
    ------
    ValueError
        As :func:`check` does.
    """
    return of_columns({name: [row[name] for row in rows] for name in table.names}, table)


def held(rows: pa.Table, table: Table) -> pa.Table:
    """Return ``rows`` in the types of the table, held against it.

    For rows that come from a file, or were put together of others: their columns are of one type
    each, so that no plain value of every cell has to be made.

    Raises
    ------
    ValueError
        As :func:`typed` and :func:`require_unique` do.
    """
    kept = typed(rows, table)
    require_unique(kept, table)
    return kept


def typed(rows: pa.Table, table: Table) -> pa.Table:
    """Return some rows of a table in its types, held against it but for the key.

    Raises
    ------
    ValueError
        If a column is missing or unknown, is of another type, is empty where it may not be or
        holds a code that is not allowed.
    """
    _require_names(rows.column_names, table)
    for column in table.columns:
        values = rows[column.name]
        empty = values.is_null()
        if pa.types.is_string(values.type):
            empty = pc.or_kleene(empty, pc.equal(values, ""))
        if column.required and pc.any(empty).as_py():
            row = pc.index(empty, value=True).as_py()
            raise ValueError(f"{table.name}.{column.name}: empty in row {row}")
        if column.allowed:
            fault = _fault(_filled(values.unique().to_pylist()), column)
            if fault:
                raise ValueError(f"{table.name}.{column.name}: {fault}")
    try:
        return rows.cast(types_of(table))
    except pa.ArrowInvalid as error:
        raise ValueError(f"{table.name}: {error}") from error


def ascending(keys: pa.ChunkedArray, last: object) -> bool:
    """Tell whether each value is greater than the one before, the first than ``last``.

    Examples
    --------
    >>> ascending(pa.chunked_array([["b", "c"]]), "a"), ascending(pa.chunked_array([["b"]]), "b")
    (True, False)
    """
    if not len(keys):
        return True
    rises = pc.all(pc.greater(keys[1:], keys[:-1]), min_count=0).as_py()
    return bool(rises) and (last is None or keys[0].as_py() > last)


def require_unique(rows: pa.Table, table: Table) -> None:
    """Tell a key that repeats.

    Raises
    ------
    ValueError
        If there is one.
    """
    keys = [rows[name] for name in table.key]
    if len(keys) > 1 or pc.count_distinct(keys[0]).as_py() < rows.num_rows:
        _unrepeated(list(zip(*(key.to_pylist() for key in keys), strict=True)), table)
