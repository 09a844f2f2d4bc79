"""The pictures of the results."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipeline import schema
from pipeline.charts import BLUE, GREY, ORANGE, Chart, marks, nominal, quantity, rounded
from pipeline.schema import ALL_THEMES

COLOURS = {"ILACS": BLUE, "SIF": ORANGE}
PERCENT = {"format": "%", "title": "weakness share", "tickCount": 5}
SHARE = {"domain": [0, 1]}
CHANGES = {"improvement": BLUE, "deterioration": ORANGE}


def _colour() -> dict[str, Any]:
    scale = {"domain": list(COLOURS), "range": list(COLOURS.values())}
    return nominal("framework", title=None, scale=scale)


def _named(rows: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    names = ["framework", "group", "documents", "share", "share_low", "share_high",
             "weakness_share", "weakness_share_low", "weakness_share_high"]  # fmt: skip
    return rounded(rows[names].assign(name=rows["theme"].map(labels)))


def _across(data: pd.DataFrame, value: str, title: str, order: list[str], names: bool) -> Chart:
    axis = {"format": "%", "title": title, "tickCount": 5}
    base = {
        "y": nominal("name", sort=order, title=None, axis={"labels": names, "ticks": names}),
        "yOffset": nominal("framework"), "color": _colour(),
    }  # fmt: skip
    rules = marks("rule", data, base | {
        "x": quantity(f"{value}_low", axis=axis, scale={"zero": True}),
        "x2": {"field": f"{value}_high"},
    })  # fmt: skip
    points = marks("point", data, base | {"x": quantity(value, axis=axis)},
                   filled=True, size=32, opacity=1)  # fmt: skip
    return {"layer": [rules, points], "width": 290, "height": {"step": 11}}


def themes(rows: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    """Return how often themes are written about, and how critically."""
    data = _named(rows[rows["theme"] != ALL_THEMES], labels)
    order = data.groupby("name")["share"].mean().sort_values(ascending=False).index.tolist()
    sides = [
        _across(data, "share", "share of findings", order, True),
        _across(data, "weakness_share", "weakness share", order, False),
    ]
    return {"hconcat": sides, "title": "Themes in inspection reports"}


def _upright(data: pd.DataFrame, order: list[str], width: int, joined: bool, angle: int) -> Chart:
    base = {"x": nominal("group", sort=order, title=None, axis={"labelAngle": angle}),
            "color": _colour()}  # fmt: skip
    if not joined:
        base["xOffset"] = nominal("framework")
    rules = marks("rule", data, base | {
        "y": quantity("weakness_share_low", scale=SHARE, axis=PERCENT),
        "y2": {"field": "weakness_share_high"},
    })  # fmt: skip
    share = base | {"y": quantity("weakness_share", scale=SHARE, axis=PERCENT)}
    points = (
        marks("line", data, share, point={"size": 26}, strokeWidth=1.2) if joined
        else marks("point", data, share, filled=True, size=32, opacity=1)
    )  # fmt: skip
    return {"layer": [rules, points], "width": width, "height": 120}


def _panels(panel: Chart, names: list[str], columns: int, title: str) -> Chart:
    facet = nominal("name", sort=names, title=None, header={"labelFontSize": 11})
    return {"facet": facet, "spec": panel, "columns": columns, "spacing": 14, "title": title}


def years(rows: pd.DataFrame, labels: Mapping[str, str], named: tuple[str, ...]) -> Chart:
    """Return the weakness share by year, for all findings and the named themes."""
    codes = (ALL_THEMES, *named)
    data = _named(rows[rows["theme"].isin(codes)], labels)
    panel = _upright(data, sorted(set(data["group"])), 330, True, 0)
    return _panels(panel, [labels[code] for code in codes], 2, "Weakness share by year")


def grades(rows: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    """Return the weakness share by grade, a panel for each theme."""
    data = _named(rows, labels)
    others = [labels[code] for code in rows["theme"].unique() if code != ALL_THEMES]
    found = [grade for grade in schema.GRADES if grade in set(data["group"])]
    panel = _upright(data, found, 130, False, -40) | {"height": 100}
    return _panels(panel, [labels[ALL_THEMES], *others], 5, "Weakness share by overall grade")


def regions(rows: pd.DataFrame) -> Chart:
    """Return the weakness share of all findings by region."""
    data = rounded(rows[rows["theme"] == ALL_THEMES].drop(columns="theme"))
    base = {"y": nominal("group", title=None), "yOffset": nominal("framework"), "color": _colour()}
    rules = marks("rule", data, base | {
        "x": quantity("weakness_share_low", axis=PERCENT, scale={"zero": True}),
        "x2": {"field": "weakness_share_high"},
    })  # fmt: skip
    points = marks("point", data, base | {"x": quantity("weakness_share", axis=PERCENT)},
                   filled=True, size=36, opacity=1)  # fmt: skip
    counts = marks("text", data, base | {
        "x": quantity("weakness_share_high", axis=PERCENT), "text": quantity("documents"),
        "color": {"value": GREY},
    }, align="left", dx=5, fontSize=9, color=GREY)  # fmt: skip
    title = {"text": "Weakness share of all findings, by region", "subtitle": "Number: reports"}
    return {"layer": [rules, points, counts], "width": 430, "height": {"step": 13}, "title": title}


def changes(rows: pd.DataFrame, labels: Mapping[str, str]) -> Chart:
    """Return how many changes stand up by theme, improvements to the left."""
    summed = rows.groupby("theme")[[*CHANGES, "tested"]].sum().reset_index()
    summed["name"] = summed["theme"].map(labels) + " (" + summed["tested"].astype(str) + ")"
    order = summed.sort_values(["improvement", "name"], ascending=[False, True])["name"].tolist()
    long = summed.melt("name", list(CHANGES), var_name="change", value_name="councils")
    scale = {"domain": list(CHANGES), "range": list(CHANGES.values())}
    bars = marks("bar", long, {
        "x": quantity("councils", title="pairs of inspections"),
        "y": nominal("name", sort=order, title=None),
        "yOffset": nominal("change", sort=list(CHANGES)),
        "color": nominal("change", title=None, scale=scale),
    }, size=6)  # fmt: skip
    title = {"text": "Changes between two inspections that stand up",
             "subtitle": "In brackets: pairs of inspections that were compared"}  # fmt: skip
    return bars | {"width": 380, "height": {"step": 8}, "title": title}


def pictures(
    results: Mapping[str, pd.DataFrame], labels: Mapping[str, str], named: tuple[str, ...]
) -> dict[str, Chart]:
    """Return every picture by the name of its file."""
    return {
        "themes": themes(results["themes"], labels),
        "years": years(results["years"], labels, named),
        "grades": grades(results["grades"], labels),
        "regions": regions(results["regions"]),
        "changes": changes(results["changes"], labels),
    }
