"""Tables as CSV text: UTF-8, LF, ISO dates, yes and no, empty where unknown."""

import re
from collections.abc import Iterable, Iterator, Sequence

import pyarrow as pa

from pipeline.arrow import SIGNIFICANT_DIGITS
from pipeline.schema import Table

_QUOTED = re.compile(r'[",\r\n]')


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield a line for every row of cells that are quoted where they have to be."""
    for cells in rows:
        # A row of one empty cell would be an empty line, which readers skip.
        yield '""\n' if len(cells) == 1 and not cells[0] else ",".join(cells) + "\n"


def csv_lines(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return CSV text: cells are quoted where they hold a comma, a quotation mark or a line end.

    Python's own writer quotes a carriage return in some versions and not in others, and a bare
    one breaks the row for every reader.
    """
    return "".join(_lines([_quoted(cell) for cell in cells] for cells in (names, *rows)))


def _cells(values: list[object], kind: str) -> list[str]:
    """Return the cells of a column, quoted where they have to be."""
    if kind == "float":
        return ["" if v is None else f"{v:.{SIGNIFICANT_DIGITS}g}" for v in values]
    if kind == "bool":
        return ["" if v is None else "yes" if v else "no" for v in values]
    texts = ["" if v is None else str(v) for v in values]
    if kind in ("int", "date") or not _QUOTED.search("".join(texts)):
        return texts
    return list(map(_quoted, texts))


def csv_body(rows: pa.Table, table: Table) -> str:
    """Write an Arrow table of the schema as CSV text without the line of names."""
    columns = [_cells(rows[c.name].to_pylist(), c.kind) for c in table.columns]
    return "".join(_lines(zip(*columns, strict=True)))


def csv_text(rows: pa.Table, table: Table) -> str:
    """Write an Arrow table of the schema as CSV text."""
    return csv_lines(table.names, ()) + csv_body(rows, table)
