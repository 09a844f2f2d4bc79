"""The look of every chart, and how it is saved: SVG, PNG and the chart's own description.

A chart is a Vega-Lite specification (https://vega.github.io/vega-lite/docs/) with frames for data.
It is written as such: Altair takes longer to load and to check one than it takes to draw.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.arrow import significant
from pipeline.cache import Cache
from pipeline.entries import pack, unpack
from pipeline.frames import write_whole

Chart = dict[str, Any]

VEGA_LITE = "6.4.1"
VERSION = VEGA_LITE.rpartition(".")[0]
# The name of the drawn pictures among what is kept.
STAGE = "charts"
DESCRIPTION = ".vl.json"
# Okabe and Ito's colours are told apart in the common kinds of colour blindness.
BLUE, ORANGE, GREY, GREEN, PURPLE = "#0072B2", "#D55E00", "#6B6B6B", "#009E73", "#CC79A7"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, GREY)
INK = "#222222"
# The first font comes with vl-convert: the same letters, and so the same bytes, on every machine.
# A browser without it takes the next, whose letters are as wide.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
SCALE = 1.5
_AXIS = {"labelColor": INK, "titleColor": INK, "titleFontWeight": "normal", "gridColor": "#E5E5E5",
         "domainColor": "#999999", "tickColor": "#999999", "labelLimit": 420}  # fmt: skip
STYLE: dict[str, Any] = {
    "font": FONT,
    "background": "white",
    "view": {"continuousHeight": 300, "continuousWidth": 300},
    "axis": _AXIS,
    "legend": {"labelColor": INK, "titleColor": INK, "titleFontWeight": "normal", "orient": "top"},
    "header": {"labelColor": INK, "titleColor": INK},
    "title": {"color": INK, "anchor": "start", "subtitleColor": GREY, "fontSize": 14},
    "range": {"category": list(COLOURS)},
}


def rounded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its floats as tables hold them, so that a chart has the same bytes."""
    floats = frame.select_dtypes("float").columns
    return frame.assign(**{name: significant(frame[name].to_numpy(dtype=float)) for name in floats})


def marks(kind: str, data: pd.DataFrame, encoding: dict[str, Any], **look: Any) -> Chart:
    """Return a chart of one kind of mark."""
    return {"data": data, "mark": {"type": kind, **look}, "encoding": encoding}


def nominal(field: str, **more: Any) -> dict[str, Any]:
    """Return a channel that tells the values of a column apart."""
    return {"field": field, "type": "nominal", **more}


def quantity(field: str, **more: Any) -> dict[str, Any]:
    """Return a channel that shows the numbers of a column."""
    return {"field": field, "type": "quantitative", **more}


def described(chart: Chart) -> Chart:
    """Return a chart in the project's style, each frame as rows that the chart names."""
    datasets: dict[str, list[dict[str, Any]]] = {}
    named = _named(_lifted(chart), datasets)
    schema = f"https://vega.github.io/schema/vega-lite/v{VEGA_LITE}.json"
    return {"$schema": schema, "config": STYLE, "datasets": datasets, **named}


def _parts(chart: Chart) -> tuple[str, list[Chart]]:
    """Return under what name a chart has its parts, and these."""
    kind = next((name for name in ("layer", "hconcat", "spec") if name in chart), "")
    parts = chart.get(kind, [])
    return kind, parts if isinstance(parts, list) else [parts]


def _with_parts(chart: Chart, kind: str, parts: list[Chart]) -> Chart:
    return {**chart, kind: parts[0] if kind == "spec" else parts} if kind else chart


def _lifted(chart: Chart) -> Chart:
    """Return a chart with data that all of its parts share above them."""
    kind, parts = _parts(chart)
    parts = [_lifted(part) for part in parts]
    shared = parts[0].get("data") if parts else None
    if shared is None or any(part.get("data") is not shared for part in parts):
        return _with_parts(chart, kind, parts)
    bare = [{name: value for name, value in part.items() if name != "data"} for part in parts]
    return {**_with_parts(chart, kind, bare), "data": shared}


def _named(chart: Chart, datasets: dict[str, list[dict[str, Any]]]) -> Chart:
    """Return a chart with the names of its data, and note these by name."""
    kind, parts = _parts(chart)
    chart = _with_parts(chart, kind, [_named(part, datasets) for part in parts])
    if "data" not in chart:
        return chart
    frame = chart["data"]
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    digest = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    name = f"data-{digest[:32]}"
    datasets[name] = rows
    return {**chart, "data": {"name": name}}


def empty(folder: Path) -> None:
    """Make a folder for charts; those of an earlier run would stay beside those of this one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def describe(chart: Chart, path: Path) -> Path:
    """Write the description of a chart in the project's style, and return its path.

    Parameters
    ----------
    chart
        Its data should have gone through :func:`rounded`.
    path
        Where to, without an ending.

    Notes
    -----
    The description (Vega-Lite with the data inside) can be opened in the Vega editor and changed.
    """
    text = json.dumps(described(chart), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    target = path.with_name(path.name + DESCRIPTION)
    write_whole(target, text.encode("utf-8"))
    return target


def describe_all(charts: Iterable[tuple[str, Chart]], folder: Path) -> list[Path]:
    """Write the descriptions of charts, given with their names, and return the paths."""
    return [describe(chart, folder / name) for name, chart in charts]


def draw(description: Path, cache: Cache | None = None) -> list[Path]:
    """Write what a description looks like beside it, as ``.svg`` and ``.png``; return the paths.

    Parameters
    ----------
    description
        What :func:`describe` returns.
    cache
        Where drawn pictures are kept: what has the same description is not drawn again.

    Notes
    -----
    The same description gives the same bytes with the same version of vl-convert, which brings
    the fonts.
    """
    made = _pictures(description.read_text(encoding="utf-8"), cache)
    name = description.name.removesuffix(DESCRIPTION)
    paths = [description.with_name(name + ending) for ending in made]
    for target, data in zip(paths, made.values(), strict=True):
        write_whole(target, data)
    return paths


def draw_all(descriptions: Iterable[Path], cache: Cache | None = None) -> None:
    """Draw the charts of a stage, one after the other."""
    for description in descriptions:
        draw(description, cache)


def save(chart: Chart, path: Path, cache: Cache | None = None) -> list[Path]:
    """Describe a chart and draw it; return the three paths, those of the pictures first."""
    description = describe(chart, path)
    return [*draw(description, cache), description]


def _pictures(text: str, cache: Cache | None) -> dict[str, bytes]:
    """Return what a description looks like, by the ending of the file."""
    key = ""
    if cache:
        library = {"vl-convert": version("vl-convert-python")}
        key = cache.key(__name__, library, text.encode("utf-8"))
        kept = cache.get(STAGE, key)
        if kept is not None:
            return unpack(kept)
    # It keeps threads of its own, which a copy of this process would wait for.
    import vl_convert

    svg = vl_convert.vegalite_to_svg(text, vl_version=VERSION)
    drawn = {".svg": svg.encode("utf-8"), ".png": vl_convert.svg_to_png(svg, scale=SCALE)}
    if cache:
        cache.put(STAGE, key, pack(drawn))
    return drawn
