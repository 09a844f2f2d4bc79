"""Train the linear models from stand-off labels; measure them by councils that they never saw.

Reads the outputs of stage ``clean`` and the labels; writes ``polarity.npz``, ``themes.npz``,
``index.json`` (SHA-256, version) and ``metrics.json``.
"""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from pipeline.codebook import Codebook, read_codebook
from pipeline.coding.cues import CueMatcher
from pipeline.coding.linear import LinearModel, fit_linear
from pipeline.errors import UsageError
from pipeline.params import load
from pipeline.schema import POLARITIES
from pipeline.themes import OTHER
from pipeline.training.baselines import baseline_figures
from pipeline.training.evaluate import polarity_figures, recoded_figures, theme_figures
from pipeline.training.gold import read_labels
from pipeline.training.labelled import labelled_sentences, polarity_targets, theme_targets
from pipeline.training.linear_figures import STRENGTH, best_thresholds, coded
from pipeline.training.notes import note_figures, note_model

# Gold sentences that were coded once more, beside the labels.
RECODED = "recoded_labels.csv"
log = logging.getLogger("findings")


def cross_validated(
    frame: pd.DataFrame,
    targets: np.ndarray,
    codes: tuple[str, ...],
    folds: int,
    exclusive: bool,
) -> np.ndarray:
    """Return the probability of every code from models that saw no sentence of the council."""
    scores = np.zeros(targets.shape)
    split = GroupKFold(folds).split(frame, groups=frame["council"])
    for number, (seen, held_out) in enumerate(split, 1):
        log.info("fold %d of %d: %d sentences held out", number, folds, len(held_out))
        model = fit_linear(frame.iloc[seen], targets[seen], codes, STRENGTH, exclusive)
        told = model.distribution if exclusive else model.scores
        scores[held_out] = told(frame.iloc[held_out])
    return scores


def fit_polarity(frame: pd.DataFrame) -> LinearModel:
    """Fit the linear model of polarity on labelled sentences."""
    return fit_linear(frame, polarity_targets(frame), POLARITIES, STRENGTH, exclusive=True)


def _polarity(frame: pd.DataFrame, folds: int) -> tuple[LinearModel, dict[str, Any]]:
    predicted = coded(
        frame, cross_validated(frame, polarity_targets(frame), POLARITIES, folds, exclusive=True)
    )
    figures = {"linear": polarity_figures(predicted), **baseline_figures(predicted)}
    return fit_polarity(frame), figures


def _themes(
    frame: pd.DataFrame, codebook: Codebook, folds: int
) -> tuple[LinearModel, dict[str, Any]]:
    codes = tuple(code for code in codebook.codes if code != OTHER)
    targets = theme_targets(frame, codes)
    cues = CueMatcher(codebook).match(list(frame["text"]), list(frame["section"]))
    cued = np.array([[float(code in found) for code in codes] for found in cues])
    weight = load()["themes"]["cue_weight"]
    scores = cross_validated(frame, targets, codes, folds, exclusive=False) + weight * cued
    given = np.zeros(targets.shape)
    for seen, held_out in GroupKFold(folds).split(frame, groups=frame["council"]):
        given[held_out] = scores[held_out] >= best_thresholds(scores[seen], targets[seen])
    figures = {"linear_and_cues": theme_figures(targets, given, codes, frame),
               "cues_alone": theme_figures(targets, cued, codes, frame)}  # fmt: skip
    model = fit_linear(frame, targets, codes, STRENGTH, exclusive=False)
    return replace(model, threshold=best_thresholds(scores, targets)), figures


def train(frame: pd.DataFrame, models: Path, folds: int) -> tuple[LinearModel, LinearModel]:
    """Measure both models on labelled sentences by cross-validation; return them fitted to all.

    Raises
    ------
    UsageError
        If there are fewer councils than folds.
    """
    if frame["council"].nunique() < folds:
        raise UsageError(f"{frame['council'].nunique()} councils are too few for {folds} folds; "
                         "label more or set --folds")  # fmt: skip
    polarity, polarity_metrics = _polarity(frame, folds)
    findings = frame[frame["polarity"] != "none"].reset_index(drop=True)
    themes, theme_metrics = _themes(findings, read_codebook(), folds)
    metrics = {"folds": folds, "councils": int(frame["council"].nunique()),
               "polarity": polarity_metrics, "themes": theme_metrics}  # fmt: skip
    note_figures(models, metrics)
    return polarity, themes


def main(cleaned: Path, labels: Path, models: Path, folds: int, work: Path | None) -> None:
    """Join labels to the cleaned sentences below ``cleaned``, train, and write the models.

    With ``work``, what ``findings train-encoder`` left there, the models that ship are the ones
    that the encoder taught; without, those fitted to the labels alone.
    """
    frame = labelled_sentences(cleaned, labels)
    polarity, themes = train(frame, models, folds)
    recoded = labels.with_name(RECODED)
    if recoded.exists():
        again = pd.read_csv(recoded, dtype=str, keep_default_na=False)
        note_figures(models, {"recoded": recoded_figures(read_labels(labels), again)})
    if work:
        from pipeline.training import distil

        pupils = distil.main(cleaned, frame, read_codebook(), models, work)
        polarity, themes = pupils.polarity, pupils.themes
    for name, model in (("polarity", polarity), ("themes", themes)):
        digest = model.save(models / f"{name}.npz")
        note_model(models, name, f"{name}.npz", digest, len(frame))
