"""One page for each theme: what it means, and what inspections say on it."""

from pipeline import schema
from pipeline.codebook import Theme
from pipeline.reporting.links import findings_link
from pipeline.reporting.overview import group_row, year_rows
from pipeline.reporting.study import REPORT, Row, Study

GROUPINGS = {"layout": "Kind of document", "grade": "Overall grade", "region": "Region"}


def theme_page(study: Study, theme: Theme) -> Row:
    """Return what stands on the page of a theme."""
    inspections = [
        row | {"cell": study.cells[row["doc_id"]][theme.id],
               "link": findings_link(doc=row["doc_id"], theme=theme.id)}
        for row in study.inspections()
        if study.cells[row["doc_id"]][theme.id]["findings"]
    ]  # fmt: skip
    inspections.sort(key=lambda row: (-row["cell"]["weakness_share"], row["council"],
                                      row["published"], row["doc_id"]))  # fmt: skip
    cells = [cells[theme.id] for cells in study.cells.values()]
    return {
        "theme": theme, "inspections": inspections,
        "totals": {name: sum(cell[name] for cell in cells)
                   for name in ("strengths", "weaknesses", "mixed", "findings")},
        "groups": [(title, _groups(study, theme.id, grouping))
                   for grouping, title in GROUPINGS.items()],
        "years": year_rows(study, theme.id),
        "report": REPORT,
    }  # fmt: skip


def _groups(study: Study, theme: str, grouping: str) -> list[Row]:
    rows = [
        row for row in study.rows("theme_groups")
        if row["grouping"] == grouping and row["theme"] == theme and row["findings"]
        and row["group"] != schema.UNKNOWN and row["layout"] != schema.EVERY
    ]  # fmt: skip
    if grouping == "grade":
        rows.sort(key=lambda row: (row["layout"], schema.GRADES.index(row["group"])))
    asked = {"grade": "grade", "region": "region"}.get(grouping)
    return [group_row(row, row["group"], row["layout"],
                      **({asked: row["group"]} if asked else {})) for row in rows]  # fmt: skip
