"""Stage ``keyness``: the words and phrases that set two groups of sentences apart.

Reads ``documents`` and ``sentences``; writes the table ``keyness`` with the contrasts of
``pipeline/data/contrasts.yaml`` for which the corpus has documents, and a plot of each below
``plots/keyness/``. :func:`compare_groups` does the same for any two groups.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import arrow, charts, frames, schema
from pipeline.contrast.phrases import Wording, read_wording
from pipeline.contrast.plots import key_chart
from pipeline.contrast.select import COLUMNS, facts_of, parse_filters, require_values
from pipeline.contrast.table import (
    Contrast,
    Groups,
    foremost,
    key_terms,
    lacking,
    make_contrast,
    usual_columns,
    usual_contrasts,
)
from pipeline.errors import UsageError

PLOTS = Path("plots") / "keyness"
log = logging.getLogger("findings")


def keyness_table(
    facts: pd.DataFrame, wording: Wording, params: dict[str, Any]
) -> tuple[pd.DataFrame, dict[str, Contrast]]:
    """Return the table ``keyness``, and the contrasts in it by their names.

    Parameters
    ----------
    facts
        Findings, as :func:`pipeline.contrast.select.facts_of` returns them.
    wording
        The words of these findings.
    params
        The block ``keyness`` of the parameters.
    """
    parts = []
    drawn = {}
    for contrast in usual_contrasts(facts):
        reason = lacking(facts, contrast, params["min_documents"])
        if reason:
            log.info("keyness: no contrast %s: %s", contrast.name, reason)
            continue
        rows = key_terms(facts, wording, contrast, params)
        parts.append(foremost(rows, params["terms"], params["part_share"]))
        drawn[contrast.name] = contrast
    return frames.together(parts, schema.KEYNESS), drawn


def main(out: Path, params: dict[str, Any], period_starts: list[int]) -> list[Path]:
    """Run the stage on the tables below ``out``; return its charts, which are to be drawn."""
    asked = usual_columns() | {"doc_id", "duplicate_of", "published", "text"}
    documents = frames.read(schema.DOCUMENTS, out / "tables")
    documents = documents[[c for c in documents if c in asked]]
    columns = [c for c in COLUMNS if c in asked]
    pieces = frames.read_pieces(schema.FINDINGS, out / "tables", columns)
    facts: list[pd.DataFrame] = []

    def texts() -> Iterator[pd.Series]:
        # Piece by piece, so that no text is held.
        for piece in pieces:
            own = facts_of(documents, piece, period_starts)
            yield own.pop("text")
            facts.append(own)

    wording = read_wording(texts())
    whole = pd.concat(facts, ignore_index=True)
    # What the pieces took would stand beside what is counted.
    facts.clear()
    arrow.give_back()
    terms, drawn = keyness_table(whole, wording, params)
    for table in schema.TABLES_OF["keyness"]:
        frames.write(terms, table, out / "tables")
    plots = (
        (name, key_chart(terms[terms["contrast"] == name], contrast.title))
        for name, contrast in drawn.items()
    )
    charts.empty(out / PLOTS)
    return charts.describe_all(plots, out / PLOTS)


def read_facts(out: Path, period_starts: list[int], *, findings_only: bool) -> pd.DataFrame:
    """Return the sentences of a run, or its findings alone, with the facts of their documents."""
    table = schema.FINDINGS if findings_only else schema.SENTENCES
    return facts_of(
        frames.read(schema.DOCUMENTS, out / "tables"),
        frames.read(table, out / "tables", COLUMNS),
        period_starts,
    )


def compare_groups(
    facts: pd.DataFrame, name: str, conditions: Mapping[str, Sequence[str]], params: dict[str, Any]
) -> tuple[pd.DataFrame, Contrast]:
    """Return rows of the table ``keyness`` for every term of one contrast, and the contrast.

    Parameters
    ----------
    facts
        Sentences, as :func:`pipeline.contrast.select.facts_of` returns them.
    name
        The contrast's name.
    conditions
        Conditions ``COLUMN=VALUE`` by the options that give them: ``--a``, ``--b``, ``--within``.
    params
        The block ``keyness`` of the parameters.

    Raises
    ------
    UsageError
        If a condition is unusable, or the groups overlap or are too small.
    """
    filters = {option: parse_filters(texts, option) for option, texts in conditions.items()}
    groups = Groups(filters["--a"], filters["--b"], filters["--within"])
    contrast = make_contrast(facts, name, "", groups)
    for option, wanted in filters.items():
        require_values(facts, wanted, option)
    reason = lacking(facts, contrast, params["min_documents"])
    if reason:
        raise UsageError(f"--a and --b: {reason}; choose other groups")
    rows = key_terms(facts, read_wording([facts["text"]]), contrast, params)
    return foremost(rows, len(rows), params["part_share"]), contrast


def write_contrast(
    facts: pd.DataFrame,
    target: Path,
    conditions: Mapping[str, Sequence[str]],
    params: dict[str, Any],
) -> None:
    """Write one contrast to ``target`` (CSV), with its plot beside it; see :func:`compare_groups`.

    Raises
    ------
    UsageError
        If the file is no CSV or cannot be written, too.
    """
    if target.suffix.lower() != ".csv":
        raise UsageError(f"--out {target}: name a file that ends in .csv")
    frames.require_writable(target.parent)
    rows, contrast = compare_groups(facts, target.stem, conditions, params)
    frames.write_csv(rows, schema.KEYNESS, target)
    title = f"{contrast.label_a} against {contrast.label_b}"
    paths = charts.save(key_chart(rows, title), target.with_suffix(""))
    log.info("%d terms compared, %d key: %s", len(rows), rows["key"].sum(),
             ", ".join(map(str, (target, *paths))))  # fmt: skip
