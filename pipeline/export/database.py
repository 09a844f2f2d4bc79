"""One SQLite file of a run: tables with keys, full-text index, views, and what each column means.

The views are in ``pipeline/data/views.yaml``.
"""

import sqlite3
from typing import Any

import pandas as pd
import yaml

from pipeline import schema
from pipeline.codebook import Codebook
from pipeline.errors import UsageError
from pipeline.export.relations import foreign_keys
from pipeline.paths import DATA
from pipeline.schema import Column, Table

Tables = dict[str, pd.DataFrame]
TYPES = {"int": "INTEGER", "bool": "INTEGER", "float": "REAL"}
SEARCHED = ("text", "heading", "speaker")
INDEXED = ("council", "theme", "polarity")
CODEBOOK = Table(
    "codebook_themes",
    "a theme of the codebook",
    ("theme",),
    (
        Column("theme", "string", "Theme code of the codebook", True),
        Column("place", "int", "Place of the theme in the codebook, from 1", True),
        Column("label", "string", "Name of the theme", True),
        Column("named", "bool", "Whether it is one of the themes that the study names"),
        Column("definition", "string", "What the theme means"),
    ),
)
DICTIONARY = Table(
    "data_dictionary",
    "a column of a table or view",
    ("table_name", "column_name"),
    (
        Column("table_name", "string", "Table or view", True),
        Column("column_name", "string", "Column", True),
        Column("type", "string", "Type: string, int, float, date, bool or codes"),
        Column("unit", "string", "Unit"),
        Column("codes", "string", "Codes that the column may hold"),
        Column("meaning", "string", "What the column means", True),
    ),
)
# Where the header of a file keeps the version of the library that wrote it, and what stands there
# instead: the version says nothing of the content.
_VERSION_AT, _VERSION = 96, (3_040_000).to_bytes(4, "big")


