"""Stage ``compare``: its tables on the sample run, the gold sentences, neighbours and faults."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from pipeline import charts, cli, councils, frames, grades, schema
from pipeline.comparison.cells import compared_reports, period_of
from pipeline.comparison.change import consecutive
from pipeline.comparison.criterion import log_validity
from pipeline.comparison.differences import groups_of, read_neighbours
from pipeline.comparison.gold_sample import GoldSample, gold_sample, read_predictions
from pipeline.comparison.plots import caterpillar
from pipeline.errors import UsageError
from pipeline.params import load, override
from pipeline.paths import CORPUS
from pipeline.standoff import sentence_hash
from pipeline.training.gold import COLUMNS

Tables = Mapping[str, pd.DataFrame]
PARAMS = load()["compare"]
NOTHING = Path("nothing.csv")


def inputs(tables: Tables) -> list[pd.DataFrame]:
    return [tables[n] for n in ("documents", "sentences", "council_themes")]


BOUNDED = [
    (table.name, name.removesuffix("_low"))
    for table in schema.TABLES_OF["compare"]
    for name in table.names
    if name.endswith("_low")
]


@pytest.mark.parametrize(("table", "column"), BOUNDED)
def test_figures_lie_in_their_intervals(tables: Tables, table: str, column: str) -> None:
    frame = tables[table]
    low, middle, high = (frame[f"{column}{end}"].astype(float) for end in ("_low", "", "_high"))
    known = ~low.isna() & ~middle.isna()
    assert (low[known] <= middle[known] + 1e-6).all()
    assert (middle[known] <= high[known] + 1e-6).all()


def test_shares_are_those_of_the_counts(tables: Tables) -> None:
    shares = tables["council_shares"]
    joined = shares[shares["measure"] == "weakness_share"].merge(
        tables["council_themes"], on=["doc_id", "theme"], suffixes=("", "_plain")
    )
    assert len(joined) == len(tables["council_themes"])
    assert (joined["findings"] == joined["findings_plain"]).all()
    assert np.allclose(joined["share"], joined["weakness_share"], equal_nan=True)
    whole = shares[(shares["theme"] == "all") & (shares["measure"] == "strength")]
    counted = tables["documents"].set_index("doc_id")["findings"]
    assert whole["findings"].tolist() == counted[whole["doc_id"]].tolist()
    by_kind = shares.pivot(index=["doc_id", "theme"], columns="measure", values="count")
    assert np.allclose(by_kind["weakness_share"], by_kind["weakness"] + by_kind["mixed"] / 2)


def test_intervals_can_be_recomputed_from_the_tables(tables: Tables) -> None:
    shares = tables["council_shares"]
    chosen = shares[(shares["findings"] > 3) & (shares["measure"] == "weakness_share")].iloc[::9]
    assert len(chosen) > 10
    for row in chosen.to_dict("records"):
        size = row["findings"] / row["design_effect"]
        low, high = proportion_confint(row["share"] * size, size, method="wilson")
        assert [row["share_low"], row["share_high"]] == pytest.approx([low, high], abs=1e-4)
    effects = shares[shares["measure"] == "weakness_share"].set_index(["doc_id", "theme"])
    effect = effects["design_effect"].to_dict()
    changes = tables["council_changes"]
    some = changes[changes["change"].notna() & (changes["theme"] == "leadership")]
    assert len(some) > 2
    for row in some.to_dict("records"):
        after = row["findings"] / effect[row["doc_id"], row["theme"]]
        before = row["findings_before"] / effect[row["doc_id_before"], row["theme"]]
        ends = confint_proportions_2indep(
            row["share"] * after, after, row["share_before"] * before, before,
            compare="diff", method="newcomb",
        )  # fmt: skip
        assert [row["change_low"], row["change_high"]] == pytest.approx(ends, abs=1e-4)
    apart = tables["grade_disagreements"]
    rho = tables["criterion_validity"].set_index(["framework", "area", "measure"])["rho"]
    ilacs = apart[(apart["framework"] == "ILACS") & (apart["area"] == "overall")]
    grade = ilacs["grade"].map(schema.GRADES.index)
    expected = spearmanr(ilacs["share"], grade).statistic
    assert rho["ILACS", "overall", "balanced_share"] == pytest.approx(expected, abs=1e-4)


def test_frameworks_and_periods_are_compared_apart(tables: Tables) -> None:
    shares, national = tables["council_shares"], tables["national_shares"]
    chosen = shares[(shares["theme"] == "all") & (shares["measure"] == "weakness")]
    groups = chosen.groupby(["framework", "period"])[["findings", "count"]].sum()
    assert len(groups) > 2
    rows = national[(national["theme"] == "all") & (national["measure"] == "weakness")]
    rows = rows.set_index(["framework", "period"])
    for group, values in groups.to_dict("index").items():
        found = rows.loc[[group]].iloc[0]
        assert found["findings"] == values["findings"]
        assert found["share"] == pytest.approx(values["count"] / values["findings"], 1e-5)


def test_every_empty_figure_has_a_reason(tables: Tables) -> None:
    for name, columns in {
        "council_shares": ("share", "pooled", "corrected"),
        "national_shares": ("share", "typical", "corrected"),
        "council_differences": ("difference",),
        "council_changes": ("relative_change",),
        "criterion_validity": ("rho", "odds"),
    }.items():
        frame = tables[name]
        empty = frame[list(columns)].isna().any(axis=1)
        assert ((frame["reason"] != "") == empty).all(), name
    # The gold labels are of other documents than the sample.
    assert tables["council_shares"]["reason"].str.contains("no_gold_labels|no_findings").all()


def test_what_differs_is_what_has_a_low_q_value(tables: Tables) -> None:
    for name, column in (("council_differences", "differs"), ("council_changes", "verdict")):
        frame = tables[name]
        sure = ~frame[column].isin(["no", "none", ""])
        assert (sure == (frame["q_value"] <= PARAMS["discovery_rate"])).all()
        known = frame["p_value"].notna()
        assert (frame["q_value"][known] >= frame["p_value"][known] - 1e-9).all()
        assert (frame.loc[~known, column] == "").all()
    changes = tables["council_changes"]
    kept = changes[changes["verdict"].isin(["improvement", "deterioration"])]
    pd.testing.assert_frame_equal(kept.reset_index(drop=True), tables["standing_changes"])
    assert len(kept) > 0


def test_changes_are_between_consecutive_inspections(tables: Tables) -> None:
    changes = tables["council_changes"]
    reports = tables["documents"][tables["documents"]["doc_type"] == "inspection_report"]
    dates = reports.groupby("council")["published"].apply(sorted)
    pairs = changes.drop_duplicates("doc_id")
    assert len(pairs) == int((dates.map(len) - 1).sum())
    for row in pairs.to_dict("records"):
        place = dates[row["council"]].index(row["published"])
        assert dates[row["council"]][place - 1] == row["published_before"]
    apart = changes["framework"] != changes["framework_before"]
    assert changes.loc[apart, "change"].isna().all()
    assert set(changes.loc[apart, "basis"]) == {"relative_change"}


def test_reports_without_date_or_council_are_in_no_pair() -> None:
    reports = pd.DataFrame({
        "doc_id": list("abcdef"), "council": ["x", "x", "x", "", "", "y"],
        "published": ["2020-01-01", "", "2016-01-01", "2016-01-01", "2017-01-01", "2019-01-01"],
    })  # fmt: skip
    assert consecutive(reports) == [(2, 0)]


def test_charts_are_written_and_have_the_same_bytes(tables: Tables, tmp_path: Path) -> None:
    differences = tables["council_differences"]
    rows = differences[
        (differences["compared_with"] == "national") & (differences["theme"] == "all")
        & (differences["framework"] == "ILACS")
    ]  # fmt: skip
    first, second = (
        [p.read_bytes() for p in charts.save(caterpillar(rows, "A title", "below"), tmp_path / n)]
        for n in ("one", "two")
    )
    assert first == second
    assert first[0].startswith(b"<svg")
    assert b"A title" in first[0]
    assert first[1].startswith(b"\x89PNG")
    assert str(rows["council"].iloc[0]).encode() in first[2]


def test_a_chart_of_more_councils_than_one_can_look_at_shows_both_ends(tmp_path: Path) -> None:
    shares = [n / 9_000 for n in range(9_000)]
    rows = pd.DataFrame({
        "doc_id": [f"d{n:04d}" for n in range(9_000)], "council": "", "findings": 9,
        "share": shares, "share_low": shares, "share_high": shares, "others_share": 0.5,
        "differs": "no",
    })  # fmt: skip
    paths = charts.save(caterpillar(rows, "A title", "below"), tmp_path / "many")
    chart = json.loads(paths[2].read_text(encoding="utf-8"))
    assert chart["title"]["subtitle"] == "below; 400 of 9000, those at both ends"
    named = {row["name"] for data in chart["datasets"].values() for row in data if "name" in row}
    assert len(named) == 400
    assert named >= {"d0000", "d0199", "d8800", "d8999"}
    assert caterpillar(rows[:400], "A title", "below")["title"]["subtitle"] == "below"


def test_the_run_draws_and_tells_how_grades_go_with_the_text(
    sample_run: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names = {p.name for p in (sample_run / "plots" / "compare").iterdir()}
    assert {"grades-ilacs.svg", "grades-ilacs.png", "grades-ilacs.vl.json"} <= names
    assert any(name.startswith("caterpillar-ilacs-from-2022-all") for name in names)
    validity = frames.read(schema.CRITERION_VALIDITY, sample_run / "tables")
    with caplog.at_level(logging.INFO, logger="findings"):
        log_validity(validity)
    lines = [record.message for record in caplog.records]
    assert len(lines) == validity["framework"].nunique()
    assert any("ILACS" in line and "rho" in line for line in lines)
    assert validity.loc[validity["area"] == "overall", "rho"].max() > 0.6


def test_no_documents_at_all_give_empty_tables(tables: Tables, tmp_path: Path) -> None:
    documents, sentences, council_themes = (frame.iloc[:0] for frame in inputs(tables))
    made = councils.compare(
        documents, [sentences], council_themes, params=PARAMS, predictions=NOTHING
    )
    reports = compared_reports(documents, council_themes, PARAMS["period_starts"])
    made |= grades.compare(reports, [sentences], PARAMS["interval"])[0]
    for table in schema.TABLES_OF["compare"]:
        frames.write(made[table.name], table, tmp_path)
        assert len(frames.read(table, tmp_path)) == 0


TEXTS = ("Plans are clear.", "Visits are late.", "Some plans are clear, others late.", "It is so.")
CODES = ("strength", "weakness", "mixed", "none")


def small_corpus() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [
        {"doc_id": f"r{r}", "section": "leaders", "text": f"{r} {n} {text}", "polarity": code,
         "themes": "" if code == "none" else "written_plans;other"}
        for r in range(6) for n in range(10) for text, code in zip(TEXTS, CODES, strict=True)
    ]  # fmt: skip
    rows.append(rows[0] | {"section": "front", "text": "Published on a day."})
    reports = pd.DataFrame({"doc_id": [f"r{r}" for r in range(6)], "framework": "ILACS"})
    return pd.DataFrame(rows), reports


def write_gold(folder: Path, sentences: pd.DataFrame, stratum: str) -> tuple[Path, Path]:
    labels = sentences.iloc[::2].assign(
        sentence_hash=lambda f: [sentence_hash(t) for t in f["text"]], stratum=stratum
    ).reindex(columns=list(COLUMNS), fill_value="")  # fmt: skip
    labels["polarity"] = sentences["polarity"].iloc[::2]
    labels["themes"] = "written_plans"
    labels.to_csv(folder / "labels.csv", index=False)
    said = labels[["doc_id", "sentence_hash"]].assign(
        p_strength=0.7, p_weakness=0.1, p_mixed=0.1, p_none=0.1, themes="other"
    )
    said.to_csv(folder / "said.csv", index=False)
    return folder / "labels.csv", folder / "said.csv"


def test_gold_sentences_stand_for_their_report(tmp_path: Path) -> None:
    sentences, reports = small_corpus()
    paths = write_gold(tmp_path, sentences, "five_per_report")
    sample = gold_sample(sentences, reports, *paths)
    assert isinstance(sample, GoldSample)
    assert len(sample.sentences) == 240
    assert len(sample.gold) == 120
    assert set(sample.gold["draw"]) == {2.0}
    assert set(sample.gold["polarity"]) == {"strength"}
    assert (sample.sentences["polarity"] == "strength").sum() == 120
    assert set(sample.gold["themes"]) == {"other"}
    assert set(sample.gold["gold_themes"]) == {"written_plans"}


@pytest.mark.parametrize(
    ("labels", "said", "stratum", "reason"),
    [
        (False, True, "five_per_report", "no_gold_labels"),
        (True, False, "five_per_report", "no_gold_predictions"),
        (True, True, "uncertain", "no_gold_labels"),
        (True, True, "theme_words", "no_gold_labels"),
        (True, True, "front_matter", "no_gold_labels"),
    ],
)
def test_without_gold_there_is_a_reason(
    tmp_path: Path, labels: bool, said: bool, stratum: str, reason: str
) -> None:
    sentences, reports = small_corpus()
    paths = write_gold(tmp_path, sentences, stratum)
    chosen = [path if there else NOTHING for path, there in zip(paths, (labels, said), strict=True)]
    assert gold_sample(sentences, reports, *chosen) == reason


def test_predictions_without_themes_correct_polarity_alone(tmp_path: Path) -> None:
    sentences, reports = small_corpus()
    labels, said = write_gold(tmp_path, sentences, "ten_per_report")
    pd.read_csv(said).drop(columns="themes").to_csv(said, index=False)
    sample = gold_sample(sentences, reports, labels, said)
    assert isinstance(sample, GoldSample)
    assert not sample.with_themes
    assert (sample.gold["gold_themes"] == sample.gold["themes"]).all()


HEAD = "doc_id,sentence_hash,p_strength,p_weakness,p_mixed,p_none"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("doc_id,p_strength\na,1", "columns .* are missing"),
        (f"{HEAD}\na,b,1,0,0,1.5", "no.* probability|holds a probability"),
        (f"{HEAD}\na,b,1,0,0,", "holds a probability"),
        (f"{HEAD}\na,b,1,0,0,x", "holds a probability"),
        (f"{HEAD}\na,b,1,0,0,0\na,b,0,1,0,0", "twice"),
        ("", "cannot be read"),
    ],
)
def test_unusable_predictions_are_told(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "said.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message) as caught:
        read_predictions(path)
    assert str(path) in str(caught.value)


def test_predictions_of_nothing_are_none(tmp_path: Path) -> None:
    path = tmp_path / "said.csv"
    path.write_text(f"{HEAD}\n", encoding="utf-8")
    assert read_predictions(path) is None
    assert read_predictions(NOTHING) is None


def test_neighbours_are_found_by_name_or_code(tmp_path: Path) -> None:
    path = tmp_path / "near.csv"
    path.write_text("council,neighbour\nA,B\nE2,C\n A , D \n", encoding="utf-8")
    near = read_neighbours(path)
    assert near == {"A": {"B", "D"}, "E2": {"C"}}
    reports = pd.DataFrame({
        "council": ["A", "B", "C", "A", "D"], "gss_code": ["E1", "E2", "E3", "E1", ""],
        "region": ["n", "n", "s", "n", ""],
    })  # fmt: skip
    found = {
        (row, name): others.tolist()
        for row, name, others in groups_of(reports, np.array([0, 1, 2, 4]), near)
    }
    assert found[0, "national"] == [1, 2, 4]
    assert found[0, "region"] == [1]
    assert found[0, "neighbours"] == [1, 4]
    assert found[1, "neighbours"] == [2]
    assert (2, "neighbours") not in found
    assert (4, "region") not in found
    assert read_neighbours(None) == {}


@pytest.mark.parametrize("text", ["", "council\nA\n", "a,b\n1,2\n"])
def test_a_table_that_is_none_of_neighbours_is_told(
    tmp_path: Path, sample_run: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "near.csv"
    path.write_text(text, encoding="utf-8")
    arguments = ["compare", "--out", str(sample_run), "--neighbours", str(path)]
    assert cli.main(arguments) == cli.USAGE_STATUS
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "near.csv" in told
    assert "council, neighbour" in told


def test_a_run_tells_of_unusable_neighbours_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "near.csv", tmp_path / "out"
    path.write_text("council;near\n", encoding="utf-8")
    arguments = ["run", str(CORPUS / "sample"), "--out", str(out), "--neighbours", str(path)]
    assert cli.main(arguments) == cli.USAGE_STATUS
    assert f"{path}: no table of neighbours" in capsys.readouterr().err
    assert not (out / "stages").exists()


@pytest.mark.parametrize(
    ("starts", "day", "period"),
    [([], "2020-01-01", "all years"), ([2018], "2018-01-01", "from 2018"),
     ([2018], "2017-12-31", "to 2017"), ([2014, 2018, 2022], "2018-05-05", "2018-2021")],
)  # fmt: skip
def test_periods(starts: list[int], day: str, period: str) -> None:
    assert period_of(day, starts) == period


@pytest.mark.parametrize("value", ["2016", "[2016, 2016]", "[2022, 2016]", "[2016.5]", "[16]", "x"])
def test_unusable_years_are_told(value: str) -> None:
    with pytest.raises(UsageError, match=r"compare\.period_starts"):
        override(load(), [f"compare.period_starts={value}"])


def test_usable_years_are_taken() -> None:
    changed = override(load(), ["compare.period_starts=[2014, 2019]"])
    assert changed["compare"]["period_starts"] == [2014, 2019]
