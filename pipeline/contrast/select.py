"""Groups of sentences by filters such as ``overall=inadequate`` on documents and sentences."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipeline import schema
from pipeline.comparison.cells import UNKNOWN_PERIOD, period_of
from pipeline.errors import UsageError

_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")
_SHOWN = 12
# Of the table `sentences`: what sentences can be chosen by, and their text.
COLUMNS = ("sentence_id", "doc_id", "section", "heading", "paragraph", "bullet", "page", "text",
           "polarity", "confidence", "source", "speaker", "themes")  # fmt: skip
_KNOWN = {
    column.name: column
    for column in (
        *schema.DOCUMENTS.columns,
        *(c for c in schema.SENTENCES.columns if c.name in COLUMNS and c.name != "text"),
        schema.Column("year", "int", "Year of publication"),
        schema.Column("period", "string", "Years that are compared with one another"),
    )
}


@dataclass(frozen=True)
class Filter:
    """A condition: ``column`` has one of ``values``."""

    column: str
    values: tuple[str, ...]

    @property
    def text(self) -> str:
        """The condition as it is written."""
        return " or ".join(f"{self.column}={value}" for value in self.values)


def parse_filters(texts: Iterable[str], option: str) -> tuple[Filter, ...]:
    """Read conditions ``COLUMN=VALUE``: of one column either holds, of several all hold.

    Raises
    ------
    UsageError
        If one is malformed or names no column of documents or sentences.

    Examples
    --------
    >>> [f.text for f in parse_filters(["year=2019", "overall=good", "year=2023"], "--a")]
    ['year=2019 or year=2023', 'overall=good']
    """
    found: dict[str, list[str]] = {}
    for text in texts:
        column, equals, value = (part.strip() for part in text.partition("="))
        if not (equals and column and value):
            raise UsageError(f"{option} {text}: write it as COLUMN=VALUE")
        if column not in _KNOWN:
            raise UsageError(f"{option} {text}: no such column; known are {', '.join(_KNOWN)}")
        found.setdefault(column, []).append(value)
    return tuple(Filter(column, tuple(values)) for column, values in found.items())


def described(filters: Sequence[Filter]) -> str:
    """Return filters as one text; ``every sentence`` without any."""
    return ", ".join(f.text for f in filters) or "every sentence"


def facts_of(
    documents: pd.DataFrame, sentences: pd.DataFrame, period_starts: list[int]
) -> pd.DataFrame:
    """Return a row for each sentence of the documents that repeat no other one.

    Parameters
    ----------
    documents, sentences
        The tables of that name, or the columns of them that are asked for: ``doc_id`` of both,
        ``duplicate_of`` and ``published`` of documents, and what sentences are chosen by.
    period_starts
        Years in which a period begins.
    """
    first = documents[documents["duplicate_of"] == ""]
    days = first["published"]
    own = first.assign(
        year=pd.array([int(day[:4]) if day else None for day in days], dtype="Int64"),
        period=[period_of(day, period_starts) for day in days],
    )
    kept = [name for name in COLUMNS if name in sentences]
    return sentences[kept].merge(own, on="doc_id", validate="many_to_one")


def resolve_periods(
    facts: pd.DataFrame, filters: Sequence[Filter], within: np.ndarray
) -> tuple[Filter, ...]:
    """Return filters with the period itself for ``period=first`` and ``period=last``.

    Parameters
    ----------
    facts
        What :func:`facts_of` returns.
    filters
        The conditions.
    within
        Rows among which the first and the last period are found.
    """
    if all(f.column != "period" for f in filters):
        return tuple(filters)
    days = facts.loc[within, ["published", "period"]].drop_duplicates().sort_values("published")
    periods = days.loc[days["period"] != UNKNOWN_PERIOD, "period"]
    if periods.empty:
        return tuple(filters)
    ends = {"first": periods.iloc[0], "last": periods.iloc[-1]}
    return tuple(
        replace(f, values=tuple(str(ends.get(v, v)) for v in f.values))
        if f.column == "period" else f
        for f in filters
    )  # fmt: skip


def select(facts: pd.DataFrame, filters: Sequence[Filter], option: str) -> np.ndarray:
    """Return which rows of :func:`facts_of` meet all the filters; shape (sentences,).

    Raises
    ------
    UsageError
        If a value is none that its column can have.
    """
    kept = np.ones(len(facts), dtype=bool)
    for condition in filters:
        column = _KNOWN[condition.column]
        kept &= np.any([_met(facts, column, v, option) for v in condition.values], axis=0)
    return kept


def require_values(facts: pd.DataFrame, filters: Sequence[Filter], option: str) -> None:
    """Tell a value that no sentence has, with those that there are.

    Raises
    ------
    UsageError
        If there is one.
    """
    for condition in filters:
        column = _KNOWN[condition.column]
        for value in condition.values:
            if _met(facts, column, value, option).any():
                continue
            held = facts[column.name].dropna()
            if column.kind == "codes":
                held = held.str.split(";").explode()
            known = sorted({str(v) for v in held} - {""})
            some = "; ".join(known[:_SHOWN]) + ("; …" if len(known) > _SHOWN else "")
            raise UsageError(f"{option} {column.name}={value}: no sentence has it; "
                             f"{column.name} has {some or 'no values'}")  # fmt: skip


def _met(facts: pd.DataFrame, column: schema.Column, value: str, option: str) -> np.ndarray:
    values, wanted = facts[column.name], value.lower()
    if column.kind in ("int", "float"):
        match = _RANGE.fullmatch(value)
        if not match:
            raise _unusable(option, column, value, "a number or a range such as 2-5")
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        return np.asarray((numbers >= float(match[1])) & (numbers <= float(match[2] or match[1])))
    if column.kind == "bool":
        if wanted not in ("yes", "no"):
            raise _unusable(option, column, value, "yes or no")
        return (values == (wanted == "yes")).to_numpy(dtype=bool)
    listed = column.kind not in ("codes", "date")
    if listed and column.allowed and wanted not in map(str.lower, column.allowed):
        raise _unusable(option, column, value, f"one of {', '.join(column.allowed)}")
    # Of many rows few values differ.
    places, held = pd.factorize(values)
    met = [_holds(str(value).lower(), wanted, column.kind) for value in held]
    return np.array(met, dtype=bool)[places]


def _holds(held: str, wanted: str, kind: str) -> bool:
    if kind == "codes":
        return wanted in held.split(";")
    return held.startswith(wanted) if kind == "date" else held == wanted


def _unusable(option: str, column: schema.Column, value: str, wanted: str) -> UsageError:
    return UsageError(f"{option} {column.name}={value}: give {wanted}")
