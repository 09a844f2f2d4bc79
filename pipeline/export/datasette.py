"""What Datasette shows of the database: titles, and the meaning of every table and column."""

import json
from typing import Any

import pandas as pd

from pipeline import schema
from pipeline.export.database import CODEBOOK, DICTIONARY, Tables, views
from pipeline.export.datapackage import licences

FACETS = {
    "documents": ["doc_type", "framework", "region", "overall"],
    "findings": ["polarity", "framework", "section", "overall"],
    "council_themes": ["theme", "framework"],
    "finding_themes": ["theme", "polarity"],
}


def _meanings(dictionary: pd.DataFrame, name: str) -> dict[str, str]:
    return {
        row["column_name"]: row["meaning"] + (f" ({row['unit']})" if row["unit"] else "")
        for row in dictionary[dictionary["table_name"] == name].to_dict("records")
    }


def metadata(tables: Tables, dictionary: pd.DataFrame, database: str) -> dict[str, Any]:
    """Return the metadata for a database of this name.

    Parameters
    ----------
    tables
        The tables of a run by name.
    dictionary
        The data dictionary of the database.
    database
        The file's name without its ending: what Datasette calls the database.
    """
    present = [t for t in schema.RESULT_TABLES if t.name in tables] + [CODEBOOK, DICTIONARY]
    shown: dict[str, Any] = {
        table.name: {
            "description": f"A row is {table.row}.",
            "columns": _meanings(dictionary, table.name),
        }
        | ({"facets": FACETS[table.name]} if table.name in FACETS else {})
        for table in present
    }
    for name, view in views(tables).items():
        shown[name] = {
            "description": f"{view['meaning']}.", "columns": _meanings(dictionary, name),
        }  # fmt: skip
    if "findings" in shown:
        shown["findings"] |= {"fts_table": "findings_fts", "sort": "sentence_id"}
    found = licences(tables["documents"])
    facts = {"license": "; ".join(licence["title"] for licence in found)}
    if len(found) == 1 and "path" in found[0]:
        facts["license_url"] = found[0]["path"]
    return {
        "title": "Findings of inspection reports and press texts",
        **facts,
        "databases": {database: {"tables": shown}},
    }


def metadata_text(tables: Tables, dictionary: pd.DataFrame, database: str) -> str:
    """Return the metadata as the text of a JSON file."""
    return json.dumps(metadata(tables, dictionary, database), indent=2, ensure_ascii=False) + "\n"
