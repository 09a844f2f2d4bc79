"""Stage ``groups``: the themes by year, grade, region and layout.

Reads ``documents`` and ``findings``; writes the table ``theme_groups`` and plots below
``plots/groups/``. It stands after ``tables`` and not within ``themes``, because only
the tables know a document's facts, and who repeats whom.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import charts, frames, schema
from pipeline.codebook import read_codebook
from pipeline.comparison.cells import POLARITY_ORDER, numbered
from pipeline.group_plots import group_charts
from pipeline.intervals import clustered_share
from pipeline.schema import ALL_THEMES, EVERY, PRESS, UNKNOWN

PLOTS = Path("plots") / "groups"
FINDINGS = ("doc_id", "polarity", "themes")
COLUMN = {"grade": "overall", "region": "region"}
_REPORT = "inspection_report"


@dataclass(frozen=True)
class Counted:
    """Findings by document.

    Parameters
    ----------
    documents
        A row for every document that repeats no other one, with ``layout`` and ``year``.
    themes
        ``all``, then the codes of the codebook.
    counts
        Strengths, weaknesses and mixed ones; shape (documents, themes, 3).
    """

    documents: pd.DataFrame
    themes: tuple[str, ...]
    counts: np.ndarray


def count_findings(
    documents: pd.DataFrame, pieces: Iterable[pd.DataFrame], codes: tuple[str, ...]
) -> Counted:
    """Count the findings of every document by theme and polarity.

    Parameters
    ----------
    documents
        The table of that name.
    pieces
        The table ``findings``, in one piece or several, so that it need not fit into memory.
    codes
        The themes of the codebook.
    """
    first = documents[documents["duplicate_of"] == ""].reset_index(drop=True)
    reports = first["doc_type"] == _REPORT
    first["layout"] = first["framework"].where(first["framework"] != "", "other"
                                               ).where(reports, PRESS)  # fmt: skip
    first["year"] = first["published"].str[:4]
    themes = (ALL_THEMES, *codes)
    place = {doc_id: row for row, doc_id in enumerate(first["doc_id"])}
    counts = np.zeros((len(first), len(themes), len(POLARITY_ORDER)))
    for piece in pieces:
        some = piece[piece["doc_id"].isin(place)]
        document = some["doc_id"].map(place).to_numpy(dtype=int)
        polarity = some["polarity"].map(POLARITY_ORDER.index).to_numpy(dtype=int)
        rows, named = numbered(some["themes"], themes)
        np.add.at(counts, (document[rows], named, polarity[rows]), 1)
    return Counted(first, themes, counts)


def _layouts(documents: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    reports = (documents["doc_type"] == _REPORT).to_numpy(dtype=bool)
    found = set(documents["layout"])
    known = [name for name in (*schema.FRAMEWORKS, PRESS) if name in found]
    if reports.any():
        yield EVERY, reports
    for name in known:
        yield name, (documents["layout"] == name).to_numpy(dtype=bool)


def _groups(counted: Counted) -> Iterator[tuple[str, str, str, np.ndarray]]:
    """Return grouping, layout, group and its documents, in the order of the table."""
    documents = counted.documents
    for grouping in schema.GROUPINGS:
        for layout, inside in _layouts(documents):
            if grouping == "layout":
                yield grouping, layout, layout, inside
                continue
            values = documents[COLUMN.get(grouping, grouping)].replace("", UNKNOWN)
            found = set(values[inside])
            known = schema.GRADES if grouping == "grade" else sorted(found - {UNKNOWN})
            for group in (*known, UNKNOWN):
                if group in found:
                    yield grouping, layout, group, inside & (values == group).to_numpy(dtype=bool)


def theme_groups(counted: Counted, level: float) -> pd.DataFrame:
    """Return the table ``theme_groups``.

    Parameters
    ----------
    counted
        Findings by document.
    level
        Level of the intervals.

    Notes
    -----
    ``share`` tells how much of the text is about a theme, ``weakness_share`` how the findings on it
    are balanced. Intervals take documents as clusters: they are for a group like this one, of which
    these documents are a sample. Two inspections of one council are taken as independent.

    A year's reports are those of the councils that were inspected in it, and grades stand in the
    same reports as the sentences. So a difference between years can come from who was inspected,
    and one between grades is no test of either; ``council_changes`` compares the same councils.
    Do not compare layouts as if they were services: frameworks ask for different texts.
    """
    rows: list[dict[str, object]] = []
    for grouping, layout, group, inside in _groups(counted):
        counts = counted.counts[inside]
        findings = counts.sum(axis=2)
        weak = counts @ np.array([0.0, 1.0, 0.5])
        share = clustered_share(findings, findings[:, :1].repeat(findings.shape[1], 1), level)
        weakness = clustered_share(weak, findings, level)
        # By definition, for which no interval is needed.
        for end in share[1:3]:
            end[0] = share[0][0]
        councils = set(counted.documents.loc[inside, "council"]) - {""}
        facts = {"grouping": grouping, "layout": layout, "group": group,
                 "documents": int(inside.sum()), "councils": len(councils)}  # fmt: skip
        total = counts.sum(axis=0).astype(int)
        for place, theme in enumerate(counted.themes):
            strengths, weaknesses, mixed = total[place].tolist()
            rows.append(facts | {
                "theme": theme, "strengths": strengths, "weaknesses": weaknesses, "mixed": mixed,
                "findings": strengths + weaknesses + mixed,
                **_ends("share", share, place), **_ends("weakness_share", weakness, place),
            })  # fmt: skip
    return frames.build(rows, schema.THEME_GROUPS)


def _ends(name: str, values: tuple[np.ndarray, ...], place: int) -> dict[str, float]:
    names = (name, f"{name}_low", f"{name}_high")
    return {key: float(v[place]) for key, v in zip(names, values[:3], strict=True)}


def main(out: Path, params: dict[str, Any]) -> list[Path]:
    """Run the stage on the tables below ``out``; return its charts, which are to be drawn."""
    codebook = read_codebook()
    counted = count_findings(
        frames.read(schema.DOCUMENTS, out / "tables"),
        frames.read_pieces(schema.FINDINGS, out / "tables", FINDINGS),
        codebook.codes,
    )
    shares = theme_groups(counted, params["interval"])
    for table in schema.TABLES_OF["groups"]:
        frames.write(shares, table, out / "tables")
    charts.empty(out / PLOTS)
    return charts.describe_all(group_charts(shares, codebook), out / PLOTS)
