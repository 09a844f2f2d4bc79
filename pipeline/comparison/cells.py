"""Counts by report and theme, with the paragraphs as clusters: where comparison starts from."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from pipeline.schema import MEASURES

# The value of a finding, by measure and polarity: strength, weakness, mixed.
VALUES = {
    "weakness_share": (0.0, 1.0, 0.5),
    "strength": (1.0, 0.0, 0.0),
    "weakness": (0.0, 1.0, 0.0),
    "mixed": (0.0, 0.0, 1.0),
}
POLARITY_ORDER = ("strength", "weakness", "mixed")
UNKNOWN_PERIOD = "unknown"


def period_of(published: str, starts: list[int]) -> str:
    """Return the band of years in which a report was published.

    Examples
    --------
    >>> [period_of(day, [2016, 2022]) for day in ("2014-05-01", "2021-12-31", "2022-01-01", "")]
    ['to 2015', '2016-2021', 'from 2022', 'unknown']
    """
    if not published:
        return UNKNOWN_PERIOD
    year = int(published[:4])
    below = [start for start in starts if start <= year]
    above = [start for start in starts if start > year]
    if not below:
        return f"to {above[0] - 1}" if above else "all years"
    return f"{below[-1]}-{above[0] - 1}" if above else f"from {below[-1]}"


@dataclass(frozen=True)
class Cells:
    """Findings by report, theme and paragraph.

    Parameters
    ----------
    reports
        A row for every inspection report that is compared: facts of ``documents``, ``period``.
    themes
        ``all`` (every finding once), then the codes of the codebook.
    blocks
        A row for every report, theme and paragraph with findings: ``report`` and ``theme`` as
        numbers, and how many are ``strength``, ``weakness`` and ``mixed``.
    """

    reports: pd.DataFrame
    themes: tuple[str, ...]
    blocks: pd.DataFrame

    @property
    def shape(self) -> tuple[int, int]:
        """Reports and themes."""
        return len(self.reports), len(self.themes)

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sum a value of each row of ``blocks`` by report and theme; shape (reports, themes)."""
        place = self.blocks["report"].to_numpy() * len(self.themes) + self.blocks["theme"]
        size = self.shape[0] * self.shape[1]
        return np.asarray(np.bincount(place, values, minlength=size).reshape(self.shape))

    @cached_property
    def sizes(self) -> np.ndarray:
        """Findings in each row of ``blocks``."""
        return np.asarray(self.blocks[list(POLARITY_ORDER)].to_numpy(dtype=float).sum(axis=1))

    @cached_property
    def findings(self) -> np.ndarray:
        """Findings; shape (reports, themes)."""
        return self.total(self.sizes)

    @cached_property
    def paragraphs(self) -> np.ndarray:
        """Paragraphs with findings; shape (reports, themes)."""
        return self.total(np.ones(len(self.blocks)))

    def count(self, measure: str) -> np.ndarray:
        """Return the findings of a measure; shape (reports, themes)."""
        return self._counts[measure]

    @cached_property
    def _counts(self) -> dict[str, np.ndarray]:
        blocks = self.blocks[list(POLARITY_ORDER)].to_numpy(dtype=float)
        return {measure: self.total(blocks @ np.array(VALUES[measure])) for measure in MEASURES}

    def share(self, measure: str) -> np.ndarray:
        """Return the share of a measure, ``nan`` without findings; shape (reports, themes)."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.count(measure) / np.where(self.findings, self.findings, np.nan))

    @cached_property
    def groups(self) -> dict[tuple[str, str], np.ndarray]:
        """Numbers of the reports of every framework and period, in the order of their names."""
        keys = self.reports[["framework", "period"]].apply(tuple, axis=1)
        return {key: np.flatnonzero(keys == key) for key in sorted(set(keys))}

    @cached_property
    def design_effects(self) -> dict[str, np.ndarray]:
        """The design effect of every measure; shape (reports, themes)."""
        return {measure: self._design_effect(measure) for measure in MEASURES}

    def effective(self, measure: str) -> np.ndarray:
        """Effective number of findings of a measure; shape (reports, themes)."""
        return np.asarray(self.findings / self.design_effects[measure])

    def _design_effect(self, measure: str) -> np.ndarray:
        blocks = self.blocks[list(POLARITY_ORDER)].to_numpy(dtype=float)
        values = np.array(VALUES[measure])
        sums, squares = blocks @ values, blocks @ values**2
        frameworks = self.reports["framework"].to_numpy()
        whole = np.where(self.findings, self.findings, 1.0)
        crowding = self.total(self.sizes**2) / whole
        parts = {
            "between": self.total(sums**2 / self.sizes) - self.total(sums) ** 2 / whole,
            "within": self.total(squares - sums**2 / self.sizes),
            "df_between": self.paragraphs - (self.findings > 0),
            "df_within": self.findings - self.paragraphs,
            "spread": self.findings - crowding,
        }
        effect = np.ones(self.shape)
        for framework in sorted(set(frameworks)):
            rows = frameworks == framework
            alike = intraclass({name: part[rows].sum(axis=0) for name, part in parts.items()})
            effect[rows] = 1.0 + np.maximum(crowding[rows] - 1.0, 0.0) * alike
        return effect


def intraclass(sums: dict[str, np.ndarray]) -> np.ndarray:
    """Return how alike findings of one paragraph are, beyond those of the report: 0 to 1.

    The estimator of the one-way analysis of variance with paragraphs of unequal size (Donner and
    Koval 1980), its sums pooled over reports, so that a single report's few paragraphs do not
    decide. 0 where it cannot be told: then no paragraph has two findings, or each report one
    paragraph.

    Parameters
    ----------
    sums
        Sums of squares ``between`` paragraphs and ``within`` them, their degrees of freedom, and
        ``spread``: findings less the mean size of a paragraph; shape (themes,) each.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        between = sums["between"] / sums["df_between"]
        within = sums["within"] / sums["df_within"]
        size = sums["spread"] / sums["df_between"]
        alike = (between - within) / (between + (size - 1.0) * within)
    return np.asarray(np.clip(np.nan_to_num(alike, nan=0.0, posinf=0.0, neginf=0.0), 0.0, 1.0))


