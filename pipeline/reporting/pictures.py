"""The charts of the report, each with its numbers linked to the sentences behind them."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipeline.charts import BLUE, GREEN, GREY, ORANGE, Chart, marks, nominal, quantity, rounded
from pipeline.reporting.study import Row

LAYOUTS = {"ILACS": BLUE, "SIF": ORANGE, "other": GREEN, "press": GREY}
# Earlier inspections of a council are paler than the latest.
STEPS = (ORANGE, BLUE, GREEN, GREY)
ROW = 15
WIDTH = 520
SHARE = {"domain": [0, 1]}
AXIS = {"format": "%", "tickCount": 5, "title": "weakness share, with its interval"}


def dots(
    rows: Sequence[Row], order: Sequence[str], colours: dict[str, str], *, description: str,
    axis: str = "weakness share, with its interval", domain: tuple[float, float] = (0, 1),
) -> Chart:  # fmt: skip
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
    scale = {"domain": list(domain)}
    title = {"format": "%" if percent else ".1f", "tickCount": 5, "title": axis}
    base = _grouped(groups, colours, ".0%" if percent else ".2f") | {
        "y": nominal("row", sort=list(order), title=None),
        "yOffset": nominal("group", sort=groups),
    }
    lines = marks("rule", data, base | {
        "x": quantity("low", scale=scale, axis=title), "x2": {"field": "high"},
    }, strokeWidth=1.6)  # fmt: skip
    points = marks("point", data, base | {
        "x": quantity("value", scale=scale), "shape": _shape(groups),
    }, filled=True, size=42, opacity=1)  # fmt: skip
    high = max(ROW, 9 * len(groups)) * len(set(data["row"]))
    return {"layer": [lines, points], "width": WIDTH, "height": high, "description": description}


def years(rows: Sequence[Row], description: str) -> Chart:
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
    base = _grouped(groups, LAYOUTS, ".0%") | {
        "x": {"field": "row", "type": "ordinal", "title": None,
              "axis": {"labelAngle": 0, "labelOverlap": True}},
        "xOffset": nominal("group", sort=groups),
    }  # fmt: skip
    lines = marks("rule", data, base | {
        "y": quantity("low", scale=SHARE, axis=AXIS), "y2": {"field": "high"},
    }, strokeWidth=1.6)  # fmt: skip
    points = marks("point", data, base | {
        "y": quantity("value", scale=SHARE), "shape": _shape(groups),
    }, filled=True, size=46, opacity=1)  # fmt: skip
    return {"layer": [lines, points], "width": WIDTH, "height": 190, "description": description}


def _grouped(groups: list[str], colours: dict[str, str], form: str) -> dict[str, Any]:
    """Return what all marks have: the colour of their group, a tooltip and a link."""
    scale = {"domain": groups, "range": [colours[name] for name in groups]}
    numbers = {"value": "value", "low": "from", "high": "to"}
    return {
        "color": nominal("group", title=None, sort=groups, scale=scale),
        "tooltip": [
            nominal("row", title=" "), nominal("group", title="group"),
            *(quantity(name, format=form, title=title) for name, title in numbers.items()),
            quantity("findings", title="findings"),
        ],
        "href": nominal("link"),
    }  # fmt: skip


def _shape(groups: list[str]) -> dict[str, Any]:
    return nominal("group", title=None, sort=groups, scale={"domain": groups})