def views(present: Tables) -> dict[str, dict[str, Any]]:
    """Return the views whose tables are all there, by name."""
    text = (DATA / "views.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return {name: view for name, view in found.items() if set(view["needs"]) <= set(present)}


def codebook_themes(codebook: Codebook, tables: Tables) -> pd.DataFrame:
    """Return the themes of the codebook, and any that only the tables know."""
    rows = [(t.id, t.label, t.named, t.definition) for t in codebook.themes]
    used = {code for frame in tables.values() if "theme" in frame for code in frame["theme"]}
    strangers = sorted(used - {row[0] for row in rows} - {""})
    rows += [(code, code, False, "") for code in strangers]
    numbered = [(code, n, *rest) for n, (code, *rest) in enumerate(rows, 1)]
    return pd.DataFrame(numbered, columns=CODEBOOK.names)


def create_statement(table: Table, present: Tables) -> str:
    """Return the SQL that makes a table: types, keys, codes and foreign keys."""
    keys = foreign_keys(table, present)
    parts = []
    for column in table.columns:
        part = f'"{column.name}" {TYPES.get(column.kind, "TEXT")}'
        part += " NOT NULL" if column.required else ""
        if column.allowed:
            codes = ", ".join(f"'{code}'" for code in column.allowed)
            part += f' CHECK ("{column.name}" IN ({codes}))'
        if column.name in keys:
            target = keys[column.name]
            part += f' REFERENCES "{target.name}" ("{target.key[0]}")'
        elif column.name == "theme" and table != CODEBOOK:
            part += f' REFERENCES "{CODEBOOK.name}" ("theme")'
        parts.append(part)
    key = ", ".join(f'"{name}"' for name in table.key)
    return (
        f'CREATE TABLE "{table.name}" (\n  '
        + ",\n  ".join([*parts, f"PRIMARY KEY ({key})"])
        + "\n)"
    )


def _values(frame: pd.DataFrame, table: Table) -> list[list[Any]]:
    columns = []
    for column in table.columns:
        values = frame[column.name]
        known = (values.notna() & (values.astype("string") != "")).tolist()
        plain = [
            value if there else None for value, there in zip(values.tolist(), known, strict=True)
        ]
        if column.kind == "bool":
            plain = [None if value is None else int(value) for value in plain]
        columns.append(plain)
    return columns


def _fill(database: sqlite3.Connection, table: Table, frame: pd.DataFrame) -> None:
    marks = ", ".join("?" * len(table.columns))
    database.executemany(
        f'INSERT INTO "{table.name}" VALUES ({marks})', zip(*_values(frame, table), strict=True)
    )
    for column in table.columns:
        single = table.key == (column.name,)
        if not single and (column.name in INDEXED or column.name.endswith("_id")):
            name = f"{table.name}_{column.name}"
            database.execute(f'CREATE INDEX "{name}" ON "{table.name}" ("{column.name}")')


def _index_words(database: sqlite3.Connection, table: Table) -> None:
    """Make the full-text index over the findings; its rows stay in their table."""
    columns = ", ".join(name for name in SEARCHED if name in table.names)
    database.execute(
        f"CREATE VIRTUAL TABLE findings_fts USING fts5({columns}, "
        "content='findings', content_rowid='rowid', tokenize='porter unicode61')"
    )
    for command in ("rebuild", "optimize"):
        database.execute("INSERT INTO findings_fts(findings_fts) VALUES (?)", (command,))


def _columns_of(database: sqlite3.Connection, name: str) -> list[str]:
    return [row[1] for row in database.execute(f'PRAGMA table_info("{name}")')]


def described(database: sqlite3.Connection, present: Tables) -> pd.DataFrame:
    """Return the data dictionary: a row for every column of every table and view."""
    rows = []
    known: dict[str, Column] = {}
    tables = [t for t in schema.RESULT_TABLES if t.name in present] + [CODEBOOK, DICTIONARY]
    for table in tables:
        for column in table.columns:
            known.setdefault(column.name, column)
            codes = ", ".join(column.allowed)
            rows.append((table.name, column.name, column.kind, column.unit, codes, column.meaning))
    for name, view in views(present).items():
        for column_name in _columns_of(database, name):
            column = known.get(column_name, Column(column_name, "", ""))
            meaning = view.get("columns", {}).get(column_name, column.meaning)
            rows.append((name, column_name, column.kind, column.unit, "", meaning))
    return pd.DataFrame(rows, columns=DICTIONARY.names)


def export_database(tables: Tables, codebook: Codebook) -> tuple[bytes, pd.DataFrame]:
    """Return a SQLite file of the tables, as bytes, and its data dictionary.

    Parameters
    ----------
    tables
        The tables of a run by name: all that are there.
    codebook
        For the table ``codebook_themes``.

    Raises
    ------
    UsageError
        If this Python's SQLite has no full-text index, or the tables are not of one run.

    Notes
    -----
    ``findings_fts`` is an FTS5 index with Porter stemming: ``SELECT * FROM findings WHERE rowid IN
    (SELECT rowid FROM findings_fts WHERE findings_fts MATCH 'supervision')``. The same tables and
    the same version of SQLite give the same bytes.
    """
    present = [table for table in schema.RESULT_TABLES if table.name in tables]
    database = sqlite3.connect(":memory:", isolation_level=None)
    try:
        database.execute("PRAGMA page_size = 4096")
        database.execute("BEGIN")
        database.execute(create_statement(CODEBOOK, tables))
        _fill(database, CODEBOOK, codebook_themes(codebook, tables))
        for table in present:
            database.execute(create_statement(table, tables))
            _fill(database, table, tables[table.name])
        if "findings" in tables:
            _index_words(database, schema.FINDINGS)
        for name, view in views(tables).items():
            database.execute(f'CREATE VIEW "{name}" AS\n{view["sql"].strip()}')
        database.execute(create_statement(DICTIONARY, tables))
        dictionary = described(database, tables)
        _fill(database, DICTIONARY, dictionary)
        database.execute("COMMIT")
        _require_one_run(database)
        database.execute("VACUUM")
        return _without_version(database.serialize()), dictionary
    except sqlite3.OperationalError as error:
        if "fts5" not in str(error):
            raise
        raise UsageError("this Python's SQLite has no full-text index (FTS5); use a Python whose "
                         "sqlite3 has it") from error  # fmt: skip
    finally:
        database.close()


def _require_one_run(database: sqlite3.Connection) -> None:
    fault = database.execute("PRAGMA foreign_key_check").fetchone()
    if fault:
        raise UsageError(f"table {fault[0]}: a row points to one of {fault[2]} that is not there; "
                         "the tables are of different runs: run the stages again")  # fmt: skip


def _without_version(data: bytes) -> bytes:
    return data[:_VERSION_AT] + _VERSION + data[_VERSION_AT + len(_VERSION) :]
