"""How a network's scores become honest probabilities: a temperature and a bias for every code."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scaling:
    """Scores are divided by ``temperature``, ``bias`` (one a code) is added, softmax is taken.

    Vector scaling with one shared temperature (Guo et al. 2017, "On calibration of modern neural
    networks"). The bias moves the codes' prevalence from that of the training sentences, among
    which hard ones are many, to that of sentences drawn at random.
    """

    temperature: float
    bias: tuple[float, ...]

    def probabilities(self, scores: np.ndarray) -> np.ndarray:
        """Return probabilities of scores, both of the shape (sentences, codes)."""
        scaled = scores / self.temperature + np.asarray(self.bias)
        raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))
