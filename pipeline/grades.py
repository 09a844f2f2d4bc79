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

TABLES = (schema.CRITERION_VALIDITY, schema.GRADE_DISAGREEMENTS)
SENTENCES = ("doc_id", "section", "polarity", *(f"p_{code}" for code in schema.POLARITIES))


def compare(
    documents: pd.DataFrame,
    pieces: Iterable[pd.DataFrame],
    council_themes: pd.DataFrame,
    *,
    params: dict[str, Any],
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return the tables by name, and the shares beside the grades.

    Parameters
    ----------
    documents, council_themes
        The tables of that name.
    pieces
        The table ``sentences``, in one piece or several.
    params
        The block ``compare`` of the parameters.
    """
    reports = compared_reports(documents, council_themes, params["period_starts"])
    beside = graded(reports, sums_of(pieces))
    validity, disagreements = criterion_validity(beside, params["interval"])
    return {"criterion_validity": validity, "grade_disagreements": disagreements}, beside


def main(out: Path, params: dict[str, Any]) -> list[Path]:
    """Write the tables; return the charts, which are to be drawn."""
    tables, beside = compare(
        frames.read(schema.DOCUMENTS, out / "tables"),
        frames.read_pieces(schema.SENTENCES, out / "tables", SENTENCES),
        frames.read(schema.COUNCIL_THEMES, out / "tables", ("doc_id", "theme")),
        params=params,
    )
    for table in TABLES:
        frames.write(tables[table.name], table, out / "tables")
    log_validity(tables["criterion_validity"])
    return charts.describe_all(grade_charts(beside), out / COMPARED)
