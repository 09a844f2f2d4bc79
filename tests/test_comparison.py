"""The statistics of the comparison: against figures from elsewhere, and by their properties."""

import json

import numpy as np
import pandas as pd
import ppi_py
import pytest
import statsmodels.api as sm
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom, poisson
from statsmodels.stats.multitest import multipletests

from benchmarks.simulation import simulate
from pipeline.comparison import exact
from pipeline.comparison.cells import intraclass
from pipeline.comparison.change import combined, welch_p
from pipeline.comparison.criterion import balanced_share, ordinal_fit, section_sums, share_of
from pipeline.comparison.exact import (
    count_interval,
    exact_p,
    hybrid_difference,
    q_values,
    rank_intervals,
)
from pipeline.comparison.gold_sample import GoldSample
from pipeline.comparison.pooling import pool
from pipeline.comparison.powered import (
    Powered,
    Ratio,
    carried_over,
    error_rates,
    powered_share,
)
from pipeline.intervals import clustered_share, wilson_ends
from pipeline.paths import ROOT

# Counts have halves at the finest; what differs from 0 by less is none.
counts = st.floats(0, 60).map(lambda count: round(count, 2))
extras = st.floats(0.5, 60)


def mid_p(k1: int, n1: int, k2: int, n2: int) -> float:
    table = hypergeom(n1 + n2, k1 + k2, n1)
    half = table.pmf(k1) / 2
    return float(min(1.0, 2 * min(table.cdf(k1) - half, table.sf(k1) + half)))


@pytest.mark.parametrize(
    ("k1", "n1", "k2", "n2"),
    [(3, 3, 2, 10), (0, 5, 30, 90), (7, 12, 40, 400), (12, 12, 300, 900), (5, 20, 100, 400)],
)
def test_whole_numbers_give_fishers_mid_p(k1: int, n1: int, k2: int, n2: int) -> None:
    given_p = exact_p(*(np.array(float(v)) for v in (k1, n1, k2, n2)))
    assert float(given_p) == pytest.approx(mid_p(k1, n1, k2, n2), rel=1e-4)


@settings(max_examples=40, deadline=None)
@given(counts, extras, counts, extras)
@example(0.0, 0.5, 0.5, 0.5000000000000001)
def test_p_values_do_not_depend_on_which_side_is_counted(
    k1: float, rest1: float, k2: float, rest2: float
) -> None:
    n1, n2 = k1 + rest1, k2 + rest2
    p = float(exact_p(*map(np.array, (k1, n1, k2, n2))))
    mirrored = float(exact_p(*map(np.array, (rest1, n1, rest2, n2))))
    assert 0 <= p <= 1
    assert p == pytest.approx(mirrored, abs=1e-6)


def test_nothing_found_has_no_p_value() -> None:
    p = exact_p(
        np.array([0.0, 2.0]), np.array([0.0, 3.0]), np.array([5.0, 0.0]), np.array([9.0, 0])
    )
    assert np.isnan(p).all()


@settings(max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=6, max_size=6))
def test_the_interval_of_a_difference_holds_it(ends: list[float]) -> None:
    first, second = sorted(ends[:3]), sorted(ends[3:])
    triples = [(np.array(m), np.array(low), np.array(high)) for low, m, high in (first, second)]
    gap, low, high = hybrid_difference(triples[0], triples[1])
    assert -1 - 1e-12 <= low <= gap <= high <= 1 + 1e-12
    summed = combined([(1.0, triples[0]), (-1.0, triples[1])])
    assert np.allclose([gap, low, high], summed)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_values_are_those_of_statsmodels(p: list[float]) -> None:
    expected = multipletests(p, method="fdr_bh")[1]
    assert np.allclose(q_values(np.array([*p, np.nan]))[:-1], expected)


@pytest.mark.parametrize("count", [0, 1, 4, 30])
def test_the_interval_of_a_count_is_exact(count: int) -> None:
    low, high = (float(v) for v in count_interval(np.array(float(count)), np.array(1.0), 0.95))
    assert poisson.cdf(count, high) == pytest.approx(0.025)
    assert low == 0 if count == 0 else poisson.sf(count - 1, low) == pytest.approx(0.025)


