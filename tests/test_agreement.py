"""Agreement: coefficients against other libraries, intervals, and the table's rows."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import cohen_kappa_score

from pipeline import frames, schema
from pipeline.review.agreement import agreement_table
from pipeline.review.coefficients import estimate, masi, pairs, resamples
from pipeline.review.store import no_reviews
from pipeline.standoff import sentence_hash

Sets = list[frozenset[str]]
CODES = st.sampled_from(schema.POLARITIES)
THEMES = st.frozensets(st.sampled_from("abcdef"), min_size=1, max_size=3)
WHOLE = 1e-4


def sets(*words: str) -> Sets:
    return [frozenset(word) for word in words]


def of_all(first: Sets, second: Sets) -> list[float]:
    """Return share, kappa and alpha of two coders, all sentences in one document."""
    counted = pairs(first, second, ["d"] * len(first))
    return [float(value) for value in counted.figures(np.ones((1, 1)))[0]]


def alpha_of_nltk(first: Sets, second: Sets) -> float:
    rows = [("1", str(n), code) for n, code in enumerate(first)]
    rows += [("2", str(n), code) for n, code in enumerate(second)]
    return float(AnnotationTask(data=rows, distance=lambda a, b: 1 - masi(a, b)).alpha())


@pytest.mark.parametrize(
    ("first", "second", "similarity"),
    [
        ("a", "a", 1),
        ("a", "b", 0),
        ("ab", "ab", 1),
        ("ab", "a", 1 / 2 * 2 / 3),
        ("abc", "a", 1 / 3 * 2 / 3),
        ("ab", "bc", 1 / 3 * 1 / 3),
        ("abc", "bcd", 2 / 4 * 1 / 3),
        ("", "", 1),
        ("", "a", 0),
    ],
)
def test_masi(first: str, second: str, similarity: float) -> None:
    assert masi(frozenset(first), frozenset(second)) == pytest.approx(similarity)
    assert masi(frozenset(second), frozenset(first)) == pytest.approx(similarity)


@pytest.mark.parametrize(
    ("first", "second", "share", "kappa", "alpha"),
    [
        # Ten sentences, six of them alike; by hand: chance of kappa 0.5, of alpha 0.495 / 0.95.
        ("aaaaabbbbb", "aaabbaabbb", 0.6, 0.2, 1 - 0.4 * 19 / 10),
        ("ab", "ab", 1, 1, 1),
        ("ab", "ba", 0, -1, -0.5),
        # Only one value was used: nothing beyond chance could be seen.
        ("aaa", "aaa", 1, np.nan, np.nan),
        # One coder never uses the other code: nothing beyond chance either.
        ("aaaa", "aaab", 0.75, 0, 0),
    ],
)
def test_coefficients(first: str, second: str, share: float, kappa: float, alpha: float) -> None:
    found = of_all(sets(*first), sets(*second))
    assert found == pytest.approx([share, kappa, alpha], nan_ok=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CODES, CODES), min_size=2, max_size=40))
def test_kappa_and_alpha_are_those_of_other_libraries(codes: list[tuple[str, str]]) -> None:
    first, second = zip(*codes, strict=True)
    one, two = ([frozenset([code]) for code in given] for given in (first, second))
    share, kappa, alpha = of_all(one, two)
    assert share == pytest.approx(np.mean([a == b for a, b in codes]))
    if len({*first, *second}) == 1:
        assert np.isnan(kappa)
        assert np.isnan(alpha)
        return
    assert kappa == pytest.approx(cohen_kappa_score(first, second))
    assert alpha == pytest.approx(alpha_of_nltk(one, two))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(THEMES, THEMES), min_size=2, max_size=25))
def test_alpha_of_sets_is_that_of_another_library(
    codes: list[tuple[frozenset[str], frozenset[str]]],
) -> None:
    first, second = (list(given) for given in zip(*codes, strict=True))
    alpha = of_all(first, second)[2]
    if len({*first, *second}) == 1:
        assert np.isnan(alpha)
    else:
        assert alpha == pytest.approx(alpha_of_nltk(first, second), abs=WHOLE)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(CODES, CODES), min_size=2, max_size=30), st.integers(1, 5))
def test_documents_do_not_matter_to_the_value(codes: list[tuple[str, str]], documents: int) -> None:
    first, second = ([frozenset([code]) for code in given] for given in zip(*codes, strict=True))
    names = [f"d{n % documents}" for n in range(len(codes))]
    spread = pairs(first, second, names)
    found = spread.figures(np.ones((1, len(set(names)))))[0]
    assert found.tolist() == pytest.approx(of_all(first, second), nan_ok=True)
    # A document that is drawn twice counts as if its sentences stood there twice.
    drawn = np.zeros((1, len(set(names))))
    drawn[0, 0] = 2
    chosen = [n for n, name in enumerate(names) if name == "d0"] * 2
    twice = of_all([first[n] for n in chosen], [second[n] for n in chosen])
    assert spread.figures(drawn)[0].tolist() == pytest.approx(twice, nan_ok=True)


def test_resamples_draw_documents_as_wholes() -> None:
    weights = resamples(7)
    assert (weights[0] == 1).all()
    assert (weights.sum(axis=1) == 7).all()
    assert (weights == resamples(7)).all()
    assert len({tuple(row) for row in weights}) > 500


def test_the_interval_is_wider_where_sentences_of_a_document_are_alike() -> None:
    right = [n % 4 != 0 for n in range(80)]
    first = [frozenset("a" if n % 2 else "b") for n in range(80)]
    second = [c if ok else frozenset("c") for c, ok in zip(first, right, strict=True)]
    mingled = [f"d{n // 4}" for n in range(80)]
    clustered = [f"d{n % 17}" if ok else f"wrong{n % 3}" for n, ok in enumerate(right)]
    widths = []
    for names in (mingled, clustered):
        draws = pairs(first, second, names).figures(resamples(len(set(names))))[:, 0]
        value, low, high = estimate(draws, len(set(names)), 0.95)
        assert value == 0.75
        assert low <= value <= high
        widths.append(high - low)
    # In the first each document is right in three of four: no resample can differ.
    assert widths[0] == 0 < widths[1]


@pytest.mark.parametrize(
    ("draws", "documents", "expected"),
    [
        ([0.5, 0.4, 0.6], 2, (0.5, 0.4, 0.6)),
        ([0.5, 0.4, 0.6], 1, (0.5, np.nan, np.nan)),
        ([np.nan, 0.4, 0.6], 2, (np.nan, np.nan, np.nan)),
        ([0.5, 0.4, np.nan], 2, (0.5, 0.4, 0.4)),
        ([0.5, np.nan, np.nan, 0.4], 2, (0.5, np.nan, np.nan)),
    ],
)
def test_estimate(draws: list[float], documents: int, expected: tuple[float, ...]) -> None:
    found = estimate(np.array(draws), documents, 1.0)
    assert found == pytest.approx(expected, nan_ok=True)


def study(texts: int = 12) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return sentences of three documents, all coded strength on placements by the model."""
    ids = [f"d{n % 3}-{n:04}" for n in range(texts)]
    sentences = pd.DataFrame({"sentence_id": sorted(ids)})
    sentences["doc_id"] = sentences["sentence_id"].str[:2]
    sentences["text"] = [f"Made-up sentence {name}." for name in sentences["sentence_id"]]
    polarity = sentences[["sentence_id"]].assign(polarity="strength", evidence="")
    themes = sentences[["sentence_id"]].assign(
        theme="permanence", rank=1, confidence=0.9, decided_by="model", evidence=""
    )
    return sentences, polarity, themes


