"""Made-up inspections with known shares, known errors of coding and paragraphs that agree.

Used by the tests (a few runs) and by ``coverage.py`` (many).
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipeline.comparison.cells import POLARITY_ORDER, Cells
from pipeline.comparison.change import council_changes
from pipeline.comparison.differences import council_differences
from pipeline.comparison.gold_sample import GoldSample
from pipeline.comparison.national import national_shares
from pipeline.comparison.shares import Comparison, council_shares
from pipeline.work import each

THEMES = ("all", "a", "b", "c", "d")
CODES = (*POLARITY_ORDER, "none")
MEANS = np.array([0.15, 0.25, 0.4, 0.5])
# What the program makes of a strength, weakness, mixed one, none (rows).
ERRORS = np.array([[0.94, 0.03, 0.01, 0.02], [0.08, 0.88, 0.03, 0.01],
                   [0.15, 0.20, 0.65, 0.00], [0.40, 0.15, 0.00, 0.45]])  # fmt: skip
NONE = 0.08
MIXED = 0.1
ALIKE = 0.15
SPREAD = 12.0
PARAMS = {"interval": 0.95, "discovery_rate": 0.05, "min_reports": 5, "min_gold": 30,
          "min_gold_code": 5}  # fmt: skip


@dataclass(frozen=True)
class World:
    """Two inspections of every council: own shares (reports, themes), and sentences as coded."""

    shares: np.ndarray
    sentences: pd.DataFrame
    reports: pd.DataFrame

    def comparison(self, code: str, gold: GoldSample | str) -> Comparison:
        """Return the comparison by the column ``true`` or ``polarity``."""
        found = self.sentences[self.sentences[code] != "none"]
        rows = pd.concat([found.assign(column=found["theme"] + 1), found.assign(column=0)])
        counted = pd.DataFrame({name: (rows[code] == name).astype(int) for name in POLARITY_ORDER})
        keys = [rows["report"].rename("report"), rows["column"].rename("theme"), rows["block"]]
        return Comparison(
            Cells(self.reports, THEMES, counted.groupby(keys).sum().reset_index()), gold, PARAMS
        )

    def gold(self, rng: np.random.Generator) -> GoldSample:
        """Draw ten sentences from each of two thirds of the reports."""
        some = rng.permutation(len(self.reports))[: 2 * len(self.reports) // 3]
        pool = self.sentences[self.sentences["report"].isin(some)]
        drawn = pool.iloc[rng.permutation(len(pool))].groupby("report").head(10).sort_index()
        whole = pool["report"].value_counts()
        gold = drawn.assign(gold=drawn["true"], gold_themes=drawn["themes"],
                            draw=drawn["report"].map(whole) / 10)  # fmt: skip
        return GoldSample(self.sentences, gold, with_themes=False)


def own_shares(rng: np.random.Generator, councils: int, planted: bool) -> np.ndarray:
    """Return the councils' own shares at two inspections; shape (2 councils, themes).

    Planted: all as the mean but for a fifth of the cells, which lie 0.35 above or below it; for
    half the cells that is drawn anew at the second inspection. Otherwise beta distributed.
    """
    shape = (councils, len(MEANS))
    if not planted:
        first = rng.beta(MEANS * SPREAD, (1 - MEANS) * SPREAD, shape)
        second = rng.beta(MEANS * SPREAD, (1 - MEANS) * SPREAD, shape)
        return np.asarray(np.concatenate([first, second]))
    kind = rng.random((2, *shape))
    moved = np.where(kind < 0.1, 0.35, np.where(kind < 0.2, -0.35, 0.0))
    moved[1] = np.where(rng.random(shape) < 0.5, moved[0], moved[1])
    return np.asarray(np.clip(MEANS + moved, 0.02, 0.98).reshape(-1, len(MEANS)))


def world(rng: np.random.Generator, councils: int, planted: bool) -> World:
    """Write the sentences of a world and code them with errors."""
    shares = own_shares(rng, councils, planted)
    reports = len(shares)
    # Discoveries are rare in short reports: with none, no rate of false ones can be told.
    longest = (10, 28) if planted else (5, 14)
    paragraphs = rng.integers(*longest, (reports, len(MEANS)))
    report = np.repeat(np.repeat(np.arange(reports), len(MEANS)), paragraphs.ravel())
    theme = np.repeat(np.tile(np.arange(len(MEANS)), reports), paragraphs.ravel())
    weight = 1 / ALIKE - 1
    mean = shares[report, theme]
    # In a paragraph the share is its own, so that its sentences agree.
    own = rng.beta(mean * weight, (1 - mean) * weight)
    size = rng.integers(1, 5, len(own))
    block = np.repeat(np.arange(len(own)), size)
    report, theme, own = report[block], theme[block], own[block]
    # A mixed one counts half: they take as much from strengths as from weaknesses.
    mixed = MIXED * np.minimum(own, 1 - own)
    draw = rng.random(len(own))
    true = np.where(draw < mixed, 2, np.where(draw < mixed + own - mixed / 2, 1, 0))
    true = np.where(rng.random(len(own)) < NONE, 3, true)
    coded = (rng.random(len(own))[:, None] > np.cumsum(ERRORS, axis=1)[true][:, :-1]).sum(axis=1)
    names = np.array(CODES, dtype=object)
    sentences = pd.DataFrame({
        "report": report, "theme": theme, "block": block, "true": names[true],
        "polarity": names[np.array([0, 1, 2, 3])[coded]],
        "themes": np.array(THEMES[1:], dtype=object)[theme],
    })  # fmt: skip
    number = np.arange(reports)
    council = pd.Series(number % councils).map("council {:03d}".format)
    year = np.where(number < councils, "2019", "2023")
    facts = pd.DataFrame({
        "doc_id": [f"{n:04d}" for n in number], "council": council, "gss_code": "", "region": "",
        "framework": "ILACS", "published": [f"{y}-01-01" for y in year],
        "period": np.where(number < councils, "2016-2021", "from 2022"),
    })  # fmt: skip
    return World(shares, sentences, facts)


Tally = dict[str, list[float]]


def _covers(tally: Tally, name: str, table: pd.DataFrame, column: str, truth: np.ndarray) -> None:
    """Note how many intervals of a table hold the truth."""
    low, high = table[f"{column}_low"].to_numpy(), table[f"{column}_high"].to_numpy()
    known = ~np.isnan(low.astype(float))
    if known.any():
        tally[f"{name} coverage"].append(float(((low <= truth) & (truth <= high))[known].mean()))


def spread_run(rng: np.random.Generator, councils: int, tally: Tally) -> None:
    """Note the coverage of every interval in a world whose councils differ from one another."""
    made = world(rng, councils, planted=False)
    gold = made.gold(rng)
    truly, coded = made.comparison("true", "no_gold_labels"), made.comparison("polarity", gold)
    plain, errors = (_weakness(council_shares(c)) for c in (truly, coded))
    truth = made.shares.ravel()
    _covers(tally, "share", plain, "share", truth)
    _covers(tally, "pooled", plain, "pooled", truth)
    _covers(tally, "share with errors of coding", errors, "share", truth)
    _covers(tally, "corrected share", errors, "corrected", truth)
    national = _weakness(national_shares(coded))
    means = np.tile(MEANS, 2)
    _covers(tally, "national, with errors of coding", national, "share", means)
    _covers(tally, "national, corrected", national, "corrected", means)
    whole = _weakness(national_shares(truly))
    _covers(tally, "national", whole, "share", means)
    _covers(tally, "typical", whole, "typical", means)
    differences = council_differences(truly, {})
    differences = differences[differences["theme"] != "all"]
    _covers(tally, "difference", differences, "difference", truth - np.tile(MEANS, 2 * councils))
    ranks = made.shares.reshape(2, councils, -1).argsort(axis=1).argsort(axis=1) + 1
    _covers(tally, "rank", differences, "rank", ranks.reshape(-1))
    changes = council_changes(truly)
    changes = changes[changes["theme"] != "all"]
    change = (made.shares[councils:] - made.shares[:councils]).ravel()
    _covers(tally, "change", changes, "change", change)
    _covers(tally, "relative change", changes, "relative_change", change)


def _weakness(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["measure"] == "weakness_share") & (table["theme"] != "all")]


def planted_run(rng: np.random.Generator, councils: int, tally: Tally) -> None:
    """Note false and true discoveries where most councils are alike, with errors of coding."""
    made = world(rng, councils, planted=True)
    coded = made.comparison("polarity", "no_gold_labels")
    differences = council_differences(coded, {})
    differences = differences[differences["theme"] != "all"]
    gap = (made.shares - np.tile(MEANS, (2 * councils, 1))).ravel()
    sign = differences["differs"].map({"above": 1.0, "below": -1.0}).fillna(0.0).to_numpy()
    _discoveries(tally, "differences", sign, np.sign(np.round(gap, 9)))
    changes = council_changes(coded)
    changes = changes[changes["theme"] != "all"]
    moved = np.sign(np.round(made.shares[councils:] - made.shares[:councils], 9)).ravel()
    verdict = changes["verdict"].map({"deterioration": 1.0, "improvement": -1.0})
    _discoveries(tally, "changes", verdict.fillna(0.0).to_numpy(), moved)


def _discoveries(tally: Tally, name: str, said: np.ndarray, truth: np.ndarray) -> None:
    found = said != 0
    wrong = found & (said != truth)
    tally[f"{name} false discovery rate"].append(float(wrong.sum() / max(found.sum(), 1)))
    tally[f"{name} found"].append(float((found & ~wrong).sum() / max((truth != 0).sum(), 1)))


def one_run(work: tuple[int, int, int]) -> dict[str, float]:
    """Return the figures of one run, by seed, number of the run and councils."""
    seed, run, councils = work
    rng = np.random.default_rng([seed, run])
    tally: Tally = defaultdict(list)
    spread_run(rng, councils, tally)
    planted_run(rng, councils, tally)
    return {name: values[0] for name, values in tally.items()}


def simulate(runs: int, councils: int, seed: int, workers: int = 1) -> dict[str, dict[str, float]]:
    """Return the mean of every coverage and rate over a number of runs, with its standard error."""
    work = [(seed, run, councils) for run in range(runs)]
    results = each(one_run, work, "simulation", workers, "run")
    figures = {}
    for name in results[0]:
        values = np.array([result[name] for result in results if name in result])
        error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
        figures[name] = {
            "mean": round(float(values.mean()), 4),
            "standard_error": round(float(error), 4),
        }
    return figures
