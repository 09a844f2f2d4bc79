"""What a run wrote: its tables, as far as they are there, and its record."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import frames, schema
from pipeline.errors import UsageError
from pipeline.paths import RECORD
from pipeline.schema import Table


def present(folder: Path, suffix: str = "parquet") -> list[Table]:
    """Return the tables of the schema that stand in a folder, in the schema's order."""
    return [table for table in schema.RESULT_TABLES if (folder / f"{table.name}.{suffix}").exists()]


def read_tables(out: Path, names: tuple[str, ...] = ()) -> dict[str, pd.DataFrame]:
    """Return the tables below ``out/tables`` by name: all that are there, or those named.

    Raises
    ------
    UsageError
        If the folder holds no run, or a named table is missing or is not of the schema.
    """
    folder = out / "tables"
    found = present(folder)
    if schema.DOCUMENTS not in found:
        raise UsageError(
            f"{out}: holds no tables of a run; name the folder that was given as --out"
        )
    by_name = {table.name: table for table in schema.RESULT_TABLES}
    wanted = [by_name[name] for name in names] if names else found
    return {table.name: frames.read(table, folder) for table in wanted}


def read_record(out: Path) -> dict[str, Any]:
    """Return the run's record, ``run.json``; empty if there is none.

    Raises
    ------
    UsageError
        If the file is no record.
    """
    path = out / RECORD
    if not path.exists():
        return {}
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: is no record of a run; run `findings tables` again") from error
    if not isinstance(record, dict):
        raise UsageError(f"{path}: is no record of a run; run `findings tables` again")
    return record
