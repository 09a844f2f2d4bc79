"""One workbook of a run: front sheet, data dictionary, tables, council by theme.

Texts, widths and the order of the sheets are in ``pipeline/data/workbook.yaml``.
"""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import xlsxwriter
import yaml
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline import __version__, schema
from pipeline.codebook import Codebook
from pipeline.export.archive import repack
from pipeline.export.cells import Cells, height, width
from pipeline.paths import DATA
from pipeline.schema import Column, Table

Tables = dict[str, pd.DataFrame]
MATRIX = "council by theme"
# A workbook tells when it was made; the clock is no part of a result.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LONGEST_NAME = 31
_A3 = 8


def look() -> dict[str, Any]:
    """Return the texts and the look of the workbook."""
    read: dict[str, Any] = yaml.safe_load((DATA / "workbook.yaml").read_text(encoding="utf-8"))
    return read


def sheet_tables(tables: Tables, style: dict[str, Any]) -> list[Table]:
    """Return the tables that get a sheet, without the columns that the look leaves out.

    Those that the look names come first, then the others.
    """
    by_name = {table.name: table for table in schema.RESULT_TABLES}
    named = [sheet["table"] for sheet in style["sheets"] if sheet["table"] in by_name]
    order = [*named, *(name for name in by_name if name not in named)]
    shown = [by_name[n] for n in order if n in tables and n not in style["left_out"]]
    return [
        table.select(table.name, table.row, [
            name for name in table.names if name not in _of_sheet(style, table, "without")
        ])
        for table in shown
    ]  # fmt: skip


def _of_sheet(style: dict[str, Any], table: Table, what: str) -> list[str]:
    found = (sheet.get(what, []) for sheet in style["sheets"] if sheet["table"] == table.name)
    return next(found, [])


def write_workbook(tables: Tables, record: dict[str, Any], codebook: Codebook, path: Path) -> bytes:
    """Write the workbook to a path and return its bytes.

    Parameters
    ----------
    tables
        The tables of a run by name: all that are there.
    record
        The run's record, for the versions on the front sheet; may be empty.
    codebook
        For the names and the order of the themes.
    path
        Where XlsxWriter works; the file is left as it wrote it.

    Notes
    -----
    Every text is written as a text, so that none is a formula. The same tables and the same
    versions of XlsxWriter and zlib give the same bytes.
    """
    style = look()
    shown = sheet_tables(tables, style)
    with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        book.set_properties({"title": style["title"], "created": _CREATED})
        cells = Cells(book)
        _front(book, cells, style, tables, record, shown)
        _dictionary(book, cells, style, shown)
        for table in shown:
            if table.name == "council_themes":
                _matrix(book, cells, style, tables, codebook)
            _table(book, cells, style, table, tables[table.name])
    return repack(path)


def export_workbook(tables: Tables, record: dict[str, Any], codebook: Codebook) -> bytes:
    """Return the workbook of a run as the bytes of an ``.xlsx`` file."""
    with tempfile.TemporaryDirectory() as folder:
        return write_workbook(tables, record, codebook, Path(folder) / "book.xlsx")


