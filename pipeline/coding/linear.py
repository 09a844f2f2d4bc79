"""Linear models over n-grams: logistic regression, stored as plain arrays."""

import hashlib
import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.special import expit, log_expit, log_softmax, softmax

from pipeline.coding.features import Features
from pipeline.coding.stored import read_checked
from pipeline.frames import write_whole

STORED = np.float16
STEPS, MEMORY = 80, 8


@dataclass(frozen=True)
class LinearModel:
    """Logistic regression over shared features, one row of weights a code.

    ``coef`` has the shape (codes, features), ``intercept`` and ``threshold`` (codes,).
    """

    codes: tuple[str, ...]
    features: Features
    coef: np.ndarray
    intercept: np.ndarray
    threshold: np.ndarray

    @cached_property
    def _by_feature(self) -> np.ndarray:
        # In the order in which the product reads them, which would else be copied every time.
        return np.ascontiguousarray(self.coef.T)

    def logits(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the score of every code on the logit scale, shape (sentences, codes)."""
        weighed = self.features.transform(frame) @ self._by_feature
        return np.asarray(weighed + self.intercept, dtype=np.float64)

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the probability of every code on its own, shape (sentences, codes)."""
        return np.asarray(expit(self.logits(frame)))

    def distribution(self, frame: pd.DataFrame) -> np.ndarray:
        """Return probabilities that sum to one over the codes."""
        return np.asarray(softmax(self.logits(frame), axis=1))

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
    frame: pd.DataFrame,
    targets: np.ndarray,
    codes: tuple[str, ...],
    strength: float,
    exclusive: bool,
) -> LinearModel:
    """Fit logistic regression to hard or soft labels.

    Parameters
    ----------
    frame
        Sentences with the columns of :data:`pipeline.coding.features.INPUT`.
    targets
        The probability that a sentence has a code, 0 or 1 where it is known; shape (sentences,
        codes). Fitting to another model's probabilities is distillation (Hinton et al. 2015).
    codes
        The codes, in the order of the columns of ``targets``.
    strength
        Inverse of the L2 penalty (scikit-learn's ``C``).
    exclusive
        Whether a sentence has exactly one of the codes (multinomial) or any number (binary ones).
    """
    features = Features.fit(frame)
    matrix = features.transform(frame).astype(np.float64)
    coef, intercept = _fit(matrix, targets, 1.0 / (strength * len(frame)), exclusive)
    return LinearModel(
        codes,
        features,
        # Rounded as they are stored, so that what is measured is what ships.
        coef.T.astype(STORED).astype(np.float32),
        intercept.astype(np.float32),
        np.full(len(codes), 0.5, dtype=np.float32),
    )


def _fit(
    matrix: csr_matrix, targets: np.ndarray, penalty: float, exclusive: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return weights, shape (features, codes), and intercepts of the least penalised cross-entropy.

    scikit-learn's estimators take no soft labels.
    """
    # Needed for training alone.
    from scipy.optimize import minimize

    sentences, codes = targets.shape
    turned = matrix.T.tocsr()

    def loss(values: np.ndarray) -> tuple[float, np.ndarray]:
        weights, intercept = values[:-codes].reshape(-1, codes), values[-codes:]
        scores = matrix @ weights + intercept
        if exclusive:
            likely = log_softmax(scores, axis=1)
            surprise, off = -(targets * likely).sum(), np.exp(likely) - targets
        else:
            surprise = -(targets * log_expit(scores) + (1 - targets) * log_expit(-scores)).sum()
            off = expit(scores) - targets
        gradient = turned @ off / sentences + penalty * weights
        value = surprise / sentences + penalty / 2 * (weights**2).sum()
        return float(value), np.append(gradient.ravel(), off.sum(axis=0) / sentences)

    start = np.zeros((matrix.shape[1] + 1) * codes)
    options = {"maxiter": STEPS, "maxcor": MEMORY}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return found[:-codes].reshape(-1, codes), found[-codes:]