def numbered(listed: pd.Series, themes: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return a row's number and a theme's: every finding once, then for each theme that it names.

    Parameters
    ----------
    listed
        The column ``themes`` of findings: codes joined with ``;``.
    themes
        The themes to number, the first for every finding; those not among them are passed over.

    Examples
    --------
    >>> rows, themes = numbered(pd.Series(["b;a", "", "b"]), ("all", "a", "b"))
    >>> rows.tolist(), themes.tolist()
    ([0, 1, 2, 0, 0, 2], [0, 0, 0, 2, 1, 2])
    """
    place = {theme: number for number, theme in enumerate(themes)}
    # Few lists differ, of many.
    kinds, held = pd.factorize(listed)
    named = [[place[code] for code in str(codes).split(";") if code in place] for codes in held]
    sizes = np.array([len(numbers) for numbers in named], dtype=int)
    flat = np.array([number for numbers in named for number in numbers], dtype=int)
    length = sizes[kinds]
    ends = length.cumsum()
    within = np.arange(length.sum()) - np.repeat(ends - length, length)
    begin = sizes.cumsum() - sizes
    every = np.arange(len(kinds))
    rows = np.concatenate([every, np.repeat(every, length)])
    theme = flat[np.repeat(begin[kinds], length) + within]
    return rows, np.concatenate([np.zeros(len(kinds), dtype=int), theme])


def compared_reports(
    documents: pd.DataFrame, council_themes: pd.DataFrame, starts: list[int]
) -> pd.DataFrame:
    """Return the reports that are compared, with their period.

    Those that repeat another one are left out, as in ``council_themes``.
    """
    kept = documents[documents["doc_id"].isin(set(council_themes["doc_id"]))].sort_values("doc_id")
    periods = [period_of(day, starts) for day in kept["published"]]
    return kept.assign(period=periods).reset_index(drop=True)


def count_blocks(
    sentences: pd.DataFrame, reports: pd.DataFrame, themes: tuple[str, ...]
) -> pd.DataFrame:
    """Count findings by report, theme and paragraph: the rows of :attr:`Cells.blocks`.

    Parameters
    ----------
    sentences
        Rows of the table of that name, any number of them.
    reports, themes
        Those of :class:`Cells`.
    """
    number = {doc_id: place for place, doc_id in enumerate(reports["doc_id"])}
    some = sentences[(sentences["polarity"] != "none") & sentences["doc_id"].isin(number)]
    report = some["doc_id"].map(number).to_numpy(dtype=int)
    block = some["block"].to_numpy(dtype=int)
    code = some["polarity"].map(POLARITY_ORDER.index).to_numpy(dtype=int)
    rows, theme = numbered(some["themes"], themes)
    width = int(block.max(initial=0)) + 1
    keys, place = np.unique((report[rows] * len(themes) + theme) * width + block[rows],
                            return_inverse=True)  # fmt: skip
    size = len(keys) * len(POLARITY_ORDER)
    cell = place * len(POLARITY_ORDER) + code[rows]
    counts = np.bincount(cell, minlength=size).reshape(-1, len(POLARITY_ORDER))
    whole, number_of_block = np.divmod(keys, width)
    columns = {"report": whole // len(themes), "theme": whole % len(themes),
               "block": number_of_block}  # fmt: skip
    columns |= dict(zip(POLARITY_ORDER, counts.T, strict=True))
    return pd.DataFrame(columns, dtype=np.int32)


def build_cells(
    reports: pd.DataFrame, themes: tuple[str, ...], counted: list[pd.DataFrame]
) -> Cells:
    """Return the cells of what :func:`count_blocks` counted, piece by piece."""
    keys = ["report", "theme", "block"]
    whole = pd.concat(counted).groupby(keys).sum().reset_index()
    return Cells(reports, themes, whole.astype(np.int32))
