"""A second analyst's check: published intervals and p-values are those that the pages describe."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import recomputed as again
import recomputed_groups as groups
from recomputed import Recomputed, Tables
from scipy import stats
from scipy.integrate import quad
from statsmodels.stats.multitest import multipletests

# Half a unit in the sixth digit, to which tables are rounded.
PRINTED = 5.001e-6


@pytest.fixture(scope="module")
def published(sample_run: Path) -> dict[str, pd.DataFrame]:
    """Return the tables as a colleague would get them: files of text."""
    return again.read_tables(sample_run / "tables")


# What is recomputed, of how many rows of the sample corpus at least, and how far a figure may be
# off, relatively and in all. What has a closed form must have all printed digits.
CHECKS: list[tuple[Callable[[Tables], Recomputed], int, float, float]] = [
    (again.theme_of_a_report, 300, 0, 0),
    (again.share_of_a_report, 1_200, 0, 0),
    (again.count_of_a_report, 300, 0, 0),
    # The program sums over 15 by 21 points, this over 81 by 161.
    (again.pooled_share, 250, 0, 0.005),
    (again.national_share, 200, 0, 0),
    (again.distance_to_the_others, 200, 0, 0),
    (again.change, 50, 0, 0),
    (groups.theme_by_group, 200, 0, 0),
    (groups.readability_by_group, 10, 0, 0),
    (groups.points_taken_up, 14, 0, 0),
    (groups.press_against_report, 14, 0, 0),
    (groups.rank_correlation, 3, 0, 0),
    # Optimisers stop where the likelihood hardly grows; the program prints four decimals.
    (groups.odds_of_a_worse_grade, 3, 1e-3, 1e-4),
]


@pytest.mark.parametrize("check", CHECKS, ids=[check[0].__name__ for check in CHECKS])
def test_the_published_interval_is_the_one_that_the_page_describes(
    published: Tables, check: tuple[Callable[[Tables], Recomputed], int, float, float]
) -> None:
    recompute, least, relative, absolute = check
    pairs = recompute(published)
    assert len(pairs) >= least
    for told, found in pairs:
        assert found == pytest.approx(told, rel=PRINTED + relative, abs=1e-12 + absolute)


def chance_below(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return how probably a beta variable lies below another."""
    lies, below = stats.beta(*second), stats.beta(*first)
    ends = lies.ppf(1e-12), lies.isf(1e-12)
    return float(quad(lambda x: lies.pdf(x) * below.cdf(x), *ends, limit=500, epsabs=1e-13)[0])


def mid_p(k1: float, n1: float, k2: float, n2: float) -> float:
    """Return Fisher's two-sided mid-p-value as Altham writes it, for numbers that are not whole."""
    more = chance_below((k1, n1 - k1 + 1), (k2 + 1, n2 - k2)) if k1 else 1.0
    less = chance_below((n1 - k1, k1 + 1), (n2 - k2 + 1, k2)) if n1 > k1 else 1.0
    half = max(more + less - 1, 0) / 2
    return min(1.0, 2 * min(max(more - half, more / 2), max(less - half, less / 2)))


def test_p_values_are_fishers_on_effective_numbers(published: Tables) -> None:
    known = again.cells(published, "weakness_share")
    table = again.chosen(published["council_differences"], "difference", compared_with="national")
    table = table[table["theme"].isin(["all", "written_plans"])]
    assert len(table) >= 20
    for _, row in table.iterrows():
        cell = known.loc[(row["doc_id"], row["theme"])]
        share, count, _ = again.others_of(published, row)
        numbers = cell["share"] * cell["known"], cell["known"], share * count, count
        # The program integrates over 65 points.
        assert mid_p(*numbers) == pytest.approx(row["p_value"], rel=1e-4, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "family"), [("council_differences", ["compared_with"]), ("council_changes", [])]
)
def test_q_values_are_those_of_statsmodels(published: Tables, name: str, family: list[str]) -> None:
    table = published[name][published[name]["p_value"].notna()]
    for _, rows in table.groupby([*family, table["theme"] == "all"]):
        found = multipletests(rows["p_value"], method="fdr_bh")[1]
        # Both are printed with six digits.
        assert found == pytest.approx(rows["q_value"].to_numpy(), rel=2 * PRINTED)
