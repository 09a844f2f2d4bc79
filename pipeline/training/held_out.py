"""The councils that are kept aside to measure the encoder, and its figures on them.

The encoder takes too long to train for a cross-validation: it is measured on one fifth of the
councils, beside the linear model that was fitted on the other four.
"""

import hashlib
from typing import Any

import numpy as np
import pandas as pd

from pipeline.coding.encoder import Encoder
from pipeline.coding.linear import LinearModel
from pipeline.params import load
from pipeline.schema import POLARITIES
from pipeline.training.evaluate import polarity_figures
from pipeline.training.train import coded

ONE_IN = 5


def is_held_out(council: str) -> bool:
    """Tell whether a council is among the fifth kept aside, by the SHA-256 of its name."""
    return int(hashlib.sha256(council.encode("utf-8")).hexdigest(), 16) % ONE_IN == 0


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sentences of the councils to train on, and of those that are kept aside."""
    aside = frame["council"].map(is_held_out).astype(bool)
    return frame[~aside].reset_index(drop=True), frame[aside].reset_index(drop=True)


def held_out_figures(encoder: Encoder, frame: pd.DataFrame, linear: LinearModel) -> dict[str, Any]:
    """Return the figures of the encoder, of the linear model, and of both as a cascade.

    Parameters
    ----------
    encoder, linear
        Models that saw no sentence of the councils in ``frame``.
    frame
        Labelled sentences of the councils that were kept aside.

    Returns
    -------
    dict
        Figures as of :func:`pipeline.training.evaluate.polarity_figures` under
        ``encoder_held_out``, ``linear_held_out`` and ``cascade_held_out``; the last one with
        ``escalated``, the share of sentences that the encoder decides.
    """
    order = [encoder.codes.index(code) for code in POLARITIES]
    slow, fast = encoder.distribution(frame)[:, order], linear.distribution(frame)
    asked = fast.max(axis=1) < load()["classify"]["escalate_below"]
    both = np.where(asked[:, None], slow, fast)
    figures = {
        f"{name}_held_out": polarity_figures(coded(frame, probabilities))
        for name, probabilities in (("encoder", slow), ("linear", fast), ("cascade", both))
    }
    figures["cascade_held_out"]["escalated"] = float(f"{asked.mean():.4g}")
    return figures
