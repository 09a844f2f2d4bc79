"""Stage ``press``: press texts beside the reports that they are about, and readability by group.

Reads ``documents``, ``sentences`` and ``readability``; writes the tables of
:data:`pipeline.schema.TABLES_OF` under ``press`` below ``tables/``.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import frames, schema
from pipeline.codebook import read_codebook
from pipeline.press_report.counting import share_difference, taken_up, taken_up_by_theme, voices
from pipeline.press_report.links import first_reports, press_links
from pipeline.press_report.matching import Pair, match, match_rows, omission_rows
from pipeline.readability_groups import readability_groups

log = logging.getLogger("findings")
SENTENCES = (
    "sentence_id", "doc_id", "section", "paragraph", "block", "page", "start", "end", "text",
    "polarity", "source", "themes",
)  # fmt: skip
Rows = dict[str, list[dict[str, object]]]
Pieces = Callable[[Sequence[str], Collection[str]], Iterable[pd.DataFrame]]


def press_tables(
    documents: pd.DataFrame,
    sentences: pd.DataFrame,
    readability: pd.DataFrame,
    links: pd.DataFrame,
    *,
    params: dict[str, Any],
) -> dict[str, pd.DataFrame]:
    """Return every table of the stage by its name.

    Parameters
    ----------
    documents, readability
        The tables of that name.
    sentences
        The table ``sentences``, or its rows of the texts that ``links`` has.
    links
        What :func:`~pipeline.press_report.links.press_links` returns.
    params
        The block ``press`` of the parameters.
    """
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


def _sentences(read: Pieces, documents: Collection[str]) -> pd.DataFrame:
    """Return the sentences of some documents."""
    # Where there are no press texts, nothing is asked of the sentences.
    found = read(SENTENCES, documents) if documents else ()
    return frames.together(found, schema.SENTENCES, SENTENCES)


def _texts(read: Pieces, documents: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield documents one by one, each as its id and its text."""
    pieces = read(("doc_id", "text"), documents)
    rows = chain.from_iterable(zip(p["doc_id"], p["text"], strict=True) for p in pieces)
    for doc_id, own in groupby(rows, key=itemgetter(0)):
        yield doc_id, " ".join(text for _, text in own)


def main(out: Path, params: dict[str, Any]) -> None:
    """Run the stage on the tables below ``out``."""
    folder = out / "tables"
    documents = frames.read(schema.DOCUMENTS, folder)
    readability = frames.read(schema.READABILITY, folder)
    read = partial(frames.read_pieces, schema.SENTENCES, folder)
    press = documents.loc[documents["doc_type"] != "inspection_report", "doc_id"]
    printed = _sentences(read, set(press))
    reports = _texts(read, set(first_reports(documents)["doc_id"]))
    links = press_links(documents, printed, reports, params["days"])
    told = _sentences(read, set(links["report_id"]) - {""})
    sentences = pd.concat([printed, told], ignore_index=True)
    tables = press_tables(documents, sentences, readability, links, params=params)
    if len(links):
        log.info("press: %d of %d texts linked to their report", (links["report_id"] != "").sum(),
                 len(links))  # fmt: skip
    for link in links[links["report_id"] == ""].to_dict("records"):
        log.info("press: %s: %s", link["press_id"], link["detail"])
    for table in schema.TABLES_OF["press"]:
        frames.write(tables[table.name], table, folder)
