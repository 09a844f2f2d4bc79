"""Charts: where their data stand, and that they are Vega-Lite."""

import json
import shutil
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import pytest

from pipeline import charts, cli
from pipeline.cache import FOLDER, Cache
from pipeline.charts import Chart, described, marks, quantity, save

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
    paths = sorted((sample_run / "plots").rglob("*.vl.json"))
    assert {path.parent.name for path in paths} >= {"compare", "groups", "keyness"}
    for path in paths:
        alt.Chart.from_json(path.read_text(encoding="utf-8"))


def refuse(*given: object, **more: object) -> str:
    raise AssertionError("it was drawn")


@pytest.mark.parametrize(
    ("chart", "library", "cached", "again"),
    [
        (points(ONE), "1", True, False),
        (points(TWO), "1", True, True),
        (points(ONE) | {"width": 9}, "1", True, True),
        (points(ONE), "2", True, True),
        (points(ONE), "1", False, True),
    ],
    ids=["the same", "other data", "another look", "another library", "nothing kept"],
)
def test_what_has_the_same_description_is_not_drawn_again(
    chart: Chart, library: str, cached: bool, *, again: bool,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    cache = Cache(tmp_path / "kept")
    monkeypatch.setattr(charts, "version", lambda name: "1")
    first = save(points(ONE), tmp_path / "first", cache)
    monkeypatch.setattr(charts, "version", lambda name: library)
    monkeypatch.setattr("vl_convert.vegalite_to_svg", refuse)
    if again:
        with pytest.raises(AssertionError, match="it was drawn"):
            save(chart, tmp_path / "second", cache if cached else None)
        return
    second = save(chart, tmp_path / "second", cache)
    assert [p.read_bytes() for p in second] == [p.read_bytes() for p in first]


def test_the_pictures_of_a_stage_are_kept_shown_and_pruned_like_the_rest(
    sample_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    out = tmp_path / "out"
    shutil.copytree(sample_run / "tables", out / "tables")
    assert cli.main(["groups", "--out", str(out), "--no-cache"]) == 0
    assert not (out / FOLDER).exists()
    drawn = {p.name: p.read_bytes() for p in (out / "plots" / "groups").iterdir()}
    assert cli.main(["groups", "--out", str(out)]) == 0
    monkeypatch.setattr("vl_convert.vegalite_to_svg", refuse)
    assert cli.main(["groups", "--out", str(out)]) == 0
    assert {p.name: p.read_bytes() for p in (out / "plots" / "groups").iterdir()} == drawn
    assert cli.main(["cache", "--out", str(out), "--prune", "0"]) == 0
    assert f"removed {len(drawn) // 3} entries" in capsys.readouterr().out
    assert cli.main(["groups", "--out", str(out)]) != 0
