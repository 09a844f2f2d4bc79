"""Write the workbook that a person fills in: instructions, sentences, and the key to read it by."""

import io
import textwrap
from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any

import pandas as pd
import xlsxwriter

from pipeline import __version__
from pipeline.codebook import Codebook
from pipeline.review.draw import MOST_CHARACTERS
from pipeline.schema import POLARITIES

SHEETS = ("instructions", "review", "key", "codes")
INSTRUCTIONS, REVIEW, KEY, CODES = SHEETS
# The codebook's rule.
MOST_THEMES = 3
# Widths in characters. What is filled in stands beside what is read, the rest behind it.
READ = {"sentence_id": 16, "section": 15, "heading": 22, "before": 45, "sentence": 55}
FILLED = {"polarity": 12, **{f"theme_{n}": 24 for n in range(1, MOST_THEMES + 1)}, "note": 30}
FACTS = {"council": 18, "doc_type": 16, "published": 11, "page": 6}
SHOWN = {"model_polarity": 14, "model_themes": 40, "model_confidence": 10}
KEY_COLUMNS = ("sentence_id", "doc_id", "sentence_hash", "occurrence", "sample")
# The same bytes whenever it is written.
CREATED = datetime(2000, 1, 1)
WRAPPED = {"text_wrap": True, "valign": "top"}
INSTRUCTION_WIDTHS = (30, 70, 70)
LINE_HEIGHT = 15
HIGHEST_ROW = 400
A4 = 9


def write_workbook(
    drawn: pd.DataFrame, codebook: Codebook, how_to: list[str], shown: bool
) -> bytes:
    """Return the bytes of the workbook.

    Parameters
    ----------
    drawn
        Drawn sentences, as :func:`pipeline.review.draw.draw` gives them.
    codebook
        For the lists to choose from, and for the instructions.
    how_to
        What the person should do, line by line.
    shown
        Whether the model's codes stand beside the sentence.

    Notes
    -----
    Every text is written as a text, never as a formula, a number or a link, whatever it begins
    with; cells keep it a text when they are edited.
    """
    stream = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, {"in_memory": True, **plain})
    book.set_properties({"title": "Sentences to code", "created": CREATED,
                         "comments": f"inspection-findings {__version__}, "
                                     f"codebook {codebook.version}"})  # fmt: skip
    sheets = {name: book.add_worksheet(name) for name in SHEETS}
    for name in (INSTRUCTIONS, REVIEW):
        sheets[name].set_landscape()
        sheets[name].set_paper(A4)
        sheets[name].fit_to_pages(1, 0)
    _instructions(book, sheets[INSTRUCTIONS], codebook, how_to)
    _sentences(book, sheets[REVIEW], drawn, codebook, shown)
    key = drawn.assign(sample="shown") if shown else drawn
    _column_wise(sheets[KEY], {name: key[name].tolist() for name in KEY_COLUMNS})
    _column_wise(sheets[CODES], {"polarity": list(POLARITIES), "theme": list(codebook.codes)})
    sheets[KEY].very_hidden()
    sheets[CODES].hide()
    sheets[REVIEW].activate()
    book.close()
    return stream.getvalue()


def _sentences(book: Any, sheet: Any, drawn: pd.DataFrame, codebook: Codebook, shown: bool) -> None:
    locked = book.add_format({**WRAPPED, "quote_prefix": True})
    free = book.add_format({**WRAPPED, "locked": False, "bg_color": "#FFF8DC", "num_format": "@"})
    head = book.add_format({"bold": True, "valign": "top", "bottom": 1})
    widths = READ | FILLED | (SHOWN if shown else {}) | FACTS
    for column, (name, width) in enumerate(widths.items()):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for number, row in enumerate(drawn.to_dict("records"), 1):
        known = row | {"sentence": row["text"], "model_polarity": row["polarity"],
                       "model_themes": row["themes"]}  # fmt: skip
        for column, name in enumerate(widths):
            if name in FILLED:
                sheet.write_blank(number, column, None, free)
            elif name == "page":
                sheet.write_number(number, column, row["page"], locked)
            elif name == "model_confidence":
                sheet.write_number(number, column, row["confidence"], locked)
            else:
                sheet.write_string(number, column, known[name][:MOST_CHARACTERS], locked)
        texts = [str(known.get(name, "")) for name in widths]
        sheet.set_row(number, _height(texts, widths.values()))
    _choices(sheet, len(drawn), codebook)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(drawn), len(widths) - 1)
    sheet.repeat_rows(0)
    sheet.protect(options={"autofilter": True, "format_columns": True, "format_rows": True})


def _choices(sheet: Any, rows: int, codebook: Codebook) -> None:
    """Give the cells to fill in their lists; what is not on a list is refused."""
    polarity = len(READ)
    lists = (
        (polarity, polarity, f"={CODES}!$A$2:$A${len(POLARITIES) + 1}"),
        (polarity + 1, polarity + MOST_THEMES, f"={CODES}!$B$2:$B${len(codebook.codes) + 1}"),
    )
    for first, last, source in lists:
        rule = {"validate": "list", "source": source, "error_title": "Not a code",
                "error_message": "Choose a code from the list, or clear the cell."}  # fmt: skip
        sheet.data_validation(1, first, rows, last, rule)


def _instructions(book: Any, sheet: Any, codebook: Codebook, how_to: list[str]) -> None:
    wrapped, bold = book.add_format(WRAPPED), book.add_format({**WRAPPED, "bold": True})
    for column, width in enumerate(INSTRUCTION_WIDTHS):
        sheet.set_column(column, column, width)
    blocks = [
        [("How to fill this in", "", ""), *(("", line, "") for line in how_to)],
        [("polarity", "the sentence", "example (made up)"),
         *((code.id, code.definition, code.example) for code in codebook.polarity)],
        [("Decision rules", "", ""), *(("", rule, "") for rule in codebook.decision_rules)],
        [("Rules for themes", "", ""), *(("", rule, "") for rule in codebook.theme_rules)],
        [("theme", "what it is about", "examples of a strength and of a weakness (made up)"),
         *((t.id, _theme_text(t), f"{t.example_strength}\n{t.example_weakness}")
           for t in codebook.themes if t.status == "active")],
    ]  # fmt: skip
    number = 0
    for block in blocks:
        for place, cells in enumerate(block):
            for column, text in enumerate(cells):
                style = bold if place == 0 or column == 0 else wrapped
                if text:
                    sheet.write_string(number, column, text, style)
            sheet.set_row(number, _height(cells, INSTRUCTION_WIDTHS))
            number += 1
        number += 1


def _height(texts: Iterable[str], widths: Iterable[int]) -> int:
    """Return the height of a row in points: not every program finds it from the wrapped text."""
    lines = [
        sum(len(textwrap.wrap(line, width)) or 1 for line in text.split("\n"))
        for text, width in zip(texts, widths, strict=True)
    ]
    return min(HIGHEST_ROW, LINE_HEIGHT * max(lines))


def _theme_text(theme: Any) -> str:
    parts = [f"{theme.label}: {theme.definition}"]
    parts += [f"Includes: {'; '.join(theme.includes)}."] if theme.includes else []
    parts += [f"Excludes: {'; '.join(theme.excludes)}."] if theme.excludes else []
    return "\n".join(parts)


def _column_wise(sheet: Any, columns: dict[str, list[Any]]) -> None:
    for column, (name, values) in enumerate(columns.items()):
        for row, value in enumerate(chain([name], values)):
            sheet.write_string(row, column, str(value))
