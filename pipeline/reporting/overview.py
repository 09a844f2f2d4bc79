"""What stands on the first page: the corpus, how good the coding is, and what to open."""

from collections import Counter
from typing import Any

from pipeline import schema
from pipeline.figures import HELD_OUT, METHODS
from pipeline.reporting.links import findings_link
from pipeline.reporting.study import ALL, REPORT, Row, Study

AREAS = {
    "overall": "overall effectiveness", "leaders": "leaders",
    "help_protection": "help and protection", "in_care": "children in care",
    "care_leavers": "care leavers", "lscb": "safeguarding board",
}  # fmt: skip
# What ships first, then what it is held against.
SHOWN = ("cascade_held_out", "encoder_held_out", "linear_held_out", "linear", "majority", "vader",
         "textblob")  # fmt: skip


def facts(study: Study) -> dict[str, Any]:
    """Return what the corpus is: documents by kind, councils, years, sentences and findings."""
    first = [row for row in study.documents if not row["duplicate_of"]]
    polarity = Counter(study.tables["findings"]["polarity"])
    years = sorted({row["year"] for row in study.documents if row["year"]})
    kinds = Counter((row["kind"], row["framework"]) for row in study.documents)
    return {
        "documents": len(study.documents),
        "reports": sum(row["doc_type"] == REPORT for row in study.documents),
        "press": sum(row["doc_type"] != REPORT for row in study.documents),
        "duplicates": len(study.documents) - len(first),
        "councils": len({row["council"] for row in study.documents if row["council"]}),
        "years": years,
        "kinds": [(kind, framework, count) for (kind, framework), count in sorted(kinds.items())],
        "sentences": len(study.tables["sentences"]),
        "words": int(study.tables["documents"]["words"].sum()),
        "findings": len(study.tables["findings"]),
        "polarity": [(code, polarity[code]) for code in schema.POLARITIES if code != "none"],
        "rejected": study.rows("rejected"),
        "codebook": study.codebook.version,
    }


def layout_link(layout: str, **others: str) -> str:
    """Return the address of the findings in documents of a layout of ``theme_groups``."""
    if layout == schema.PRESS:
        return findings_link(type=schema.PRESS, **others)
    framework = "" if layout == schema.EVERY else layout
    return findings_link(type=REPORT, framework=framework, **others)


def group_row(row: Row, label: str, group: str, **asked: str) -> Row:
    """Return a row of ``theme_groups`` as charts and tables of the report want it."""
    theme = "" if row["theme"] == ALL else row["theme"]
    share = row["weakness_share"]
    known = row["weakness_share_low"] == row["weakness_share_low"]
    return {
        "row": label, "group": group, "value": share, "documents": row["documents"],
        "low": row["weakness_share_low"] if known else share,
        "high": row["weakness_share_high"] if known else share,
        "interval": known, "findings": row["findings"],
        "link": layout_link(row["layout"], theme=theme, **asked),
    }  # fmt: skip


def theme_rows(study: Study) -> list[Row]:
    """Return the weakness share of every theme by layout."""
    labels = {ALL: "All findings", **{theme.id: theme.label for theme in study.themes}}
    order = list(labels)
    rows = [row for row in study.rows("theme_groups")
            if row["grouping"] == "layout" and row["layout"] != schema.EVERY
            and row["theme"] in labels and row["findings"] > 0]  # fmt: skip
    rows.sort(key=lambda row: (order.index(row["theme"]), row["layout"]))
    return [group_row(row, labels[row["theme"]], row["layout"]) for row in rows]


def year_rows(study: Study, theme: str = ALL) -> list[Row]:
    """Return the weakness share of a theme by year and layout."""
    return [
        group_row(row, row["group"], row["layout"], year=row["group"])
        for row in study.rows("theme_groups")
        if row["grouping"] == "year" and row["theme"] == theme and row["findings"] > 0
        and row["layout"] != schema.EVERY and row["group"] != schema.UNKNOWN
    ]  # fmt: skip


def validity_rows(study: Study) -> list[Row]:
    """Return how far weakness shares and grades go together, by framework and area."""
    rows = []
    for row in study.rows("criterion_validity"):
        area = "" if row["area"] == "overall" else row["area"]
        balanced = row["measure"] == "balanced_share"
        rows.append(row | {
            "row": AREAS[row["area"]] + (", balanced" if balanced else ""),
            "group": row["framework"], "value": row["rho"], "low": row["rho_low"],
            "high": row["rho_high"], "findings": row["reports"],
            "link": layout_link(row["framework"], section=area),
        })  # fmt: skip
    order = list(AREAS)
    return sorted(rows, key=lambda r: (r["framework"], order.index(r["area"]), r["measure"]))


def quality(metrics: dict[str, Any]) -> dict[str, list[Row]]:
    """Return the figures of the models, as ``models/metrics.json`` has them."""
    polarity = metrics.get("polarity", {})
    rows = [
        {"name": METHODS.get(name, name), "how": "councils kept aside" if name.endswith(HELD_OUT)
         else "cross-validation by council", "sentences": found.get("sentences"), "kappa":
         found.get("kappa"), "accuracy": found["accuracy"], "macro_f1": found["macro_f1"],
         "ours": name == SHOWN[0]}
        for name, found in ((name, polarity[name]) for name in SHOWN if name in polarity)
    ]  # fmt: skip
    themes = [{"name": METHODS.get(name, name), **found}
              for name, found in metrics.get("themes", {}).items()]  # fmt: skip
    return {"polarity": rows, "themes": themes}


def councils(study: Study) -> list[Row]:
    """Return a row for every council: its latest inspection, and how many documents there are."""
    rows = []
    for council, slug in study.slugs.items():
        documents = study.of_council(council)
        reports = [row for row in documents if row["doc_type"] == REPORT
                   and not row["duplicate_of"]]  # fmt: skip
        latest = reports[-1] if reports else None
        rows.append({
            "council": council, "slug": slug, "documents": len(documents), "latest": latest,
            "region": next((row["region"] for row in documents if row["region"]), ""),
            "cell": study.cells[latest["doc_id"]][ALL] if latest else None,
            "findings": sum(study.cells[row["doc_id"]][ALL]["findings"] for row in documents
                            if not row["duplicate_of"]),
        })  # fmt: skip
    return rows
