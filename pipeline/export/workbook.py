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
from pipeline.schema import Table

Tables = dict[str, pd.DataFrame]
MATRIX = "council by theme"
# A workbook tells when it was made; the clock is no part of a result.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LONGEST_NAME = 31
_A3 = 8
# What stands before the themes, with the columns' widths.
_FACTS = {"council": 28, "published": 11, "framework": 10, "overall": 20, "doc_id": 24}


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


def export_workbook(tables: Tables, record: dict[str, Any], codebook: Codebook) -> bytes:
    """Return the workbook of a run as the bytes of an ``.xlsx`` file.

    Parameters
    ----------
    tables
        The tables of a run by name: all that are there.
    record
        The run's record, for the versions on the front sheet; may be empty.
    codebook
        For the names and the order of the themes.

    Notes
    -----
    Every text is written as a text, so that none is a formula. The same tables and the same
    versions of XlsxWriter and zlib give the same bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        # Rows go to the disk as they are written: a large run has millions of cells.
        with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": folder}) as book:
            _Builder(book, tables, codebook).build(record)
        return repack(path)


def versions(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what made the tables, as far as the record tells it."""
    facts = [("Software", f"inspection-findings {record.get('version', __version__)}")]
    book = record.get("codebook")
    if book:
        facts.append(("Codebook", f"{book['version']} of {book['date']}"))
    for name, model in record.get("models", {}).items():
        facts.append((f"Model {name}", f"{model['version']} (SHA-256 {model['sha256'][:12]}…)"))
    return facts


def sheet_name(table: Table) -> str:
    """Return the name of a table's sheet, which Excel limits in length."""
    return table.name.replace("_", " ")[:_LONGEST_NAME]


