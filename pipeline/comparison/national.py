"""The national picture of a framework and period, as coded and corrected by the gold sentences."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline import frames, schema
from pipeline.comparison.gold_sample import GoldSample, totals
from pipeline.comparison.powered import Powered, Ratio, powered_share
from pipeline.comparison.shares import Comparison
from pipeline.intervals import clustered_share


@dataclass(frozen=True)
class GoldTotals:
    """Sums by report and theme: as coded over all sentences, and over gold ones by both.

    ``sentences`` are the gold ones as people coded them, each for itself alone.
    """

    coded: dict[str, np.ndarray]
    gold: dict[str, np.ndarray]
    again: dict[str, np.ndarray]
    size: np.ndarray
    drawn: np.ndarray
    sentences: dict[str, np.ndarray]


def gold_totals(sample: GoldSample, shape: tuple[int, int], themes: tuple[str, ...]) -> GoldTotals:
    """Sum the gold sample by report and theme."""
    whole, gold = sample.sentences, sample.gold
    draw = gold["draw"].to_numpy(dtype=float)
    return GoldTotals(
        totals(whole, ("polarity", "themes"), np.ones(len(whole)), shape, themes),
        totals(gold, ("gold", "gold_themes"), draw, shape, themes),
        totals(gold, ("polarity", "themes"), draw, shape, themes),
        np.bincount(whole["report"], minlength=shape[0]).astype(float),
        np.bincount(gold["report"], minlength=shape[0]) > 0,
        totals(gold, ("gold", "gold_themes"), np.ones(len(gold)), shape, themes),
    )


def national_shares(comparison: Comparison) -> pd.DataFrame:
    """Return the table ``national_shares``."""
    cells = comparison.cells
    sums = None
    if not isinstance(comparison.gold, str):
        sums = gold_totals(comparison.gold, cells.shape, cells.themes)
    rows = []
    for (framework, period), group in cells.groups.items():
        for theme, code in enumerate(cells.themes):
            for measure in schema.MEASURES:
                where = {"framework": framework, "period": period, "theme": code,
                         "measure": measure, "reports": len(group),
                         "findings": int(cells.findings[group, theme].sum())}  # fmt: skip
                reasons = [] if where["findings"] else ["no_findings"]
                rows.append(
                    where
                    | _as_coded(comparison, (framework, period, theme, measure), group, reasons)
                    | _corrected(comparison, sums, group, (theme, measure), reasons)
                    | {"reason": ";".join(reasons)}
                )
    return frames.build(rows, schema.NATIONAL_SHARES)


def _as_coded(
    comparison: Comparison, key: tuple[str, str, int, str], group: np.ndarray, reasons: list[str]
) -> dict[str, object]:
    _, _, theme, measure = key
    count = comparison.cells.count(measure)[group, theme, None]
    size = comparison.cells.findings[group, theme, None]
    share, low, high, _ = (float(v[0]) for v in clustered_share(count, size, comparison.level))
    row: dict[str, object] = {"share": share, "share_low": low, "share_high": high}
    if key not in comparison.pooled:
        return row | _lacking(reasons, "too_few_reports")
    pooled = comparison.pooled[key][1]
    typical_low, typical_high = pooled.typical_interval(comparison.level)
    return row | {
        "typical": pooled.typical, "typical_low": typical_low, "typical_high": typical_high,
        "between_sd": pooled.between,
    }  # fmt: skip


def _lacking(reasons: list[str], reason: str) -> dict[str, object]:
    if "no_findings" not in reasons:
        reasons.append(reason)
    return {}


def _corrected(
    comparison: Comparison, sums: GoldTotals | None, group: np.ndarray, cell: tuple[int, str],
    reasons: list[str],
) -> dict[str, object]:  # fmt: skip
    if sums is None or isinstance(comparison.gold, str):
        return {"gold_sentences": 0, "gold_reports": 0,
                **_lacking(reasons, str(comparison.gold))}  # fmt: skip
    theme, measure = cell
    counted = sums.sentences["findings"][group, theme]
    kind = sums.sentences[measure][group, theme].sum()
    row: dict[str, object] = {
        "gold_sentences": int(counted.sum()), "gold_reports": int((counted > 0).sum()),
    }  # fmt: skip
    params = comparison.params
    few = counted.sum() < params["min_gold"] or (counted > 0).sum() < params["min_reports"]
    # Of hardly any of one sort among the gold sentences no variance can be told.
    if few or min(kind, counted.sum() - kind) < params["min_gold_code"]:
        return row | _lacking(reasons, "too_few_gold")
    result = powered(sums, group, theme, measure, comparison.level)
    if np.isnan(result.share):
        return row | _lacking(reasons, "too_few_gold")
    corrects = "polarity and themes" if comparison.gold.with_themes and theme else "polarity"
    return row | {
        "corrected": result.share, "corrected_low": result.low, "corrected_high": result.high,
        "prediction_weight": result.weight, "corrects": corrects,
    }  # fmt: skip


def powered(sums: GoldTotals, group: np.ndarray, theme: int, measure: str, level: float) -> Powered:
    """Return the prediction-powered share of a group of reports."""
    coded, gold, again = (
        Ratio(part[measure][group, theme], part["findings"][group, theme])
        for part in (sums.coded, sums.gold, sums.again)
    )
    size, drawn = sums.size[group], sums.drawn[group]
    return powered_share(coded, gold, again, size=size, drawn=drawn, level=level)
