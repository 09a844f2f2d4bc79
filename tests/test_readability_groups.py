"""Readability by group: against scipy, with councils as clusters, frameworks apart."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pipeline import frames, schema
from pipeline.intervals import design_effect
from pipeline.readability_groups import readability_groups

EASE = "flesch_reading_ease"
# doc_id, council, doc_type, framework, published, overall, ease
ROWS = [
    ("a1", "Ashbury", "inspection_report", "ILACS", "2019-03-01", "good", 50.0),
    ("b1", "Birling", "inspection_report", "ILACS", "2019-06-01", "good", 54.0),
    ("c1", "Corley", "inspection_report", "ILACS", "2021-06-01", "good", 49.0),
    ("d1", "Dunley", "inspection_report", "ILACS", "2021-07-01", "inadequate", 58.0),
    ("a0", "Ashbury", "inspection_report", "SIF", "2015-03-01", "good", 60.0),
    ("e1", "Elmsby", "inspection_report", "ILACS", "2021-08-01", "", np.nan),
    ("p1", "Ashbury", "press_release", "", "2019-03-02", "", 45.0),
    ("p2", "Birling", "press_release", "", "", "", 47.0),
]


def grouped(rows: list[tuple[str, str, str, str, str, str, float]]) -> pd.DataFrame:
    names = ["doc_id", "council", "doc_type", "framework", "published", "overall", EASE]
    known = pd.DataFrame(rows, columns=names)
    documents = known.drop(columns=EASE).assign(duplicate_of="")
    measures = pd.DataFrame(np.nan, index=known.index, columns=list(schema.READABILITY_MEASURES))
    readability = measures.assign(doc_id=known["doc_id"], words=1, sentences=1)
    readability[EASE] = known[EASE]
    links = pd.DataFrame({"press_id": ["p1", "p2"], "report_id": ["a1", ""]})
    table = readability_groups(readability, documents, links, 0.95)
    frames.check(table, schema.READABILITY_GROUPS)
    return table


def row(table: pd.DataFrame, *place: str) -> pd.Series:
    chosen = (table[["grouping", "doc_type", "framework", "group"]] == list(place)).all(axis=1)
    assert chosen.sum() == 1
    return table[chosen].iloc[0]


def test_groups_by_hand() -> None:
    table = grouped(ROWS)
    assert set(table["measure"]) == {EASE}
    good = row(table, "grade", "inspection_report", "ILACS", "good")
    assert (good["documents"], good["councils"]) == (3, 3)
    assert (good["mean"], good["median"]) == (51.0, 50.0)
    assert (good["lowest"], good["highest"]) == (49.0, 54.0)
    interval = stats.ttest_1samp([50.0, 54.0, 49.0], 0).confidence_interval(0.95)
    assert (good["mean_low"], good["mean_high"]) == pytest.approx(tuple(interval))
    # Frameworks stand apart, and a press text has the grade of its report.
    assert row(table, "grade", "inspection_report", "SIF", "good")["mean"] == 60.0
    assert row(table, "grade", "press_release", "all", "good")["mean"] == 45.0
    assert row(table, "year", "inspection_report", "ILACS", "2021")["documents"] == 2
    assert row(table, "council", "inspection_report", "SIF", "Ashbury")["documents"] == 1
    assert row(table, "doc_type", "inspection_report", "all", "inspection_report")["documents"] == 5
    assert row(table, "framework", "inspection_report", "ILACS", "ILACS")["mean"] == 52.75


@pytest.mark.parametrize(
    "place",
    [
        ("grade", "press_release", "all", "inadequate"),
        ("council", "inspection_report", "ILACS", "Elmsby"),
        ("doc_type", "news", "all", "news"),
        ("year", "press_release", "all", ""),
    ],
)
def test_what_has_no_document_has_no_row(place: tuple[str, ...]) -> None:
    table = grouped(ROWS)
    chosen = (table[["grouping", "doc_type", "framework", "group"]] == list(place)).all(axis=1)
    assert not chosen.any()


def test_few_councils_give_no_interval_and_like_ones_a_wider_one() -> None:
    few = row(grouped(ROWS), "year", "inspection_report", "ILACS", "2021")
    assert np.isnan(few["mean_low"]) and np.isnan(few["mean_high"])
    twice = [(f"{r[0]}{n}", *r[1:]) for r in ROWS[:3] for n in (0, 1)]
    place = ("grade", "inspection_report", "ILACS", "good")
    clustered = row(grouped(twice), *place)
    values = np.array([50.0, 50, 54, 54, 49, 49])
    effect = design_effect(values, np.array(list("aabbcc")))
    half = stats.t.ppf(0.975, 2) * np.sqrt(values.var(ddof=1) / 6 * effect)
    assert clustered["mean_high"] - clustered["mean"] == pytest.approx(half)
    assert effect > 1


def test_repeated_documents_are_left_out() -> None:
    documents = pd.DataFrame(ROWS, columns=["doc_id", "council", "doc_type", "framework",
                                            "published", "overall", EASE])  # fmt: skip
    readability = documents[["doc_id", EASE]].assign(words=1, sentences=1)
    for name in schema.READABILITY_MEASURES:
        readability[name] = readability[EASE]
    links = pd.DataFrame({"press_id": [], "report_id": []})
    repeats = documents.drop(columns=EASE).assign(duplicate_of=["b1", *[""] * 7])
    table = readability_groups(readability, repeats, links, 0.95)
    assert set(table.query("group == 'Ashbury' and framework == 'ILACS'")["documents"]) == set()
