"""Stage ``compare``, its first half: councils beside one another.

Reads ``documents``, ``sentences`` and ``council_themes`` and the gold labels with the predictions
for them; writes the tables of shares, differences and changes, and the descriptions of their
charts below ``plots/compare/``.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import charts, frames, schema
from pipeline.codebook import read_codebook
from pipeline.comparison.cells import Cells, build_cells, compared_reports, count_blocks
from pipeline.comparison.change import council_changes, standing
from pipeline.comparison.differences import Neighbours, council_differences
from pipeline.comparison.gold_sample import gold_sample, labelled_documents
from pipeline.comparison.national import national_shares
from pipeline.comparison.plots import council_charts
from pipeline.comparison.shares import Comparison, council_shares
from pipeline.paths import COMPARED, GOLD_LABELS, GOLD_PREDICTIONS

# Of a sentence, what the gold sample is made of.
GOLD = ("doc_id", "section", "text", "polarity", "themes")
SENTENCES = (*GOLD, "block")


def tally(
    pieces: Iterable[pd.DataFrame],
    reports: pd.DataFrame,
    themes: tuple[str, ...],
    coded: frozenset[str],
) -> tuple[Cells, pd.DataFrame]:
    """Count the sentences piece by piece, so that the table need not fit into memory.

    Parameters
    ----------
    pieces
        The table ``sentences``.
    reports, themes
        What is compared.
    coded
        Documents that gold labels are of.

    Returns
    -------
    Cells, DataFrame
        The counts; and, where there are coded documents among the reports, all sentences, with the
        text of those documents.
    """
    known = not coded.isdisjoint(reports["doc_id"])
    blocks, kept = [], []
    for piece in pieces:
        blocks.append(count_blocks(piece, reports, themes))
        # A copy: a view of no row would hold the whole piece, with its texts.
        gold = piece[list(GOLD)] if known else piece[list(GOLD)].iloc[:0].copy()
        kept.append(gold.assign(text=gold["text"].where(gold["doc_id"].isin(coded), "")))
    return build_cells(reports, themes, blocks), pd.concat(kept, ignore_index=True)


def compare(
    documents: pd.DataFrame,
    pieces: Iterable[pd.DataFrame],
    council_themes: pd.DataFrame,
    *,
    params: dict[str, Any],
    neighbours: Neighbours | None = None,
    labels: Path = GOLD_LABELS,
    predictions: Path = GOLD_PREDICTIONS,
) -> dict[str, pd.DataFrame]:
    """Return the tables of councils beside one another, by name.

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
    cells, sentences = tally(pieces, reports, themes, labelled_documents(labels))
    gold = gold_sample(sentences, reports, labels, predictions)
    comparison = Comparison(cells, gold, params)
    changes = council_changes(comparison)
    return {
        "council_shares": council_shares(comparison),
        "national_shares": national_shares(comparison),
        "council_differences": council_differences(comparison, neighbours or {}),
        "council_changes": changes,
        "standing_changes": standing(changes),
    }


def main(out: Path, neighbours: Neighbours, params: dict[str, Any]) -> list[Path]:
    """Write the tables; return the charts, which are to be drawn."""
    tables = compare(
        frames.read(schema.DOCUMENTS, out / "tables"),
        frames.read_pieces(schema.SENTENCES, out / "tables", SENTENCES),
        frames.read(schema.COUNCIL_THEMES, out / "tables", ("doc_id", "theme")),
        params=params,
        neighbours=neighbours,
    )
    for table in schema.TABLES_OF["compare"]:
        if table.name in tables:
            frames.write(tables[table.name], table, out / "tables")
    differences, changes = tables["council_differences"], tables["standing_changes"]
    drawn = council_charts(differences, changes, read_codebook())
    return charts.describe_all(drawn, out / COMPARED)
