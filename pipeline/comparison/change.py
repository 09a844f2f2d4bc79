"""Change between a council's consecutive inspections, by theme."""

import numpy as np
import pandas as pd
from scipy.special import stdtr

from pipeline import schema
from pipeline.comparison.differences import MEASURE, others_share
from pipeline.comparison.exact import exact_p, hybrid_difference, q_values
from pipeline.comparison.shares import Comparison

FACTS = ("council", "gss_code", "region", "doc_id", "published", "framework")


def consecutive(reports: pd.DataFrame) -> list[tuple[int, int]]:
    """Return the pairs of consecutive reports of each council, by their numbers.

    Reports without a date or a council are in none.
    """
    known = reports[(reports["published"] != "") & (reports["council"] != "")]
    ordered = known.sort_values(["council", "published", "doc_id"], kind="stable")
    pairs = [
        (int(before), int(after))
        for _, group in ordered.groupby("council", sort=True)
        for before, after in zip(group.index[:-1], group.index[1:], strict=True)
    ]
    return sorted(pairs, key=lambda pair: pair[1])


def combined(
    terms: list[tuple[float, tuple[np.ndarray, np.ndarray, np.ndarray]]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a sum of shares, each times 1 or -1, with the interval from the intervals of all.

    The method of variance estimates recovery (Zou and Donner 2008), of which the hybrid score
    interval of a difference is the case of two terms.

    Parameters
    ----------
    terms
        A sign, and a share with the lower and the upper end of its interval.
    """
    total = sum(sign * share for sign, (share, _, _) in terms)
    down = sum(np.square(share - (low if sign > 0 else high)) for sign, (share, low, high) in terms)
    up = sum(np.square((high if sign > 0 else low) - share) for sign, (share, low, high) in terms)
    return np.asarray(total), np.asarray(total - np.sqrt(down)), np.asarray(total + np.sqrt(up))


def welch_p(total: np.ndarray, terms: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Return two-sided p-values for a sum of shares being 0, by Welch's approximation.

    Parameters
    ----------
    total
        The sum; any shape.
    terms
        Shares with their effective numbers of findings. The variance is Agresti and Caffo's
        (2000), with a weakness and a strength added, so that a share of 0 is not taken for
        certain.
    """
    variance: np.ndarray = np.zeros_like(total)
    squares: np.ndarray = np.zeros_like(total)
    for share, count in terms:
        better = (share * count + 1) / (count + 2)
        part = better * (1 - better) / (count + 2)
        variance = variance + part
        squares = squares + part**2 / np.maximum(count - 1, 1)
    degrees = np.maximum(variance**2 / squares, 1)
    return np.asarray(2 * stdtr(degrees, -np.abs(total) / np.sqrt(variance)))


def council_changes(comparison: Comparison) -> pd.DataFrame:
    """Return the table ``council_changes``.

    Within a framework the shares themselves are compared, by Fisher's exact test on effective
    numbers. Reports of different frameworks differ in length and tone, so there it is the
    distance to the other councils of the same framework and period that is compared. q-values are
    Benjamini and Hochberg's over all pairs and themes; ``all`` is a family of its own.

    Notes
    -----
    A fall of the share is an improvement in what inspectors wrote. Inspectors write more on what
    they look for in a year; the relative change takes out what changed for all councils alike.
    """
    cells = comparison.cells
    pairs = consecutive(cells.reports)
    first, second = np.array(pairs, dtype=int).reshape(-1, 2).T
    shape = (len(pairs), len(cells.themes))
    shares = comparison.share(MEASURE)
    before, after = ([values[rows] for values in shares] for rows in (first, second))
    count = cells.effective(MEASURE)
    others, known = _others_shares(comparison, sorted({*first, *second}))
    frameworks = cells.reports["framework"].to_numpy()
    same = np.broadcast_to((frameworks[first] == frameworks[second])[:, None], shape)
    change = hybrid_difference(_three(after), _three(before))
    relative = combined([
        (1.0, _three(after)), (-1.0, _three([values[second] for values in others])),
        (-1.0, _three(before)), (1.0, _three([values[first] for values in others])),
    ])  # fmt: skip
    exact = exact_p(after[0] * count[second], count[second], before[0] * count[first], count[first])
    welch = welch_p(relative[0], [
        (after[0], count[second]), (before[0], count[first]),
        (others[0][second], known[second]), (others[0][first], known[first]),
    ])  # fmt: skip
    p = np.where(same, exact, welch)
    q = np.full(shape, np.nan)
    q[:, 0] = q_values(p[:, 0])
    q[:, 1:] = q_values(p[:, 1:].ravel()).reshape(p[:, 1:].shape)
    tested = np.where(same, change[0], relative[0])
    sure = q <= comparison.params["discovery_rate"]
    verdict = np.where(sure, np.where(tested < 0, "improvement", "deterioration"), "none")
    empty = (cells.findings[first] == 0) | (cells.findings[second] == 0)
    reason = np.where(empty, "no_findings",
                      np.where(np.isnan(relative[0]), "too_few_reports", ""))  # fmt: skip
    values = {
        "findings_before": cells.findings[first], "findings": cells.findings[second],
        **_named("share_before", before), **_named("share", after),
        **_named("change", [np.where(same, v, np.nan) for v in change]),
        **_named("relative_change", relative),
        "basis": np.where(same, "change", "relative_change"), "p_value": p, "q_value": q,
        "verdict": np.where(np.isnan(p), "", verdict), "reason": reason,
    }  # fmt: skip
    return _rows(comparison, first, second, values)


def _three(values: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return values[0], values[1], values[2]


def _named(name: str, values: list[np.ndarray] | tuple[np.ndarray, ...]) -> dict[str, np.ndarray]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def _others_shares(comparison: Comparison, rows: list[int]) -> tuple[list[np.ndarray], np.ndarray]:
    """Return the shares of the other councils of each report's group, and their known numbers."""
    cells = comparison.cells
    found = np.full((*cells.shape, 4), np.nan)
    council = cells.reports["council"].to_numpy()
    for group in cells.groups.values():
        for row in sorted(set(rows) & set(group.tolist())):
            others = group[council[group] != council[row]]
            found[row] = others_share(comparison, others)[:, 1:]
    return [found[..., part] for part in range(3)], found[..., 3]


def _rows(
    comparison: Comparison, first: np.ndarray, second: np.ndarray, values: dict[str, np.ndarray]
) -> pd.DataFrame:
    reports, themes = comparison.cells.reports, comparison.cells.themes
    rows, columns = (grid.ravel() for grid in np.indices((len(first), len(themes))))
    table = reports.iloc[second[rows]][list(FACTS)].reset_index(drop=True)
    earlier = reports.iloc[first[rows]].reset_index(drop=True)
    more = {f"{name}_before": earlier[name] for name in ("doc_id", "published", "framework")}
    flat = {name: value.ravel() for name, value in values.items()}
    table = table.assign(theme=np.array(themes, dtype=object)[columns], **more, **flat)
    return table.astype({"findings": int, "findings_before": int})[schema.COUNCIL_CHANGES.names]


def standing(changes: pd.DataFrame) -> pd.DataFrame:
    """Return the improvements and deteriorations that stand up."""
    kept = changes["verdict"].isin(("improvement", "deterioration"))
    return changes[kept].reset_index(drop=True)
