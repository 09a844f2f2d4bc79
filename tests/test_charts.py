"""Charts: where their data stand, and that they are Vega-Lite."""

import json
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest

from pipeline.charts import Chart, described, marks, quantity

ONE, TWO = pd.DataFrame({"n": [1.5]}), pd.DataFrame({"n": [2.5]})


def points(data: pd.DataFrame) -> Chart:
    return marks("point", data, {"x": quantity("n")})


def places(chart: Any, path: str = "") -> set[str]:
    """Return the paths of the parts of a description that name data."""
    if isinstance(chart, list):
        return {p for n, part in enumerate(chart) for p in places(part, f"{path}{n}.")}
    found = {path} if "data" in chart else set()
    for name in ("layer", "hconcat", "spec"):
        found |= places(chart.get(name, []), f"{path}{name}.")
    return found


@pytest.mark.parametrize(
    ("chart", "where", "datasets"),
    [
        (points(ONE), {""}, 1),
        ({"layer": [points(ONE), points(ONE)]}, {""}, 1),
        ({"layer": [points(ONE), points(TWO)]}, {"layer.0.", "layer.1."}, 2),
        ({"facet": {}, "spec": {"layer": [points(ONE), points(ONE)]}}, {""}, 1),
        ({"hconcat": [{"layer": [points(ONE), points(ONE)]}, {"layer": [points(ONE)]}]}, {""}, 1),
        ({"hconcat": [points(ONE), {"layer": [points(ONE), points(TWO)]}]},
         {"hconcat.0.", "hconcat.1.layer.0.", "hconcat.1.layer.1."}, 2),
        ({"layer": [points(ONE), points(pd.DataFrame({"n": [1.5]}))]}, {"layer.0.", "layer.1."}, 1),
        ({"layer": [points(ONE.iloc[:0])]}, {""}, 1),
    ],
)  # fmt: skip
def test_data_stand_above_the_parts_that_share_them(
    chart: Chart, where: set[str], datasets: int
) -> None:
    found = described(chart)
    assert places(found) == where
    assert len(found["datasets"]) == datasets


def test_data_are_rows_that_json_can_hold() -> None:
    frame = pd.DataFrame({
        "float": [0.5, None], "int": [1, 2], "flag": [True, False], "text": ["é", None],
    })  # fmt: skip
    (rows,) = described(points(frame))["datasets"].values()
    assert json.loads(json.dumps(rows, allow_nan=False)) == [
        {"float": 0.5, "int": 1, "flag": True, "text": "é"},
        {"float": None, "int": 2, "flag": False, "text": None},
    ]


def test_every_chart_of_a_run_is_vega_lite(sample_run: Path) -> None:
    charts = sorted((sample_run / "plots").rglob("*.vl.json"))
    assert {path.parent.name for path in charts} >= {"compare", "groups", "keyness"}
    for path in charts:
        alt.Chart.from_json(path.read_text(encoding="utf-8"))
