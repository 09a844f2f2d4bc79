"""How different ways of counting weaknesses go with the overall grade.

Reads the tables of a run over graded reports, computes Spearman's rho by framework, and writes
the figures to ``grades.json``::

    python -m benchmarks.grades my-results/tables
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline import frames, schema
from pipeline.comparison.criterion import PARTS, rank_correlation, section_sums, share_of

RESULTS = Path(__file__).resolve().with_suffix(".json")
AREAS, SUMMARY, WHOLE_SUMMARY = PARTS[:3], ("summary",), ("summary", "improve")
COLUMNS = (
    "sentence_id", "doc_id", "section", "block", "text", "polarity",
    *(f"p_{code}" for code in schema.POLARITIES), "themes",
)  # fmt: skip


def averaged(sums: pd.DataFrame, parts: tuple[tuple[str, ...], ...], kind: str) -> pd.Series:
    """Return the mean of the shares of parts of a report."""
    return pd.concat([share_of(sums, part, kind) for part in parts], axis=1).mean(axis=1)


def over(findings: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Return the mean over groups of a report's findings, each group alike."""
    return findings.groupby(["doc_id", *keys])["worth"].mean().groupby("doc_id").mean()


def ways(sentences: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the share of every report by each way of counting."""
    sums = section_sums(sentences)
    every = tuple(sorted(set(sums.index.get_level_values("section"))))
    board = tuple(section for section in every if section != "lscb")
    body = tuple(section for section in board if section not in WHOLE_SUMMARY)
    found = sentences[sentences["polarity"] != "none"].copy()
    words = found["text"].map(lambda text: len(text.split()))
    shares = {}
    for mixed in (0.5, 0.0, 1.0):
        found["worth"] = found["polarity"].map({"strength": 0.0, "weakness": 1.0, "mixed": mixed})
        shares[f"every finding alike, mixed {mixed:g}"] = over(found, ["sentence_id"])
    found["worth"] = found["polarity"].map({"strength": 0.0, "weakness": 1.0, "mixed": 0.5})
    by_theme = found.assign(theme=found["themes"].str.split(";")).explode("theme")
    weighted = found.assign(top=found["worth"] * words, words=words).groupby("doc_id")
    areas = averaged(sums, AREAS, "chance")
    summary = share_of(sums, WHOLE_SUMMARY, "chance")
    return shares | {
        "every finding, by probabilities": share_of(sums, every, "chance"),
        "without the safeguarding board": share_of(sums, board, "plain"),
        "without board, summary, what to improve": share_of(sums, body, "plain"),
        "weighted by words": weighted["top"].sum() / weighted["words"].sum(),
        "mean over paragraphs": over(found, ["block"]),
        "mean over themes": over(by_theme, ["theme"]),
        "mean over three areas": averaged(sums, AREAS, "plain"),
        "three areas and summary": averaged(sums, (*AREAS, SUMMARY), "plain"),
        "three areas and summary with what to improve": averaged(
            sums, (*AREAS, WHOLE_SUMMARY), "plain"
        ),
        "the same, by probabilities (balanced_share)": averaged(
            sums, (*AREAS, WHOLE_SUMMARY), "chance"
        ),
        "the summary a third of it": areas * 2 / 3 + summary / 3,
        "the summary half of it": (areas + summary) / 2,
    }


def main(arguments: list[str] | None = None) -> int:
    """Compare the ways of counting and write the figures; return the exit status."""
    parser = argparse.ArgumentParser(description="Ways of counting against grades.")
    parser.add_argument("tables", type=Path, help="folder of the tables of a run")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file for the figures")
    options = parser.parse_args(arguments)
    documents = frames.read(schema.DOCUMENTS, options.tables)
    compared = set(
        frames.read(schema.COUNCIL_THEMES, options.tables, ("doc_id", "theme"))["doc_id"]
    )
    graded = documents[documents["doc_id"].isin(compared) & (documents["overall"] != "")]
    sentences = frames.read(schema.SENTENCES, options.tables, COLUMNS)
    sentences = sentences[sentences["doc_id"].isin(graded["doc_id"])]
    results: dict[str, dict[str, float]] = {}
    for name, share in ways(sentences).items():
        results[name] = {}
        for framework in sorted(set(graded["framework"])):
            some = graded[(graded["framework"] == framework) & graded["doc_id"].isin(share.index)]
            grade = some["overall"].map(schema.GRADES.index).to_numpy()
            values = np.asarray(some["doc_id"].map(share), dtype=float)
            rho, _, _, most = rank_correlation(values, grade, 0.95)
            results[name] |= {framework: round(rho, 4), f"{framework}, at most": round(most, 4)}
        print(f"{name:46}", results[name])
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
