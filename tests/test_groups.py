"""Themes by year, grade, region and layout: counts that add up, and intervals that hold."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline import charts, frames, schema
from pipeline.codebook import read_codebook
from pipeline.group_plots import MIN_DOCUMENTS, group_charts
from pipeline.groups import Counted, count_findings, theme_groups

CODES = ("recording", "leadership")
LETTERS = {"s": "strength", "w": "weakness", "m": "mixed"}
Tables = Mapping[str, pd.DataFrame]


def made(*documents: tuple[str, str, str, str, str]) -> Counted:
    """Count made-up documents: layout, year, grade, region and findings on recording by letter.

    A capital letter is a finding on recording and leadership.
    """
    facts, findings = [], []
    for number, (layout, year, grade, region, letters) in enumerate(documents):
        press = layout == "press"
        facts.append({
            "doc_id": f"d{number}", "council": f"c{number // 2}", "region": region,
            "doc_type": "news" if press else "inspection_report", "overall": grade,
            "framework": "" if press else layout, "published": year and f"{year}-01-01",
            "duplicate_of": "d0" if layout == "copy" else "",
        })  # fmt: skip
        for letter in letters:
            codes = CODES if letter.isupper() else CODES[:1]
            findings.append({"doc_id": f"d{number}", "polarity": LETTERS[letter.lower()],
                             "themes": ";".join(codes)})  # fmt: skip
    known = ["doc_id", "council", "region", "doc_type", "overall", "framework", "published",
             "duplicate_of"]  # fmt: skip
    columns = ["doc_id", "polarity", "themes"]
    return count_findings(
        pd.DataFrame(facts, columns=known, dtype=object),
        [pd.DataFrame(findings, columns=columns, dtype=object)], CODES,
    )  # fmt: skip


COUNTED = made(
    ("ILACS", "2019", "good", "London", "ssw"),
    ("ILACS", "2019", "inadequate", "North East", "wwM"),
    ("ILACS", "2020", "good", "", "s"),
    ("SIF", "2019", "good", "London", "Sw"),
    ("copy", "2019", "good", "London", "wwwww"),
    ("press", "2020", "", "London", "W"),
    ("", "", "", "London", "s"),
)
COLUMNS = ["strengths", "weaknesses", "mixed", "findings"]


@pytest.mark.parametrize(
    ("key", "documents", "councils", "counts"),
    [
        ("layout/all/all/all", 5, 3, [5, 4, 1, 10]),
        ("layout/all/all/leadership", 5, 3, [1, 0, 1, 2]),
        ("layout/ILACS/ILACS/recording", 3, 2, [3, 3, 1, 7]),
        ("layout/press/press/leadership", 1, 1, [0, 1, 0, 1]),
        ("layout/other/other/all", 1, 1, [1, 0, 0, 1]),
        ("year/all/2019/all", 3, 2, [3, 4, 1, 8]),
        ("year/ILACS/2019/all", 2, 1, [2, 3, 1, 6]),
        ("year/all/unknown/all", 1, 1, [1, 0, 0, 1]),
        ("grade/all/good/all", 3, 2, [4, 2, 0, 6]),
        ("grade/ILACS/inadequate/leadership", 1, 1, [0, 0, 1, 1]),
        ("region/ILACS/unknown/all", 1, 1, [1, 0, 0, 1]),
    ],
)
def test_counts(key: str, documents: int, councils: int, counts: list[int]) -> None:
    table = theme_groups(COUNTED, 0.95).set_index(list(schema.THEME_GROUPS.key))
    grouping, layout, group, theme = key.split("/")
    row: Any = table.xs((grouping, layout, group, theme))
    assert row[COLUMNS].tolist() == counts
    assert row[["documents", "councils"]].tolist() == [documents, councils]


def test_groups_add_up_to_their_layout() -> None:
    table = theme_groups(COUNTED, 0.95)
    frames.check(table, schema.THEME_GROUPS)
    whole = table[table["grouping"] == "layout"].set_index(["layout", "theme"])[COLUMNS]
    for grouping in ("year", "grade", "region"):
        parts = table[table["grouping"] == grouping]
        pd.testing.assert_frame_equal(
            parts.groupby(["layout", "theme"])[COLUMNS].sum().sort_index(), whole.sort_index()
        )


def test_groups_stand_in_their_order() -> None:
    table = theme_groups(COUNTED, 0.95)
    of = table.drop_duplicates(["grouping", "layout", "group"])
    grades = of[(of["grouping"] == "grade") & (of["layout"] == "ILACS")]["group"].tolist()
    assert grades == ["good", "inadequate"]
    years = of[(of["grouping"] == "year") & (of["layout"] == "all")]["group"].tolist()
    assert years == ["2019", "2020", "unknown"]
    assert of[of["grouping"] == "layout"]["layout"].tolist() == [
        "all", "ILACS", "SIF", "other", "press",
    ]  # fmt: skip


def interval(table: pd.DataFrame, theme: str, measure: str) -> list[float]:
    rows = table[(table["grouping"] == "layout") & (table["layout"] == "ILACS")]
    row = rows[rows["theme"] == theme].iloc[0]
    return [row[f"{measure}{end}"] for end in ("_low", "", "_high")]


def test_shares_stand_within_their_intervals() -> None:
    documents = [("ILACS", "2019", "good", "London", letters) for letters in ("ssw", "wwM", "Sm")]
    table = theme_groups(made(*documents), 0.95)
    assert interval(table, "all", "share") == [1, 1, 1]
    low, share, high = interval(table, "leadership", "share")
    assert share == pytest.approx(2 / 8)
    assert 0 < low < share < high < 1
    low, share, high = interval(table, "recording", "weakness_share")
    assert share == pytest.approx(4 / 8)
    assert 0 < low < share < high < 1


def test_reports_that_differ_widen_the_interval() -> None:
    def width(*letters: str) -> float:
        found = theme_groups(made(*(("ILACS", "2019", "good", "", t) for t in letters)), 0.95)
        low, _, high = interval(found, "all", "weakness_share")
        return high - low

    alike = width("sswwssww", "wswswsww", "ssswwwsw", "wssswssw")
    assert width("ssssssss", "wwwwwwww", "sssswwww", "wssswwws") > 1.5 * alike
    assert width(*(["sswwssww", "wswswsww", "ssswwwsw", "wssswssw"] * 3)) < alike


def test_one_report_has_no_interval_and_no_findings_no_share() -> None:
    table = theme_groups(made(("ILACS", "2019", "good", "London", "sw")), 0.95)
    low, share, high = interval(table, "recording", "weakness_share")
    assert share == 0.5
    assert np.isnan([low, high]).all()
    assert np.isnan(interval(table, "leadership", "weakness_share")).all()
    assert interval(table, "leadership", "share")[1] == 0


def test_no_documents_give_an_empty_table_and_no_plots() -> None:
    table = theme_groups(made(), 0.95)
    frames.check(table, schema.THEME_GROUPS)
    assert len(table) == 0
    assert list(group_charts(table, read_codebook())) == []


def test_plots_leave_small_and_unknown_groups_out() -> None:
    years = ["2019"] * MIN_DOCUMENTS + ["2020"] * (MIN_DOCUMENTS - 1) + [""] * MIN_DOCUMENTS
    documents = [("ILACS", year, "good", "", "sWm") for year in years]
    drawn = dict(group_charts(theme_groups(made(*documents), 0.95), read_codebook()))
    assert set(drawn) == {
        f"{grouping}-{measure}" for grouping in ("year", "grade", "layout")
        for measure in ("share", "weakness_share")
    }  # fmt: skip
    described = charts.described(drawn["year-weakness_share"])
    (data,) = described["datasets"].values()
    assert {row["group"] for row in data} == {"2019"}
    panels = ["all themes", "Recording", "Leadership and governance"]
    assert {row["panel"] for row in data} == set(panels)
    assert described["facet"]["sort"] == panels


def test_the_sample_adds_up_with_the_other_tables(sample_run: Path, tables: Tables) -> None:
    groups = tables["theme_groups"]
    whole = groups[groups["grouping"] == "layout"]
    first = tables["documents"].query("duplicate_of == ''")
    counted = tables["council_themes"]
    counted = counted[counted["doc_id"].isin(first["doc_id"])]
    names = ["strengths", "weaknesses", "mixed", "findings"]
    for layout, rows in counted.groupby("framework"):
        known = rows.groupby("theme")[names].sum()
        own = whole[(whole["layout"] == layout) & (whole["theme"] != "all")].set_index("theme")
        assert own.loc[known.index, names].to_numpy().tolist() == known.to_numpy().tolist()
    every = whole[whole["theme"] == "all"].set_index("layout")["findings"]
    kinds = first.groupby(first["doc_type"] == "inspection_report")["findings"].sum()
    assert every["all"] == kinds[True]
    assert every["press"] == kinds[False]
    plots = {path.name for path in (sample_run / "plots" / "groups").iterdir()}
    assert {f"year-share.{kind}" for kind in ("svg", "png", "vl.json")} <= plots