class _Builder:
    """The sheets of one workbook, written from the top downwards."""

    def __init__(self, book: Workbook, tables: Tables, codebook: Codebook) -> None:
        self._book, self._tables, self._codebook = book, tables, codebook
        self._style = look()
        self._cells = Cells(book)
        self._shown = sheet_tables(tables, self._style)
        self._fills = {
            code: book.add_format({"bg_color": self._style["colours"][code]})
            for code in ("strength", "weakness", "mixed")
        }

    def build(self, record: dict[str, Any]) -> None:
        self._book.set_properties({"title": self._style["title"], "created": _CREATED})
        self._front(record)
        self._dictionary()
        for table in self._shown:
            if table.name == "council_themes":
                self._matrix()
            self._table(table)

    def _front(self, record: dict[str, Any]) -> None:
        sheet, cells = self._book.add_worksheet("about"), self._cells
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 100)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, self._style["title"], cells.title)
        row = 2
        for part in self._style["front"]:
            words = str(part["text"]).strip()
            sheet.set_row(row, height([(words, 100)]) + 8)
            sheet.write_string(row, 0, part["heading"], cells.label)
            sheet.write_string(row, 1, words, cells.wrapped)
            row += 1
        facts = [("", ""), *versions(record), *self._counts(), ("", ""), ("Sheets", "")]
        for label, words in facts:
            sheet.write_string(row, 0, label, cells.label)
            sheet.write_string(row, 1, words, cells.wrapped)
            row += 1
        for name, meaning in self._contents():
            sheet.write_url(row, 0, f"internal:'{name}'!A1", string=name)
            sheet.write_string(row, 1, meaning, cells.wrapped)
            row += 1

    def _counts(self) -> list[tuple[str, str]]:
        documents = self._tables["documents"]
        councils = len(set(documents["council"]) - {""})
        findings, sentences = (int(documents[n].sum()) for n in ("findings", "sentences"))
        return [("Documents", f"{len(documents)} of {councils} councils"),
                ("Findings", f"{findings} in {sentences} sentences")]  # fmt: skip

    def _contents(self) -> list[tuple[str, str]]:
        rows = [("data dictionary", "What every column means.")]
        for table in self._shown:
            if table.name == "council_themes":
                rows.append((MATRIX, "The weakness share of every inspection and theme, by colour: "
                                     "blue for strengths, orange for weaknesses."))  # fmt: skip
            rows.append((sheet_name(table), f"A row is {table.row}."))
        return rows

    def _sheet(self, name: str, head: list[str], frozen: int) -> Worksheet:
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, frozen)
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        for place, title in enumerate(head):
            sheet.write_string(0, place, title, self._cells.head)
        return sheet

    def _dictionary(self) -> None:
        head = ["sheet", "column", "type", "may be empty", "unit", "codes", "meaning"]
        sheet = self._sheet("data dictionary", head, 2)
        widths = [18, 26, 9, 15, 18, 52, self._style["widths"]["meaning"]]
        for place, wide in enumerate(widths):
            sheet.set_column(place, place, wide)
        row = 0
        for table in self._shown:
            for column in table.columns:
                row += 1
                values = (
                    sheet_name(table), column.name, column.kind,
                    "no" if column.required else "yes", column.unit, ", ".join(column.allowed),
                    column.meaning,
                )  # fmt: skip
                sheet.set_row(row, height(list(zip(values[3:], widths[3:], strict=True))))
                for place, value in enumerate(values):
                    self._cells.text(sheet, row, place, value, wrap=place > 3)
        sheet.autofilter(0, 0, row, len(head) - 1)

    def _table(self, table: Table) -> None:
        frame, widths = self._tables[table.name], self._style["widths"]
        sheet = self._sheet(sheet_name(table), table.names, 1)
        folded = _of_sheet(self._style, table, "folded")
        writers = []
        for place, column in enumerate(table.columns):
            wide = widths.get(column.name)
            fold = {"level": 1, "hidden": True} if column.name in folded else {}
            own = wide or width(column.name, frame[column.name])
            sheet.set_column(place, place, own, None, fold)
            writers.append(self._cells.writer(column, wrap=wide is not None))
        prose = [(n, widths[c.name]) for n, c in enumerate(table.columns) if c.name in widths]
        columns = [frame[name].tolist() for name in table.names]
        for row, values in enumerate(zip(*columns, strict=True), 1):
            sheet.set_row(row, height([(values[place], wide) for place, wide in prose]))
            for place, value in enumerate(values):
                writers[place](sheet, row, place, value)
        if len(frame):
            sheet.autofilter(0, 0, len(frame), len(table.columns) - 1)
            self._colour(sheet, table, len(frame))

    def _colour(self, sheet: Worksheet, table: Table, rows: int) -> None:
        """Colour polarities and weakness shares wherever a table has them."""
        for place, column in enumerate(table.columns):
            if column.name == "polarity":
                for code, fill in self._fills.items():
                    rule = {"type": "cell", "criteria": "==", "value": f'"{code}"', "format": fill}
                    sheet.conditional_format(1, place, rows, place, rule)
            elif column.name == "weakness_share":
                sheet.conditional_format(1, place, rows, place, self._scale())

    def _scale(self) -> dict[str, Any]:
        """Return the colours of a weakness share, from only strengths to only weaknesses."""
        ends = {"min": (0, "low"), "mid": (0.5, "middle"), "max": (1, "high")}
        rule: dict[str, Any] = {"type": "3_color_scale"}
        for end, (value, colour) in ends.items():
            rule |= {f"{end}_type": "num", f"{end}_value": value}
            rule[f"{end}_color"] = self._style["colours"][colour]
        return rule

    def _matrix(self) -> None:
        """Write a row for every inspection report and a column for every theme."""
        shares, documents = self._tables["council_themes"], self._tables["documents"]
        labels = {theme.id: theme.label for theme in self._codebook.themes}
        used = set(shares["theme"])
        codes = [*(c for c in labels if c in used), *sorted(used - set(labels))]
        first, last = len(_FACTS), len(_FACTS) + len(codes) - 1
        places = {code: place for place, code in enumerate(codes, first)}
        sheet = self._sheet(MATRIX, list(_FACTS), 1)
        for place, wide in enumerate(_FACTS.values()):
            sheet.set_column(place, place, wide)
        sheet.set_column(first, last, 6.5)
        sheet.set_row(0, 7 * max(map(len, labels.values())))
        for code, place in places.items():
            sheet.write_string(0, place, labels.get(code, code), self._cells.turned)
        reports = documents[documents["doc_id"].isin(set(shares["doc_id"]))]
        ordered = reports.sort_values(["council", "published", "doc_id"], kind="stable")
        by_report = dict(iter(shares.groupby("doc_id", sort=False)))
        about = schema.DOCUMENTS.select("", "", list(_FACTS))
        writers = [self._cells.writer(column, wrap=False) for column in about.columns]
        for row, report in enumerate(ordered.to_dict("records"), 1):
            for place, name in enumerate(about.names):
                writers[place](sheet, row, place, report[name])
            for cell in by_report[report["doc_id"]].to_dict("records"):
                self._share(sheet, row, places[cell["theme"]], cell)
        if len(ordered):
            sheet.autofilter(0, 0, len(ordered), last)
            sheet.conditional_format(1, first, len(ordered), last, self._scale())

    def _share(self, sheet: Worksheet, row: int, place: int, cell: dict[Any, Any]) -> None:
        share, low, high = (cell[f"weakness_share{end}"] for end in ("", "_low", "_high"))
        if not pd.isna(share):
            sure = high - low <= self._style["wide_interval"]
            sheet.write_number(row, place, share, self._cells.share if sure else self._cells.unsure)
