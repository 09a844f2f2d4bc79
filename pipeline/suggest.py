"""Stage ``suggest``: themes beyond the codebook, suggested with what a person needs to judge them.

Reads ``documents`` and ``findings``; writes the tables of :data:`pipeline.schema.TABLES_OF` under
``suggest`` below ``tables/``, and a picture below ``plots/``. Nothing is coded by a suggestion
until a person makes it an entry of the codebook (``findings adopt``).
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import charts, frames, schema
from pipeline.cache import Cache
from pipeline.codebook import read_codebook
from pipeline.discovery.picture import draw
from pipeline.discovery.solve import choose, solve
from pipeline.discovery.suggestions import Suggested, describe
from pipeline.discovery.terms import read_terms

log = logging.getLogger("findings")
OTHER = "other"


def suggest(
    documents: pd.DataFrame,
    findings: pd.DataFrame,
    codes: tuple[str, ...],
    *,
    params: dict[str, Any],
    workers: int = 1,
) -> dict[str, pd.DataFrame]:
    """Return every table of the stage by its name.

    Parameters
    ----------
    documents, findings
        The tables of that name.
    codes
        The themes of the codebook.
    params
        The block ``suggest`` of the parameters.
    workers
        Processes.

    Notes
    -----
    Documents that repeat another one are left out. A corpus that is too small for the smallest
    number of topics gives tables without rows.
    """
    first = documents.loc[documents["duplicate_of"] == "", "doc_id"]
    read = findings[findings["doc_id"].isin(set(first))].reset_index(drop=True)
    terms = read_terms(list(read["text"]), list(read["doc_id"]))
    trials = solve(terms, sorted(set(read["doc_id"])), params, workers)
    rows: dict[str, list[dict[str, object]]] = {t.name: [] for t in schema.TABLES_OF["suggest"]}
    if trials:
        chosen = choose(trials, params["stability"])
        rows["suggestion_trials"] = [
            {
                "topics": len(trial.weights),
                "stability": float(np.mean(trial.stability)),
                "seed_stability": float(np.mean(trial.seed_stability)),
                "stable": int((trial.stability >= params["stability"]).sum()),
                "chosen": place == chosen,
            }
            for place, trial in enumerate(trials)
        ]
        # A theme for what fits no theme is nothing that a suggestion could repeat.
        themes = tuple(code for code in codes if code != OTHER)
        rows |= describe(Suggested(terms, read, trials[chosen], themes), params)
    return {t.name: frames.build(rows[t.name], t) for t in schema.TABLES_OF["suggest"]}


def main(out: Path, params: dict[str, Any], workers: int, cache: Cache | None = None) -> None:
    """Run the stage on the tables below ``out``; ``cache`` keeps the picture."""
    tables = suggest(
        frames.read(schema.DOCUMENTS, out / "tables"),
        frames.read(schema.FINDINGS, out / "tables"),
        read_codebook().codes,
        params=params,
        workers=workers,
    )
    for table in schema.TABLES_OF["suggest"]:
        frames.write(tables[table.name], table, out / "tables")
    picture = draw(tables["suggestions"], tables["suggestion_overlaps"], params)
    charts.save(picture, out / "plots" / "suggest" / "suggestions", cache)
    status = tables["suggestions"]["status"].tolist()
    log.info("suggest: %d topics: %s", len(status),
             ", ".join(f"{status.count(s)} {s}" for s in schema.STATUSES))  # fmt: skip
