"""The table ``agreement``: people and the model, and people among themselves."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd

from pipeline import frames
from pipeline.review.coefficients import estimate, pairs, resamples
from pipeline.review.store import AGREED, matched
from pipeline.schema import AGREEMENT, ALL, MODEL, POLARITIES, SAMPLES

Codes = frozenset[str]
FIGURES = ("agreement", "kappa", "alpha")


def agreement_table(
    reviews: pd.DataFrame,
    sentences: pd.DataFrame,
    polarity: pd.DataFrame,
    themes: pd.DataFrame,
    level: float,
) -> pd.DataFrame:
    """Return how far every person agrees with the model and with every other person.

    Parameters
    ----------
    reviews
        The table ``reviews``.
    sentences, polarity, themes
        What the stages ``clean``, ``classify`` and ``themes`` wrote: the model's codes.
    level
        Level of the intervals.

    Returns
    -------
    DataFrame
        The table ``agreement``, empty without reviews.

    Notes
    -----
    Read the rows of sample ``random``: they alone stand for all sentences. The sentences of
    ``uncertain`` are those that the model finds hardest, and agreement on ``shown`` is too high,
    since the person saw what the model gave. What a pair did not both draw in the same way is
    ``other``. Themes are compared where both took the sentence for a finding and gave themes.
    Figures on sentences that the model was trained with flatter it.
    """
    if not len(reviews):
        return frames.build([], AGREEMENT)
    found = matched(reviews, sentences)
    by_model = _model_codes(found, polarity, themes)
    people = {str(name): rows for name, rows in found.groupby("coder", sort=True)}
    compared = [(name, MODEL, people[name], by_model) for name in people]
    independent = [name for name in people if name != AGREED]
    compared += [(a, b, people[a], people[b]) for a, b in combinations(independent, 2)]
    rows: list[dict[str, object]] = []
    for first, second, one, two in compared:
        both = one.merge(two, on="sentence_id", suffixes=("", "_second"))
        if second != MODEL:
            same = both["sample"] == both["sample_second"]
            both["sample"] = both["sample"].where(same, "other")
        for sample in SAMPLES:
            part = both[both["sample"] == sample]
            head = {"first": first, "second": second, "sample": sample}
            rows += [head | row for row in _compared(part, level)]
    return frames.build(rows, AGREEMENT)


def _model_codes(found: pd.DataFrame, polarity: pd.DataFrame, themes: pd.DataFrame) -> pd.DataFrame:
    """Return the model's codes of the sentences that people coded, in the form of theirs."""
    reviewed = set(found["sentence_id"])
    listed = themes[themes["sentence_id"].isin(reviewed)]
    joined = listed.groupby("sentence_id", sort=False)["theme"].agg(";".join)
    codes = polarity.loc[polarity["sentence_id"].isin(reviewed), ["sentence_id", "polarity"]]
    return codes.assign(themes=codes["sentence_id"].map(joined).fillna(""))


def _compared(part: pd.DataFrame, level: float) -> Iterator[dict[str, object]]:
    """Return the rows of one pair and sample: polarity, its codes, themes, each theme."""
    if not len(part):
        return
    given = [[frozenset([code]) for code in part[name]] for name in ("polarity", "polarity_second")]
    yield from _rows("polarity", given, list(part["doc_id"]), POLARITIES, level)
    found = part[(part["themes"] != "") & (part["themes_second"] != "")]
    if len(found):
        sets = [[frozenset(t.split(";")) for t in found[n]] for n in ("themes", "themes_second")]
        used = tuple(sorted(frozenset[str]().union(*sets[0], *sets[1])))
        yield from _rows("themes", sets, list(found["doc_id"]), used, level)


def _rows(
    variable: str, given: list[list[Codes]], documents: list[str], codes: tuple[str, ...],
    level: float,
) -> Iterator[dict[str, object]]:  # fmt: skip
    size = {"sentences": len(documents), "documents": len(set(documents))}
    weights = resamples(size["documents"])
    used = {code: sum(code in a | b for a, b in zip(*given, strict=True)) for code in codes}
    used = {code: count for code, count in used.items() if count}
    figures = {ALL: pairs(given[0], given[1], documents).figures(weights)}
    for code in used:
        alone = [[values & {code} for values in values_of] for values_of in given]
        figures[code] = pairs(alone[0], alone[1], documents).figures(weights)
    if variable == "themes":
        figures[ALL][:, 1] = _mean(np.stack([figures[code][:, 1] for code in used], axis=1))
    for code, draws in figures.items():
        row: dict[str, object] = {"variable": variable, "code": code, **size}
        row["used"] = used.get(code, len(documents))
        for column, name in enumerate(FIGURES):
            ends = estimate(draws[:, column], size["documents"], level)
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))
        yield row


def _mean(draws: np.ndarray) -> np.ndarray:
    """Return the mean over columns, of those that are defined; ``nan`` where none is."""
    defined = (~np.isnan(draws)).sum(axis=1)
    total = np.nansum(draws, axis=1)
    return np.where(defined > 0, total / np.maximum(defined, 1), np.nan)
