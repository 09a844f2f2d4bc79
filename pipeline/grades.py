"""Stage ``compare``, its second half: the shares held against the inspectors' grades.

Reads ``documents``, ``sentences`` and ``council_themes``; writes ``criterion_validity`` and
``grade_disagreements``, and the descriptions of their charts below ``plots/compare/``.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import charts, frames, schema
from pipeline.comparison.cells import compared_reports
from pipeline.comparison.criterion import criterion_validity, graded, log_validity, sums_of
from pipeline.comparison.plots import grade_charts
from pipeline.paths import COMPARED

SENTENCES = ("doc_id", "section", "polarity", *(f"p_{code}" for code in schema.POLARITIES))


def compare(
    reports: pd.DataFrame, pieces: Iterable[pd.DataFrame], level: float
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the tables by name, and the shares beside the grades.

    Parameters
    ----------
    reports
        What :func:`pipeline.comparison.cells.compared_reports` returns.
    pieces
        The table ``sentences``, in one piece or several.
    level
        Level of the intervals.
    """
    beside = graded(reports, sums_of(pieces))
    validity, disagreements = criterion_validity(beside, level)
    return {"criterion_validity": validity, "grade_disagreements": disagreements}, beside


def main(out: Path, params: dict[str, Any]) -> list[Path]:
    """Write the tables; return the charts, which are to be drawn."""
    reports = compared_reports(
        frames.read(schema.DOCUMENTS, out / "tables"),
        frames.read(schema.COUNCIL_THEMES, out / "tables", ("doc_id",)),
        params["period_starts"],
    )
    pieces = frames.read_pieces(schema.SENTENCES, out / "tables", SENTENCES)
    tables, beside = compare(reports, pieces, params["interval"])
    for table in schema.TABLES_OF["compare"]:
        if table.name in tables:
            frames.write(tables[table.name], table, out / "tables")
    log_validity(tables["criterion_validity"])
    return charts.describe_all(grade_charts(beside), out / COMPARED)
