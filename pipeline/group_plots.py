"""Plots of the themes by year, grade, region and layout: a panel for each theme."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from pipeline import schema
from pipeline.charts import BLUE, GREEN, GREY, ORANGE, Chart, marks, nominal, quantity, rounded
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


def group_charts(table: pd.DataFrame, codebook: Codebook) -> Iterator[tuple[str, Chart]]:
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


def panels_of(rows: pd.DataFrame, grouping: str, measure: str, panels: list[str]) -> Chart:
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
    ends = (f"{measure}_low", f"{measure}_high")
    data = rounded(rows[["panel", "group", "layout", measure, *ends]])
    layouts = [name for name in COLOURS if name in set(data["layout"])]
    groups = _order(grouping, set(data["group"]))
    group = nominal("group", sort=groups, axis=_GROUP)
    colour = nominal("layout", title=None, sort=layouts, scale={
        "domain": layouts, "range": [COLOURS[name] for name in layouts]})  # fmt: skip
    upright = grouping == "year"
    panel = (_years if upright else _rows)(data, measure, {"color": colour}, group)
    if not upright and grouping != "layout":
        # Layouts stand beside one another, so that their intervals do not hide each other.
        panel |= {"encoding": {"yOffset": nominal("layout", sort=layouts)},
                  "height": ROW * max(len(groups), 2) * max(len(layouts), 2) // 2}  # fmt: skip
    return {
        "facet": nominal("panel", sort=panels, title=None, header={"labelFontSize": 11}),
        "spec": panel, "columns": 4, "spacing": 14,
        "resolve": {"axis": {"x": "independent" if upright else "shared", "y": "shared"}},
        "title": {"text": f"Themes by {TITLES[grouping]}: {MEASURES[measure]}",
                  "subtitle": "95 % intervals with documents as clusters; groups of "
                              f"{MIN_DOCUMENTS} documents or more"},
    }  # fmt: skip


_VALUE = {"format": "%", "title": None, "tickCount": 5}
_GROUP = {"title": None, "labelOverlap": True, "labelAngle": 0}


def _values(measure: str) -> list[dict[str, Any]]:
    """Return the channels of a measure: the lower end, the upper end and the share itself."""
    scale = {"domain": [0, 1]} if measure == "weakness_share" else {"zero": True}
    low, share = (quantity(name, scale=scale, axis=_VALUE) for name in (f"{measure}_low", measure))
    return [low, {"field": f"{measure}_high"}, share]


def _years(
    data: pd.DataFrame, measure: str, colour: dict[str, Any], group: dict[str, Any]
) -> Chart:
    low, high, share = _values(measure)
    base = colour | {"x": group}
    lines = marks("rule", data, base | {"y": low, "y2": high})
    points = marks("line", data, base | {"y": share}, point={"size": 18}, strokeWidth=1.2)
    return {"layer": [lines, points], "width": PANEL, "height": 90}


def _rows(data: pd.DataFrame, measure: str, colour: dict[str, Any], group: dict[str, Any]) -> Chart:
    low, high, share = _values(measure)
    base = colour | {"y": group}
    lines = marks("rule", data, base | {"x": low, "x2": high})
    points = marks("point", data, base | {"x": share}, filled=True, size=22, opacity=1)
    height = ROW * max(len(group["sort"]), 3)
    return {"layer": [lines, points], "width": PANEL, "height": height}


def _order(grouping: str, found: set[str]) -> list[str]:
    if grouping == "grade":
        return [grade for grade in schema.GRADES if grade in found]
    if grouping == "layout":
        return [name for name in COLOURS if name in found]
    return sorted(found)