@pytest.mark.parametrize("at_once", [1, 7, 50, 51])
def test_pairs_compared_some_at_a_time_are_those_compared_together(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = np.random.default_rng(3)
    n1, n2 = drawn.uniform(0, 30, 50), drawn.uniform(20, 300, 50)
    given = drawn.uniform(0, 1, 50) * n1, n1, drawn.uniform(0, 1, 50) * n2, n2
    whole = exact_p(*given), *rank_intervals(given[0] / n1, n1, 0.95)
    monkeypatch.setattr(exact, "_AT_ONCE", at_once)
    parts = exact_p(*given), *rank_intervals(given[0] / n1, n1, 0.95)
    for together, apart in zip(whole, parts, strict=True):
        assert np.array_equal(together, apart)


@settings(max_examples=40)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 80)), min_size=2, max_size=15))
def test_ranks_lie_in_their_intervals(rows: list[tuple[float, float]]) -> None:
    share, size = np.array(rows).T
    place, low, high = rank_intervals(share, size, 0.95)
    assert ((low >= 1) & (low <= place) & (place <= high) & (high <= len(rows))).all()


def test_only_sure_differences_bound_a_rank() -> None:
    alike = rank_intervals(np.full(8, 0.3), np.full(8, 20.0), 0.95)
    assert [set(v.tolist()) for v in alike] == [{1}, {1}, {8}]
    apart = rank_intervals(np.array([0.01, 0.5, 0.52, 0.99]), np.full(4, 900.0), 0.95)
    assert [v.tolist() for v in apart] == [[1, 2, 3, 4], [1, 2, 2, 4], [1, 3, 3, 4]]


def test_welch_knows_that_few_findings_tell_little() -> None:
    sizes = np.array([4.0, 400.0])
    p = welch_p(np.array([0.3, 0.3]), [(np.full(2, 0.6), sizes), (np.full(2, 0.3), sizes)])
    assert p[0] > 0.3
    assert p[1] < 1e-6


def anova(values: list[list[float]]) -> float:
    """Return how alike values of one paragraph are, of a single report."""
    every = np.concatenate([np.array(v) for v in values])
    sizes = np.array([len(v) for v in values], dtype=float)
    means = np.array([np.mean(v) for v in values])
    sums = {
        "between": np.sum(sizes * (means - every.mean()) ** 2),
        "within": sum(np.sum((np.array(v) - m) ** 2) for v, m in zip(values, means, strict=True)),
        "df_between": len(values) - 1.0,
        "df_within": float(len(every) - len(values)),
        "spread": len(every) - np.sum(sizes**2) / len(every),
    }
    return float(intraclass({name: np.array([value]) for name, value in sums.items()})[0])


@pytest.mark.parametrize(
    ("values", "alike"),
    [
        ([[1, 1], [0, 0], [1, 1], [0, 0]], 1.0),
        ([[1, 0], [0, 1], [1, 0], [0, 1]], 0.0),
        ([[1], [0], [1]], 0.0),
        ([[1, 1, 0, 0]], 0.0),
        # Mean squares 0.5 and 0.125: (0.5 - 0.125) / (0.5 + 0.125).
        ([[1, 1], [0, 0], [1, 0.5], [0, 0.5], [1, 0.5]], None),
    ],
)
def test_how_alike_paragraphs_are(values: list[list[float]], alike: float | None) -> None:
    result = anova(values)
    assert 0 < result < 1 if alike is None else result == pytest.approx(alike)


def test_national_shares_have_the_variance_of_clustered_regression() -> None:
    rng = np.random.default_rng(1)
    reports = np.repeat(np.arange(30), rng.integers(3, 20, 30))
    y = (rng.random(len(reports)) < rng.beta(2, 4, 30)[reports]).astype(float)
    fit = sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds={"groups": reports})
    count, size = (np.bincount(reports, w)[:, None] for w in (y, np.ones(len(y))))
    share, low, high, known = (float(v[0]) for v in clustered_share(count, size, 0.95))
    assert share == pytest.approx(fit.params[0])
    assert share * (1 - share) / known == pytest.approx(fit.bse[0] ** 2)
    assert low < share < high


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 60)), min_size=5, max_size=20))
def test_pooling_draws_shares_together(rows: list[tuple[float, float]]) -> None:
    share, size = np.array(rows).T
    pooled = pool(share * size, size)
    low, high = pooled.interval(0.95)
    assert ((low <= pooled.mean) & (pooled.mean <= high)).all()
    ends = min(share.min(), pooled.typical), max(share.max(), pooled.typical)
    assert ((pooled.mean >= ends[0] - 1e-6) & (pooled.mean <= ends[1] + 1e-6)).all()
    assert 0 < pooled.typical < 1


