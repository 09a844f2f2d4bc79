"""The councils that are kept aside to measure what takes too long for a cross-validation."""

import hashlib

import pandas as pd

ONE_IN = 5


def is_held_out(council: str) -> bool:
    """Tell whether a council is among the fifth kept aside, by the SHA-256 of its name."""
    return int(hashlib.sha256(council.encode("utf-8")).hexdigest(), 16) % ONE_IN == 0


def split(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sentences of the councils to train on, and of those that are kept aside."""
    aside = frame["council"].map(is_held_out).astype(bool)
    return frame[~aside].reset_index(drop=True), frame[aside].reset_index(drop=True)
