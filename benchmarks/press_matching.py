"""Measure how well the stage ``press`` finds what a press text takes up, on made-up texts.

Run ``python benchmarks/press_matching.py``. The sample corpus holds fictional reports with press
texts, whose sentences were coded by their author. ``tests/data/press_taken_up.csv`` lists, for
some of the pairs, every finding of the report that its press text takes up and where, and every
weakness that says again what an area for improvement says; all other findings of these reports
are taken up by nothing and repeat nothing. The rows marked `choose` helped to choose the method
and its least scores, those marked `check` did not. The figures, on `choose` for other least
scores as well, go to ``benchmarks/press_matching.json``. The pairs were judged by one reader;
the made-up texts were written to be varied, so real ones may do better or worse.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from pipeline.params import load  # noqa: E402
from pipeline.press_report.likeness import Likeness  # noqa: E402
from pipeline.press_report.matching import Pair, match, of_direction  # noqa: E402
from pipeline.press_report.points import points  # noqa: E402

RESULTS = ROOT / "benchmarks" / "press_matching.json"
PAIRS = ROOT / "tests" / "data" / "press_taken_up.csv"
CODED = ROOT / "corpus" / "sample_labels.csv"
USES = ("choose", "check")
GRID = tuple(step / 100 for step in range(20, 46, 2))

Found = list[tuple[float, str, set[str]]]


def coded_sentences() -> pd.DataFrame:
    """Return the sentences of the sample corpus as their author coded them."""
    coded = pd.read_csv(CODED, dtype=str, keep_default_na=False).rename(
        columns={"sentence": "text"}
    )
    return coded.assign(sentence_id=coded["text"])


def judged(direction: str, use: str) -> dict[tuple[str, str], dict[str, set[str]]]:
    """Return, by report and counterpart document, what each sentence's counterparts are."""
    rows = pd.read_csv(PAIRS, dtype=str, keep_default_na=False)
    chosen = rows[(rows["direction"] == direction) & (rows["use"] == use)]
    known: dict[tuple[str, str], dict[str, set[str]]] = {}
    for row in chosen.to_dict("records"):
        pair = known.setdefault((row["report_id"], row["counterpart_id"]), {})
        pair.setdefault(row["report_sentence"], set()).add(row["counterpart"])
    return known


def found(direction: str, use: str, params: dict[str, Any]) -> Found:
    """Return every finding's score, the counterpart found and those that a reader named."""
    coded = coded_sentences()
    by_document = dict(iter(coded.groupby("doc_id", sort=False)))
    listed: Found = []
    for (report_id, other_id), known in judged(direction, use).items():
        report, other = by_document[report_id], by_document[other_id]
        if direction == "repeat":
            rows = _repeats(report, params["least_repeat"])
        else:
            side = match(Pair(report, other), direction, params).report
            rows = list(zip(side["sentence_id"], side["score"], side["nearest"], strict=True))
        listed += [(score, near, known.get(sentence, set())) for sentence, score, near in rows]
    return listed


def _repeats(report: pd.DataFrame, least: float) -> list[tuple[str, float, str]]:
    """Return the weaknesses outside the areas for improvement, with the area each repeats."""
    weaknesses = of_direction(report, "weakness")
    point = points(weaknesses, Likeness(report["text"]), least)
    areas = set(weaknesses.loc[weaknesses["section"] == "improve", "sentence_id"])
    return [
        (sentence, 1.0 if first in areas else 0.0, first)
        for sentence, first in zip(weaknesses["sentence_id"], point, strict=True)
        if sentence not in areas
    ]


def figures(listed: Found, least: float) -> dict[str, float | int]:
    """Return precision and recall of what scores at least ``least``.

    A finding counts as found where a reader named any counterpart; ``right_counterpart`` is the
    share of those whose counterpart is one that the reader named.
    """
    told = [entry for entry in listed if entry[0] >= least]
    right = [entry for entry in told if entry[2]]
    wanted = sum(bool(entry[2]) for entry in listed)
    return {
        "findings": len(listed),
        "taken_up": wanted,
        "precision": round(len(right) / len(told), 3),
        "recall": round(len(right) / wanted, 3),
        "right_counterpart": round(sum(e[1] in e[2] for e in right) / len(right), 3),
    }


def measure() -> dict[str, Any]:
    """Return the figures of both halves, with those of other least scores for `choose`."""
    params = load()["press"]
    results: dict[str, Any] = {}
    for direction in ("weakness", "strength", "repeat"):
        least = params[f"least_{direction}"]
        results[direction] = {"least": least}
        for use in USES:
            listed = found(direction, use, params)
            results[direction][use] = figures(listed, least if direction != "repeat" else 1)
            if use == "choose" and direction != "repeat":
                results[direction]["grid"] = {f"{x:.2f}": figures(listed, x) for x in GRID}
    return results


def main() -> None:
    """Measure and write the figures."""
    argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0]).parse_args()
    results = measure()
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    for direction, result in results.items():
        for use in USES:
            print(direction, use, result[use])


if __name__ == "__main__":
    main()
