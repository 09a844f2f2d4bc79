"""Teach the linear models what the encoder knows, and measure both tiers on councils kept aside.

The encoder takes too long to train for a cross-validation: it is measured, with the linear models
that its held-out twin taught, on the fifth of the councils that none of them saw.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from pipeline.codebook import Codebook
from pipeline.coding.cues import CueMatcher
from pipeline.coding.linear import LinearModel, fit_linear
from pipeline.frames import csv_lines, write_whole
from pipeline.params import load
from pipeline.schema import POLARITIES
from pipeline.themes import OTHER
from pipeline.training.calibrate import cross_calibrated
from pipeline.training.evaluate import RANDOM_STRATA, polarity_figures, theme_figures
from pipeline.training.held_out import split
from pipeline.training.labelled import polarity_targets, theme_targets
from pipeline.training.teacher import Teacher
from pipeline.training.train import STRENGTH, best_thresholds, coded

FOLDS = 5
PREDICTIONS = "gold_predictions.csv"


@dataclass(frozen=True)
class Pupils:
    """The linear models of polarity and of themes that an encoder taught."""

    polarity: LinearModel
    themes: LinearModel


def taught(teacher: Teacher, network: str, uncoded: pd.DataFrame, labelled: pd.DataFrame,
           codes: tuple[str, ...]) -> Pupils:  # fmt: skip
    """Return linear models fitted to gold labels and to the soft labels of uncoded sentences.

    Parameters
    ----------
    teacher
        The soft labels of ``uncoded``, in its order, by ``network`` (``held_out`` or ``all``).
    uncoded, labelled
        Sentences without and with gold labels, of councils that ``network`` has seen.
    codes
        The themes to learn. Sentences that are no finding teach the themes nothing.
    """
    everything = pd.concat([uncoded, labelled], ignore_index=True)
    soft = np.vstack([teacher.polarity(network), polarity_targets(labelled)])
    polarity = fit_linear(everything, soft, POLARITIES, STRENGTH, exclusive=True)
    finding = soft[:, POLARITIES.index("none")] < 0.5
    marks = np.vstack([teacher.themes(network, codes), theme_targets(labelled, codes)])
    themes = fit_linear(everything[finding].reset_index(drop=True), marks[finding], codes,
                        STRENGTH, exclusive=False)  # fmt: skip
    return Pupils(polarity, themes)
