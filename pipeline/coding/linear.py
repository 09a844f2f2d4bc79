"""Linear models over n-grams: one logistic regression a code, stored as plain arrays."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.special import expit

from pipeline.coding.features import Features
from pipeline.coding.stored import read_checked
from pipeline.frames import write_whole

STORED = np.float16


@dataclass(frozen=True)
class LinearModel:
    """One binary logistic regression for every code, over shared features.

    ``coef`` has the shape (codes, features), ``intercept`` and ``threshold`` (codes,).
    """

    codes: tuple[str, ...]
    features: Features
    coef: np.ndarray
    intercept: np.ndarray
    threshold: np.ndarray

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the probability of every code on its own, shape (sentences, codes)."""
        matrix = self.features.transform(frame)
        return np.asarray(expit(matrix @ self.coef.T + self.intercept), dtype=np.float64)

    def distribution(self, frame: pd.DataFrame) -> np.ndarray:
        """Return probabilities that sum to one over the codes (one-against-rest, normalised)."""
        scores = self.scores(frame)
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))

    def save(self, path: Path) -> str:
        """Write the model as plain arrays and return the file's SHA-256."""
        arrays = self.features.to_arrays() | {
            "codes": np.frombuffer("\n".join(self.codes).encode(), dtype=np.uint8),
            "coef": self.coef.astype(STORED),
            "intercept": self.intercept.astype(np.float32),
            "threshold": self.threshold.astype(np.float32),
        }
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **arrays)
        write_whole(path, buffer.getvalue())
        return hashlib.sha256(buffer.getvalue()).hexdigest()

    @classmethod
    def load(cls, path: Path, sha256: str) -> "LinearModel":
        """Load a model without pickle.

        Raises
        ------
        UsageError
            If the file is missing or is not the one that was trained (its SHA-256 differs).
        """
        data = read_checked(path, sha256)
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return cls(
            tuple(arrays["codes"].tobytes().decode().split("\n")),
            Features.from_arrays(arrays),
            arrays["coef"].astype(np.float32),
            arrays["intercept"],
            arrays["threshold"],
        )


def fit_linear(
    frame: pd.DataFrame, targets: np.ndarray, codes: tuple[str, ...], strength: float
) -> LinearModel:
    """Fit one logistic regression a code.

    Parameters
    ----------
    frame
        Sentences with the columns of :data:`pipeline.coding.features.INPUT`.
    targets
        0 or 1, shape (sentences, codes).
    codes
        The codes, in the order of the columns of ``targets``.
    strength
        Inverse of the L2 penalty (scikit-learn's ``C``).
    """
    features = Features.fit(frame)
    matrix = features.transform(frame)
    rows = [_fit_one(matrix, targets[:, i], strength) for i in range(len(codes))]
    return LinearModel(
        codes,
        features,
        # Rounded as they are stored, so that what is measured is what ships.
        np.vstack([coef for coef, _ in rows]).astype(STORED).astype(np.float32),
        np.array([intercept for _, intercept in rows], dtype=np.float32),
        np.full(len(codes), 0.5, dtype=np.float32),
    )


def _fit_one(matrix: csr_matrix, target: np.ndarray, strength: float) -> tuple[np.ndarray, float]:
    # A second to import, and needed for training alone.
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, solver="liblinear", random_state=0, max_iter=200)
    model.fit(matrix, target)
    return model.coef_[0], float(model.intercept_[0])
