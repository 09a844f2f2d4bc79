"""Press beside report: evidence, links, matches, points and counts, on made-up texts."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import QUICK
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from benchmarks import press_matching
from pipeline import cli, frames, schema
from pipeline.codebook import read_codebook
from pipeline.paths import ROOT
from pipeline.press_report.counting import (
    share_difference,
    taken_up,
    taken_up_by_theme,
    voices,
)
from pipeline.press_report.evidence import named_dates, own_words, stated_grades
from pipeline.press_report.likeness import Likeness, scores
from pipeline.press_report.links import press_links
from pipeline.press_report.matching import Pair, match, match_rows, omission_rows
from pipeline.press_report.points import points

SHARED = ROOT.parent / "shared" / "corpus"
PARAMS = {"least_weakness": 0.25, "least_strength": 0.36, "least_repeat": 0.3}
Tables = Mapping[str, pd.DataFrame]


@pytest.mark.parametrize(
    ("text", "title", "grades"),
    [
        ("Services were rated good.", False, ["good"]),
        ("Ofsted praises good work with families.", False, []),
        ("A good day for Fernleigh", True, ["good"]),
        ("It was judged to require improvement to be good.", False, ["requires improvement"]),
        ("The grade went from inadequate to outstanding.", False, ["outstanding", "inadequate"]),
        ("The lowest possible mark was given.", False, ["inadequate"]),
        ("That is the second-lowest grade.", False, ["requires improvement"]),
        ("It won the highest rating available.", False, ["outstanding"]),
        ("Two debts are outstanding.", False, []),
        # The word that grades stands too far off.
        ("They rated the café that stands beside the library in the square by the old town hall "
         "highly, and the tea was good.", False, []),
        ("", True, []),
    ],
)  # fmt: skip
def test_stated_grades(text: str, title: bool, grades: list[str]) -> None:
    assert stated_grades([(text, title)]) == grades


REPORT = {"start_date": "2021-03-08", "end_date": "2021-03-19", "published": "2021-05-04"}


@pytest.mark.parametrize(
    ("text", "dates", "fixed"),
    [
        ("It ran from March 8 to March 19.", ["start", "end"], True),
        ("The visit began on 8th March.", ["start"], False),
        ("The report came out on Tuesday 4 May 2021.", ["published"], True),
        ("It came out on May 4th, 2021.", ["published"], True),
        ("It came out on 4 May 2018.", [], False),
        ("Inspectors came in March.", ["month"], False),
        ("We opened a café in March.", [], False),
        ("Inspectors came in May.", [], False),
        ("Inspectors marched past 8 mayors.", [], False),
    ],
)
def test_named_dates(text: str, dates: list[str], fixed: bool) -> None:
    assert named_dates([text], REPORT) == (dates, fixed)


def test_a_report_without_dates_has_none_to_name() -> None:
    assert named_dates(["In March 8 inspectors came."], dict.fromkeys(REPORT, "")) == ([], False)


SIX = "children see the same worker weekly"


@pytest.mark.parametrize(
    ("press", "reports", "words"),
    [
        (f"They say {SIX}.", {"a": f"Now {SIX} or so."}, {"a": 6}),
        (f"They say {SIX} indeed.", {"a": f"Now {SIX} indeed."}, {"a": 7}),
        ("Children see the same worker.", {"a": SIX}, {}),
        # What two reports say is no evidence for either.
        (SIX, {"a": SIX, "b": SIX}, {}),
        (f"“{SIX.upper()}”", {"a": "unlike words, all of them, always", "b": SIX}, {"b": 6}),
    ],
)  # fmt: skip
def test_own_words(press: str, reports: dict[str, str], words: dict[str, int]) -> None:
    assert own_words([press], reports.items()) == [words]


def document(doc_id: str, **facts: str) -> dict[str, str]:
    row = dict.fromkeys(schema.DOCUMENTS.names, "")
    known = {"doc_type": "news", "council": "Fernleigh", "published": "2021-05-10", "title": doc_id}
    return row | known | {"doc_id": doc_id} | facts


def report(doc_id: str, **facts: str) -> dict[str, str]:
    known = {"doc_type": "inspection_report", "framework": "ILACS", "overall": "good"}
    return document(doc_id, **(known | REPORT | facts))


PLAIN = "Help for families comes early and from people whom they know and trust well."
QUOTE = "They quote that help for families comes early and from people whom they know, they say."


@pytest.mark.parametrize(
    ("facts", "text", "reports", "expected"),
    [
        ({}, "Rated good.", [report("r")], ("r", "date", "")),
        ({"published": "2021-05-04"}, "Rated good.", [report("r")], ("r", "date", "")),
        ({"published": "2021-09-01"}, "Rated good.", [report("r")], ("r", "date", "")),
        ({"published": "2021-09-02"}, "Rated good.", [report("r")], ("", "", "too_late")),
        ({"published": "2021-05-03"}, "Rated good.", [report("r")], ("", "", "before_reports")),
        # A grade that is another's is no evidence; the month and the words are.
        ({}, "Rated inadequate.", [report("r")], ("", "", "no_evidence")),
        ({}, "Nothing is said.", [report("r")], ("", "", "no_evidence")),
        ({}, "Inspectors came in March.", [report("r")], ("r", "date", "")),
        ({}, QUOTE, [report("r")], ("r", "date", "")),
        ({}, "Rated good.", [report("r"), report("old", published="2021-02-01")],
         ("r", "date", "")),
        ({}, "Rated good.", [report("r"), report("next", published="2021-06-01")],
         ("r", "date", "")),
        ({}, "Rated good.", [report("r", council="Ashbury")], ("", "", "no_report")),
        ({"council": ""}, "Rated good.", [report("r")], ("", "", "no_council")),
        ({"duplicate_of": "first"}, "Rated good.", [report("r")], ("", "", "repeats_another")),
        ({}, "Rated good.", [report("r", duplicate_of="first")], ("", "", "no_report")),
        # Without a date, a grade is not enough; words and whole dates are.
        ({"published": ""}, "Rated good.", [report("r")], ("", "", "undated")),
        ({"published": ""}, QUOTE, [report("r"), report("old")], ("", "", "undated")),
        ({"published": ""}, QUOTE, [report("r")], ("r", "words", "")),
        ({"published": ""}, "Inspectors came in March.", [report("r")], ("", "", "undated")),
        ({"published": ""}, "It came out on 4 May 2021.", [report("r")], ("r", "dates", "")),
        ({"published": ""}, "It came out on 4 May 2021.", [report("r"), report("twin")],
         ("", "", "ambiguous")),
        ({"published": ""}, "Rated good.", [report("r", published="")], ("", "", "undated")),
    ],
)  # fmt: skip
def test_links(
    facts: dict[str, str],
    text: str,
    reports: list[dict[str, str]],
    expected: tuple[str, str, str],
) -> None:
    documents = pd.DataFrame([*reports, document("p", **facts)])
    texts = [(r["doc_id"], PLAIN) for r in reports if not r["duplicate_of"]]
    sentences = pd.DataFrame({"doc_id": ["p"], "text": [text], "section": ["body"]})
    links = press_links(documents, sentences, texts, 120)
    frames.check(links, schema.PRESS_LINKS)
    (row,) = links.to_dict("records")
    assert (row["report_id"], row["linked_by"], row["reason"]) == expected
    assert bool(row["detail"]) == bool(row["reason"])
    assert (row["days"] is None) == (row["linked_by"] != "date")


Found = tuple[str, str, str, str]


def findings(*rows: Found) -> pd.DataFrame:
    """Return findings: section, polarity, themes, text."""
    frame = pd.DataFrame(rows, columns=["section", "polarity", "themes", "text"], dtype=object)
    return frame.assign(sentence_id=[f"s{n}" for n in range(len(rows))], block=range(len(rows)),
                        source="council")  # fmt: skip


PLANS = "Written plans for children are vague and seldom say by when."
AREA = "The quality of written plans, so that they are not vague."
PLAN_ROWS = findings(
    ("summary", "weakness", "written_plans", "Some written plans are vague."),
    ("improve", "weakness", "written_plans", AREA),
    ("improve", "weakness", "written_plans", "The sharing of written plans among foster carers."),
    ("in_care", "weakness", "written_plans;permanence", PLANS),
    ("in_care", "weakness", "written_plans", "Vague plans are filed unread."),
    ("in_care", "weakness", "written_plans", "Vague plans are filed unread too."),
    ("leaders", "weakness", "leadership", PLANS),
    ("leaders", "mixed", "health_education", "Dental checks are late, if kindly done."),
)


def test_points_join_what_is_said_again() -> None:
    likeness = Likeness(PLAN_ROWS["text"])
    point = points(PLAN_ROWS, likeness, 0.3).tolist()
    # The summary and a section's sentence say the first area again; two areas stay two; without
    # a theme in common nothing joins, however like the words are.
    assert point[:4] == ["s1", "s1", "s2", "s1"]
    assert point[6:] == ["s6", "s7"]
    # Sentences of sections never join one another.
    assert points(PLAN_ROWS.iloc[4:6], likeness, 0.3).tolist() == ["s4", "s5"]
    assert points(PLAN_ROWS, likeness, 2.1).tolist() == PLAN_ROWS["sentence_id"].tolist()
    assert points(PLAN_ROWS.iloc[:0], likeness, 0.3).empty


words = st.text("abcde ", min_size=1, max_size=30)


@settings(max_examples=40, deadline=None)
@given(st.lists(words, min_size=1, max_size=5), st.lists(words, min_size=1, max_size=5))
def test_likeness_is_a_likeness(first: list[str], second: list[str]) -> None:
    likeness = Likeness(first + second)
    between = likeness.between(first, second)
    assert between.shape == (len(first), len(second))
    assert (between >= 0).all() and (between <= 1).all()
    assert np.array_equal(between, likeness.between(second, first).T)
    own = np.diag(likeness.between(first, first))
    assert all(value == (1 if text.split() else 0) for value, text in zip(own, first, strict=True))


@pytest.mark.parametrize(
    ("first", "second", "score"),
    [
        ("assessment", "assessment", 1.0),
        ("assessment;recording", "assessment", 1.0),
        ("recording;assessment", "assessment", 0.75),
        ("recording", "assessment", 0.5),
        ("other", "other", 0.5),
        ("", "", 0.5),
    ],
)
def test_themes_raise_a_score(first: str, second: str, score: float) -> None:
    one, two = pd.DataFrame({"themes": [first]}), pd.DataFrame({"themes": [second]})
    assert scores(one, two, np.array([[0.5]])).tolist() == [[score]]


RELEASE = findings(
    ("body", "weakness", "written_plans", "Inspectors said that written plans are too vague."),
    ("body", "strength", "leadership", "Leaders are described as calm, candid and well informed."),
    ("quote", "mixed", "care_leavers", "Care leavers are housed well, but lack work."),
    ("quote", "none", "", "We thank everybody."),
).assign(
    sentence_id=["p0", "p1", "p2", "p3"], source=["inspectorate", "author", "council", "council"]
)
FULL = findings(
    ("improve", "weakness", "written_plans", AREA),
    ("in_care", "weakness", "written_plans;permanence", PLANS),
    ("in_care", "weakness", "care_leavers", "Care leavers lack work; few are in training."),
    ("in_care", "mixed", "health_education", "Dental checks are late, if kindly done."),
    ("leaders", "strength", "leadership", "Leaders are calm, candid and unusually well informed."),
    ("leaders", "strength", "written_plans", "Some written plans are not vague at all."),
    ("leaders", "none", "", "There are four homes."),
).assign(paragraph="", page=1, start=0, end=1)


def test_weaknesses_are_matched_with_weaknesses_and_strengths_with_strengths() -> None:
    weak, strong = (
        match(Pair(FULL, RELEASE), direction, PARAMS) for direction in schema.DIRECTIONS
    )
    assert weak.report["sentence_id"].tolist() == ["s0", "s1", "s2", "s3"]
    assert weak.report["nearest"].tolist()[:3] == ["p0", "p0", "p2"]
    assert weak.report["taken_up"].tolist() == [True, True, True, False]
    assert strong.report["sentence_id"].tolist() == ["s3", "s4", "s5"]
    # The words on plans are like those of a weakness of the press text, which is no counterpart.
    assert strong.report["taken_up"].tolist() == [False, True, False]
    assert set(strong.press["sentence_id"]) == {"p1", "p2"}
    told = [(row["report_sentence"], row["press_sentence"], row["common_themes"], row["source"])
            for row in match_rows(weak, "p", "r")]  # fmt: skip
    assert told == [
        ("s0", "p0", "written_plans", "inspectorate"),
        ("s1", "p0", "written_plans", "inspectorate"),
        ("s2", "p2", "care_leavers", "council"),
    ]


def test_counts_by_hand() -> None:
    weak = match(Pair(FULL, RELEASE), "weakness", PARAMS)
    counted = taken_up(weak, 0.95)
    assert counted["report_weaknesses"] == 4
    assert counted["weaknesses_taken_up"] == 3
    # The second sentence on plans says the area for improvement again.
    assert (counted["weakness_points"], counted["weakness_points_taken_up"]) == (3, 2)
    assert counted["press_weaknesses"] == 2
    by_theme = dict(
        zip(read_codebook().codes, taken_up_by_theme(weak, read_codebook().codes), strict=True)
    )
    plans, permanence, health = (
        by_theme[code] for code in ("written_plans", "permanence", "health_education")
    )
    assert (plans["report_weaknesses"], plans["weaknesses_taken_up"]) == (2, 2)
    assert (plans["weakness_points"], plans["weakness_points_taken_up"]) == (1, 1)
    # Its counterpart says nothing on permanence, so it is not taken up there.
    assert (permanence["report_weaknesses"], permanence["weaknesses_taken_up"]) == (1, 0)
    assert (health["report_weaknesses"], health["weaknesses_share"]) == (1, 0.0)
    assert np.isnan(float(str(by_theme["recording"]["weaknesses_share"])))


def test_omissions_name_their_point_and_the_nearest_sentence() -> None:
    strict = PARAMS | {"least_weakness": 0.9}
    side = match(Pair(FULL, RELEASE), "weakness", strict)
    rows = {str(row["sentence_id"]): row for row in omission_rows(side, "p", "r", "Fernleigh")}
    assert list(rows) == [
        row for row, told in zip(side.report["sentence_id"], side.report["taken_up"], strict=True)
        if not told
    ]  # fmt: skip
    assert rows["s3"]["theme_in_press"] is False
    assert rows["s2"]["theme_in_press"] is True
    assert {row["nearest"] for row in rows.values()} <= {"p0", "p2"}


@pytest.mark.parametrize("direction", schema.DIRECTIONS)
def test_a_side_without_findings(direction: str) -> None:
    silent = match(Pair(FULL, RELEASE[RELEASE["polarity"] == "none"]), direction, PARAMS)
    assert not silent.report["taken_up"].any()
    assert match_rows(silent, "p", "r") == []
    nothing = match(Pair(FULL[FULL["polarity"] == "none"], RELEASE), direction, PARAMS)
    counted = taken_up(nothing, 0.95)
    assert counted[f"{direction}_points"] == 0
    assert np.isnan(float(str(counted[f"{direction}_points_low"])))


def test_voices() -> None:
    row = voices(RELEASE)
    said = [row[f"by_{voice}"] for voice in ("council", "inspectorate", "author", "other")]
    assert (row["press_sentences"], said) == (4, [2, 1, 1, 0])
    assert row["council_share"] == pytest.approx(2 / 3)
    assert (row["findings_by_council"], row["findings_by_inspectorate"]) == (1, 1)
    assert np.isnan(float(str(voices(RELEASE.iloc[1:2])["council_share"])))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 30), st.integers(1, 30), st.integers(0, 10), st.integers(1, 10))
def test_the_difference_is_newcombes(weak: int, strong: int, told: int, praised: int) -> None:
    report, press = (
        findings(*[("body", "weakness", "other", "x")] * bad,
                 *[("body", "strength", "other", "x")] * good)
        for bad, good in ((weak, strong), (told, praised))
    )  # fmt: skip
    row = {key: float(str(value)) for key, value in share_difference(report, press, 0.95).items()}
    low, high = confint_proportions_2indep(
        told, told + praised, weak, weak + strong, method="newcomb", compare="diff"
    )
    assert row["share_difference_low"] == pytest.approx(low, abs=1e-9)
    assert row["share_difference_high"] == pytest.approx(high, abs=1e-9)


def test_paragraphs_widen_the_difference() -> None:
    rows = [("body", polarity, "other", "x") for polarity in ("weakness", "strength") * 8]
    apart = findings(*sorted(rows))
    together = apart.assign(block=apart["polarity"] == "weakness")
    wide, narrow = (share_difference(frame, RELEASE, 0.95) for frame in (together, apart))
    assert float(str(wide["share_difference_low"])) < float(str(narrow["share_difference_low"]))


def test_the_matching_is_as_good_as_the_page_says() -> None:
    measured = press_matching.measure()
    assert json.loads(press_matching.RESULTS.read_text(encoding="utf-8")) == measured
    for direction, precision, recall in (("weakness", 0.85, 0.55), ("strength", 0.8, 0.55),
                                         ("repeat", 0.8, 0.5)):  # fmt: skip
        check = measured[direction]["check"]
        assert check["precision"] >= precision
        assert check["recall"] >= recall
        assert check["right_counterpart"] >= 0.9


def test_the_sample_run(sample_run: Path, tables: Tables) -> None:
    documents = tables["documents"].set_index("doc_id")
    links, pairs = tables["press_links"], tables["press_pairs"]
    press = documents[documents["doc_type"] != "inspection_report"]
    assert links["press_id"].tolist() == press.index.tolist()
    assert (links["reason"] == "").all()
    # Each press text of the sample was written with the report of its name.
    for row in links.to_dict("records"):
        assert documents.loc[row["report_id"], "council"] == row["council"]
        assert 0 <= row["days"] <= 120
    assert pairs["press_id"].tolist() == links["press_id"].tolist()
    assert len(tables["press_coverage"]) == len(pairs) * len(read_codebook().codes)


def test_what_is_not_taken_up_is_left_out(tables: Tables) -> None:
    sentences = tables["sentences"].set_index("sentence_id")
    matches, omissions = tables["press_matches"], tables["press_omissions"]
    for pair in tables["press_pairs"].to_dict("records"):
        own = sentences[sentences["doc_id"] == pair["report_id"]]
        weak = set(own.index[own["polarity"].isin(["weakness", "mixed"])])
        of_pair = matches["press_id"] == pair["press_id"]
        told = set(matches.loc[of_pair & (matches["direction"] == "weakness"), "report_sentence"])
        left = set(omissions.loc[omissions["press_id"] == pair["press_id"], "sentence_id"])
        assert told | left == weak and not told & left
        assert pair["weaknesses_taken_up"] == len(told)
        assert pair["weakness_points_taken_up"] <= len(told)
        assert pair["weakness_points"] <= len(weak)
    for row in matches.to_dict("records"):
        ours, theirs = (sentences.loc[row[f"{name}_sentence"]] for name in ("report", "press"))
        assert (ours["doc_id"], theirs["doc_id"]) == (row["report_id"], row["press_id"])
        assert {ours["polarity"], theirs["polarity"]} <= {row["direction"], "mixed"}


def stages_over(corpus: Path, out: Path) -> dict[str, pd.DataFrame]:
    """Run what the stage needs, and the stage; return the tables that it reads and writes."""
    assert cli.main(["clean", str(corpus), "--out", str(out), *QUICK]) == 0
    for stage in ("classify", "themes", "tables", "press"):
        assert cli.main([stage, "--out", str(out), *QUICK]) == 0
    known = (*schema.TABLES_OF["tables"], *schema.TABLES_OF["press"])
    return {table.name: frames.read(table, out / "tables") for table in known}


def test_a_run_without_press_texts(few: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "report.pdf").write_bytes((few / "kelderby-2017-report.pdf").read_bytes())
    tables = stages_over(corpus, tmp_path / "out")
    for table in schema.PRESS_TABLES:
        assert tables[table.name].empty == (table.name != "readability_groups")


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not here")
def test_the_northumberland_pair(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("reports/80532-2020-03-02.pdf", "press/northumberland-2020-press-release.txt",
                 "press/northumberland-2019-news.txt"):  # fmt: skip
        (corpus / Path(name).name).write_bytes((SHARED / name).read_bytes())
    tables = stages_over(corpus, tmp_path / "out")
    linked = dict(zip(*(tables["press_links"][c] for c in ("press_id", "report_id")), strict=True))
    assert linked == {
        "northumberland-2019-news": "",
        "northumberland-2020-press-release": "80532-2020-03-02",
    }
    coverage = tables["press_coverage"].set_index("theme")
    told: dict[Any, Any] = coverage["weakness_points_taken_up"].to_dict()
    assert told["written_plans"] > 0
    assert [told[code] for code in ("assessment", "management_oversight", "permanence")] == [0] * 3
    # The four areas for improvement in their order: plans, analysis in assessments, the recording
    # of oversight in supervision, later-life letters.
    sentences = tables["sentences"]
    areas = sentences[(sentences["section"] == "improve") & sentences["bullet"]]
    assert areas["themes"].str.partition(";")[0].tolist() == [
        "written_plans", "assessment", "management_oversight", "permanence",
    ]  # fmt: skip
    omitted = tables["press_omissions"].set_index("sentence_id")
    assert [name in omitted.index for name in areas["sentence_id"]] == [False, True, True, True]
    assert not omitted.loc[areas["sentence_id"].tolist()[1:], "point_taken_up"].any()
