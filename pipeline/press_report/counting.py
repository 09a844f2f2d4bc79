"""Counts what a press text takes up of its report, in all and by theme, and who speaks in it."""

import numpy as np
import pandas as pd

from pipeline.intervals import design_effect, weakness_share, wilson
from pipeline.press_report.matching import Side

PLURAL = {"weakness": "weaknesses", "strength": "strengths"}
VOICES = ("council", "inspectorate", "author", "other")
WEIGHT = {"strength": 0.0, "mixed": 0.5, "weakness": 1.0}

Row = dict[str, object]
# How many there are, and how many of them are taken up.
Counted = tuple[int, int]


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _counts(direction: str, sentences: Counted, points: Counted, press: int) -> Row:
    one, many = direction, PLURAL[direction]
    return {
        f"report_{many}": sentences[0],
        f"{many}_taken_up": sentences[1],
        f"{many}_share": _share(sentences[1], sentences[0]),
        f"{one}_points": points[0],
        f"{one}_points_taken_up": points[1],
        f"{one}_points_share": _share(points[1], points[0]),
        f"press_{many}": press,
    }


def taken_up(side: Side, level: float) -> Row:
    """Return the counts of one direction, with the interval of the share of points.

    Notes
    -----
    A share of 0.2 says that one in five of the things that inspectors found is in the press
    text, in words like theirs. It depends on how much the report says: a text of 25 sentences
    cannot take up 150. Compare texts on reports of like length and grade, and look at
    ``press_matches`` before you quote one. The Wilson interval (1927) treats the points as a
    sample of what could have been reported; it does not hold the errors of the matching.
    """
    report = side.report
    told = report[report["taken_up"]]
    points = report["point"].nunique(), len(side.told_points())
    row = _counts(side.direction, (len(report), len(told)), points, len(side.press))
    low, high = wilson(_share(points[1], points[0]), points[0], level)
    return row | {f"{side.direction}_points_low": low, f"{side.direction}_points_high": high}


def taken_up_by_theme(side: Side, codes: tuple[str, ...]) -> list[Row]:
    """Return the counts of one direction for every theme, in the codebook's order.

    A sentence belongs to each of its themes, a point to those of the sentence that first states
    it. A sentence is taken up on a theme where its counterpart is about that theme as well; if
    the two have none in common, on its most prominent one.
    """
    report = side.report
    first = dict(zip(report["sentence_id"], report["themes"], strict=True))
    themes = [set(listed.split(";")) for listed in report["themes"]]
    told = [set(side.common_themes(row) or [report["themes"].iloc[row].split(";")[0]])
            if report["taken_up"].iloc[row] else set() for row in range(len(report))]  # fmt: skip
    rows = []
    for code in codes:
        about = [code in own for own in themes]
        told_here = np.array([code in own for own in told], dtype=bool)
        points = {p for p in report["point"] if code in first[p].split(";")}
        told_points = points & set(report.loc[told_here, "point"])
        press = sum(code in listed.split(";") for listed in side.press["themes"])
        sentences = sum(about), int(told_here.sum())
        rows.append(_counts(side.direction, sentences, (len(points), len(told_points)), press))
    return rows


def voices(press: pd.DataFrame) -> Row:
    """Return who speaks in a press text, by sentence and by finding.

    Notes
    -----
    ``council_share`` is 1 where only the council speaks of itself, 0 where all that is reported
    is the inspectorate's. The writer's own sentences count for neither: in a release the writer
    is the council, in a news story the newspaper. It depends on the rules that tell speakers
    apart (``docs/method.md``, "Who speaks").
    """
    said = press["source"].value_counts()
    found = press.loc[press["polarity"] != "none", "source"].value_counts()
    row: Row = {"press_sentences": len(press)}
    row |= {f"by_{voice}": int(said.get(voice, 0)) for voice in VOICES}
    both = int(said.get("council", 0)) + int(said.get("inspectorate", 0))
    return row | {
        "council_share": _share(int(said.get("council", 0)), both),
        "findings_by_council": int(found.get("council", 0)),
        "findings_by_inspectorate": int(found.get("inspectorate", 0)),
    }


def share_difference(report: pd.DataFrame, press: pd.DataFrame, level: float) -> Row:
    """Return both weakness shares and their difference, with Newcombe's interval.

    Notes
    -----
    Below zero, the press text sounds better than the report. The interval is the hybrid score
    method of Newcombe (1998, method 10) on two Wilson intervals whose numbers of findings are
    divided by the design effect of paragraphs. It does not hold the model's errors, which are
    larger in press texts than in reports, so a small difference means nothing. Do not read it
    as a difference in truthfulness: a press text selects.
    """
    (one, low_one, high_one), (two, low_two, high_two) = (
        _weakness_share(sentences, level) for sentences in (report, press)
    )
    difference = two - one
    return {
        "report_weakness_share": one,
        "press_weakness_share": two,
        "share_difference": difference,
        "share_difference_low": difference - np.hypot(two - low_two, high_one - one),
        "share_difference_high": difference + np.hypot(high_two - two, one - low_one),
    }


def _weakness_share(sentences: pd.DataFrame, level: float) -> tuple[float, float, float]:
    findings = sentences[sentences["polarity"] != "none"]
    numbers = findings["polarity"].value_counts()
    share = weakness_share(*(int(numbers.get(code, 0))
                             for code in ("strength", "weakness", "mixed")))  # fmt: skip
    if findings.empty:
        return share, share, share
    values = findings["polarity"].map(WEIGHT).to_numpy(dtype=float)
    effect = design_effect(values, findings["block"].to_numpy())
    return (share, *wilson(share, len(findings) / effect, level))