def review(sentences: pd.DataFrame, row: int, coder: str, **codes: str) -> dict[str, object]:
    at = sentences.iloc[row]
    given = {"polarity": "strength", "themes": "permanence", "sample": "random", "note": ""}
    return {
        "sentence_id": at["sentence_id"], "doc_id": at["doc_id"], "occurrence": 1,
        "sentence_hash": sentence_hash(at["text"]), "coder": coder, **given, **codes,
    }  # fmt: skip


def table(rows: list[dict[str, object]]) -> pd.DataFrame:
    sentences, polarity, themes = study()
    built = agreement_table(frames.build(rows, schema.REVIEWS), sentences, polarity, themes, 0.95)
    frames.check(built, schema.AGREEMENT)
    return built


def test_samples_are_reported_apart() -> None:
    sentences = study()[0]
    rows = [review(sentences, n, "ann") for n in range(6)]
    rows += [review(sentences, n, "ann", polarity="weakness", sample="uncertain") for n in (6, 7)]
    whole = table(rows).query("variable == 'polarity' and code == 'all'")
    found = whole.set_index("sample")[["sentences", "documents", "agreement"]]
    assert found.to_dict("index") == {
        "random": {"sentences": 6, "documents": 2, "agreement": 1.0},
        "uncertain": {"sentences": 2, "documents": 1, "agreement": 0.0},
    }


def test_people_are_compared_with_one_another_but_not_with_what_they_agreed() -> None:
    sentences = study()[0]
    rows = [review(sentences, n, name) for n in range(4) for name in ("ann", "ben", "agreed")]
    found = table(rows).query("variable == 'polarity' and code == 'all'")
    pairs_found = set(zip(found["first"], found["second"], strict=True))
    people = {("ann", "model"), ("ben", "model"), ("agreed", "model"), ("ann", "ben")}
    assert pairs_found == people


def test_what_two_people_drew_in_different_ways_is_not_a_random_sample() -> None:
    sentences = study()[0]
    rows = [review(sentences, n, "ann") for n in range(3)]
    rows += [review(sentences, n, "ben", sample=("random", "uncertain")[n > 0]) for n in range(3)]
    found = table(rows).query("second == 'ben' and variable == 'polarity' and code == 'all'")
    by_sample = dict(zip(found["sample"], found["sentences"], strict=True))
    assert by_sample == {"random": 1, "other": 2}


def test_themes_are_compared_where_both_gave_some() -> None:
    sentences = study()[0]
    rows = [
        review(sentences, 0, "ann"),
        review(sentences, 1, "ann", themes="permanence;assessment"),
        review(sentences, 2, "ann", themes=""),
        review(sentences, 3, "ann", polarity="none", themes=""),
    ]
    found = table(rows).query("variable == 'themes'").set_index("code")
    assert found["sentences"].tolist() == [2, 2, 2]
    assert found["used"].to_dict() == {"all": 2, "assessment": 1, "permanence": 2}
    assert found["agreement"].to_dict() == {"all": 0.5, "assessment": 0.5, "permanence": 1.0}


def test_nothing_coded_gives_an_empty_table() -> None:
    built = agreement_table(no_reviews(), *study(), 0.95)
    frames.check(built, schema.AGREEMENT)
    assert len(built) == 0


def test_every_pair_of_people_once() -> None:
    sentences = study()[0]
    names = ("ann", "ben", "cat")
    rows = [review(sentences, 0, name) for name in names]
    found = table(rows)
    between = found[found["second"] != "model"]
    pairs_found = set(zip(between["first"], between["second"], strict=True))
    assert pairs_found == set(combinations(names, 2))
