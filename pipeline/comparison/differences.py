"""Which councils differ from others of the same framework and period, by theme."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import betainc

from pipeline import schema
from pipeline.comparison.exact import (
    cohens_h,
    exact_p,
    hybrid_difference,
    q_values,
    rank_intervals,
)
from pipeline.comparison.shares import Comparison
from pipeline.errors import UsageError
from pipeline.intervals import clustered_share

MEASURE = "weakness_share"
Neighbours = dict[str, set[str]]


def read_neighbours(path: Path | None) -> Neighbours:
    """Read which councils are statistical neighbours: columns ``council`` and ``neighbour``.

    A row names a council and one of its neighbours, by the official names or the GSS codes of
    ``documents``. Without a path there are none.

    Raises
    ------
    UsageError
        If the file cannot be read or lacks a column.
    """
    if path is None:
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read ({error}); give a CSV file in UTF-8") from error
    if not rows or not {"council", "neighbour"} <= set(rows[0]):
        raise UsageError(f"{path}: no table of neighbours; give the columns council, neighbour")
    found: Neighbours = {}
    for row in rows:
        council, neighbour = ((row[name] or "").strip() for name in ("council", "neighbour"))
        found.setdefault(council, set()).add(neighbour)
    return found


def groups_of(
    reports: pd.DataFrame, group: np.ndarray, neighbours: Neighbours
) -> Iterator[tuple[int, str, np.ndarray]]:
    """Return, for each report of a framework and period, the groups of others to compare with.

    The council's own other reports are in none of its groups.
    """
    part = reports.iloc[group]
    council, gss, region = (part[name].to_numpy() for name in ("council", "gss_code", "region"))
    for place, row in enumerate(group):
        apart = council != council[place]
        yield row, "national", group[apart]
        if region[place]:
            yield row, "region", group[apart & (region == region[place])]
        near = (neighbours.get(council[place]) or set()) | (neighbours.get(gss[place]) or set())
        if near:
            yield row, "neighbours", group[apart & (np.isin(council, list(near))
                                                    | np.isin(gss, list(near)))]  # fmt: skip


def council_differences(comparison: Comparison, neighbours: Neighbours) -> pd.DataFrame:
    """Return the table ``council_differences``.

    Notes
    -----
    p-values are Fisher's mid-p ones on effective numbers, q-values those of Benjamini and Hochberg
    over all councils, periods and themes with the same group of comparison; ``all`` is a family of
    its own, as its findings are those of the themes again. Look at ``effect`` for the size: in a
    long report a small difference stands up. A council that lies as far from the others as they
    do from one another can still differ from the national picture; ``between_sd`` of
    ``national_shares`` tells how far apart councils are.
    """
    cells = comparison.cells
    pairs = [
        (report, name, others)
        for group in cells.groups.values()
        for report, name, others in groups_of(cells.reports, group, neighbours)
    ]
    themes = len(cells.themes)
    report = np.repeat(np.array([pair[0] for pair in pairs], dtype=int), themes)
    theme = np.tile(np.arange(themes), len(pairs))
    facts = ["council", "gss_code", "region", "doc_id", "framework", "period"]
    table = cells.reports.iloc[report][facts].reset_index(drop=True)
    table["theme"] = np.array(cells.themes, dtype=object)[theme]
    table["compared_with"] = np.repeat(np.array([pair[1] for pair in pairs], dtype=object), themes)
    others = [others_share(comparison, rows) for _, _, rows in pairs]
    table[list(_OTHERS)] = np.concatenate([np.empty((0, len(_OTHERS))), *others])
    table = _compared(comparison, table, report, theme)
    table = _ranked(comparison, table, report, theme)
    table = table.astype({"findings": int, "others": int})
    return table[schema.COUNCIL_DIFFERENCES.names].pipe(_in_order, report, theme)


_OTHERS = ("others", "others_share", "others_share_low", "others_share_high", "known")


def others_share(comparison: Comparison, others: np.ndarray) -> np.ndarray:
    """Return what a group says of every theme, empty where it has fewer than ``min_reports``.

    Returns
    -------
    ndarray
        Reports with findings, weakness share, the ends of its interval, effective number of
        findings; shape (themes, 5).
    """
    cells = comparison.cells
    size = cells.findings[others]
    shares = np.stack(clustered_share(cells.count(MEASURE)[others], size, comparison.level), axis=1)
    reports = (size > 0).sum(axis=0)
    shares[reports < comparison.params["min_reports"]] = np.nan
    return np.column_stack([reports, shares])


def _compared(
    comparison: Comparison, table: pd.DataFrame, report: np.ndarray, theme: np.ndarray
) -> pd.DataFrame:
    cells = comparison.cells
    share, low, high = (values[report, theme] for values in comparison.share(MEASURE))
    count = cells.effective(MEASURE)[report, theme]
    others = [table[f"others_share{end}"].to_numpy(dtype=float) for end in ("", "_low", "_high")]
    gap, gap_low, gap_high = hybrid_difference(
        (share, low, high), (others[0], others[1], others[2])
    )
    known = table["known"].to_numpy(dtype=float)
    p = exact_p(share * count, count, others[0] * known, known)
    a, b = (values[report, theme] for values in comparison.pooled_shares(MEASURE))
    sweeping = table["theme"] == schema.ALL_THEMES
    q = np.full(len(table), np.nan)
    for name in schema.COMPARED_WITH:
        for whole in (True, False):
            family = ((table["compared_with"] == name) & (sweeping == whole)).to_numpy()
            q[family] = q_values(p[family])
    sure = q <= comparison.params["discovery_rate"]
    verdict = np.where(sure, np.where(gap > 0, "above", "below"), "no")
    findings = cells.findings[report, theme]
    reasons = np.where(findings == 0, "no_findings",
                       np.where(np.isnan(others[0]), "too_few_reports", ""))  # fmt: skip
    return table.assign(
        findings=findings, share=share, share_low=low, share_high=high, difference=gap,
        difference_low=gap_low, difference_high=gap_high, effect=cohens_h(share, others[0]),
        p_above=1 - betainc(a, b, others[0]), p_value=p, q_value=q,
        differs=np.where(np.isnan(p), "", verdict), reason=reasons,
    )  # fmt: skip


def _ranked(
    comparison: Comparison, table: pd.DataFrame, report: np.ndarray, theme: np.ndarray
) -> pd.DataFrame:
    cells = comparison.cells
    share, count = cells.share(MEASURE), cells.effective(MEASURE)
    ranks = np.full((3, *cells.shape), np.nan)
    for group in cells.groups.values():
        for column in range(len(cells.themes)):
            some = group[cells.findings[group, column] > 0]
            if len(some) >= comparison.params["min_reports"]:
                ranks[:, some, column] = rank_intervals(
                    share[some, column], count[some, column], comparison.level
                )
    chosen = ranks[:, report, theme]
    chosen[:, (table["compared_with"] != "national").to_numpy()] = np.nan
    whole = {
        name: pd.array([None if np.isnan(v) else int(v) for v in values], dtype=object)
        for name, values in zip(("rank", "rank_low", "rank_high"), chosen, strict=True)
    }
    return table.assign(**whole)


def _in_order(table: pd.DataFrame, report: np.ndarray, theme: np.ndarray) -> pd.DataFrame:
    group = table["compared_with"].map({n: i for i, n in enumerate(schema.COMPARED_WITH)})
    order = np.lexsort((group.to_numpy(), theme, report))
    return table.iloc[order].reset_index(drop=True)
