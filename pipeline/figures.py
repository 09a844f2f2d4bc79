"""The figures of the model card, from ``models/metrics.json`` and the gold labels."""

import csv
from collections import Counter
from typing import Any

from pipeline.markdown import markdown_table

Metrics = dict[str, Any]
METHODS = {
    "linear": "linear model",
    "cascade_held_out": "cascade, as it ships",
    "encoder_held_out": "encoder alone",
    "linear_held_out": "linear model alone",
    "majority": "always the commonest polarity",
    "vader": "VADER",
    "textblob": "TextBlob",
    "linear_and_cues": "linear model with cues",
    "held_out": "as it ships",
    "cues_alone": "cues alone",
}
HELD_OUT = "_held_out"
# Figures of sentences whose polarity hangs on a word or two: made-up ones, and turned ones.
SWITCHED = ("near_misses", "switched")
RELIABILITY = (
    "![Points near the diagonal: in each bin of confidence, the share of sentences with the gold "
    "polarity beside the mean confidence. The larger a point, the more sentences.]"
    "(images/reliability.png)"
)
SUBGROUPS = {
    "framework": "By framework",
    "doc_type": "By kind of document",
    "section": "By section",
    "stratum": "By how the sentence was drawn",
}


def _name(method: str) -> str:
    return METHODS.get(method, method.replace("_", " "))


def _figure(value: float) -> str:
    return f"{value:.3f}"


def _with_interval(figure: dict[str, float | None]) -> str:
    value, low, high = (figure[key] for key in ("value", "low", "high"))
    shown = _figure(float(value or 0))
    # One council alone has no interval.
    return shown if low is None or high is None else f"{shown} ({_figure(low)} to {_figure(high)})"


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


def _recoded_part(metrics: Metrics) -> list[str]:
    found = metrics.get("recoded")
    if not found:
        return []
    return [
        f"{found['sentences']} gold sentences were mixed unmarked into the later passes of coding. "
        f"Both codings have the same polarity in {found['agreement']:.1%} of them (Cohen's kappa "
        f"{_figure(found['kappa'])}); their themes agree with micro-F1 "
        f"{_figure(found['themes_micro_f1'])}."
    ]


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
        (
            f"`{code}`",
            *(_with_interval(m["f1"][code]) if code in m["f1"] else "" for m in found.values()),
        )
        for code in codes
    ]
    return markdown_table((kind, *(f"F1, {_name(method)}" for method in found)), rows)


def _subgroups(found: Metrics) -> list[str]:
    parts = []
    for column, title in SUBGROUPS.items():
        if column in found:
            rows = [
                (f"`{name}`", f"{group['sentences']:,}", _with_interval(group["accuracy"]))
                for name, group in found[column].items()
            ]
            parts += [f"#### {title}", markdown_table((column, "sentences", "accuracy"), rows)]
    return parts


def _confusion(found: Metrics) -> list[str]:
    if "confusion" not in found:
        return []
    counts: dict[str, dict[str, int]] = found["confusion"]
    rows = [
        (f"`{gold}`", *(f"{count:,}" for count in given.values())) for gold, given in counts.items()
    ]
    return ["#### Gold polarity (rows) and the polarity that was given (columns)",
            markdown_table(("sentences", *(f"`{code}`" for code in counts)), rows)]  # fmt: skip


def _details(method: str, found: Metrics) -> list[str]:
    hard = found["all_strata"]
    return [
        f"For the {_name(method)}: {found['sentences']:,} sentences, Cohen's kappa with the gold "
        f"labels {_figure(found['kappa'])}, expected calibration error "
        f"{_figure(found['calibration_error'])}. Over all {hard['sentences']:,} gold "
        "sentences that the cleaning found again, of which many were drawn because they are "
        f"hard: accuracy {_with_interval(hard['accuracy'])}, macro-F1 "
        f"{_with_interval(hard['macro_f1'])}. "
        "Of the tables that follow, only the one by how the sentence was drawn is over all of "
        "these.",
        *([RELIABILITY] if method == "cascade_held_out" and "reliability" in found else []),
        *_confusion(found),
        *_subgroups(found),
    ]