def versions(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what made the tables, as far as the record tells it."""
    facts = [("Software", f"inspection-findings {record.get('version', __version__)}")]
    book = record.get("codebook")
    if book:
        facts.append(("Codebook", f"{book['version']} of {book['date']}"))
    for name, model in record.get("models", {}).items():
        facts.append((f"Model {name}", f"{model['version']} (SHA-256 {model['sha256'][:12]}…)"))
    return facts


def _front(
    book: Workbook, cells: Cells, style: dict[str, Any], tables: Tables,
    record: dict[str, Any], shown: list[Table],
) -> None:  # fmt: skip
    sheet = book.add_worksheet("about")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, style["title"], cells.title)
    row = 2
    for part in style["front"]:
        words = str(part["text"]).strip()
        sheet.set_row(row, height([(words, 100)]) + 8)
        sheet.write_string(row, 0, part["heading"], cells.label)
        sheet.write_string(row, 1, words, cells.wrapped)
        row += 1
    documents = tables["documents"]
    counts = [
        ("Documents", f"{len(documents)} of {documents['council'].replace('', None).nunique()} "
                      "councils"),
        ("Findings", f"{int(documents['findings'].sum())} in {int(documents['sentences'].sum())} "
                     "sentences"),
    ]  # fmt: skip
    for label, words in [("", ""), *versions(record), *counts, ("", ""), ("Sheets", "")]:
        sheet.write_string(row, 0, label, cells.label)
        sheet.write_string(row, 1, words, cells.wrapped)
        row += 1
    for name, meaning in _contents(shown):
        sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
        sheet.write_string(row, 1, meaning, cells.wrapped)
        row += 1


def _contents(shown: list[Table]) -> list[tuple[str, str]]:
    rows = [("data dictionary", "What every column means.")]
    for table in shown:
        if table.name == "council_themes":
            rows.append((MATRIX, "The weakness share of every inspection and theme, by colour: "
                                 "blue for strengths, orange for weaknesses."))  # fmt: skip
        rows.append((_name(table), f"A row is {table.row}."))
    return rows


def _name(table: Table) -> str:
    return table.name.replace("_", " ")[:_LONGEST_NAME]


def _sheet(book: Workbook, cells: Cells, name: str, head: list[str], frozen: int) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, frozen)
    sheet.set_landscape()
    sheet.set_paper(_A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    for place, title in enumerate(head):
        sheet.write_string(0, place, title, cells.head)
    return sheet


def _dictionary(book: Workbook, cells: Cells, style: dict[str, Any], shown: list[Table]) -> None:
    head = ["sheet", "column", "type", "may be empty", "unit", "codes", "meaning"]
    sheet = _sheet(book, cells, "data dictionary", head, 2)
    widths = [18, 26, 9, 15, 18, 52, style["widths"]["meaning"]]
    for place, wide in enumerate(widths):
        sheet.set_column(place, place, wide)
    row = 0
    for table in shown:
        for column in table.columns:
            row += 1
            values = (
                _name(table), column.name, column.kind, "no" if column.required else "yes",
                column.unit, ", ".join(column.allowed), column.meaning,
            )  # fmt: skip
            sheet.set_row(row, height(list(zip(values[3:], widths[3:], strict=True))))
            for place, value in enumerate(values):
                cells.text(sheet, row, place, value, wrap=place > 3)
    sheet.autofilter(0, 0, row, len(head) - 1)


def _table(
    book: Workbook, cells: Cells, style: dict[str, Any], table: Table, frame: pd.DataFrame
) -> None:
    sheet = _sheet(book, cells, _name(table), table.names, 1)
    folded = _of_sheet(style, table, "folded")
    writers = []
    for place, column in enumerate(table.columns):
        wide = style["widths"].get(column.name)
        fold = {"level": 1, "hidden": True} if column.name in folded else {}
        sheet.set_column(place, place, wide or width(column.name, frame[column.name]), None, fold)
        writers.append(cells.writer(column, wrap=wide is not None))
    columns = [frame[name].tolist() for name in table.names]
    prose = [(n, style["widths"][c.name]) for n, c in enumerate(table.columns)
             if c.name in style["widths"]]  # fmt: skip
    for row, values in enumerate(zip(*columns, strict=True), 1):
        sheet.set_row(row, height([(values[place], wide) for place, wide in prose]))
        for place, value in enumerate(values):
            writers[place](sheet, row, place, value)
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(table.columns) - 1)
        _colour(book, sheet, style, table, len(frame))


def _colour(
    book: Workbook, sheet: Worksheet, style: dict[str, Any], table: Table, rows: int
) -> None:
    """Colour polarities and weakness shares wherever a table has them."""
    for place, column in enumerate(table.columns):
        if column.name == "polarity":
            for code in ("strength", "weakness", "mixed"):
                fill = book.add_format({"bg_color": style["colours"][code]})
                rule = {"type": "cell", "criteria": "==", "value": f'"{code}"', "format": fill}
                sheet.conditional_format(1, place, rows, place, rule)
        elif _is_share(column):
            sheet.conditional_format(1, place, rows, place, scale(style))


def _is_share(column: Column) -> bool:
    return column.name == "weakness_share"


def scale(style: dict[str, Any]) -> dict[str, Any]:
    """Return the colours of a weakness share, from only strengths to only weaknesses."""
    ends = {"min": (0, "low"), "mid": (0.5, "middle"), "max": (1, "high")}
    rule: dict[str, Any] = {"type": "3_color_scale"}
    for end, (value, colour) in ends.items():
        rule |= {f"{end}_type": "num", f"{end}_value": value}
        rule[f"{end}_color"] = style["colours"][colour]
    return rule


def _matrix(
    book: Workbook, cells: Cells, style: dict[str, Any], tables: Tables, codebook: Codebook
) -> None:
    """Write a row for every inspection report and a column for every theme."""
    shares, documents = tables["council_themes"], tables["documents"]
    facts = ["council", "published", "framework", "overall", "doc_id"]
    labels = {theme.id: theme.label for theme in codebook.themes}
    codes = [code for code in labels if code in set(shares["theme"])]
    codes += sorted(set(shares["theme"]) - set(codes))
    sheet = _sheet(book, cells, MATRIX, facts, 1)
    for place, wide in enumerate([28, 11, 10, 20, 20]):
        sheet.set_column(place, place, wide)
    sheet.set_column(len(facts), len(facts) + len(codes) - 1, 6.5)
    sheet.set_row(0, 7 * max(len(label) for label in labels.values()))
    for place, code in enumerate(codes, len(facts)):
        sheet.write_string(0, place, labels.get(code, code), cells.turned)
    places = {code: place for place, code in enumerate(codes, len(facts))}
    reports = documents[documents["doc_id"].isin(set(shares["doc_id"]))]
    ordered = reports.sort_values(["council", "published", "doc_id"], kind="stable")
    by_report = dict(iter(shares.groupby("doc_id", sort=False)))
    columns = [next(c for c in schema.DOCUMENTS.columns if c.name == name) for name in facts]
    writers = [cells.writer(column, wrap=False) for column in columns]
    for row, report in enumerate(ordered.to_dict("records"), 1):
        for place, name in enumerate(facts):
            writers[place](sheet, row, place, report[name])
        for cell in by_report[report["doc_id"]].to_dict("records"):
            share, low, high = (cell[f"weakness_share{end}"] for end in ("", "_low", "_high"))
            if not pd.isna(share):
                unsure = not high - low <= style["wide_interval"]
                look = cells.unsure if unsure else cells.share
                sheet.write_number(row, places[cell["theme"]], share, look)
    if len(ordered):
        last = len(facts) + len(codes) - 1
        sheet.autofilter(0, 0, len(ordered), last)
        sheet.conditional_format(1, len(facts), len(ordered), last, scale(style))
