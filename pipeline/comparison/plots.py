"""Charts of the comparison: caterpillar plots, grades against text, changes that stand up."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from pipeline import schema
from pipeline.charts import BLUE, GREY, INK, ORANGE, Chart, marks, nominal, quantity, rounded
from pipeline.codebook import Codebook

SHARE = {"domain": [0, 1]}
ROW = 13
# Rows of a chart that can still be looked at; of more, those at both ends are shown.
MOST = 400
AREA_NAMES = {
    "overall": "overall", "leaders": "leaders", "help_protection": "help and protection",
    "in_care": "children in care", "care_leavers": "care leavers", "lscb": "safeguarding board",
}  # fmt: skip
_SIDES = {"above": "more weaknesses", "below": "fewer weaknesses", "no": "not told apart"}


def _percent(title: str) -> dict[str, str]:
    return {"format": "%", "title": title}


def _coloured(names: list[str], colours: list[str], title: str) -> dict[str, Any]:
    return nominal("side", scale={"domain": names, "range": colours}, title=title)


def caterpillar(rows: pd.DataFrame, title: str, subtitle: str) -> Chart:
    """Return the councils of a framework and period by their weakness share on a theme.

    Parameters
    ----------
    rows
        Rows of ``council_differences`` with ``national``, of one framework, period and theme.
    title, subtitle
        What stands above the chart.

    Notes
    -----
    The order is by share and means little: look at where the lines lie. Colour tells which
    councils differ from the others after the control of false discoveries.
    """
    found = rows[rows["findings"] > 0].sort_values(["share", "doc_id"])
    kept, left_out = _both_ends(found)
    data = rounded(kept[["share", "share_low", "share_high", "others_share"]].assign(
        name=_names(kept), side=kept["differs"].map(_SIDES).fillna(_SIDES["no"])
    ))  # fmt: skip
    side = _coloured(list(_SIDES.values()), [ORANGE, BLUE, GREY], "against the other councils")
    row = {"y": nominal("name", sort=data["name"].tolist(), title=None), "color": side}
    lines = marks("rule", data, row | {
        "x": quantity("share_low", scale=SHARE, axis=_percent("weakness share, 95 % interval")),
        "x2": {"field": "share_high"},
    })  # fmt: skip
    points = marks("point", data, row | {"x": quantity("share", scale=SHARE)},
                   filled=True, size=28, opacity=1)  # fmt: skip
    others = (data.iloc[:0].assign(at=0.0) if data.empty else
              rounded(pd.DataFrame({"at": [data["others_share"].median()]})))  # fmt: skip
    line = marks("rule", others, {"x": quantity("at", scale=SHARE)}, strokeDash=[4, 3], color=INK)
    return {"layer": [lines, points, line], "width": 460, "height": ROW * max(len(data), 1),
            "title": {"text": title, "subtitle": subtitle + left_out}}  # fmt: skip


def _both_ends(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the rows that a chart has room for, and what it has to say of the others."""
    if len(rows) <= MOST:
        return rows, ""
    half = MOST // 2
    return pd.concat([rows[:half], rows[-half:]]), f"; {MOST} of {len(rows)}, those at both ends"


def _names(rows: pd.DataFrame) -> list[str]:
    """Return names of councils, with the report's where a council has several."""
    twice = rows["council"].duplicated(keep=False) | (rows["council"] == "")
    return rows["council"].where(~twice, (rows["council"] + " " + rows["doc_id"]).str.strip()
                                 ).tolist()  # fmt: skip


