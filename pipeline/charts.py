"""The look of every chart, and how it is saved: SVG, PNG and the chart's own description."""

import json
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import vl_convert

from pipeline.arrow import significant
from pipeline.frames import write_whole

# Okabe and Ito's colours are told apart in the common kinds of colour blindness.
BLUE, ORANGE, GREY, GREEN, PURPLE = "#0072B2", "#D55E00", "#6B6B6B", "#009E73", "#CC79A7"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, GREY)
INK = "#222222"
# A font that comes with vl-convert: the same letters, and so the same bytes, on every machine.
FONT = "Liberation Sans"
SCALE = 1.5
_AXIS = {"labelColor": INK, "titleColor": INK, "titleFontWeight": "normal", "gridColor": "#E5E5E5",
         "domainColor": "#999999", "tickColor": "#999999", "labelLimit": 420}  # fmt: skip
STYLE: dict[str, Any] = {
    "font": FONT,
    "background": "white",
    "view": {"stroke": None},
    "axis": _AXIS,
    "legend": {"labelColor": INK, "titleColor": INK, "titleFontWeight": "normal", "orient": "top"},
    "header": {"labelColor": INK, "titleColor": INK},
    "title": {"color": INK, "anchor": "start", "subtitleColor": GREY, "fontSize": 14},
    "range": {"category": list(COLOURS)},
}


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its floats as tables hold them, so that a chart has the same bytes."""
    floats = frame.select_dtypes("float").columns
    return frame.assign(**{name: frame[name].map(significant) for name in floats})


def save(chart: alt.TopLevelMixin, path: Path) -> list[Path]:
    """Write a chart in the project's style as ``.svg``, ``.png`` and ``.vl.json``.

    Parameters
    ----------
    chart
        Any Altair chart; its data should have gone through :func:`rounded`.
    path
        Where to, without an ending.

    Returns
    -------
    list of Path
        The three files.

    Notes
    -----
    The description (Vega-Lite with the data inside) can be opened in the Vega editor and changed.
    The same chart gives the same bytes with the same version of vl-convert, which brings the
    fonts.
    """
    # Without validation, which takes longer than the drawing.
    described = chart.to_dict(validate=False)
    described["config"] = {**STYLE, **described.get("config", {})}
    text = json.dumps(described, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    svg = vl_convert.vegalite_to_svg(text, vl_version=version)
    png = vl_convert.svg_to_png(svg, scale=SCALE)
    made = {".svg": svg.encode("utf-8"), ".png": png, ".vl.json": text.encode("utf-8")}
    paths = [path.with_name(path.name + ending) for ending in made]
    for target, data in zip(paths, made.values(), strict=True):
        write_whole(target, data)
    return paths
