"""How often keyness finds terms where there is nothing to find: reports split at random.

    .venv/bin/python benchmarks/keyness_null.py OUTPUTS

OUTPUTS is the folder of a run over at least 60 reports of one framework. Its reports of the
framework and period with the most reports are split at random into two groups, many times. What is
key then is false: the groups differ by chance alone. Writes ``benchmarks/keyness_null.json``.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import chi2, false_discovery_control

from pipeline.contrast.phrases import Phrases, count_phrases, read_wording
from pipeline.contrast.statistics import Group, keyness
from pipeline.frames import write_whole
from pipeline.keyness import read_facts
from pipeline.params import load

SPLITS = 60
SIZES = (4, 10, 20)
RATE = 0.05
TARGET = Path(__file__).with_suffix(".json")


def most_reports(facts: pd.DataFrame) -> pd.DataFrame:
    """Return the findings of the framework and period with the most reports."""
    reports = facts[facts["doc_type"] == "inspection_report"]
    counted = reports.groupby(["framework", "period"])["doc_id"].nunique().reset_index()
    framework, period, _ = counted.sort_values("doc_id", ascending=False).to_numpy()[0]
    chosen: pd.DataFrame = reports[
        (reports["framework"] == framework) & (reports["period"] == period)
    ]
    return chosen


def false_terms(counted: Phrases, rows: np.ndarray, size: int, min_count: int) -> list[float]:
    """Return for one split what is key by keyness and by plain log-likelihood, and p below 0.05."""
    parts = rows[:size], rows[size:]
    first, second = (Group(counted.counts[part], counted.words[part]) for part in parts)
    often = first.totals + second.totals >= min_count
    found = keyness(first, second, 0.95)
    p, plain = found.p[often], chi2.sf(found.g2[often], 1)
    keys = [float((false_discovery_control(values) <= RATE).sum()) for values in (p, plain)]
    return [*keys, float((p <= RATE).mean()), float((plain <= RATE).mean())]


def main(out: Path) -> None:
    """Measure and write the figures."""
    params = load()
    own = params["keyness"]
    facts = most_reports(read_facts(out, params["compare"]["period_starts"], findings_only=True))
    owners, reports = pd.factorize(facts["doc_id"], sort=True)
    least = own["min_count"], own["min_term_documents"]
    counted = count_phrases(read_wording([facts["text"]]), owners, len(reports), *least)
    draw = np.random.default_rng(1)
    splits = []
    for size in (*SIZES, len(reports) // 2):
        found = np.array([
            false_terms(counted, draw.permutation(len(reports)), size, own["min_count"])
            for _ in range(SPLITS)
        ])  # fmt: skip
        splits.append({
            "reports_a": size, "reports_b": len(reports) - size,
            "splits_with_key_terms": round(float((found[:, 0] > 0).mean()), 3),
            "mean_key_terms": round(float(found[:, 0].mean()), 2),
            "p_below_0.05": round(float(found[:, 2].mean()), 4),
            "plain_splits_with_key_terms": round(float((found[:, 1] > 0).mean()), 3),
            "plain_mean_key_terms": round(float(found[:, 1].mean()), 2),
            "plain_p_below_0.05": round(float(found[:, 3].mean()), 4),
        })  # fmt: skip
    result = {
        "framework": facts["framework"].iloc[0], "period": facts["period"].iloc[0],
        "reports": len(reports), "terms": len(counted.terms), "splits": SPLITS,
        "discovery_rate": RATE, "groups": splits,
    }  # fmt: skip
    write_whole(TARGET, (json.dumps(result, indent=2) + "\n").encode("utf-8"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
