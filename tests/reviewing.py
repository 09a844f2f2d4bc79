"""Made-up studies, workbooks and reviews for the tests of human review."""

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from pipeline import frames, schema
from pipeline.codebook import Codebook, read_codebook
from pipeline.review import store
from pipeline.review.workbook import REVIEW, write_workbook
from pipeline.standoff import sentence_hash

Cells = Mapping[str, object]


@functools.cache
def codebook() -> Codebook:
    """Return the codebook, read once."""
    return read_codebook()


def study(*texts: str, doc_id: str = "d1") -> pd.DataFrame:
    """Return drawn sentences of one document, as the table ``sentences`` with what is added."""
    ids = [f"{doc_id}-{n:04}" for n in range(1, len(texts) + 1)]
    frame = pd.DataFrame({"sentence_id": ids, "doc_id": doc_id, "text": list(texts)})
    facts: dict[str, Any] = {
        "section": "summary", "heading": "", "page": 1, "confidence": 0.9, "before": "",
        "council": "Ashmarsh", "doc_type": "inspection_report", "published": "2019-04-23",
        "polarity": "strength", "themes": "permanence", "sample": "random",
    }  # fmt: skip
    return store.keyed(frame.assign(**facts))


def workbook(drawn: pd.DataFrame, path: Path, shown: bool = False) -> Path:
    path.write_bytes(write_workbook(drawn, codebook(), ["Read each sentence."], shown))
    return path


def edit(path: Path, change: Callable[[Any, dict[str, int]], None]) -> Path:
    """Change the sheet to fill in; ``change`` gets it and the number of each column."""
    book = openpyxl.load_workbook(path)
    sheet = book[REVIEW]
    change(sheet, {cell.value: cell.column for cell in sheet[1]})
    book.save(path)
    return path


def fill(path: Path, rows: Mapping[int, Cells]) -> Path:
    """Fill in rows by their number, from 2."""

    def change(sheet: Any, columns: dict[str, int]) -> None:
        for number, cells in rows.items():
            for name, value in cells.items():
                sheet.cell(number, columns[name]).value = value

    return edit(path, change)


def reviews(*rows: tuple[str, int, str, str, str]) -> pd.DataFrame:
    """Return reviews of ``study`` sentences: text, occurrence, coder, polarity, themes."""
    return frames.build(
        [
            {
                "sentence_id": "d1-0001",
                "doc_id": "d1",
                "sentence_hash": sentence_hash(text),
                "occurrence": occurrence,
                "coder": coder,
                "polarity": polarity,
                "themes": themes,
                "sample": "random",
                "note": "",
            }
            for text, occurrence, coder, polarity, themes in rows
        ],
        schema.REVIEWS,
    ).astype({"occurrence": "int64"})  # fmt: skip
