"""The picture of the suggestions: stability, coherence and what the codebook has of each."""

from typing import Any

import altair as alt
import pandas as pd

from pipeline import charts

_ROW = 17
_BAR_WIDTH = 110
_STATUS_LABELS = {
    "suggested": "suggested", "in_codebook": "in the codebook", "unstable": "unstable",
}  # fmt: skip


def draw(
    suggestions: pd.DataFrame, overlaps: pd.DataFrame, params: dict[str, Any]
) -> alt.HConcatChart:
    """Return a chart with a row for each topic: bars for its measures, a map of its overlaps.

    Parameters
    ----------
    suggestions, overlaps
        The tables ``suggestions`` and ``suggestion_overlaps``.
    params
        The block ``suggest`` of the parameters, for the limits that are drawn.
    """
    topics = charts.rounded(suggestions).assign(kind=suggestions["status"].map(_STATUS_LABELS))
    order = topics["suggestion"].tolist()
    cells = charts.rounded(overlaps)
    y = alt.Y("suggestion:N", sort=order, title=None, scale=alt.Scale(domain=order))
    bare = alt.Y("suggestion:N", sort=order, scale=alt.Scale(domain=order), axis=None)
    parts = [
        _bars(topics, y, "stability", "Stability", params["stability"]),
        _bars(topics, bare, "coherence", "Coherence", None),
        _bars(topics, bare, "share", "Share of findings", None),
        _map(cells, bare, params["overlap"]),
    ]
    height = _ROW * max(len(order), 1)
    rows = [part.properties(height=height) for part in parts]
    return alt.hconcat(*rows, spacing=14).properties(title=_title(topics, params))


def _title(topics: pd.DataFrame, params: dict[str, Any]) -> alt.TitleParams:
    count = int((topics["status"] == "suggested").sum())
    named = "suggestion" if count == 1 else "suggestions"
    return alt.TitleParams(
        f"Themes beyond the codebook: {count} {named} of {len(topics)} topics",
        subtitle=[
            f"Suggested (orange): stability at least {params['stability']}, overlap with every "
            f"theme less than {params['overlap']}. Blue: in the codebook. Grey: unstable.",
            "A topic is called by its three top words.",
        ],
    )


def _bars(
    topics: pd.DataFrame, y: alt.Y, column: str, title: str, limit: float | None
) -> alt.LayerChart:
    kinds = list(_STATUS_LABELS.values())
    colours = alt.Scale(domain=kinds, range=[charts.ORANGE, charts.BLUE, "#BBBBBB"])
    bars = alt.Chart(topics).mark_bar().encode(
        x=alt.X(f"{column}:Q", title=title, axis=alt.Axis(tickCount=3)),
        y=y,
        color=alt.Color("kind:N", scale=colours, legend=None),
    )  # fmt: skip
    layers: list[alt.Chart] = [bars]
    if limit is not None:
        rule = alt.Chart(pd.DataFrame({"limit": [limit]})).mark_rule(color=charts.INK)
        layers.append(rule.encode(x="limit:Q"))
    return alt.LayerChart(layer=layers).properties(width=_BAR_WIDTH)


def _map(cells: pd.DataFrame, y: alt.Y, limit: float) -> alt.LayerChart:
    x = alt.X("theme:N", sort=None, title="Overlap with the codebook's themes (cross: too much)",
              axis=alt.Axis(labelAngle=-90))  # fmt: skip
    base = alt.Chart(cells).encode(x=x, y=y)
    shades = alt.Scale(domain=[0, 1], range=["#F4F4F4", "#111111"])
    tiles = base.mark_rect().encode(
        color=alt.Color("overlap:Q", title="overlap", scale=shades, legend=None)
    )
    marks = base.mark_point(shape="cross", filled=True, color="white", size=40)
    marked = marks.transform_filter(alt.datum.overlap >= limit)
    return alt.LayerChart(layer=[tiles, marked]).properties(width=alt.Step(_ROW))
