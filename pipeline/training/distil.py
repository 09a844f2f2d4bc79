"""Teach the linear models what the encoder knows, and measure both tiers on councils kept aside.

The encoder takes too long to train for a cross-validation: it is measured, with the linear models
that its held-out twin taught, on the fifth of the councils that none of them saw.
"""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from pipeline.classify import by_the_codebook
from pipeline.codebook import Codebook
from pipeline.coding.cascade import is_left
from pipeline.coding.cues import CueMatcher
from pipeline.coding.linear import LinearModel, fit_linear
from pipeline.coding.readings import Reading
from pipeline.delimited import csv_lines
from pipeline.frames import write_whole
from pipeline.params import load
from pipeline.schema import POLARITIES
from pipeline.themes import OTHER, mixed
from pipeline.training.calibrate import cross_calibrated
from pipeline.training.evaluate import (
    RANDOM_STRATA,
    accuracy,
    macro_f1,
    polarity_figures,
    short,
    theme_figures,
)
from pipeline.training.held_out import is_held_out, split
from pipeline.training.labelled import (
    cleaned_sentences,
    near_misses,
    polarity_targets,
    theme_targets,
)
from pipeline.training.linear_figures import STRENGTH, best_thresholds, coded
from pipeline.training.notes import note_figures
from pipeline.training.switched import switched
from pipeline.training.teacher import Teacher, read_teacher

FOLDS = 5
PREDICTIONS = "gold_predictions.csv"
DECIMALS = 3
# How often every made-up near miss is learned from: there are few, beside many found sentences.
NEAR_MISSES_WEIGH = 3
# Which words are put in the place of which, in sentences of councils kept aside.
SWITCHED_BY = 1
# Where the curve of the cascade is measured: 0 is the linear model alone, 1 the encoder alone.
CURVE = (0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1)


@dataclass(frozen=True)
class Pupils:
    """The linear models of polarity and of themes that an encoder taught."""

    polarity: LinearModel
    themes: LinearModel


def taught(
    teacher: Teacher, uncoded: pd.DataFrame, labelled: pd.DataFrame, codes: tuple[str, ...]
) -> Pupils:
    """Return linear models fitted to gold labels and to the soft labels of uncoded sentences.

    Parameters
    ----------
    teacher
        The soft labels of ``uncoded``, in its order.
    uncoded, labelled
        Sentences without and with gold labels. Made-up near misses are learned from beside them.
    codes
        The themes to learn. Sentences that are no finding teach the themes nothing.
    """
    labelled = pd.concat([labelled, *[near_misses("train")] * NEAR_MISSES_WEIGH])
    everything = pd.concat([uncoded, labelled], ignore_index=True)
    soft = np.vstack([teacher.polarity, polarity_targets(labelled)])
    polarity = fit_linear(everything, soft, POLARITIES, STRENGTH, exclusive=True)
    finding = soft[:, POLARITIES.index("none")] < 0.5
    marks = np.vstack([teacher.themes(codes), theme_targets(labelled, codes)])
    themes = fit_linear(everything[finding].reset_index(drop=True), marks[finding], codes,
                        STRENGTH, exclusive=False)  # fmt: skip
    return Pupils(polarity, themes)


def measured(
    teacher: Teacher, pupils: Pupils, aside: pd.DataFrame, codebook: Codebook
) -> tuple[dict[str, Any], pd.DataFrame, np.ndarray]:
    """Return the figures of the encoder, of the linear models and of both as a cascade.

    Parameters
    ----------
    teacher, pupils
        Models that saw no sentence of the councils in ``aside``.
    aside
        Labelled sentences of the councils that were kept aside.
    codebook
        For the themes and their cues.

    Returns
    -------
    dict
        Figures of ``polarity`` and of ``themes`` on councils kept aside.
    DataFrame
        The cascade's probabilities of every labelled sentence, by document and hash.
    ndarray
        For every theme, the threshold that is best over all of ``aside``.
    """
    readings = teacher.encoder.read(aside)
    scores = np.stack([reading.polarity for reading in readings])
    drawn = aside["stratum"].isin(RANDOM_STRATA).to_numpy()
    slow = cross_calibrated(scores, aside, drawn)
    fast = pupils.polarity.distribution(aside)
    params = load()
    at = params["classify"]["escalate_below"]
    both, left = _cascade(fast, slow, aside, at)
    polarity = {
        f"{name}_held_out": polarity_figures(coded(aside, probabilities))
        for name, probabilities in (("cascade", both), ("encoder", slow), ("linear", fast))
    }
    polarity["cascade_held_out"]["escalated"] = short(left[drawn].mean())
    polarity["cascade_held_out"]["by_threshold"] = _curve(fast[drawn], slow[drawn], aside[drawn])
    polarity["near_misses"] = _near_misses(teacher, pupils, at)
    turned = switched(aside, SWITCHED_BY)
    if len(turned):
        polarity["switched"] = _right(teacher, pupils, turned, at)[0]
    # What the codebook decides alone is not read for its themes either.
    fixed = by_the_codebook(aside, params["classify"]["never_findings"])
    read = left & np.array([not code for code in fixed])
    weight = params["themes"]["encoder_weight"]
    probabilities = _theme_probabilities(
        teacher, pupils.themes, readings, aside, read, weight=weight
    )
    codes = pupils.themes.codes
    themes, thresholds, given = _themes(probabilities, codes, aside, codebook, params["themes"])
    findings = coded(aside, both)["predicted"] != "none"
    predictions = aside[["doc_id", "sentence_hash"]].assign(
        **{f"p_{code}": both[:, n] for n, code in enumerate(POLARITIES)},
        themes=[names if found else "" for names, found in zip(given, findings, strict=True)],
    )
    return {"polarity": polarity, "themes": themes}, predictions, thresholds