def grades(rows: pd.DataFrame, framework: str) -> Chart:
    """Return the weakness share of every report by the grade it was given, a panel for each area.

    Parameters
    ----------
    rows
        As :func:`pipeline.comparison.criterion.graded` gives them, of one framework.
    framework
        Its name.

    Notes
    -----
    The further apart the bars of the grades, the better the text tells the grade. A point far from
    those of its grade is a report whose text and grade disagree: ``grade_disagreements`` has it.
    """
    panels: list[Chart] = []
    for area in schema.AREAS:
        part = rows[rows["area"] == area]
        if part.empty:
            continue
        data = rounded(part[["grade", "share", "doc_id"]]).sort_values("doc_id")
        found = [grade for grade in schema.GRADES if grade in set(data["grade"])]
        grade = {"x": nominal("grade", sort=found, title=None, axis={"labelAngle": -40})}
        share = quantity("share", scale=SHARE)
        axis = _percent("weakness share" if not panels else "")
        ticks = marks("tick", data, grade | {"y": share | {"axis": axis}},
                      color=BLUE, opacity=0.45, width=22)  # fmt: skip
        bars = marks("tick", data, grade | {"y": share | {"aggregate": "median"}},
                     color=ORANGE, thickness=3, width=30)  # fmt: skip
        panels.append({"layer": [ticks, bars], "width": 30 * max(len(found), 1), "height": 240,
                       "title": AREA_NAMES[area]})  # fmt: skip
    text = f"{framework}: weakness share of reports by the grade given; orange: the median"
    return {"hconcat": panels, "title": {"text": text}}


def changes(rows: pd.DataFrame, themes: dict[str, str]) -> Chart:
    """Return the changes between inspections that stand up, from the earlier to the later share.

    Parameters
    ----------
    rows
        Rows of ``standing_changes``.
    themes
        The themes' names by code.
    """
    spans = rows["published_before"].str[:4] + "-" + rows["published"].str[:4]
    label = rows["council"] + " " + spans + ", " + rows["theme"].map(themes)
    shown = rows[["share_before", "share", "verdict"]].assign(name=label, side=rows["verdict"])
    by_change = shown.iloc[(shown["share"] - shown["share_before"]).argsort(kind="stable")]
    kept, left_out = _both_ends(by_change)
    data = rounded(kept).sort_values(["verdict", "name"])
    side = _coloured(["improvement", "deterioration"], [BLUE, ORANGE], "change")
    row = {"y": nominal("name", sort=data["name"].tolist(), title=None), "color": side}
    axis = _percent("weakness share, earlier to later")
    lines = marks("rule", data, row | {
        "x": quantity("share_before", scale=SHARE, axis=axis), "x2": {"field": "share"},
    }, strokeWidth=2)  # fmt: skip
    ends = marks("point", data, row | {"x": quantity("share", scale=SHARE)},
                 filled=True, size=45, opacity=1)  # fmt: skip
    below = "The point is the later inspection; themes named by the study"
    return {"layer": [lines, ends], "width": 460, "height": ROW * max(len(data), 1),
            "title": {"text": "Changes that stand up", "subtitle": below + left_out}}  # fmt: skip


def council_charts(
    differences: pd.DataFrame, standing: pd.DataFrame, codebook: Codebook
) -> Iterator[tuple[str, Chart]]:
    """Return the charts of councils beside one another, with the names of their files.

    Caterpillar plots are of all themes together and of the themes that the study names, for every
    framework and period; tables have the others.
    """
    themes = {theme.id: theme.label for theme in codebook.themes} | {
        schema.ALL_THEMES: "all themes"
    }
    national = differences[(differences["compared_with"] == "national")
                           & differences["others_share"].notna()]  # fmt: skip
    chosen = (schema.ALL_THEMES, *codebook.named)
    keys = sorted(set(zip(national["framework"], national["period"], strict=True)))
    for framework, period in keys:
        group = national[(national["framework"] == framework) & (national["period"] == period)]
        for code in chosen:
            rows = group[group["theme"] == code]
            if len(rows):
                name = f"caterpillar-{framework}-{period}-{code}".replace(" ", "-").lower()
                yield name, caterpillar(rows, f"{themes[code]}: {framework}, {period}",
                                        "Dashed: the other councils together")  # fmt: skip
    named = standing[standing["theme"].isin(codebook.named)]
    if len(named):
        yield "changes", changes(named, themes)


def grade_charts(graded: pd.DataFrame) -> Iterator[tuple[str, Chart]]:
    """Return the chart of shares beside grades for every framework, with the name of its file."""
    for framework in sorted(set(graded["framework"])):
        group = graded[graded["framework"] == framework]
        rows = group[(group["area"] != "overall") | (group["measure"] == "balanced_share")]
        yield f"grades-{framework}".lower(), grades(rows, framework)
