"""Stage ``press``: press texts beside the reports that they are about, and readability by group.

Reads ``documents``, ``sentences`` and ``readability``; writes the tables of
:data:`pipeline.schema.TABLES_OF` under ``press`` below ``tables/``.
"""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import frames, schema
from pipeline.codebook import read_codebook
from pipeline.press_report.counting import share_difference, taken_up, taken_up_by_theme, voices
from pipeline.press_report.links import press_links
from pipeline.press_report.matching import Pair, match, match_rows, omission_rows
from pipeline.readability_groups import readability_groups

log = logging.getLogger("findings")
SENTENCES = (
    "sentence_id", "doc_id", "section", "paragraph", "block", "page", "start", "end", "text",
    "polarity", "source", "themes",
)  # fmt: skip
Rows = dict[str, list[dict[str, object]]]


def press_tables(
    documents: pd.DataFrame,
    sentences: pd.DataFrame,
    readability: pd.DataFrame,
    *,
    params: dict[str, Any],
) -> dict[str, pd.DataFrame]:
    """Return every table of the stage by its name.

    Parameters
    ----------
    documents, sentences, readability
        The tables of that name.
    params
        The block ``press`` of the parameters.
    """
    links = press_links(documents, sentences, params["days"])
    by_document = dict(iter(sentences.groupby("doc_id", sort=False)))
    facts = documents.set_index("doc_id")
    linked = links[links["report_id"] != ""].to_dict("records")
    codes = read_codebook().codes if linked else ()
    rows: Rows = {table.name: [] for table in schema.PRESS_TABLES}
    for link in linked:
        pair = Pair(*(by_document.get(link[name], sentences.iloc[:0])
                      for name in ("report_id", "press_id")))  # fmt: skip
        known = {str(key): value for key, value in link.items()}
        known["overall"] = facts.loc[known["report_id"], "overall"]
        _compare(known, pair, codes, params, rows)
    tables = {table.name: frames.build(rows[table.name], table) for table in schema.PRESS_TABLES}
    return tables | {
        "press_links": links,
        "readability_groups": readability_groups(readability, documents, links, params["interval"]),
    }


def _compare(
    known: dict[str, Any], pair: Pair, codes: tuple[str, ...], params: dict[str, Any], rows: Rows
) -> None:
    """Add what one pair of texts gives to every table."""
    ids = (known["press_id"], known["report_id"])
    difference = share_difference(pair.report, pair.press, params["interval"])
    whole = known | voices(pair.press) | difference
    themes: list[dict[str, object]] = [
        {"press_id": ids[0], "report_id": ids[1], "council": known["council"], "theme": code}
        for code in codes
    ]
    for direction in schema.DIRECTIONS:
        side = match(pair, direction, params)
        whole |= taken_up(side, params["interval"])
        themes = [row | counted for row, counted
                  in zip(themes, taken_up_by_theme(side, codes), strict=True)]  # fmt: skip
        rows["press_matches"] += match_rows(side, *ids)
        if direction == "weakness":
            rows["press_omissions"] += omission_rows(side, *ids, known["council"])
    rows["press_pairs"].append(whole)
    rows["press_coverage"] += themes


def _asked(documents: pd.DataFrame, pieces: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the sentences of press texts, and of the reports that they can be about."""
    press = documents["doc_type"] != "inspection_report"
    kept = set(documents.loc[press | (documents["duplicate_of"] == ""), "doc_id"])
    # Where there are no press texts, nothing is asked of the sentences.
    found = (piece[piece["doc_id"].isin(kept)] for piece in (pieces if press.any() else ()))
    return frames.together(found, schema.SENTENCES, SENTENCES)


def main(out: Path, params: dict[str, Any]) -> None:
    """Run the stage on the tables below ``out``."""
    documents = frames.read(schema.DOCUMENTS, out / "tables")
    pieces = frames.read_pieces(schema.SENTENCES, out / "tables", SENTENCES)
    sentences = _asked(documents, pieces)
    readability = frames.read(schema.READABILITY, out / "tables")
    tables = press_tables(documents, sentences, readability, params=params)
    links = tables["press_links"]
    if len(links):
        log.info("press: %d of %d texts linked to their report", (links["report_id"] != "").sum(),
                 len(links))  # fmt: skip
    for link in links[links["report_id"] == ""].to_dict("records"):
        log.info("press: %s: %s", link["press_id"], link["detail"])
    for table in schema.TABLES_OF["press"]:
        frames.write(tables[table.name], table, out / "tables")
