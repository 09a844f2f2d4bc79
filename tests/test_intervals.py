"""Shares, design effects and intervals against figures from elsewhere, and by their properties."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binomtest

from pipeline.intervals import design_effect, weakness_share, wilson

shares = st.floats(0, 1, allow_subnormal=False)
counts = st.floats(0.5, 500)
levels = st.sampled_from([0.5, 0.8, 0.95, 0.99])


@pytest.mark.parametrize(
    ("strengths", "weaknesses", "mixed", "share"),
    [(4, 0, 0, 0.0), (0, 4, 0, 1.0), (0, 0, 4, 0.5), (6, 3, 1, 0.35), (1, 0, 1, 0.25)],
)
def test_weakness_share(strengths: int, weaknesses: int, mixed: int, share: float) -> None:
    assert weakness_share(strengths, weaknesses, mixed) == pytest.approx(share)


def test_no_findings_have_no_share() -> None:
    assert math.isnan(weakness_share(0, 0, 0))
    assert all(map(math.isnan, wilson(math.nan, 5, 0.95)))
    assert all(map(math.isnan, wilson(0.5, 0, 0.95)))


@pytest.mark.parametrize(
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    ("hits", "count", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_known(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits / count, count, 0.95) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 300), st.data(), levels)
def test_wilson_is_scipys(count: int, data: st.DataObject, level: float) -> None:
    hits = data.draw(st.integers(0, count))
    known = binomtest(hits, count).proportion_ci(confidence_level=level, method="wilson")
    assert wilson(hits / count, count, level) == pytest.approx((known.low, known.high), abs=1e-9)


@given(shares, counts, levels)
def test_wilson_holds_the_share_within_bounds(share: float, count: float, level: float) -> None:
    low, high = wilson(share, count, level)
    assert 0.0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1.0


@given(shares, counts, st.floats(1.1, 10))
def test_more_findings_narrow_the_interval(share: float, count: float, times: float) -> None:
    low, high = wilson(share, count, 0.95)
    lower, higher = wilson(share, count * times, 0.95)
    assert higher - lower < high - low


@given(shares, counts)
def test_strength_and_weakness_mirror_each_other(share: float, count: float) -> None:
    low, high = wilson(share, count, 0.95)
    assert wilson(1 - share, count, 0.95) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_the_ends_are_exact() -> None:
    for count in (1, 2, 3.7, 10, 1000):
        assert wilson(0.0, count, 0.95)[0] == 0.0
        assert wilson(1.0, count, 0.95)[1] == 1.0


@pytest.mark.parametrize(
    ("values", "clusters", "effect"),
    [
        # Residuals .4 .4 -.6 -.6 .4; totals .8 -1.2 .4; robust (2.24 x 3/2) / 25 = .1344;
        # independent 1.2 / 4 / 5 = .06.
        ([1, 1, 0, 0, 1], "aabbc", 2.24),
        # Residuals .5 .5 -.5 -.5; totals 1 -1; robust (2 x 2) / 16 = 1/4; independent 1 / 3 / 4.
        ([1, 1, 0, 0], "aabb", 3.0),
        # Opposites in each paragraph cancel: never below 1.
        ([1, 0, 1, 0], "aabb", 1.0),
        ([1, 0, 1], "abc", 1.0),
        ([1, 0, 0.5], "aaa", 1.0),
        ([1, 1, 1], "aab", 1.0),
        ([1], "a", 1.0),
        ([], "", 1.0),
    ],
)
def test_design_effect(values: list[float], clusters: str, effect: float) -> None:
    assert design_effect(np.array(values), np.array(list(clusters))) == pytest.approx(effect)


rows = st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(1, 6)), max_size=30)


@given(rows, st.randoms())
def test_the_effect_is_at_least_one_and_blind_to_order_and_names(
    pairs: list[tuple[float, int]], random: object
) -> None:
    values, clusters = (np.array([p[i] for p in pairs]) for i in (0, 1))
    effect = design_effect(values, clusters)
    assert 1.0 <= effect < math.inf
    shuffled = list(pairs)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    other = design_effect(np.array([v for v, _ in shuffled]), np.array([-c for _, c in shuffled]))
    assert other == pytest.approx(effect)


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=4, max_size=12))
def test_saying_everything_twice_in_one_paragraph_adds_nothing(values: list[float]) -> None:
    assume(len(set(values)) > 1)
    once, twice = np.array(values), np.repeat(values, 2)
    names = np.arange(len(values))
    effective = len(twice) / design_effect(twice, np.repeat(names, 2))
    # Up to the correction for the mean, which one sentence in 2n and one in n cost differently.
    assert effective == pytest.approx(
        len(once) * (2 * len(once) - 2) / (2 * len(once) - 1), rel=1e-6
    )