def _cascade(
    fast: np.ndarray, slow: np.ndarray, frame: pd.DataFrame, at: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of both tiers together, and which sentences the encoder decides."""
    left = is_left(fast, frame["text"].tolist(), at)
    return np.where(left[:, None], slow, fast), left


def _curve(fast: np.ndarray, slow: np.ndarray, frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return accuracy, macro-F1 and the share that is escalated, by ``escalate_below``."""
    curve = {}
    for at in CURVE:
        both, left = _cascade(fast, slow, frame, at)
        found = coded(frame, both)
        curve[str(at)] = {
            "escalated": short(left.mean()),
            "accuracy": short(accuracy(found)),
            "macro_f1": short(macro_f1(found)),
        }
    return curve


def _right(
    teacher: Teacher, pupils: Pupils, frame: pd.DataFrame, at: float
) -> tuple[dict[str, float], pd.Series]:
    """Return the shares that the cascade and each tier have right, and what the cascade has."""
    slow = teacher.encoder.distribution(teacher.encoder.read(frame))
    fast = pupils.polarity.distribution(frame)
    both, _ = _cascade(fast, slow, frame, at)
    tiers = {"accuracy": both, "encoder": slow, "linear": fast}
    found = {name: coded(frame, given) for name, given in tiers.items()}
    shares = {name: short(accuracy(rows)) for name, rows in found.items()}
    rows = found["accuracy"]
    return {"sentences": len(frame), **shares}, rows["gold"] == rows["predicted"]


def _near_misses(teacher: Teacher, pupils: Pupils, at: float) -> dict[str, float]:
    """Return how many of the made-up near misses kept for testing are right."""
    pairs = near_misses("test")
    figures, right = _right(teacher, pupils, pairs, at)
    return figures | {
        "pairs": int(pairs["pair"].nunique()),
        "pairs_right": short(right.groupby(pairs["pair"]).all().mean()),
    }


def _theme_probabilities(
    teacher: Teacher, model: LinearModel, readings: list[Reading], aside: pd.DataFrame,
    read: np.ndarray, *, weight: float,
) -> np.ndarray:  # fmt: skip
    """Return the probability of every theme that a run would work with, beside the cues.

    ``read`` tells which sentences the encoder reads, ``weight`` how much it then counts.
    """
    said = expit(np.stack([reading.themes for reading in readings]).astype(float))
    columns = [teacher.encoder.themes.index(code) for code in model.codes]
    return mixed(model.scores(aside), said[:, columns], read, weight)


def _themes(
    probabilities: np.ndarray, codes: tuple[str, ...], aside: pd.DataFrame, codebook: Codebook,
    params: dict[str, Any],
) -> tuple[dict[str, Any], np.ndarray, list[str]]:  # fmt: skip
    """Return the themes' figures over gold findings, the best thresholds, and what is given.

    For the figures and the themes that are given, the thresholds of a council's sentences are
    chosen on other councils; those that are returned, on all of ``aside``.
    """
    cues = CueMatcher(codebook).match(list(aside["text"]), list(aside["section"]))
    cued = np.array([[float(code in found) for code in codes] for found in cues])
    scores = probabilities + params["cue_weight"] * cued
    targets = theme_targets(aside, codes)
    finding = (aside["polarity"] != "none").to_numpy()
    given = np.zeros(targets.shape, dtype=bool)
    folds = min(FOLDS, aside["council"].nunique())
    for others, own in GroupKFold(folds).split(aside, groups=aside["council"]):
        known = others[finding[others]]
        given[own] = scores[own] >= best_thresholds(scores[known], targets[known])
    figures = theme_figures(targets[finding], given[finding].astype(int), codes, aside[finding])
    listed = partial(_listed, codes=codes, most=params["most"])
    names = [listed(row, chosen) for row, chosen in zip(scores, given, strict=True)]
    best = best_thresholds(scores[finding], targets[finding])
    return {"held_out": figures}, best, names


def _listed(scores: np.ndarray, given: np.ndarray, codes: tuple[str, ...], most: int) -> str:
    order = [n for n in np.argsort(-scores, kind="stable") if given[n]]
    return ";".join(codes[n] for n in order[:most]) or OTHER


def main(
    cleaned: Path, frame: pd.DataFrame, codebook: Codebook, models: Path, work: Path
) -> Pupils:
    """Teach and measure the linear models, and write the predictions of gold sentences.

    Returns
    -------
    Pupils
        The models that were taught with the labels of every council.
    """
    teacher = read_teacher(work)
    uncoded = cleaned_sentences(cleaned).set_index("sentence_id", drop=False)
    uncoded = uncoded.loc[teacher.sentence_ids].reset_index(drop=True)
    codes = tuple(code for code in codebook.codes if code != OTHER)
    seen, aside = split(frame)
    known = ~uncoded["council"].map(is_held_out).astype(bool).to_numpy()
    pupils = taught(teacher.only(known), uncoded[known], seen, codes)
    figures, predictions, thresholds = measured(teacher, pupils, aside, codebook)
    note_figures(models, figures)
    rows = predictions.sort_values(["doc_id", "sentence_hash"]).round(DECIMALS)
    lines = [[str(value) for value in row] for row in rows.to_numpy(dtype=object)]
    write_whole(models / PREDICTIONS, csv_lines(list(rows.columns), lines).encode())
    final = taught(teacher, uncoded, frame, codes)
    return replace(final, themes=replace(final.themes, threshold=thresholds))
