"""The pictures of the results."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from pipeline import schema
from pipeline.charts import BLUE, GREY, ORANGE, rounded
from pipeline.schema import ALL_THEMES

COLOURS = {"ILACS": BLUE, "SIF": ORANGE}
PERCENT = alt.Axis(format="%", title="weakness share", tickCount=5)
SHARE = alt.Scale(domain=[0, 1])
CHANGES = {"improvement": BLUE, "deterioration": ORANGE}


def _colour() -> alt.Color:
    scale = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    return alt.Color("framework:N", title=None, scale=scale)


def _named(rows: pd.DataFrame, labels: Mapping[str, str]) -> pd.DataFrame:
    names = ["framework", "group", "documents", "share", "share_low", "share_high",
             "weakness_share", "weakness_share_low", "weakness_share_high"]  # fmt: skip
    return rounded(rows[names].assign(name=rows["theme"].map(labels)))


def _across(data: pd.DataFrame, value: str, title: str, order: list[str], names: bool) -> Any:
    axis = alt.Axis(format="%", title=title, tickCount=5)
    base = alt.Chart(data).encode(
        alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labels=names, ticks=names)),
        alt.YOffset("framework:N"), _colour(),
    )  # fmt: skip
    scale = alt.Scale(zero=True)
    rules = base.mark_rule().encode(
        alt.X(f"{value}_low:Q", axis=axis, scale=scale), alt.X2(f"{value}_high:Q")
    )
    points = base.mark_point(filled=True, size=32, opacity=1).encode(alt.X(f"{value}:Q", axis=axis))
    return alt.layer(rules, points).properties(width=290, height=alt.Step(11))


def themes(rows: pd.DataFrame, labels: Mapping[str, str]) -> alt.TopLevelMixin:
    """Return how often themes are written about, and how critically."""
    data = _named(rows[rows["theme"] != ALL_THEMES], labels)
    order = data.groupby("name")["share"].mean().sort_values(ascending=False).index.tolist()
    return alt.hconcat(
        _across(data, "share", "share of findings", order, True),
        _across(data, "weakness_share", "weakness share", order, False),
    ).properties(title="Themes in inspection reports")


def _upright(data: pd.DataFrame, order: list[str], width: int, joined: bool, angle: int) -> Any:
    base = alt.Chart(data).encode(
        alt.X("group:N", sort=order, title=None, axis=alt.Axis(labelAngle=angle)), _colour()
    )
    if not joined:
        base = base.encode(alt.XOffset("framework:N"))
    rules = base.mark_rule().encode(
        alt.Y("weakness_share_low:Q", scale=SHARE, axis=PERCENT), alt.Y2("weakness_share_high:Q")
    )
    point = alt.OverlayMarkDef(size=26)
    mark = base.mark_line(point=point, strokeWidth=1.2) if joined else base.mark_point(
        filled=True, size=32, opacity=1
    )  # fmt: skip
    points = mark.encode(alt.Y("weakness_share:Q", scale=SHARE, axis=PERCENT))
    return alt.layer(rules, points).properties(width=width, height=120)


def _panels(panel: Any, names: list[str], columns: int, title: str) -> alt.TopLevelMixin:
    facet = alt.Facet("name:N", sort=names, title=None, header=alt.Header(labelFontSize=11))
    whole: alt.TopLevelMixin = panel.facet(facet, columns=columns, spacing=14).properties(
        title=title
    )
    return whole


def years(
    rows: pd.DataFrame, labels: Mapping[str, str], named: tuple[str, ...]
) -> alt.TopLevelMixin:
    """Return the weakness share by year, for all findings and the named themes."""
    codes = (ALL_THEMES, *named)
    data = _named(rows[rows["theme"].isin(codes)], labels)
    panel = _upright(data, sorted(set(data["group"])), 330, True, 0)
    return _panels(panel, [labels[code] for code in codes], 2, "Weakness share by year")


def grades(rows: pd.DataFrame, labels: Mapping[str, str]) -> alt.TopLevelMixin:
    """Return the weakness share by grade, a panel for each theme."""
    data = _named(rows, labels)
    others = [labels[code] for code in rows["theme"].unique() if code != ALL_THEMES]
    found = [grade for grade in schema.GRADES if grade in set(data["group"])]
    panel = _upright(data, found, 130, False, -40).properties(height=100)
    return _panels(panel, [labels[ALL_THEMES], *others], 5, "Weakness share by overall grade")


def regions(rows: pd.DataFrame) -> alt.TopLevelMixin:
    """Return the weakness share of all findings by region."""
    data = rounded(rows[rows["theme"] == ALL_THEMES].drop(columns="theme"))
    base = alt.Chart(data).encode(
        alt.Y("group:N", title=None), alt.YOffset("framework:N"), _colour()
    )
    rules = base.mark_rule().encode(
        alt.X("weakness_share_low:Q", axis=PERCENT, scale=alt.Scale(zero=True)),
        alt.X2("weakness_share_high:Q"),
    )
    points = base.mark_point(filled=True, size=36, opacity=1).encode(
        alt.X("weakness_share:Q", axis=PERCENT)
    )
    counts = base.mark_text(align="left", dx=5, fontSize=9, color=GREY).encode(
        alt.X("weakness_share_high:Q", axis=PERCENT), alt.Text("documents:Q"),
        color=alt.value(GREY),
    )  # fmt: skip
    title = alt.Title("Weakness share of all findings, by region", subtitle="Number: reports")
    return alt.layer(rules, points, counts).properties(width=430, height=alt.Step(13), title=title)


def changes(rows: pd.DataFrame, labels: Mapping[str, str]) -> alt.TopLevelMixin:
    """Return how many changes stand up by theme, improvements to the left."""
    summed = rows.groupby("theme")[[*CHANGES, "tested"]].sum().reset_index()
    summed["name"] = summed["theme"].map(labels) + " (" + summed["tested"].astype(str) + ")"
    order = summed.sort_values(["improvement", "name"], ascending=[False, True])["name"].tolist()
    long = summed.melt("name", list(CHANGES), var_name="change", value_name="councils")
    colour = alt.Color("change:N", title=None, scale=alt.Scale(
        domain=list(CHANGES), range=list(CHANGES.values())))  # fmt: skip
    title = alt.Title("Changes between two inspections that stand up",
                      subtitle="In brackets: pairs of inspections that were compared")  # fmt: skip
    bars: alt.TopLevelMixin = alt.Chart(long, title=title).mark_bar(size=6).encode(
        alt.X("councils:Q", title="pairs of inspections"),
        alt.Y("name:N", sort=order, title=None),
        alt.YOffset("change:N", sort=list(CHANGES)), colour,
    ).properties(width=380, height=alt.Step(8))  # fmt: skip
    return bars


def pictures(
    results: Mapping[str, pd.DataFrame], labels: Mapping[str, str], named: tuple[str, ...]
) -> dict[str, alt.TopLevelMixin]:
    """Return every picture by the name of its file."""
    return {
        "themes": themes(results["themes"], labels),
        "years": years(results["years"], labels, named),
        "grades": grades(results["grades"], labels),
        "regions": regions(results["regions"]),
        "changes": changes(results["changes"], labels),
    }
