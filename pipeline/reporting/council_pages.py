"""One page for each council: grades over time, themes, change, press against report."""

from typing import Any

from pipeline import schema
from pipeline.reporting.links import findings_link
from pipeline.reporting.pictures import STEPS
from pipeline.reporting.study import ALL, REPORT, Row, Study

AREAS = {
    "overall": "Overall effectiveness", "leaders": "Leaders",
    "help_protection": "Help and protection", "in_care": "Children in care",
    "care_leavers": "Care leavers", "adoption": "Adoption", "lscb": "Safeguarding board",
}  # fmt: skip
# Of more inspections the chart shows the latest.
MOST_SHOWN = len(STEPS)


def council_page(study: Study, council: str, tables: dict[str, dict[str, list[Row]]]) -> Row:
    """Return what stands on the page of a council.

    Parameters
    ----------
    study
        The study.
    council
        Its name; empty for documents of which no council is known.
    tables
        Rows of ``council_changes`` and ``press_pairs`` by council, of ``council_differences`` by
        report, and of ``press_coverage`` by press text.
    """
    documents = study.of_council(council)
    reports = [row for row in documents if row["doc_type"] == REPORT and not row["duplicate_of"]]
    first = next((row for row in documents if row["gss_code"]), documents[0])
    labels = {ALL: "All findings", **{theme.id: theme.label for theme in study.themes}}
    themes = [
        {"id": theme, "label": label, "cells": [
            study.cells[row["doc_id"]][theme] | {"link": findings_link(
                doc=row["doc_id"], theme="" if theme == ALL else theme), "doc_id": row["doc_id"]}
            for row in reports
        ]} for theme, label in labels.items()
    ]  # fmt: skip
    grades = [(label, [row[area] for row in reports]) for area, label in AREAS.items()
              if any(row[area] for row in reports)]  # fmt: skip
    return {
        "council": council, "slug": study.slugs[council], "facts": first, "documents": documents,
        "reports": reports, "grades": grades, "themes": themes, "cells": study.cells, "all": ALL,
        "changes": _changes(study, tables["council_changes"].get(council, []), labels),
        "stands": _differences(tables["council_differences"], reports, labels),
        "press": _press(study, tables, council, labels),
    }  # fmt: skip


def inspection_names(reports: list[Row]) -> dict[str, str]:
    """Return a short name for each of a council's reports: framework and year, or its date."""
    names: dict[str, str] = {}
    for row in reports:
        name = " ".join(filter(None, [row["framework"], row["year"]])) or row["doc_id"]
        names[row["doc_id"]] = name if name not in names.values() else \
            f"{name} ({row['published'] or row['doc_id']})"  # fmt: skip
    return names


def chart_rows(page: Row) -> tuple[list[Row], dict[str, str]]:
    """Return the rows of a council's chart, and a colour for each inspection that it shows."""
    shown = page["reports"][-MOST_SHOWN:]
    names = inspection_names(shown)
    colours = dict(zip(names.values(), reversed(STEPS[: len(shown)]), strict=True))
    if len(shown) > 1:
        # The latest inspection is blue, the one before it orange, on every page.
        colours = dict(zip(reversed(names.values()), (STEPS[1], STEPS[0], *STEPS[2:]),
                           strict=False))  # fmt: skip
        colours = {name: colours[name] for name in names.values()}
    rows = [
        {"row": theme["label"], "group": names[cell["doc_id"]], "value": cell["weakness_share"],
         "low": cell["weakness_share_low"], "high": cell["weakness_share_high"],
         "findings": cell["findings"], "link": f"../{cell['link']}"}
        for theme in page["themes"] for cell in theme["cells"]
        if cell["findings"] and cell["doc_id"] in names
    ]  # fmt: skip
    return rows, colours


def _changes(study: Study, rows: list[Row], labels: dict[str, str]) -> list[Row]:
    """Return the changes between each two inspections, themes with findings in both."""
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["findings"] and row["findings_before"] and row["theme"] in labels:
            asked = "" if row["theme"] == ALL else row["theme"]
            pairs.setdefault((row["doc_id_before"], row["doc_id"]), []).append(row | {
                "label": labels[row["theme"]],
                "link": findings_link(doc=row["doc_id"], theme=asked),
                "link_before": findings_link(doc=row["doc_id_before"], theme=asked),
            })  # fmt: skip
    return [{"before": study.by_id[before], "after": study.by_id[after], "rows": found,
             "tested": any(row["verdict"] for row in found)}
            for (before, after), found in pairs.items()]  # fmt: skip


def _differences(
    differences: dict[str, list[Row]], reports: list[Row], labels: dict[str, str]
) -> list[Row]:
    """Return on which themes the latest report differs from the other councils' reports."""
    if not reports:
        return []
    latest = reports[-1]["doc_id"]
    return [
        row | {"label": labels[row["theme"]], "link": findings_link(
            doc=latest, theme="" if row["theme"] == ALL else row["theme"])}
        for row in differences.get(latest, [])
        if row["compared_with"] == "national" and row["differs"] in ("above", "below")
        and row["theme"] in labels
    ]  # fmt: skip


def _press(
    study: Study, tables: dict[str, dict[str, list[Row]]], council: str, labels: dict[str, str]
) -> list[Row]:
    made: list[Row] = []
    for row in tables["press_pairs"].get(council, []):
        coverage = [
            found | {"label": labels[found["theme"]]}
            for found in tables["press_coverage"].get(row["press_id"], [])
            if found["theme"] in labels
            and (found["report_weaknesses"] or found["report_strengths"])
        ]  # fmt: skip
        made.append(row | {"text": study.by_id[row["press_id"]], "coverage": coverage,
                           "report": study.by_id[row["report_id"]]})  # fmt: skip
    return made


def by(rows: list[Row], name: str) -> dict[str, list[Row]]:
    """Return rows by the value of a column."""
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row[name], []).append(row)
    return found


def page_tables(study: Study) -> dict[str, dict[str, list[Row]]]:
    """Return the tables that the pages of councils need, by what they are looked up with."""
    keys = {
        schema.COUNCIL_CHANGES.name: "council", schema.PRESS_PAIRS.name: "council",
        schema.COUNCIL_DIFFERENCES.name: "doc_id", schema.PRESS_COVERAGE.name: "press_id",
    }  # fmt: skip
    return {table: by(study.rows(table), key) for table, key in keys.items()}
