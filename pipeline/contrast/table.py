"""The contrasts that are drawn for every corpus, and the table of key terms of one contrast."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from pipeline import schema
from pipeline.contrast.phrases import LONGEST, Phrases, Wording, count_phrases
from pipeline.contrast.select import (
    Filter,
    described,
    parse_filters,
    resolve_periods,
    select,
)
from pipeline.contrast.statistics import Group, Keyness, dispersion, keyness
from pipeline.structure.patterns import load_data

# Ranks must not hang on the last bits of a float.
_TIE = 6


@dataclass(frozen=True)
class Contrast:
    """Two groups of sentences whose words are compared.

    Parameters
    ----------
    name, title
        Its name in the table, and what stands above its plot.
    label_a, label_b
        What the sentences of either group have in common.
    a, b
        The rows of either group; shape (sentences,).
    """

    name: str
    title: str
    label_a: str
    label_b: str
    a: np.ndarray
    b: np.ndarray


@dataclass(frozen=True)
class Groups:
    """The conditions of either group, and ``within`` that both meet as well."""

    a: Sequence[Filter]
    b: Sequence[Filter]
    within: Sequence[Filter] = ()


def make_contrast(facts: pd.DataFrame, name: str, title: str, groups: Groups) -> Contrast:
    """Return the contrast of two groups.

    Parameters
    ----------
    facts
        What :func:`pipeline.contrast.select.facts_of` returns.
    name, title
        Its name in the table, and what stands above its plot.
    groups
        The conditions.
    """
    within = groups.within
    inside = select(facts, within, "--within")
    first, second = (resolve_periods(facts, side, inside) for side in (groups.a, groups.b))
    return Contrast(
        name, title,
        described((*first, *within)), described((*second, *within)),
        inside & select(facts, first, "--a"), inside & select(facts, second, "--b"),
    )  # fmt: skip


def usual_contrasts(facts: pd.DataFrame) -> Iterator[Contrast]:
    """Return the contrasts of ``pipeline/data/contrasts.yaml``, one for each value of ``each``."""
    for entry in load_data("contrasts.yaml"):
        a, b = (parse_filters(entry[side], side) for side in ("a", "b"))
        if "each" not in entry:
            yield make_contrast(facts, entry["id"], entry["title"], Groups(a, b))
            continue
        for value in sorted(set(facts[entry["each"]]) - {""}):
            name, title = f"{entry['id']}-{value}".lower(), f"{entry['title']}, {value}"
            within = (Filter(entry["each"], (value,)),)
            yield make_contrast(facts, name, title, Groups(a, b, within))


def usual_columns() -> frozenset[str]:
    """Return the columns by which the usual contrasts choose their sentences."""
    entries = load_data("contrasts.yaml")
    conditions = (f for e in entries for side in ("a", "b") for f in parse_filters(e[side], side))
    return frozenset(
        (*(f.column for f in conditions), *(e["each"] for e in entries if "each" in e))
    )


def lacking(facts: pd.DataFrame, contrast: Contrast, min_documents: int) -> str:
    """Return why the groups cannot be compared; nothing if they can."""
    both = int((contrast.a & contrast.b).sum())
    if both:
        return f"{both} sentences are in both groups"
    for label, rows in ((contrast.label_a, contrast.a), (contrast.label_b, contrast.b)):
        found = facts.loc[rows, "doc_id"].nunique()
        if found < min_documents:
            return f"{found} documents with {label}, at least {min_documents} are needed"
    return ""


def key_terms(
    facts: pd.DataFrame, wording: Wording, contrast: Contrast, params: dict[str, Any]
) -> pd.DataFrame:
    """Return rows of the table ``keyness`` for every term of a contrast that was compared.

    Parameters
    ----------
    facts
        What :func:`pipeline.contrast.select.facts_of` returns.
    wording
        The words of its sentences.
    contrast
        The groups, of at least two documents each.
    params
        The block ``keyness`` of the parameters.

    Returns
    -------
    DataFrame
        Group a first, by rank.
    """
    first, firsts = pd.factorize(facts.loc[contrast.a, "doc_id"], sort=True)
    second, seconds = pd.factorize(facts.loc[contrast.b, "doc_id"], sort=True)
    split, documents = len(firsts), len(firsts) + len(seconds)
    owners = np.full(len(facts), -1)
    owners[contrast.a], owners[contrast.b] = first, split + second
    least = params["min_count"], params["min_term_documents"]
    counted = count_phrases(wording, owners, documents, *least)
    groups = _group(counted, slice(None, split)), _group(counted, slice(split, None))
    found = keyness(*groups, params["interval"])
    rows = _rows(counted, groups, found, params["discovery_rate"])
    rows = rows.assign(contrast=contrast.name, group_a=contrast.label_a, group_b=contrast.label_b)
    ordered = rows.sort_values(["key_to", "strength", "term"], ascending=[True, False, True])
    ordered["rank"] = ordered.groupby("key_to").cumcount() + 1
    ordered["part_of"] = ""
    return ordered[schema.KEYNESS.names].reset_index(drop=True)


def _group(counted: Phrases, rows: slice) -> Group:
    return Group(counted.counts[rows], counted.words[rows])


def _rows(
    counted: Phrases, groups: tuple[Group, Group], found: Keyness, discovery_rate: float
) -> pd.DataFrame:
    columns: dict[str, object] = {
        "term": list(counted.terms),
        "words": [term.count(" ") + 1 for term in counted.terms],
        "key_to": np.where(found.log_ratio > 0, "a", "b").astype(object),
        "log_ratio": found.log_ratio,
        "log_ratio_low": np.where(np.isfinite(found.low), found.low, np.nan),
        "log_ratio_high": np.where(np.isfinite(found.high), found.high, np.nan),
        "g2": found.g2, "design_effect": found.design_effect,
        "p_value": found.p, "q_value": found.q, "key": found.q <= discovery_rate,
        "strength": np.round(found.strength, _TIE),
    }  # fmt: skip
    for side, group in zip("ab", groups, strict=True):
        columns[f"count_{side}"] = group.totals.astype(int)
        columns[f"per_million_{side}"] = 1e6 * group.totals / group.size
        columns[f"documents_{side}"] = group.documents
        columns[f"dispersion_{side}"] = dispersion(group)
    return pd.DataFrame(columns)


def foremost(rows: pd.DataFrame, terms: int, part_share: float) -> pd.DataFrame:
    """Return the first terms of either group, and mark those that are parts of longer ones.

    Parameters
    ----------
    rows
        What :func:`key_terms` returns.
    terms
        Terms of each group, at most.
    part_share
        Share of a term's occurrences in its group that a longer one of that group must hold.
    """
    kept = rows[rows["rank"] <= terms].reset_index(drop=True)
    parts = pd.concat([
        _parts(kept[kept["key_to"] == side], f"count_{side}", part_share) for side in ("a", "b")
    ])  # fmt: skip
    return kept.assign(part_of=parts.reindex(kept.index).fillna(""))


def _parts(rows: pd.DataFrame, count: str, share: float) -> pd.Series:
    counts = dict(zip(rows["term"], rows[count], strict=True))
    whole: dict[str, tuple[int, int, str]] = {}
    for term in sorted(counts):
        words = term.split()
        for length in range(1, min(len(words), LONGEST)):
            for start in range(len(words) - length + 1):
                part = " ".join(words[start : start + length])
                if part in counts and counts[term] >= share * counts[part]:
                    better = (len(words), counts[term], term)
                    whole[part] = max(whole.get(part, better), better)
    return rows["term"].map({part: found[2] for part, found in whole.items()})
