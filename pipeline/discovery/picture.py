"""The picture of the suggestions: stability, coherence and what the codebook has of each."""

from typing import Any

import pandas as pd

from pipeline import charts

_ROW = 17
_BAR_WIDTH = 110
_STATUS_LABELS = {
    "suggested": "suggested", "in_codebook": "in the codebook", "unstable": "unstable",
}  # fmt: skip


def draw(suggestions: pd.DataFrame, overlaps: pd.DataFrame, params: dict[str, Any]) -> charts.Chart:
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
    topic = charts.nominal("suggestion", sort=order, scale={"domain": order})
    y, bare = topic | {"title": None}, topic | {"axis": None}
    parts = [
        _bars(topics, y, "stability", "Stability", params["stability"]),
        _bars(topics, bare, "coherence", "Coherence", None),
        _bars(topics, bare, "share", "Share of findings", None),
        _map(cells, bare, params["overlap"]),
    ]
    height = {"height": _ROW * max(len(order), 1)}
    return {"hconcat": [part | height for part in parts], "spacing": 14,
            "title": _title(topics, params)}  # fmt: skip


def _title(topics: pd.DataFrame, params: dict[str, Any]) -> dict[str, Any]:
    count = int((topics["status"] == "suggested").sum())
    named = "suggestion" if count == 1 else "suggestions"
    return {
        "text": f"Themes beyond the codebook: {count} {named} of {len(topics)} topics",
        "subtitle": [
            f"Suggested (orange): stability at least {params['stability']}, overlap with every "
            f"theme less than {params['overlap']}. Blue: in the codebook. Grey: unstable.",
            "A topic is called by its three top words.",
        ],
    }


def _bars(
    topics: pd.DataFrame, y: dict[str, Any], column: str, title: str, limit: float | None
) -> charts.Chart:
    kinds = list(_STATUS_LABELS.values())
    colours = {"domain": kinds, "range": [charts.ORANGE, charts.BLUE, "#BBBBBB"]}
    layers = [charts.marks("bar", topics, {
        "x": charts.quantity(column, title=title, axis={"tickCount": 3}),
        "y": y,
        "color": charts.nominal("kind", scale=colours, legend=None),
    })]  # fmt: skip
    if limit is not None:
        line = pd.DataFrame({"limit": [limit]})
        layers.append(charts.marks("rule", line, {"x": charts.quantity("limit")}, color=charts.INK))
    return {"layer": layers, "width": _BAR_WIDTH}


def _map(cells: pd.DataFrame, y: dict[str, Any], limit: float) -> charts.Chart:
    x = charts.nominal("theme", sort=None, axis={"labelAngle": -90},
                       title="Overlap with the codebook's themes (cross: too much)")  # fmt: skip
    shades = {"domain": [0, 1], "range": ["#F4F4F4", "#111111"]}
    shade = charts.quantity("overlap", title="overlap", scale=shades, legend=None)
    tiles = charts.marks("rect", cells, {"x": x, "y": y, "color": shade})
    crosses = charts.marks("point", cells, {"x": x, "y": y},
                           shape="cross", filled=True, color="white", size=40)  # fmt: skip
    crosses["transform"] = [{"filter": f"(datum.overlap >= {limit})"}]
    return {"layer": [tiles, crosses], "width": {"step": _ROW}}
