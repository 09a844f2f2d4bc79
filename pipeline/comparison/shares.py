"""Shares and counts of every council inspection, theme and measure."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from pipeline import schema
from pipeline.comparison.cells import POLARITY_ORDER, Cells
from pipeline.comparison.exact import count_interval
from pipeline.comparison.gold_sample import GoldSample
from pipeline.comparison.pooling import Pooled, pool
from pipeline.comparison.powered import carried_over, error_rates
from pipeline.intervals import wilson_ends

Ends = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Comparison:
    """What the tables of the comparison share: counts, the gold sample and parameters."""

    cells: Cells
    gold: GoldSample | str
    params: dict[str, Any]

    @property
    def level(self) -> float:
        """Level of the intervals."""
        return float(self.params["interval"])

    def share(self, measure: str) -> Ends:
        """Return shares with Wilson's interval on effective numbers; shape (reports, themes)."""
        share = self.cells.share(measure)
        z = float(ndtri(0.5 + self.level / 2))
        return (share, *wilson_ends(share, self.cells.effective(measure), z))

    @cached_property
    def pooled(self) -> dict[tuple[str, str, int, str], tuple[np.ndarray, Pooled]]:
        """Pooled shares by framework, period, theme and measure, with the reports' numbers.

        Groups with fewer reports than ``min_reports`` with findings are left out.
        """
        found: dict[tuple[str, str, int, str], tuple[np.ndarray, Pooled]] = {}
        for (framework, period), rows in self.cells.groups.items():
            for theme in range(len(self.cells.themes)):
                some = rows[self.cells.findings[rows, theme] > 0]
                if len(some) < self.params["min_reports"]:
                    continue
                for measure in schema.MEASURES:
                    effect = self.cells.design_effects[measure][some, theme]
                    count = self.cells.count(measure)[some, theme] / effect
                    size = self.cells.findings[some, theme] / effect
                    found[framework, period, theme, measure] = some, pool(count, size)
        return found

    def pooled_shares(self, measure: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the shapes of the pooled beta distributions; ``nan`` where not pooled."""
        a, b = np.full(self.cells.shape, np.nan), np.full(self.cells.shape, np.nan)
        for (_, _, theme, name), (rows, pooled) in self.pooled.items():
            if name == measure:
                a[rows, theme], b[rows, theme] = pooled.a, pooled.b
        return a, b

    def corrected(self, measure: str) -> tuple[Ends, np.ndarray]:
        """Return shares after the program's errors with their ends, and the reasons why not."""
        empty = np.full(self.cells.shape, np.nan)
        share, low, high = empty, empty.copy(), empty.copy()
        if isinstance(self.gold, str):
            return (share, low, high), np.full(self.cells.shape, self.gold, dtype=object)
        reasons = np.full(self.cells.shape, "too_few_gold", dtype=object)
        frameworks = self.cells.reports["framework"].to_numpy()
        blocks = (self.cells.blocks[code].to_numpy(dtype=float) for code in POLARITY_ORDER)
        counts = np.stack([self.cells.total(values) for values in blocks], axis=-1)
        coded = self.share(measure)
        for framework in sorted(set(frameworks)):
            own = frameworks == framework
            part = self.gold.of(np.flatnonzero(own))
            rates = error_rates(part, measure, self.params["min_gold_code"])
            if rates is None or part.gold["report"].nunique() < self.params["min_reports"]:
                continue
            ends = (coded[0][own].ravel(), coded[1][own].ravel(), coded[2][own].ravel())
            result = carried_over(counts[own].reshape(-1, len(POLARITY_ORDER)), ends, rates)
            for target, values in zip((share, low, high), result, strict=True):
                target[own] = values.reshape(-1, self.cells.shape[1])
            reasons[own] = ""
        for target in (share, low, high):
            target[self.cells.findings == 0] = np.nan
        return (share, low, high), reasons


def council_shares(comparison: Comparison) -> pd.DataFrame:
    """Return the table ``council_shares``: shares as coded, pooled and corrected."""
    cells, level = comparison.cells, comparison.level
    some = cells.findings > 0
    parts = []
    for measure in schema.MEASURES:
        count, effect = cells.count(measure), cells.design_effects[measure]
        low, high = count_interval(count, effect, level)
        a, b = comparison.pooled_shares(measure)
        corrected, lacking = comparison.corrected(measure)
        values = {
            "findings": cells.findings, "paragraphs": cells.paragraphs,
            "count": count, "count_low": low, "count_high": high,
            **named("share", comparison.share(measure)),
            "design_effect": np.where(some, effect, np.nan),
            **named("pooled", pooled_ends(a, b, level)),
            **named("corrected", corrected),
        }  # fmt: skip
        reasons = [
            np.where(some, "", "no_findings"),
            np.where(some & np.isnan(a), "too_few_reports", ""),
            np.where(some, lacking, ""),
        ]
        parts.append(table_part(cells, values, reasons).assign(measure=measure))
    table = pd.concat(parts, keys=range(len(parts)), names=["order", "row"])
    table = table.sort_index(level=["row", "order"]).reset_index(drop=True)
    whole = {"findings": int, "paragraphs": int}
    return table.astype(whole)[schema.COUNCIL_SHARES.names]


def named(name: str, values: Ends) -> dict[str, np.ndarray]:
    """Return a figure and the ends of its interval by the names of their columns."""
    return dict(zip((name, f"{name}_low", f"{name}_high"), values, strict=True))


def pooled_ends(a: np.ndarray, b: np.ndarray, level: float) -> Ends:
    """Return the means of beta distributions with the ends of their intervals."""
    low, high = Pooled(a, b, np.nan, np.nan, np.nan).interval(level)
    return a / (a + b), low, high


def table_part(
    cells: Cells, values: dict[str, np.ndarray], reasons: list[np.ndarray]
) -> pd.DataFrame:
    """Return a row for every report and theme, with facts, values and the reasons joined."""
    rows, columns = (grid.ravel() for grid in np.indices(cells.shape))
    part = cells.reports.iloc[rows].reset_index(drop=True)
    part["theme"] = np.array(cells.themes, dtype=object)[columns]
    # At once, as one column after the other would split the frame into pieces.
    more = pd.DataFrame({name: value.ravel() for name, value in values.items()})
    listed = zip(*(reason.ravel() for reason in reasons), strict=True)
    more["reason"] = [";".join(filter(None, row)) for row in listed]
    facts = ["council", "gss_code", "region", "doc_id", "published", "framework", "period", "theme"]
    return pd.concat([part[facts], more], axis=1)
