"""Read a workbook that a person filled in, and tell every fault in it."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from pipeline import frames
from pipeline.codebook import Codebook
from pipeline.errors import UsageError
from pipeline.review.decide import OTHER
from pipeline.review.workbook import FILLED, KEY, KEY_COLUMNS, REVIEW
from pipeline.schema import POLARITIES, REVIEWS, SAMPLES
from pipeline.standoff import sentence_hash

Row = dict[str, str]
NEEDED = ("sentence_id", "sentence", *FILLED)
THEMES = [name for name in FILLED if name.startswith("theme_")]
FORMULA = "f"
# Stands for the content of a cell that holds a formula; no text of a workbook can be it.
FORMULA_MARK = "\0"


def read_workbook(path: Path, coder: str, codebook: Codebook) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of ``reviews`` that a person filled in, and the faults, one line each.

    Parameters
    ----------
    path
        The workbook.
    coder
        The person's name.
    codebook
        For the theme codes that are allowed.

    Raises
    ------
    UsageError
        If the file is no workbook for review, or lacks a sheet or a column.
    """
    book = _open(path)
    key = {row["sentence_id"]: row for row in _records(book, KEY, KEY_COLUMNS, path).values()}
    if not all(map(_whole, key.values())):
        raise UsageError(f"{path}: the hidden sheet `{KEY}` was changed; give the .xlsx that "
                         "`findings review` wrote, filled in")  # fmt: skip
    known = _Known(key, codebook)
    coded: list[dict[str, object]] = []
    faults: list[str] = []
    seen: set[str] = set()
    for number, row in _records(book, REVIEW, NEEDED, path).items():
        found = list(known.faults(row, seen))
        name = row["sentence_id"].strip(FORMULA_MARK) or "no sentence_id"
        faults += [f"row {number} ({name}): {fault}" for fault in found]
        seen.add(row["sentence_id"])
        if not found and row["polarity"]:
            coded.append(known.review(row, coder))
    faults += [f"{name}: the row is missing; put it back, empty if you did not code it"
               for name in key if name not in seen]  # fmt: skip
    return frames.build(coded, REVIEWS), faults


class _Known:
    """What the program wrote into a workbook, to hold its rows against."""

    def __init__(self, key: dict[str, Row], codebook: Codebook) -> None:
        self._key = key
        self._codebook = codebook

    def faults(self, row: Row, seen: set[str]) -> Iterator[str]:
        """Return what is wrong with a row."""
        name = row["sentence_id"]
        formulas = [column for column, text in row.items() if text == FORMULA_MARK]
        if formulas:
            yield f"{', '.join(formulas)}: holds a formula; write a text"
            return
        if name not in self._key:
            yield "this sentence_id is not one of the workbook's; put back what stood there"
            return
        if name in seen:
            yield "the row stands twice; delete one"
        if not is_sentence(row["sentence"], self._key[name]["sentence_hash"]):
            yield "the sentence was changed; put back its words"
        yield from self._coding(row)

    def _coding(self, row: Row) -> Iterator[str]:
        polarity, themes = row["polarity"].lower(), _themes(row)
        if not polarity:
            if themes or row["note"]:
                yield "themes or a note without a polarity; choose one or clear the row"
            return
        if polarity not in POLARITIES:
            yield f"unknown polarity {row['polarity']!r}; use one of: {', '.join(POLARITIES)}"
        if polarity == "none" and themes:
            yield "`none` has no themes; clear them or choose another polarity"
        for theme in dict.fromkeys(themes):
            try:
                self._codebook.require(theme)
            except UsageError as error:
                yield str(error)
            if themes.count(theme) > 1:
                yield f"theme {theme!r} stands twice; clear one"
        if OTHER in themes and len(set(themes)) > 1:
            yield f"`{OTHER}` stands alone; clear it or the other themes"

    def review(self, row: Row, coder: str) -> dict[str, object]:
        """Return the row of ``reviews`` that a row without faults stands for."""
        key = self._key[row["sentence_id"]]
        return key | {
            "occurrence": int(key["occurrence"]),
            "coder": coder,
            "polarity": row["polarity"].lower(),
            "themes": ";".join(_themes(row)),
            "note": row["note"],
        }


def is_sentence(cell: str, known: str) -> bool:
    """Tell whether a cell holds the sentence with this hash."""
    # openpyxl leaves control characters as a workbook writes them, `_x001A_`; what looks like
    # one of them in a text is left as well.
    return known in (sentence_hash(cell), sentence_hash(unescape(cell)))


def _whole(key: Row) -> bool:
    """Tell whether a row of the key is as the program wrote it."""
    filled = all(key[name] for name in KEY_COLUMNS)
    return filled and key["occurrence"].isdecimal() and key["sample"] in SAMPLES


def _themes(row: Row) -> list[str]:
    return [row[name].lower() for name in THEMES if row[name]]


def _open(path: Path) -> Any:
    try:
        return openpyxl.load_workbook(path)
    except (OSError, InvalidFileException, zipfile.BadZipFile, KeyError, ValueError,
            SyntaxError, TypeError, AttributeError, EOFError) as error:  # fmt: skip
        reason = str(error) or type(error).__name__
        raise UsageError(f"{path}: cannot be read as a workbook ({reason}); give the .xlsx that "
                         "`findings review` wrote, filled in") from error  # fmt: skip


def _records(book: Any, sheet: str, needed: tuple[str, ...], path: Path) -> dict[int, Row]:
    """Return the rows of a sheet by their number, without empty ones."""
    if sheet not in book.sheetnames:
        raise UsageError(f"{path}: has no sheet `{sheet}`; give the .xlsx that `findings review` "
                         "wrote, filled in")  # fmt: skip
    lines = [[text_of(cell) for cell in line] for line in book[sheet].iter_rows()]
    columns = lines[0] if lines else []
    unclear = [name for name in needed if columns.count(name) != 1]
    if unclear:
        raise UsageError(f"{path}, sheet `{sheet}`: the columns {', '.join(unclear)} are "
                         "missing, or stand twice; put back the first row")  # fmt: skip
    return {
        number: dict(zip(columns, line, strict=True))
        for number, line in enumerate(lines[1:], 2) if any(line)
    }  # fmt: skip


def text_of(cell: Any) -> str:
    """Return the text of a cell without blanks around it; a mark where it holds a formula."""
    if cell.value is None:
        return ""
    return FORMULA_MARK if cell.data_type == FORMULA else str(cell.value).strip()
