"""Finds, for each finding of a report, its counterpart in a press text."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from pipeline.press_report.likeness import OTHER, Likeness, scores, theme_sets
from pipeline.press_report.points import points

MIXED = "mixed"


@dataclass(frozen=True)
class Pair:
    """The sentences of a report and of a press text, with the columns of ``sentences``."""

    report: pd.DataFrame
    press: pd.DataFrame

    @cached_property
    def likeness(self) -> Likeness:
        """The likeness of words by what is rare in the two texts."""
        return Likeness([*self.report["text"], *self.press["text"]])


@dataclass(frozen=True)
class Side:
    """One direction of one pair: the weaknesses of report and press, or the strengths.

    ``report`` has a row for each finding of the report, with ``point`` (the sentence that first
    states it), ``nearest`` (its likest counterpart, empty where the press text has none of this
    direction), ``press_row`` (its place in ``press``, or -1), ``likeness``, ``score`` and
    ``taken_up``.
    """

    direction: str
    report: pd.DataFrame
    press: pd.DataFrame

    def common_themes(self, row: int) -> list[str]:
        """Return the themes that a finding and its nearest counterpart have in common."""
        theirs = self.press["themes"].iloc[int(self.report["press_row"].iloc[row])].split(";")
        own = self.report["themes"].iloc[row].split(";")
        return [theme for theme in own if theme in theirs and theme != OTHER]

    def told_points(self) -> set[str]:
        """Return the points of the report that the press text takes up.

        A finding that says a point again speaks for it on a theme that the point has: one that
        sums up two points, of which the press text takes up one, does not speak for the other.
        """
        themes = dict(zip(self.report["sentence_id"], self.report["themes"], strict=True))
        told = set()
        for row, finding in enumerate(self.report.to_dict("records")):
            if finding["taken_up"]:
                common, point = set(self.common_themes(row)), finding["point"]
                if not common or common & set(themes[point].split(";")):
                    told.add(point)
        return told


def of_direction(sentences: pd.DataFrame, direction: str) -> pd.DataFrame:
    """Return the findings of one direction; a mixed one belongs to both."""
    chosen = sentences["polarity"].isin([direction, MIXED])
    return sentences[chosen].reset_index(drop=True)


def match(pair: Pair, direction: str, params: dict[str, Any]) -> Side:
    """Match the findings of a report with those of a press text, in one direction.

    Parameters
    ----------
    pair
        The two texts.
    direction
        ``weakness`` or ``strength``; a mixed sentence counts for both.
    params
        ``least_weakness`` and ``least_strength``: the scores from which a finding is taken up;
        ``least_repeat``: the score from which two findings of the report say the same.

    Notes
    -----
    Each finding of the report is held against every sentence of the press text with the same
    direction, and takes the one with the highest score (the first of equals). Several findings
    may take the same sentence: a press text sums up. What a person would call taken up in quite
    other words is missed; ``docs/press.md`` says how often.
    """
    ours, theirs = of_direction(pair.report, direction), of_direction(pair.press, direction)
    words = pair.likeness.between(ours["text"], theirs["text"])
    score = scores(ours, theirs, words)
    found = ours.assign(point=points(ours, pair.likeness, params["least_repeat"]))
    if theirs.empty:
        found = found.assign(nearest="", press_row=-1, likeness=float("nan"), score=float("nan"))
    else:
        rows = range(len(ours))
        best = score.argmax(axis=1)
        found = found.assign(
            nearest=theirs["sentence_id"].to_numpy(dtype=object)[best],
            press_row=best,
            likeness=words[rows, best],
            score=score[rows, best],
        )
    told = found["score"] >= params[f"least_{direction}"]
    return Side(direction, found.assign(taken_up=told), theirs)


def match_rows(side: Side, press_id: str, report_id: str) -> list[dict[str, object]]:
    """Return the rows of ``press_matches``: what is taken up, with its counterpart."""
    rows = []
    for row, finding in enumerate(side.report.to_dict("records")):
        if finding["taken_up"]:
            rows.append({
                "press_id": press_id,
                "report_id": report_id,
                "direction": side.direction,
                "report_sentence": finding["sentence_id"],
                "press_sentence": finding["nearest"],
                "score": finding["score"],
                "likeness": finding["likeness"],
                "common_themes": ";".join(side.common_themes(row)),
                "source": side.press["source"].iloc[finding["press_row"]],
            })  # fmt: skip
    return rows


def omission_rows(
    side: Side, press_id: str, report_id: str, council: str
) -> list[dict[str, object]]:
    """Return the rows of ``press_omissions``: findings without a counterpart, in their order."""
    told = side.told_points()
    themes = set().union(*theme_sets(side.press["themes"])) if len(side.press) else set()
    left = side.report[~side.report["taken_up"]]
    rows = []
    for finding in left.to_dict("records"):
        own = set(finding["themes"].split(";"))
        rows.append({str(key): value for key, value in finding.items()} | {
            "press_id": press_id,
            "report_id": report_id,
            "council": council,
            "point_taken_up": finding["point"] in told,
            "theme_in_press": bool(own & themes),
        })  # fmt: skip
    return rows
