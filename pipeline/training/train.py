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
from sklearn.metrics import f1_score
from sklearn.model_selection import GroupKFold

from pipeline.classify import by_the_codebook
from pipeline.codebook import Codebook, read_codebook
from pipeline.coding.cues import CueMatcher
from pipeline.coding.linear import LinearModel, fit_linear
from pipeline.errors import UsageError
from pipeline.params import load
from pipeline.schema import POLARITIES
from pipeline.themes import OTHER
from pipeline.training.baselines import baseline_figures
from pipeline.training.evaluate import polarity_figures, theme_figures
from pipeline.training.labelled import labelled_sentences, polarity_targets, theme_targets
from pipeline.training.notes import note_figures, note_model

STRENGTH = 12.0
THRESHOLDS = np.round(np.arange(0.1, 0.75, 0.05), 2)
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


def best_thresholds(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return, for every code, the threshold with the best F1; the lowest of equals."""
    best = []
    for column in range(targets.shape[1]):
        values = [f1_score(targets[:, column], scores[:, column] >= t, zero_division=0)
                  for t in THRESHOLDS]  # fmt: skip
        best.append(THRESHOLDS[int(np.argmax(values))])
    return np.array(best, dtype=np.float32)


def fit_polarity(frame: pd.DataFrame) -> LinearModel:
    """Fit the linear model of polarity on labelled sentences."""
    return fit_linear(frame, polarity_targets(frame), POLARITIES, STRENGTH, exclusive=True)


def coded(frame: pd.DataFrame, probabilities: np.ndarray) -> pd.DataFrame:
    """Return labelled sentences with the polarity that a run would give them.

    Parameters
    ----------
    frame
        Labelled sentences, as :func:`labelled_sentences` gives them.
    probabilities
        A model's, shape (sentences, 4). What the codebook fixes by place overrides them.

    Returns
    -------
    DataFrame
        The sentences with ``gold``, ``predicted`` and ``confidence``.
    """
    given = probabilities.copy()
    never = load()["classify"]["never_findings"]
    for row, code in enumerate(by_the_codebook(frame, never)):
        if code:
            given[row] = [float(p == code) for p in POLARITIES]
    return frame.assign(
        gold=frame["polarity"],
        predicted=[POLARITIES[i] for i in given.argmax(axis=1)],
        confidence=given.max(axis=1),
    )


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
    figures = {"linear_and_cues": theme_figures(targets, given, codes),
               "cues_alone": theme_figures(targets, cued, codes)}  # fmt: skip
    model = fit_linear(frame, targets, codes, STRENGTH, exclusive=False)
    return replace(model, threshold=best_thresholds(scores, targets)), figures


def train(frame: pd.DataFrame, models: Path, folds: int) -> dict[str, Any]:
    """Train and measure both models on labelled sentences; write them and return the figures.

    Raises
    ------
    UsageError
        If there are fewer councils than folds.
    """
    if frame["council"].nunique() < folds:
        raise UsageError(f"{frame['council'].nunique()} councils are too few for {folds} folds; "
                         "label more or set --folds")  # fmt: skip
    codebook = read_codebook()
    polarity, polarity_metrics = _polarity(frame, folds)
    findings = frame[frame["polarity"] != "none"].reset_index(drop=True)
    themes, theme_metrics = _themes(findings, codebook, folds)
    for name, model in (("polarity", polarity), ("themes", themes)):
        digest = model.save(models / f"{name}.npz")
        note_model(models, name, f"{name}.npz", digest, len(frame))
    metrics = {"folds": folds, "councils": int(frame["council"].nunique()),
               "polarity": polarity_metrics, "themes": theme_metrics}  # fmt: skip
    note_figures(models, metrics)
    return metrics


def main(cleaned: Path, labels: Path, models: Path, folds: int) -> None:
    """Join labels to the cleaned sentences below ``cleaned``, train, and write the models."""
    train(labelled_sentences(cleaned, labels), models, folds)