def test_long_reports_keep_their_share_and_short_ones_do_not() -> None:
    share = np.array([0.1, 0.3, 0.5, 0.2, 0.4, 0.9, 0.9])
    size = np.array([200.0, 200.0, 200.0, 200.0, 200.0, 5000.0, 2.0])
    pooled = pool(share * size, size)
    assert abs(pooled.mean[5] - 0.9) < 0.01
    assert pooled.mean[6] < 0.75


SENTENCES, GOLD = 40_000, 500


def coded_world() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return what is true and what is coded, a sentence a report, and which are gold."""
    rng = np.random.default_rng(7)
    truth = (rng.random(SENTENCES) < 0.3).astype(float)
    coded = np.where(rng.random(SENTENCES) < 0.85, truth, 1 - truth)
    return truth, coded, np.arange(SENTENCES) < GOLD


def powered(weight: float | None) -> Powered:
    truth, coded, drawn = coded_world()
    ones = np.ones(SENTENCES)
    return powered_share(
        Ratio(coded, ones), Ratio(truth * drawn, ones * drawn), Ratio(coded * drawn, ones * drawn),
        size=ones, drawn=drawn, level=0.95, weight=weight,
    )  # fmt: skip


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_prediction_powered_shares_are_those_of_ppi_python(weight: float) -> None:
    truth, coded, drawn = coded_world()
    expected = ppi_py.ppi_mean_pointestimate(truth[drawn], coded[drawn], coded, lam=weight)
    assert powered(weight).share == pytest.approx(float(expected[0]), abs=1e-9)
    ends = ppi_py.ppi_mean_ci(truth[drawn], coded[drawn], coded[~drawn], alpha=0.05, lam=weight)
    # Ours is Wilson's, with Student's quantile.
    found = powered(weight)
    assert np.allclose([found.low, found.high], np.ravel(ends), atol=0.003)


def test_the_best_weight_of_the_predictions_is_that_of_ppi_python() -> None:
    truth, coded, drawn = coded_world()
    ends = ppi_py.ppi_mean_ci(truth[drawn], coded[drawn], coded[~drawn], alpha=0.05)
    found = powered(None)
    assert 0.4 < found.weight < 0.95
    assert np.allclose([found.low, found.high], np.ravel(ends), atol=0.003)
    widths = [powered(weight).high - powered(weight).low for weight in (0.0, 1.0)]
    assert found.high - found.low < min(widths)


def gold_of(table: np.ndarray, reports: int) -> GoldSample:
    """Return a gold sample with a table of counts, codes of people by the program's."""
    names = ("strength", "weakness", "mixed", "none")
    rows = [
        {"gold": gold, "polarity": names[j], "draw": 1.0}
        for i, gold in enumerate(names) for j in range(4) for _ in range(table[i, j])
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    return GoldSample(frame, frame.assign(report=np.arange(len(frame)) % reports), False)


def test_a_program_without_errors_is_not_corrected() -> None:
    rates = error_rates(gold_of(np.diag([50, 30, 10, 10]), 20), "weakness_share", 5)
    assert rates is not None
    coded = tuple(np.array([v]) for v in (0.4, 0.2, 0.6))
    ends = carried_over(np.array([[5.0, 3.0, 2.0]]), (coded[0], coded[1], coded[2]), rates)
    assert np.allclose([v[0] for v in ends], (0.4, 0.2, 0.6))


def test_known_errors_are_taken_out() -> None:
    errors = np.array([[90, 10, 0, 0], [20, 80, 0, 0], [0, 0, 50, 0], [0, 0, 0, 10]])
    rates = error_rates(gold_of(errors, 25), "weakness", 5)
    assert rates is not None
    # Of 100 strengths and 100 weaknesses the program makes 110 strengths and 90 weaknesses.
    counts = np.array([[110.0, 90.0, 0.0]])
    share, low, high = carried_over(
        counts, (np.array([0.45]), np.array([0.38]), np.array([0.52])), rates
    )
    assert share[0] == pytest.approx(0.5)
    assert low[0] < 0.5 - 0.07 < 0.5 + 0.07 < high[0]


def test_too_few_gold_sentences_of_a_code_correct_nothing() -> None:
    assert error_rates(gold_of(np.diag([50, 30, 4, 10]), 20), "weakness", 5) is None


def test_a_framework_without_gold_sentences_is_not_corrected() -> None:
    sample = gold_of(np.diag([50, 30, 10, 10]), 20)
    without = GoldSample(sample.sentences, sample.gold[sample.gold["report"] == 99], False)
    assert error_rates(without, "weakness", 5) is None


def sentences(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["doc_id", "section", "polarity"])
    for code in ("strength", "weakness", "mixed", "none"):
        frame[f"p_{code}"] = (frame["polarity"] == code).astype(float)
    return frame


def test_the_balanced_share_counts_areas_alike_and_leaves_the_board_out() -> None:
    frame = sentences(
        *[("r", "leaders", "weakness")] * 6, ("r", "help_protection", "strength"),
        ("r", "in_care", "strength"), ("r", "care_leavers", "weakness"),
        ("r", "summary", "strength"), ("r", "improve", "weakness"), ("r", "lscb", "weakness"),
        ("r", "leaders", "none"), ("s", "lscb", "weakness"),
    )  # fmt: skip
    sums = section_sums(frame)
    assert balanced_share(sums).to_dict() == {"r": (1 + 0 + 0.5 + 0.5) / 4}
    assert share_of(sums, ("leaders", "summary"), "plain").to_dict() == {"r": 6 / 7}


def test_the_ordinal_model_gives_each_report_its_grades_chances() -> None:
    share = np.linspace(0, 0.6, 40)
    grade = np.clip((share * 5 + np.tile([0, 0.8], 20)).astype(int), 0, 3)
    fit = ordinal_fit(share, grade)
    assert fit is not None
    assert fit.odds > 2 * fit.error
    assert np.allclose(fit.chances.sum(axis=1), 1, atol=5e-4)
    assert fit.chances[0, 0] > 0.5 > fit.chances[-1, 0]


def test_grades_that_the_share_tells_wholly_apart_have_no_fit() -> None:
    assert ordinal_fit(np.linspace(0, 1, 20), np.repeat([0, 3], 10)) is None


def test_wilson_for_arrays_is_wilson() -> None:
    low, high = wilson_ends(np.array([81 / 263, 0.0]), np.array([263.0, 20.0]), 1.959964)
    assert np.allclose(low, [0.2553, 0], atol=5e-5)
    assert np.allclose(high, [0.3662, 0.1611], atol=5e-5)
    assert np.isnan(wilson_ends(np.array([0.0, 0.3, 1.0]), np.array(np.nan), 1.959964)).all()


def test_intervals_cover_and_discoveries_hold_in_a_small_simulation() -> None:
    # Few runs, so wide bounds; benchmarks/coverage.py has many and holds the narrow ones.
    figures = {name: v["mean"] for name, v in simulate(3, 20, 5).items()}
    for name in ("share", "pooled", "corrected share", "difference", "change", "relative change"):
        assert 0.89 <= figures[f"{name} coverage"] <= 1, name
    assert figures["share with errors of coding coverage"] < figures["share coverage"]
    assert figures["rank coverage"] >= 0.95
    for name in ("differences", "changes"):
        assert figures[f"{name} false discovery rate"] <= 0.15
    assert figures["differences found"] > 0.05


def test_the_published_simulation_holds_what_the_page_says() -> None:
    published = json.loads((ROOT / "benchmarks" / "coverage.json").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")
    assert published["runs"] >= 500
    uncorrected = {
        "share with errors of coding coverage",
        "national, with errors of coding coverage",
    }
    for name, figure in published["figures"].items():
        assert f"{100 * figure['mean']:.1f} %" in page, name
        if name.endswith("false discovery rate"):
            assert figure["mean"] <= 0.05
        elif name.endswith("coverage") and name not in uncorrected | {"rank coverage"}:
            assert 0.93 <= figure["mean"] <= 0.97
