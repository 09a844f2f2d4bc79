"""The heat map: the weakness share of every document and theme, small where it is hardly known."""

import math
from typing import Any

from pipeline.reporting.links import findings_link
from pipeline.reporting.render import known, number, percent
from pipeline.reporting.study import ALL, REPORT, Row, Study

STEPS = 10


def colour_step(share: float) -> int:
    """Return the step of colour of a weakness share, 0 (strengths) to 10 (weaknesses)."""
    return round(share * STEPS)


def size_step(low: float, high: float) -> int:
    """Return the step of a cell's side: 10 for an interval of no width, 1 for the whole scale.

    Examples
    --------
    >>> size_step(0.4, 0.5), size_step(0.0, 0.95)
    (9, 1)
    """
    return max(1, math.ceil(round(STEPS * (1 - (high - low)), 6)))


def cell(found: Row, place: str, link: str) -> Row:
    """Return a cell of the map with the name by which it is read out."""
    share, low, high = (found[f"weakness_share{end}"] for end in ("", "_low", "_high"))
    if not found["findings"]:
        return {"findings": 0, "label": f"{place}: no findings"}
    count = f"{number(found['findings'])} finding{'s' if found['findings'] != 1 else ''}"
    width = (low, high) if known(low) else (0.0, 1.0)
    return {
        "findings": found["findings"], "link": link, "share": share,
        "sort": f"{share:.4f}", "shown": f"{100 * share:.0f}",
        "colour": colour_step(share), "size": size_step(*width),
        "label": f"{place}: weakness share {percent(share)}, interval {100 * width[0]:.0f} to "
                 f"{percent(width[1])}, {count}",
    }  # fmt: skip


def rows(study: Study) -> list[Row]:
    """Return the rows of the map: every document that repeats no other one, with its cells."""
    labels = {ALL: "All findings", **{theme.id: theme.label for theme in study.themes}}
    latest = {row["council"]: row["doc_id"] for row in study.inspections()}
    made = []
    for row in study.documents:
        if row["duplicate_of"]:
            continue
        name = " ".join(filter(None, [row["council"] or "Council not named", row["year"]]))
        if row["doc_type"] != REPORT:
            name += f", {row['kind']}"
        cells = [
            cell(study.cells[row["doc_id"]][theme], f"{name}, {label}",
                 findings_link(doc=row["doc_id"], theme="" if theme == ALL else theme))
            for theme, label in labels.items()
        ]  # fmt: skip
        made.append(row | {"name": name, "cells": cells,
                           "latest": latest.get(row["council"]) == row["doc_id"]})  # fmt: skip
    return made


def choices(study: Study) -> dict[str, list[str]]:
    """Return what the map can be narrowed to."""

    def values(name: str) -> list[str]:
        return sorted({row[name] for row in study.documents if row[name]})

    return {name: values(name) for name in ("framework", "year", "region")}


def legend() -> dict[str, Any]:
    """Return the steps of colour and size that the key shows."""
    return {"colours": range(STEPS + 1), "sizes": [(9, "10"), (7, "30"), (5, "50"), (2, "80")]}
