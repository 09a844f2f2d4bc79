"""Charts of the comparison: caterpillar plots, grades against text, changes that stand up."""

from collections.abc import Iterator
from typing import Any

import altair as alt
import pandas as pd

from pipeline import schema
from pipeline.charts import BLUE, GREY, INK, ORANGE, rounded
from pipeline.codebook import Codebook

SHARE = alt.Scale(domain=[0, 1])
ROW = 13
AREA_NAMES = {
    "overall": "overall", "leaders": "leaders", "help_protection": "help and protection",
    "in_care": "children in care", "care_leavers": "care leavers", "lscb": "safeguarding board",
}  # fmt: skip
_SIDES = {"above": "more weaknesses", "below": "fewer weaknesses", "no": "not told apart"}


def _percent(title: str) -> alt.Axis:
    return alt.Axis(format="%", title=title)


def _coloured(names: list[str], colours: list[str], title: str) -> alt.Color:
    return alt.Color("side:N", scale=alt.Scale(domain=names, range=colours), title=title)


def caterpillar(rows: pd.DataFrame, title: str, subtitle: str) -> alt.TopLevelMixin:
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
    kept = rows[rows["findings"] > 0].sort_values(["share", "doc_id"])
    data = rounded(kept[["share", "share_low", "share_high", "others_share"]].assign(
        name=_names(kept), side=kept["differs"].map(_SIDES).fillna(_SIDES["no"])
    ))  # fmt: skip
    y = alt.Y("name:N", sort=data["name"].tolist(), title=None)
    side = _coloured(list(_SIDES.values()), [ORANGE, BLUE, GREY], "against the other councils")
    base = alt.Chart(data)
    lines = base.mark_rule().encode(
        alt.X("share_low:Q", scale=SHARE, axis=_percent("weakness share, 95 % interval")),
        alt.X2("share_high:Q"), y, side,
    )  # fmt: skip
    points = base.mark_point(filled=True, size=28, opacity=1).encode(
        alt.X("share:Q", scale=SHARE), y, side
    )
    others = alt.Chart(data.iloc[:0].assign(at=0.0) if data.empty else
                       rounded(pd.DataFrame({"at": [data["others_share"].median()]})))  # fmt: skip
    line = others.mark_rule(strokeDash=[4, 3], color=INK).encode(alt.X("at:Q", scale=SHARE))
    layered = alt.layer(lines, points, line)
    return layered.properties(width=460, height=ROW * max(len(data), 1),
                              title=alt.Title(title, subtitle=subtitle))  # fmt: skip


def _names(rows: pd.DataFrame) -> list[str]:
    """Return names of councils, with the report's where a council has several."""
    twice = rows["council"].duplicated(keep=False) | (rows["council"] == "")
    return rows["council"].where(~twice, (rows["council"] + " " + rows["doc_id"]).str.strip()
                                 ).tolist()  # fmt: skip


def grades(rows: pd.DataFrame, framework: str) -> alt.TopLevelMixin:
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
    panels: list[Any] = []
    for area in schema.AREAS:
        part = rows[rows["area"] == area]
        if part.empty:
            continue
        data = rounded(part[["grade", "share", "doc_id"]]).sort_values("doc_id")
        found = [grade for grade in schema.GRADES if grade in set(data["grade"])]
        x = alt.X("grade:N", sort=found, title=None, axis=alt.Axis(labelAngle=-40))
        y = alt.Y("share:Q", scale=SHARE, axis=_percent("weakness share" if not panels else ""))
        ticks = alt.Chart(data).mark_tick(color=BLUE, opacity=0.45, width=22).encode(x, y)
        bars = alt.Chart(data).mark_tick(color=ORANGE, thickness=3, width=30).encode(
            x, alt.Y("median(share):Q", scale=SHARE)
        )  # fmt: skip
        panels.append(alt.layer(ticks, bars).properties(
            width=30 * max(len(found), 1), height=240, title=AREA_NAMES[area]))  # fmt: skip
    text = f"{framework}: weakness share of reports by the grade given; orange: the median"
    return alt.hconcat(*panels).properties(title=alt.Title(text))


def changes(rows: pd.DataFrame, themes: dict[str, str]) -> alt.TopLevelMixin:
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
    data = rounded(shown).sort_values(["verdict", "name"])
    y = alt.Y("name:N", sort=data["name"].tolist(), title=None)
    side = _coloured(["improvement", "deterioration"], [BLUE, ORANGE], "change")
    base = alt.Chart(data)
    lines = base.mark_rule(strokeWidth=2).encode(
        alt.X("share_before:Q", scale=SHARE, axis=_percent("weakness share, earlier to later")),
        alt.X2("share:Q"), y, side,
    )  # fmt: skip
    ends = base.mark_point(filled=True, size=45, opacity=1).encode(
        alt.X("share:Q", scale=SHARE), y, side
    )
    below = "The point is the later inspection; themes named by the study"
    title = alt.Title("Changes that stand up", subtitle=below)
    return alt.layer(lines, ends).properties(width=460, height=ROW * max(len(data), 1), title=title)


def charts(
    differences: pd.DataFrame, standing: pd.DataFrame, graded: pd.DataFrame, codebook: Codebook
) -> Iterator[tuple[str, alt.TopLevelMixin]]:
    """Return every chart with the name of its file.

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
    for framework in sorted(set(graded["framework"])):
        group = graded[graded["framework"] == framework]
        rows = group[(group["area"] != "overall") | (group["measure"] == "balanced_share")]
        yield f"grades-{framework}".lower(), grades(rows, framework)
    named = standing[standing["theme"].isin(codebook.named)]
    if len(named):
        yield "changes", changes(named, themes)
