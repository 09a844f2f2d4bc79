"""The charts of the report, each with its numbers linked to the sentences behind them."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from pipeline.charts import BLUE, GREEN, GREY, ORANGE, rounded
from pipeline.reporting.study import Row

LAYOUTS = {"ILACS": BLUE, "SIF": ORANGE, "other": GREEN, "press": GREY}
# Earlier inspections of a council are paler than the latest.
STEPS = (ORANGE, BLUE, GREEN, GREY)
ROW = 15
WIDTH = 520
SHARE = alt.Scale(domain=[0, 1])
AXIS = alt.Axis(format="%", tickCount=5, title="weakness share, with its interval")


def dots(
    rows: Sequence[Row], order: Sequence[str], colours: dict[str, str], *, description: str,
    axis: str = "weakness share, with its interval", domain: tuple[float, float] = (0, 1),
) -> alt.TopLevelMixin:  # fmt: skip
    """Return a value with its interval for every row and group.

    Parameters
    ----------
    rows
        Each with ``row``, ``group``, ``value``, ``low``, ``high``, ``findings`` and ``link``.
    order
        The rows from top to bottom.
    colours
        A colour for each group, in the groups' order.
    description
        What the chart shows, for those who do not see it.
    axis, domain
        What the value is, and its range.
    """
    data = rounded(pd.DataFrame(rows))
    groups = [name for name in colours if name in set(data["group"])]
    percent = domain == (0, 1)
    scale = alt.Scale(domain=list(domain))
    title = alt.Axis(format="%" if percent else ".1f", tickCount=5, title=axis)
    base = alt.Chart(data).encode(
        alt.Y("row:N", sort=list(order), title=None),
        alt.YOffset("group:N", sort=groups),
        alt.Color("group:N", title=None, sort=groups, scale=alt.Scale(
            domain=groups, range=[colours[name] for name in groups])),
        tooltip=_tips("row", "group", ".0%" if percent else ".2f"),
        href=alt.Href("link:N"),
    )  # fmt: skip
    lines = base.mark_rule(strokeWidth=1.6).encode(
        alt.X("low:Q", scale=scale, axis=title), alt.X2("high:Q")
    )
    points = base.mark_point(filled=True, size=42, opacity=1).encode(
        alt.X("value:Q", scale=scale),
        alt.Shape("group:N", title=None, sort=groups, scale=alt.Scale(domain=groups)),
    )
    high = max(ROW, 9 * len(groups)) * len(set(data["row"]))
    layered = alt.layer(lines, points)
    return layered.properties(width=WIDTH, height=high, description=description)


def years(rows: Sequence[Row], description: str) -> alt.TopLevelMixin:
    """Return the weakness share by year, a line with intervals for each layout.

    Parameters
    ----------
    rows
        Each with ``row`` (the year), ``group`` (the layout), ``value``, ``low``, ``high``,
        ``findings`` and ``link``.
    description
        What the chart shows, for those who do not see it.
    """
    data = rounded(pd.DataFrame(rows))
    groups = [name for name in LAYOUTS if name in set(data["group"])]
    base = alt.Chart(data).encode(
        alt.X("row:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        alt.XOffset("group:N", sort=groups),
        alt.Color("group:N", title=None, sort=groups, scale=alt.Scale(
            domain=groups, range=[LAYOUTS[name] for name in groups])),
        tooltip=_tips("row", "group", ".0%"),
        href=alt.Href("link:N"),
    )  # fmt: skip
    lines = base.mark_rule(strokeWidth=1.6).encode(
        alt.Y("low:Q", scale=SHARE, axis=AXIS), alt.Y2("high:Q")
    )
    points = base.mark_point(filled=True, size=46, opacity=1).encode(
        alt.Y("value:Q", scale=SHARE),
        alt.Shape("group:N", title=None, sort=groups, scale=alt.Scale(domain=groups)),
    )
    return alt.layer(lines, points).properties(width=WIDTH, height=190, description=description)


def _tips(row: str, group: str, form: str) -> list[Any]:
    return [
        alt.Tooltip(f"{row}:N", title=" "), alt.Tooltip(f"{group}:N", title="group"),
        alt.Tooltip("value:Q", format=form, title="value"),
        alt.Tooltip("low:Q", format=form, title="from"),
        alt.Tooltip("high:Q", format=form, title="to"), alt.Tooltip("findings:Q", title="findings"),
    ]  # fmt: skip
