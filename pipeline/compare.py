"""Stage ``compare``: what can be said about councils beside one another, as tables and plots.

Reads ``documents``, ``sentences`` and ``council_themes`` and the gold labels with the predictions
for them; writes the tables of :data:`pipeline.schema.TABLES_OF` under
``compare`` below ``tables/``, and charts below ``plots/compare/``.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import charts, frames, schema
from pipeline.cache import Cache
from pipeline.codebook import read_codebook
from pipeline.comparison.cells import build_cells
from pipeline.comparison.change import council_changes, standing
from pipeline.comparison.criterion import criterion_validity, graded, log_validity
from pipeline.comparison.differences import Neighbours, council_differences, read_neighbours
from pipeline.comparison.gold_sample import gold_sample, labelled_documents
from pipeline.comparison.national import national_shares
from pipeline.comparison.plots import charts as all_charts
from pipeline.comparison.shares import Comparison, council_shares
from pipeline.paths import GOLD_LABELS, GOLD_PREDICTIONS

PLOTS = Path("plots") / "compare"
SENTENCES = (
    "doc_id", "section", "block", "text", "polarity",
    *(f"p_{code}" for code in schema.POLARITIES), "themes",
)  # fmt: skip


def compare(
    documents: pd.DataFrame,
    sentences: pd.DataFrame,
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
    documents, sentences, council_themes
        The tables of that name.
    params
        The block ``compare`` of the parameters.
    neighbours
        Statistical neighbours, by a council's name or GSS code.
    labels, predictions
        Gold labels, and what models that never saw a council said of its gold sentences.
    """
    findings = sentences[sentences["polarity"] != "none"]
    starts = params["period_starts"]
    cells = build_cells(documents, findings, council_themes, starts)
    gold = gold_sample(sentences, cells.reports, labels, predictions)
    comparison = Comparison(cells, gold, params)
    beside = graded(cells.reports, sentences)
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


def without_other_texts(pieces: Iterable[pd.DataFrame], labels: Path) -> pd.DataFrame:
    """Return the sentences, with the text of those alone that may be gold: no other is asked for.

    Parameters
    ----------
    pieces
        The table ``sentences``, piece by piece.
    labels
        Gold labels.
    """
    coded = labelled_documents(labels)
    kept = (p.assign(text=p["text"].where(p["doc_id"].isin(coded), "")) for p in pieces)
    return pd.concat(kept, ignore_index=True)


def main(
    out: Path, neighbours: Path | None, params: dict[str, Any], cache: Cache | None = None
) -> None:
    """Run the stage on the tables below ``out``; ``cache`` keeps the pictures."""
    near = read_neighbours(neighbours)
    tables, beside = compare(
        frames.read(schema.DOCUMENTS, out / "tables"),
        without_other_texts(
            frames.read_pieces(schema.SENTENCES, out / "tables", SENTENCES), GOLD_LABELS
        ),
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