def _by_a_word(polarity: Metrics) -> list[str]:
    """Return how each tier codes sentences whose polarity hangs on a word or two."""
    near, turned = (polarity.get(name) for name in SWITCHED)
    lines = []
    if near:
        lines.append(
            "Made-up near misses, pairs of sentences that differ by a word or two: "
            f"{near['accuracy']:.1%} of {near['sentences']} sentences right (the encoder alone "
            f"{near['encoder']:.1%}, the linear model alone {near['linear']:.1%}), all of a pair "
            f"right in {near['pairs_right']:.1%} of {near['pairs']} pairs."
        )
    if turned:
        lines.append(
            "Gold sentences of councils kept aside, turned into their opposite by rule "
            "(`pipeline/data/switches.yaml`; some of them make little sense, so that nobody would "
            f"have all of them right): {turned['accuracy']:.1%} of {turned['sentences']} "
            f"(the encoder alone {turned['encoder']:.1%}, the linear model alone "
            f"{turned['linear']:.1%})."
        )
    return lines


def _held_out_part(held_out: dict[str, Metrics]) -> list[str]:
    """Return the figures of the two tiers on the councils that were kept aside; none without."""
    if not held_out:
        return []
    ordered = {name: held_out[name] for name in METHODS if name in held_out} | held_out
    cascade = ordered["cascade_held_out"]
    curve = [(at, *(_figure(found[name]) for name in ("escalated", "accuracy", "macro_f1")))
             for at, found in cascade["by_threshold"].items()]  # fmt: skip
    return [
        "### Polarity: both tiers on councils kept aside",
        "The encoder takes too long to train for a cross-validation. It was trained once without "
        "a fifth of the councils, chosen by the SHA-256 of their names, and measured on them, "
        "with the linear model that it taught. It then went on with all councils. Sentences drawn "
        "at random; intervals: councils resampled as wholes. Temperature and bias of the "
        "probabilities of a council's sentences were fitted on other councils.",
        _headline(ordered),
        _by_code(ordered, "polarity"),
        "The same by `classify.escalate_below`, below which the encoder decides (0: nowhere, 1: "
        "everywhere; between them also sentences with a valence shifter).",
        markdown_table(("below", "escalated", "accuracy", "macro-F1"), curve),
        *_details("cascade_held_out", cascade),
    ]  # fmt: skip


def _polarity_part(metrics: Metrics) -> list[str]:
    polarity = metrics["polarity"]
    held_out = {name: found for name, found in polarity.items() if name.endswith(HELD_OUT)}
    crossed = {name: found for name, found in polarity.items()
               if name not in held_out and name not in SWITCHED}  # fmt: skip
    parts = [
        *_held_out_part(held_out),
        *_by_a_word(polarity),
        "### Polarity: the linear model and baselines, cross-validated",
        f"Cross-validation in {metrics['folds']} folds; no council stands in two of them "
        f"({metrics['councils']} councils). The figures are over the sentences that were drawn at "
        "random. Intervals: councils resampled as wholes.",
        _headline(crossed),
        _by_code(crossed, "polarity"),
    ]
    for method, found in crossed.items():
        if "kappa" in found:
            parts += _details(method, found)
    return parts


def _themes_part(metrics: Metrics) -> list[str]:
    themes = metrics["themes"]
    rows = [
        (_name(method) + which, f"{found['findings']:,}",
         *(_with_interval(found[name]) for name in ("micro_f1", "macro_f1")))
        for method, whole in themes.items()
        for which, found in (("", whole), (", drawn at random", whole.get("drawn_at_random")))
        if found
    ]  # fmt: skip
    return [
        "### Themes",
        "Over the sentences whose gold polarity is not `none`, each with the thresholds that were "
        "best on other councils: as it ships, on the councils kept aside; the others, "
        "cross-validated. Many were drawn for being hard or for words of the rarer themes; the "
        "figures of those drawn at random stand beside. Macro-F1 is the mean over themes with at "
        "least 15 findings. Intervals: councils resampled as wholes.",
        markdown_table(("method", "findings", "micro-F1", "macro-F1"), rows),
        _by_code(themes, "theme"),
    ]


def figures_text(metrics: Metrics, labels: str) -> str:
    """Render the figures of the models.

    Parameters
    ----------
    metrics
        What ``findings train`` and ``findings train-encoder`` wrote into ``metrics.json``.
    labels
        The gold labels, as CSV text.
    """
    gold = _gold_part(list(csv.DictReader(labels.splitlines())))
    again = _recoded_part(metrics)
    return "\n\n".join([gold, *again, *_polarity_part(metrics), *_themes_part(metrics)])
