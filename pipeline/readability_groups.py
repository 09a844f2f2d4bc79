"""Readability of groups of documents: by kind, framework, grade, year and council."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from pipeline import frames, schema
from pipeline.intervals import design_effect

REPORT = "inspection_report"
MIN_COUNCILS = 3

Group = tuple[str, str, str, str, np.ndarray]


def readability_groups(
    readability: pd.DataFrame, documents: pd.DataFrame, links: pd.DataFrame, level: float
) -> pd.DataFrame:
    """Return the table ``readability_groups``: textstat's measures by group of documents.

    Parameters
    ----------
    readability, documents, links
        The tables ``readability``, ``documents`` and ``press_links``. Documents that repeat
        another are left out.
    level
        Level of the intervals of the means.

    Notes
    -----
    The mean tells how long words and sentences are in a group; ``sd``, ``lowest`` and
    ``highest`` how much its documents differ. The interval is Student's, with the variance
    raised by the design effect of councils (Kish 1965), since reports on one council are alike;
    under three councils there is none.

    What the measures cannot say: whether a text is understood, or by whom (they were made for
    American school books and navy manuals, and a grade is no reader's age); whether it is well
    ordered, honest or useful to a family; whether a hard word is a needed one: "safeguarding"
    and "multi-agency" count as hard for every reader. Headings, tables, bullets and the length
    of a document are not in them. A change from year to year within a framework can be one of
    the inspectorate's template rather than of style, so frameworks stand apart. A group of one
    or two documents is those documents. Nothing here says why groups differ; with this many
    means, some intervals lie apart by chance.
    """
    first = documents[documents["duplicate_of"] == ""]
    merged = first.merge(readability, on="doc_id", suffixes=("", "_measured"))
    of_report = dict(zip(documents["doc_id"], documents["overall"], strict=True))
    linked = dict(zip(links["press_id"], links["report_id"], strict=True))
    own = merged["doc_type"] == REPORT
    merged["grade"] = [
        grade if is_report else of_report.get(linked.get(doc_id, ""), "")
        for doc_id, grade, is_report in zip(merged["doc_id"], merged["overall"], own, strict=True)
    ]
    merged["year"] = merged["published"].str[:4]
    # A document without a council is a cluster of its own.
    names = merged["council"].where(merged["council"] != "", merged["doc_id"]).to_numpy(str)
    measured = {name: merged[name].to_numpy(dtype=float) for name in schema.READABILITY_MEASURES}
    rows = [
        {"grouping": grouping, "doc_type": kind, "framework": framework, "group": group,
         "measure": measure} | _summary(values[known], names[known], level)
        for grouping, kind, framework, group, members in _groups(merged)
        for measure, values in measured.items()
        if (known := members & ~np.isnan(values)).any()
    ]  # fmt: skip
    return frames.build(rows, schema.READABILITY_GROUPS)


def _groups(documents: pd.DataFrame) -> Iterator[Group]:
    """Give every group with its members, as a mask over the documents."""
    kinds, frameworks = (
        documents[name].to_numpy(dtype=object) for name in ("doc_type", "framework")
    )
    for kind in schema.DOC_TYPES:
        yield "doc_type", kind, schema.ALL_FRAMEWORKS, kind, kinds == kind
    for framework in schema.FRAMEWORKS:
        yield "framework", REPORT, framework, framework, frameworks == framework
    for grouping in ("grade", "year", "council"):
        values = documents[grouping].to_numpy(dtype=object)
        order = schema.GRADES if grouping == "grade" else sorted(set(values) - {""})
        for framework in schema.FRAMEWORKS:
            for value in order:
                members = (frameworks == framework) & (values == value)
                yield grouping, REPORT, framework, value, members
        for kind in (name for name in schema.DOC_TYPES if name != REPORT):
            for value in order:
                members = (kinds == kind) & (values == value)
                yield grouping, kind, schema.ALL_FRAMEWORKS, value, members


def _summary(values: np.ndarray, names: np.ndarray, level: float) -> dict[str, float | int]:
    """Return one group's figures of a measure, with the councils as clusters."""
    councils = len(np.unique(names))
    half = float("nan")
    if councils >= MIN_COUNCILS:
        variance = values.var(ddof=1) / len(values) * design_effect(values, names)
        half = float(stdtrit(councils - 1, 0.5 + level / 2) * np.sqrt(variance))
    mean = float(values.mean())
    return {
        "documents": len(values),
        "councils": councils,
        "mean": mean,
        "mean_low": mean - half,
        "mean_high": mean + half,
        "sd": float(values.std(ddof=1)) if len(values) > 1 else float("nan"),
        "median": float(np.median(values)),
        "lowest": float(values.min()),
        "highest": float(values.max()),
    }
