"""What the encoder makes of a sentence: its scores, and what each word adds to them."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Reading:
    """What the network makes of one sentence.

    ``polarity`` and ``themes`` are its scores by code; ``shares``, shape (tokens, codes), is what
    each of the sentence's own tokens, at ``spans`` of its text, adds to the scores of polarity:
    the network ends in a mean over tokens and a linear layer, so that the scores are exactly the
    sum of the tokens' shares (class activation mapping, Zhou et al. 2016).
    """

    polarity: np.ndarray
    themes: np.ndarray
    shares: np.ndarray
    spans: list[tuple[int, int]]
