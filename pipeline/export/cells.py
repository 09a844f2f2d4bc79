"""The cells of the workbook: formats, and values that stay what they are."""

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.schema import Column

# What a spreadsheet may take for a formula when a person edits the cell.
RISKY = ("=", "+", "-", "@", "\t", "\r")
LONGEST = 32_767
FONT = 10
# Points of a line of that size, and the share of a column's width that words fill.
LINE = 13.5
_FILLED = 0.97
_SEEN_ROWS = 300
_NARROW, _WIDE = 7, 34


class Cells:
    """Formats of one workbook, and a writer for each kind of column."""

    def __init__(self, book: Workbook) -> None:
        top = {"valign": "top", "font_size": FONT}
        words = top | {"align": "left", "indent": 1}
        self.plain = book.add_format(words)
        self.number = book.add_format(top)
        self.wrapped = book.add_format(words | {"text_wrap": True})
        self.quoted = {
            False: book.add_format(words | {"quote_prefix": True}),
            True: book.add_format(words | {"quote_prefix": True, "text_wrap": True}),
        }
        self.date = book.add_format(words | {"num_format": "yyyy-mm-dd", "align": "left"})
        self.share = book.add_format(top | {"num_format": "0.00"})
        self.unsure = book.add_format(
            top | {"num_format": "0.00", "italic": True, "font_color": "#6b6b6b"}
        )
        self.head = book.add_format(
            {"bold": True, "valign": "top", "indent": 1, "bg_color": "#e8ecf1", "bottom": 1}
        )
        self.turned = book.add_format(
            {"bold": True, "rotation": 90, "align": "center", "bg_color": "#e8ecf1", "bottom": 1}
        )
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.label = book.add_format({"bold": True, "valign": "top"})

    def text(self, sheet: Worksheet, row: int, column: int, value: object, wrap: bool) -> None:
        """Write a text as a text, whatever it begins with.

        A cell of the kind text is no formula; the prefix keeps it so when a person edits it.
        """
        words = str(value)
        if len(words) > LONGEST:
            words = words[: LONGEST - 1] + "…"
        if words.startswith(RISKY):
            sheet.write_string(row, column, words, self.quoted[wrap])
        elif words:
            sheet.write_string(row, column, words, self.wrapped if wrap else self.plain)

    def writer(self, column: Column, wrap: bool) -> Callable[[Worksheet, int, int, Any], None]:
        """Return what writes the values of a column; unknown values leave the cell empty."""

        def number(sheet: Worksheet, row: int, place: int, value: Any) -> None:
            if not pd.isna(value):
                sheet.write_number(row, place, value, self._number(column))

        def day(sheet: Worksheet, row: int, place: int, value: Any) -> None:
            if value:
                sheet.write_datetime(row, place, date.fromisoformat(value), self.date)

        def truth(sheet: Worksheet, row: int, place: int, value: Any) -> None:
            if not pd.isna(value):
                sheet.write_string(row, place, "yes" if value else "no", self.plain)

        def words(sheet: Worksheet, row: int, place: int, value: Any) -> None:
            self.text(sheet, row, place, value, wrap)

        by_kind = {"int": number, "float": number, "date": day, "bool": truth}
        return by_kind.get(column.kind, words)

    def _number(self, column: Column) -> Format:
        return self.share if column.kind == "float" else self.number


def width(name: str, values: pd.Series) -> float:
    """Return the width of a column in characters, as its name and first values need it."""
    longest = max((len(str(value)) for value in values.head(_SEEN_ROWS)), default=0)
    return float(min(_WIDE, max(_NARROW, len(name) * 0.75 + 4, longest + 2)))


def height(texts: list[tuple[str, float]]) -> float:
    """Return the height of a row in points, from its wrapped texts and their columns' widths.

    Programs fit rows to their text only when a person touches them, or not at all.
    """
    lines = (math.ceil(len(text) / (wide * _FILLED)) for text, wide in texts)
    return LINE * max([1, *lines]) + 2
