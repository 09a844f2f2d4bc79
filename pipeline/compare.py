"""Stage ``compare``: what can be said about councils beside one another, as tables and plots.

Reads ``documents``, ``sentences`` and ``council_themes`` and the gold labels with the predictions
for them; writes the tables of :data:`pipeline.schema.TABLES_OF` under
``compare`` below ``tables/``, and charts below ``plots/compare/``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import charts, frames, schema
from pipeline.cache import Cache
from pipeline.codebook import read_codebook
from pipeline.comparison.cells import Cells, build_cells, compared_reports, count_blocks
from pipeline.comparison.change import council_changes, standing
from pipeline.comparison.criterion import (
    criterion_validity,
    graded,
    log_validity,
    section_sums,
)
from pipeline.comparison.differences import Neighbours, council_differences, read_neighbours
from pipeline.comparison.gold_sample import gold_sample, labelled_documents
from pipeline.comparison.national import national_shares
from pipeline.comparison.plots import charts as all_charts
from pipeline.comparison.shares import Comparison, council_shares
from pipeline.paths import GOLD_LABELS, GOLD_PREDICTIONS

PLOTS = Path("plots") / "compare"
# Of a sentence, what the gold sample is made of.
GOLD = ("doc_id", "section", "text", "polarity", "themes")
SENTENCES = (
    "doc_id", "section", "block", "text", "polarity",
    *(f"p_{code}" for code in schema.POLARITIES), "themes",
)  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """What is kept of the sentences: counts and sums, and those of reports with gold labels."""

    cells: Cells
    sums: pd.DataFrame
    gold: pd.DataFrame


def tally(
    pieces: Iterable[pd.DataFrame],
    reports: pd.DataFrame,
    themes: tuple[str, ...],
    coded: frozenset[str],
) -> Tally:
    """Count the sentences piece by piece, so that the table need not fit into memory.

    Parameters
    ----------
    pieces
        The table ``sentences``.
    reports, themes
        What is compared.
    coded
        Documents that gold labels are of. Where there are some among the reports, all sentences
        are kept, with the text of the coded documents.
    """
    known = not coded.isdisjoint(reports["doc_id"])
    blocks, sums, kept = [], [], []
    for piece in pieces:
        blocks.append(count_blocks(piece, reports, themes))
        sums.append(section_sums(piece))
        # A copy: a view of no row would hold the whole piece, with its texts.
        gold = piece[list(GOLD)] if known else piece[list(GOLD)].iloc[:0].copy()
        kept.append(gold.assign(text=gold["text"].where(gold["doc_id"].isin(coded), "")))
    whole = pd.concat(sums).groupby(level=["doc_id", "section"]).sum()
    return Tally(build_cells(reports, themes, blocks), whole, pd.concat(kept, ignore_index=True))


def compare(
    documents: pd.DataFrame,
    pieces: Iterable[pd.DataFrame],
    council_themes: pd.DataFrame,
    *,
    params: dict[str, Any],
    neighbours: Neighbours | None = None,
    labels: Path = GOLD_LABELS,
    predictions: Path = GOLD_PREDICTIONS,
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Return every table of the stage by its name, and the shares beside the grades.

    Parameters
    ----------
    documents, council_themes
        The tables of that name.
    pieces
        The table ``sentences``, in one piece or several.
    params
        The block ``compare`` of the parameters.
    neighbours
        Statistical neighbours, by a council's name or GSS code.
    labels, predictions
        Gold labels, and what models that never saw a council said of its gold sentences.
    """
    reports = compared_reports(documents, council_themes, params["period_starts"])
    themes = (schema.ALL_THEMES, *dict.fromkeys(council_themes["theme"]))
    found = tally(pieces, reports, themes, labelled_documents(labels))
    gold = gold_sample(found.gold, reports, labels, predictions)
    comparison = Comparison(found.cells, gold, params)
    beside = graded(reports, found.sums)
    validity, disagreements = criterion_validity(beside, comparison.level)
    changes = council_changes(comparison)
    return {
        "council_shares": council_shares(comparison),
        "national_shares": national_shares(comparison),
        "council_differences": council_differences(comparison, neighbours or {}),
        "council_changes": changes,
        "standing_changes": standing(changes),
        "criterion_validity": validity,
        "grade_disagreements": disagreements,
    }, beside


def main(
    out: Path, neighbours: Path | None, params: dict[str, Any], cache: Cache | None = None
) -> None:
    """Run the stage on the tables below ``out``; ``cache`` keeps the pictures."""
    near = read_neighbours(neighbours)
    tables, beside = compare(
        frames.read(schema.DOCUMENTS, out / "tables"),
        frames.read_pieces(schema.SENTENCES, out / "tables", SENTENCES),
        frames.read(schema.COUNCIL_THEMES, out / "tables", ("doc_id", "theme")),
        params=params,
        neighbours=near,
    )
    for table in schema.TABLES_OF["compare"]:
        frames.write(tables[table.name], table, out / "tables")
    log_validity(tables["criterion_validity"])
    plots = out / PLOTS
    charts.empty(plots)
    differences, standing_changes = tables["council_differences"], tables["standing_changes"]
    for name, chart in all_charts(differences, standing_changes, beside, read_codebook()):
        charts.save(chart, plots / name, cache)
