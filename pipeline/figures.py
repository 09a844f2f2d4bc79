"""The figures of the model card, from ``models/metrics.json`` and the gold labels."""

import csv
from collections import Counter
from typing import Any

from pipeline.markdown import markdown_table

Metrics = dict[str, Any]
METHODS = {
    "linear": "this model",
    "majority": "always the commonest polarity",
    "vader": "VADER",
    "textblob": "TextBlob",
    "linear_and_cues": "this model with cues",
    "cues_alone": "cues alone",
}
SUBGROUPS = {
    "framework": "By kind of document",
    "section": "By section",
    "stratum": "By how the sentence was drawn",
}


def _name(method: str) -> str:
    return METHODS.get(method, method.replace("_", " "))


def _figure(value: float) -> str:
    return f"{value:.3f}"


def _with_interval(figure: dict[str, float]) -> str:
    value, low, high = (_figure(figure[key]) for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _gold_part(labels: list[dict[str, str]]) -> str:
    def count(column: str) -> str:
        counted = Counter(row[column] or "press" for row in labels)
        return ", ".join(f"{name} {number:,}" for name, number in counted.most_common())

    rows = [
        ("labels", f"{len(labels):,}"),
        ("documents", f"{len({row['doc_id'] for row in labels}):,}"),
        ("councils", f"{len({row['council'] for row in labels}):,}"),
        ("by polarity", count("polarity")),
        ("by kind of document", count("framework")),
        ("coded twice", f"{sum(row['coders'] == '2' for row in labels):,}"),
        ("by how the sentence was drawn", count("stratum")),
    ]
    return f"### Gold labels\n\n{markdown_table(('gold labels', 'number'), rows)}"


def _headline(polarity: Metrics) -> str:
    rows = [
        (_name(method), _with_interval(found["accuracy"]), _with_interval(found["macro_f1"]))
        for method, found in polarity.items()
    ]
    return markdown_table(("method", "accuracy (95 % interval)", "macro-F1 (95 % interval)"), rows)


def _by_code(found: dict[str, Metrics], kind: str) -> str:
    """Return a table of F1 with a row for every code and a column for every method."""
    codes = list(dict.fromkeys(code for method in found.values() for code in method["f1"]))
    rows = [
        (f"`{code}`", *(_figure(m["f1"][code]) if code in m["f1"] else "" for m in found.values()))
        for code in codes
    ]
    return markdown_table((kind, *(f"F1, {_name(method)}" for method in found)), rows)


def _subgroups(found: Metrics) -> list[str]:
    parts = []
    for column, title in SUBGROUPS.items():
        if column in found:
            rows = [
                (f"`{name}`", f"{group['sentences']:,}", _figure(group["accuracy"]))
                for name, group in found[column].items()
            ]
            parts += [f"#### {title}", markdown_table((column, "sentences", "accuracy"), rows)]
    return parts


def _polarity_part(metrics: Metrics) -> list[str]:
    polarity = metrics["polarity"]
    parts = [
        "### Polarity",
        f"Cross-validation in {metrics['folds']} folds; no council stands in two of them "
        f"({metrics['councils']} councils). The figures are over the sentences that were drawn at "
        "random. Intervals: councils resampled as wholes.",
        _headline(polarity),
        _by_code(polarity, "polarity"),
    ]
    for method, found in polarity.items():
        if "kappa" not in found:
            continue
        hard = found["all_strata"]
        parts.append(
            f"For {_name(method)}: {found['sentences']:,} sentences, Cohen's kappa with the gold "
            f"labels {_figure(found['kappa'])}, expected calibration error "
            f"{_figure(found['calibration_error'])}. Over all {hard['sentences']:,} gold "
            "sentences that the cleaning found again, of which many were drawn because they are "
            f"hard: accuracy {_figure(hard['accuracy'])}, macro-F1 {_figure(hard['macro_f1'])}. "
            "The tables that follow are over all of these, so most of their figures are lower "
            "than the headline, and a group with many hard sentences looks worse than it is."
        )
        parts += _subgroups(found)
    return parts


def _themes_part(metrics: Metrics) -> list[str]:
    themes = metrics["themes"]
    rows = [
        (_name(method), f"{m['findings']:,}", _figure(m["micro_f1"]), _figure(m["macro_f1"]))
        for method, m in themes.items()
    ]
    return [
        "### Themes",
        "Over the sentences whose gold polarity is not `none`; the same folds, each with the "
        "thresholds that were best on the other ones.",
        markdown_table(("method", "findings", "micro-F1", "macro-F1"), rows),
        _by_code(themes, "theme"),
    ]


def figures_text(metrics: Metrics, labels: str) -> str:
    """Render the figures of the models.

    Parameters
    ----------
    metrics
        What ``findings train`` wrote into ``metrics.json``.
    labels
        The gold labels, as CSV text.
    """
    gold = _gold_part(list(csv.DictReader(labels.splitlines())))
    return "\n\n".join([gold, *_polarity_part(metrics), *_themes_part(metrics)])
