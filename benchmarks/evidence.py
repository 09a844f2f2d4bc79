"""Whether the evidence words carry the decision: what happens when they are taken away.

    .venv/bin/python -m benchmarks.evidence

From the findings of the sample corpus, 50 that the linear model decides and 50 that the encoder
decides are drawn at random. The words given as evidence are taken out of each, and, for
comparison, as many other words, drawn five times (words that can never be evidence, such as "the",
are not drawn). What counts is how often the polarity changes, and by how much the probability of
the one that was given falls (deletion, DeYoung et al. 2020: comprehensiveness). The figures go to
``benchmarks/evidence.json``.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.classify import classify
from pipeline.coding.evidence import Explainer
from pipeline.coding.features import TOKEN
from pipeline.coding.models import load_model
from pipeline.params import load
from pipeline.paths import ROOT
from pipeline.schema import POLARITIES

TARGET = Path(__file__).with_suffix(".json")
LABELS = ROOT / "corpus" / "sample_labels.csv"
READ, SENTENCES, DRAWS, SEED = 200, 50, 5, 1
# The parameter `escalate_below` under which one tier decides everything.
TIERS = {"linear": 0.0, "encoder": 1.0}


def sample_findings() -> pd.DataFrame:
    """Return findings of the sample corpus, but no bullets: those need no model."""
    rows = pd.read_csv(LABELS, dtype=str, keep_default_na=False)
    rows = rows[(rows["polarity"] != "none") & (rows["bullet"] != "yes")]
    rows = rows.sample(READ, random_state=SEED)
    return pd.DataFrame({
        "sentence_id": [str(number) for number in range(len(rows))],
        "text": rows["sentence"].to_numpy(),
        "previous": rows["previous"].to_numpy(),
        "section": rows["section"].to_numpy(),
        "doc_type": "inspection_report",
        "bullet": False,
    })  # fmt: skip


def without(text: str, places: list[tuple[int, int]]) -> str:
    """Return ``text`` without the words at ``places``."""
    for start, end in sorted(places, reverse=True):
        text = text[:start] + text[end:]
    return " ".join(text.split())


def evidence_places(text: str, evidence: str) -> list[tuple[int, int]]:
    """Return where the words of ``evidence`` stand in ``text``."""
    return [
        m.span()
        for piece in evidence.split(";")
        for m in re.finditer(rf"(?<!\w){re.escape(piece)}(?!\w)", text)
    ]


def other_places(
    text: str, taken: list[tuple[int, int]], explainer: Explainer, chance: np.random.Generator
) -> list[tuple[int, int]]:
    """Return as many places of words that could have been evidence and are not."""
    words = [m.span() for m in re.finditer(TOKEN, text)]
    size = sum(any(a < end and b > start for start, end in taken) for a, b in words)
    free = [
        (a, b) for a, b in words
        if explainer.can_carry(text[a:b]) and not any(a < e and b > s for s, e in taken)
    ]  # fmt: skip
    drawn = chance.permutation(len(free))[:size]
    return [free[n] for n in drawn]


def falls(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float]:
    """Return how often the polarity changed and how far its probability fell on average."""
    column = [f"p_{polarity}" for polarity in POLARITIES]
    row, given = np.arange(len(before)), before["polarity"].map(POLARITIES.index).to_numpy()
    fall = before[column].to_numpy()[row, given] - after[column].to_numpy()[row, given]
    changed = before["polarity"].to_numpy() != after["polarity"].to_numpy()
    return {
        "changed": float(f"{changed.mean():.4g}"),
        "probability_falls_by": float(f"{fall.mean():.4g}"),
    }


def tier_figures(findings: pd.DataFrame, escalate_below: float) -> dict[str, Any]:
    """Return the figures of one tier."""
    params = load()["classify"] | {"escalate_below": escalate_below}
    explainer = Explainer(load_model("polarity"), params["evidence_words"])
    coded, _ = classify(findings, params)
    usable = coded[(coded["polarity"] != "none") & (coded["evidence"] != "")]
    drawn = usable.sample(SENTENCES, random_state=SEED).index
    frame, before = findings.loc[drawn], coded.loc[drawn]
    places = [
        evidence_places(text, words)
        for text, words in zip(frame["text"], before["evidence"], strict=True)
    ]
    texts = [without(text, taken) for text, taken in zip(frame["text"], places, strict=True)]
    figures: dict[str, Any] = {
        "sentences": len(frame),
        "evidence": falls(before, classify(frame.assign(text=texts), params)[0]),
    }
    chance, others = np.random.default_rng(SEED), []
    for _ in range(DRAWS):
        texts = [
            without(text, other_places(text, taken, explainer, chance))
            for text, taken in zip(frame["text"], places, strict=True)
        ]
        others.append(falls(before, classify(frame.assign(text=texts), params)[0]))
    means = pd.DataFrame(others).mean()
    return figures | {"other_words": {name: float(f"{v:.4g}") for name, v in means.items()}}


def main() -> None:
    """Measure both tiers and write the figures."""
    findings = sample_findings()
    figures = {name: tier_figures(findings, at) for name, at in TIERS.items()}
    TARGET.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
