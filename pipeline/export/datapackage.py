"""``datapackage.json`` beside a set of tables: what is in them, for tools and people.

A Frictionless Data Package (https://specs.frictionlessdata.io, version 1), generated from the
schema: types, units, constraints, keys, and the licences and sources of the documents.
"""

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from pipeline import __version__, frames, schema
from pipeline.export.present import present
from pipeline.export.relations import foreign_keys
from pipeline.frames import write_whole
from pipeline.paths import DATA
from pipeline.provenance import sha256_of
from pipeline.schema import Column, Table

NAME = "datapackage.json"
TYPES = {
    "string": "string", "codes": "string", "int": "integer", "float": "number", "bool": "boolean",
    "date": "date",
}  # fmt: skip
SHARE = "0 to 1"
_CLOSED = "other-closed"


def field(column: Column, table: Table) -> dict[str, Any]:
    """Return a column as a field of a Table Schema, its unit as the property ``unit``."""
    described: dict[str, Any] = {
        "name": column.name, "type": TYPES[column.kind], "description": column.meaning,
    }  # fmt: skip
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if table.key == (column.name,):
        constraints["unique"] = True
    if column.allowed:
        constraints["enum"] = list(column.allowed)
    if column.kind == "bool":
        described |= {"trueValues": ["yes"], "falseValues": ["no"]}
    if column.unit == SHARE:
        constraints |= {"minimum": 0, "maximum": 1}
    elif column.unit:
        described["unit"] = column.unit
    return described | ({"constraints": constraints} if constraints else {})


def table_schema(table: Table, tables: set[str]) -> dict[str, Any]:
    """Return the Table Schema of a table beside others, which its foreign keys may name."""
    keys = [
        {"fields": [name], "reference": {"resource": target.name, "fields": list(target.key)}}
        for name, target in foreign_keys(table, tables).items()
    ]
    described = {
        "fields": [field(column, table) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    return described | ({"foreignKeys": keys} if keys else {})


def resource(table: Table, tables: set[str], folder: Path) -> dict[str, Any]:
    """Return the description of one CSV file, as it stands in a folder with those of ``tables``."""
    path = folder / f"{table.name}.csv"
    return {
        "name": table.name,
        "path": path.name,
        "profile": "tabular-data-resource",
        "title": table.name.replace("_", " "),
        "description": f"A row is {table.row}.",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{sha256_of(path)}",
        "schema": table_schema(table, tables),
    }


def licences(documents: pd.DataFrame) -> list[dict[str, str]]:
    """Return the licences of the documents, each once, those that close the data last."""
    known = yaml.safe_load((DATA / "licences.yaml").read_text(encoding="utf-8"))
    named = sorted(set(documents["licence"]) - {""})
    found = [known.get(name) or {"name": _slug(name), "title": name} for name in named]
    return sorted(found, key=lambda licence: (licence["name"] == _CLOSED, licence["name"]))


def sources(documents: pd.DataFrame) -> list[dict[str, str]]:
    """Return a source for every document: its title, with its address where it has one."""
    rows = documents.to_dict("records")
    return [
        {"title": ", ".join(filter(None, (row["title"] or row["doc_id"], row["publisher"],
                                          row["published"])))}
        | ({"path": row["url"]} if row["url"] else {})
        for row in rows
    ]  # fmt: skip


def _slug(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-") or "other"


def package(folder: Path) -> dict[str, Any]:
    """Return the descriptor of the tables that stand in a folder as CSV files.

    Raises
    ------
    UsageError
        If the table ``documents`` is missing there.
    """
    documents = frames.read(schema.DOCUMENTS, folder)
    tables = present(folder, "csv")
    names = {table.name for table in tables}
    described = {
        "profile": "tabular-data-package",
        "name": "inspection-findings",
        "title": "Findings of inspection reports and press texts",
        "description": "What inspections of children's services found, sentence by sentence, and "
                       "what the press made of it. The column licence of the table documents says "
                       "under which licence each document's sentences stand.",
        "version": __version__,
        "licenses": licences(documents),
        "sources": sources(documents),
        "resources": [resource(table, names, folder) for table in tables],
    }  # fmt: skip
    # The specification takes no empty list for either.
    return {key: value for key, value in described.items() if value != []}


def write(folder: Path) -> Path:
    """Describe the tables that stand in a folder and return the path of the description.

    Raises
    ------
    UsageError
        If the table ``documents`` is missing there.
    """
    text = json.dumps(package(folder), indent=2, ensure_ascii=False)
    path = folder / NAME
    write_whole(path, (text + "\n").encode("utf-8"))
    return path
