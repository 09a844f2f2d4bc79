"""Which columns point to a row of another table, told by their names."""

from collections.abc import Collection

from pipeline.schema import DOCUMENTS, SENTENCES, Table

# A column of this name, or one that ends with it, as `press_doc_id` does.
_TARGETS = {"doc_id": DOCUMENTS, "sentence_id": SENTENCES}
_OTHERS = {"duplicate_of": DOCUMENTS}


def target_of(table: Table, column: str) -> Table | None:
    """Return the table whose key a column holds, if it points to one.

    Examples
    --------
    >>> from pipeline.schema import DOCUMENTS, FINDINGS
    >>> target_of(FINDINGS, "doc_id").name
    'documents'
    >>> target_of(DOCUMENTS, "doc_id") is None
    True
    """
    target = _OTHERS.get(column) or next(
        (t for key, t in _TARGETS.items() if column == key or column.endswith(f"_{key}")), None
    )
    own_key = target is not None and target.name == table.name and column in target.key
    return None if own_key else target


def foreign_keys(table: Table, present: Collection[str]) -> dict[str, Table]:
    """Return the columns of a table that point to one of the tables that are present."""
    found = {name: target_of(table, name) for name in table.names}
    return {name: target for name, target in found.items() if target and target.name in present}
