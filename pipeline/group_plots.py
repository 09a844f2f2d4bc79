"""Plots of the themes by year, grade, region and layout: a panel for each theme."""

from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd

from pipeline import schema
from pipeline.charts import BLUE, GREEN, GREY, ORANGE, rounded
from pipeline.codebook import Codebook
from pipeline.schema import EVERY, PRESS, UNKNOWN

# Under this many documents an interval says too little to be drawn.
MIN_DOCUMENTS = 3
COLOURS = {"ILACS": BLUE, "SIF": ORANGE, "other": GREEN, PRESS: GREY}
TITLES = {
    "year": "year of publication",
    "grade": "overall grade",
    "region": "region",
    "layout": "layout",
}
MEASURES = {
    "share": "share of findings that are about the theme",
    "weakness_share": "weakness share",
}
ROW, PANEL = 13, 170


def group_charts(
    table: pd.DataFrame, codebook: Codebook
) -> Iterator[tuple[str, alt.TopLevelMixin]]:
    """Return every plot with the name of its file.

    Parameters
    ----------
    table
        The table ``theme_groups``.
    codebook
        For the names of the themes.
    """
    labels = {theme.id: theme.label for theme in codebook.themes}
    order = ["all themes", *(labels[code] for code in codebook.codes)]
    drawn = table[(table["documents"] >= MIN_DOCUMENTS) & (table["group"] != UNKNOWN)
                  & (table["layout"] != EVERY) & (table["findings"] > 0)]  # fmt: skip
    drawn = drawn.dropna(subset=["weakness_share_low"])
    drawn = drawn.assign(panel=drawn["theme"].map(labels).fillna("all themes"))
    for grouping in schema.GROUPINGS:
        for measure in MEASURES:
            rows = drawn[drawn["grouping"] == grouping]
            if measure == "share":
                rows = rows[rows["theme"] != schema.ALL_THEMES]
            if len(rows):
                panels = [name for name in order if name in set(rows["panel"])]
                yield f"{grouping}-{measure}", panels_of(rows, grouping, measure, panels)


def panels_of(
    rows: pd.DataFrame, grouping: str, measure: str, panels: list[str]
) -> alt.TopLevelMixin:
    """Return a panel for each theme, with the groups of every layout and their intervals.

    Parameters
    ----------
    rows
        Rows of ``theme_groups`` of one grouping, with ``panel``, the name of the theme.
    grouping, measure
        What the groups are, and the share that is drawn.
    panels
        The names of the themes in their order.

    Notes
    -----
    Layouts have colours of their own and are not to be compared. Each interval is at 95 %, so of
    some hundred in one picture several miss; two that barely part are no finding.
    """
    value, ends = measure, (f"{measure}_low", f"{measure}_high")
    data = rounded(rows[["panel", "group", "layout", value, *ends]])
    layouts = [name for name in COLOURS if name in set(data["layout"])]
    groups = _order(grouping, set(data["group"]))
    scale = alt.Scale(domain=[0, 1]) if measure == "weakness_share" else alt.Scale(zero=True)
    colour = alt.Color("layout:N", title=None, sort=layouts, scale=alt.Scale(
        domain=layouts, range=[COLOURS[name] for name in layouts]))  # fmt: skip
    upright = grouping == "year"
    panel = (_years if upright else _rows)(data, (value, *ends), groups, scale, colour)
    if not upright and grouping != "layout":
        # Layouts stand beside one another, so that their intervals do not hide each other.
        panel = panel.encode(yOffset=alt.YOffset("layout:N", sort=layouts))
        panel = panel.properties(height=ROW * max(len(groups), 2) * max(len(layouts), 2) // 2)
    title = alt.Title(f"Themes by {TITLES[grouping]}: {MEASURES[measure]}",
                      subtitle="95 % intervals with documents as clusters; groups of "
                               f"{MIN_DOCUMENTS} documents or more")  # fmt: skip
    facet = alt.Facet("panel:N", sort=panels, title=None, header=alt.Header(labelFontSize=11))
    whole: alt.TopLevelMixin = (
        panel.facet(facet, columns=4, spacing=14)
        .resolve_axis(x="independent" if upright else "shared", y="shared")
        .properties(title=title)
    )  # fmt: skip
    return whole


_VALUE = alt.Axis(format="%", title=None, tickCount=5)
_GROUP = alt.Axis(title=None, labelOverlap=True, labelAngle=0)


def _years(
    data: pd.DataFrame, names: tuple[str, ...], groups: list[str], scale: alt.Scale,
    colour: alt.Color,
) -> Any:  # fmt: skip
    value, low, high = (f"{name}:Q" for name in names)
    base = alt.Chart(data).encode(alt.X("group:N", sort=groups, axis=_GROUP), colour)
    lines = base.mark_rule().encode(alt.Y(low, scale=scale, axis=_VALUE), alt.Y2(high))
    points = base.mark_line(point=alt.OverlayMarkDef(size=18), strokeWidth=1.2).encode(
        alt.Y(value, scale=scale, axis=_VALUE)
    )
    return alt.layer(lines, points).properties(width=PANEL, height=90)


def _rows(
    data: pd.DataFrame, names: tuple[str, ...], groups: list[str], scale: alt.Scale,
    colour: alt.Color,
) -> Any:  # fmt: skip
    value, low, high = (f"{name}:Q" for name in names)
    base = alt.Chart(data).encode(alt.Y("group:N", sort=groups, axis=_GROUP), colour)
    lines = base.mark_rule().encode(alt.X(low, scale=scale, axis=_VALUE), alt.X2(high))
    points = base.mark_point(filled=True, size=22, opacity=1).encode(
        alt.X(value, scale=scale, axis=_VALUE)
    )
    return alt.layer(lines, points).properties(width=PANEL, height=ROW * max(len(groups), 3))


def _order(grouping: str, found: set[str]) -> list[str]:
    if grouping == "grade":
        return [grade for grade in schema.GRADES if grade in found]
    if grouping == "layout":
        return [name for name in COLOURS if name in found]
    return sorted(found)
