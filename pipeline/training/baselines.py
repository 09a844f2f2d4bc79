"""What simpler methods reach on the same sentences: the majority class and sentiment lexicons."""

# The lexicons come with the `dev` extra: whoever has none can still import this module.

from collections.abc import Callable
from typing import Any

import pandas as pd

from pipeline.errors import UsageError
from pipeline.training.evaluate import RANDOM_STRATA, polarity_figures

_VADER_LIMIT = 0.05
_TEXTBLOB_LIMIT = 0.05


def _sign(score: float, limit: float) -> str:
    if abs(score) < limit:
        return "none"
    return "strength" if score > 0 else "weakness"


def _vader() -> Callable[[str], str]:
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError as error:
        raise UsageError("training needs vaderSentiment: install the `dev` extra") from error
    analyzer = SentimentIntensityAnalyzer()
    return lambda text: _sign(analyzer.polarity_scores(text)["compound"], _VADER_LIMIT)


def _textblob() -> Callable[[str], str]:
    try:
        from textblob import TextBlob
    except ImportError as error:
        raise UsageError("training needs textblob: install the `dev` extra") from error
    return lambda text: _sign(TextBlob(text).sentiment.polarity, _TEXTBLOB_LIMIT)


def baseline_figures(frame: pd.DataFrame) -> dict[str, Any]:
    """Return accuracy and macro-F1 of the majority class, VADER and TextBlob.

    Lexicons know positive, negative and neutral: a score within 0.05 of zero is ``none``, and
    nothing is ever ``mixed``.
    """
    random = frame[frame["stratum"].isin(RANDOM_STRATA)]
    majority = random["gold"].mode()[0]
    coders: dict[str, Callable[[str], str]] = {
        "majority": lambda _: str(majority), "vader": _vader(), "textblob": _textblob(),
    }  # fmt: skip
    figures = {}
    for name, code in coders.items():
        coded = random.assign(predicted=[code(text) for text in random["text"]], confidence=1.0)
        whole = polarity_figures(coded)
        figures[name] = {key: whole[key] for key in ("accuracy", "macro_f1", "f1")}
    return figures
