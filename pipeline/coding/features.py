"""Turn a sentence and its context into numbers: word and character n-grams, section, bullet, kind.

The features are the ones that the linear models in ``models/`` were trained on. They are kept as
plain arrays (n-grams, inverse document frequencies), never as pickled objects.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack

from pipeline.coding.ngrams import Ngrams
from pipeline.schema import DOC_TYPES, PRESS_SECTIONS, REPORT_SECTIONS

TOKEN = r"(?u)\b\w[\w’'-]*\b|%|[;:?]"
CONTEXT = tuple(f"section={s}" for s in REPORT_SECTIONS + PRESS_SECTIONS) + tuple(
    f"doc_type={d}" for d in DOC_TYPES
) + ("bullet",)  # fmt: skip
CONTEXT_WEIGHT = 0.3
PREVIOUS_WEIGHT = 0.3
_SETTINGS: dict[str, dict[str, Any]] = {
    "word": {"ngram_range": (1, 3), "min_df": 2, "token_pattern": TOKEN},
    "char": {"ngram_range": (2, 5), "min_df": 3, "analyzer": "char_wb"},
    "previous": {"ngram_range": (1, 1), "min_df": 3, "token_pattern": TOKEN},
}
INPUT = ("text", "previous", "section", "doc_type", "bullet")


def _vectorizer(part: str) -> Any:
    # A second to import, and needed for training alone.
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **_SETTINGS[part])


def _texts(frame: pd.DataFrame, part: str) -> list[str]:
    column = "previous" if part == "previous" else "text"
    return [text.replace("‘", "’") for text in frame[column]]


def _context(frame: pd.DataFrame) -> csr_matrix:
    place = {name: index for index, name in enumerate(CONTEXT)}
    matrix = np.zeros((len(frame), len(CONTEXT)), dtype=np.float32)
    for row, (section, doc_type, bullet) in enumerate(
        zip(frame["section"], frame["doc_type"], frame["bullet"], strict=True)
    ):
        names = [f"section={section}", f"doc_type={doc_type}", "bullet" if bullet else ""]
        for name in names:
            if name in place:
                matrix[row, place[name]] = CONTEXT_WEIGHT
    return csr_matrix(matrix)


@dataclass(frozen=True)
class Features:
    """Fitted features: the columns of ``transform`` are word, char, previous, context, in order."""

    vectorizers: dict[str, Any]

    @classmethod
    def fit(cls, frame: pd.DataFrame) -> "Features":
        """Learn n-grams and their frequencies from a frame with the columns ``INPUT``."""
        return cls({part: _vectorizer(part).fit(_texts(frame, part)) for part in _SETTINGS})

    def transform(self, frame: pd.DataFrame) -> csr_matrix:
        """Return one row a sentence; an empty section, kind or sentence before counts nothing."""
        parts = [self.vectorizers[part].transform(_texts(frame, part)) for part in _SETTINGS]
        parts[2] = parts[2] * np.float32(PREVIOUS_WEIGHT)
        return hstack([*parts, _context(frame)], format="csr", dtype=np.float32)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Return the n-grams and their inverse document frequencies as plain arrays."""
        arrays = {}
        for part, vectorizer in self.vectorizers.items():
            ngrams = "\n".join(vectorizer.get_feature_names_out())
            arrays[f"{part}_ngrams"] = np.frombuffer(ngrams.encode("utf-8"), dtype=np.uint8)
            arrays[f"{part}_idf"] = vectorizer.idf_.astype(np.float32)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray]) -> "Features":
        """Build the features again from :meth:`to_arrays`."""
        vectorizers: dict[str, Any] = {}
        for part in _SETTINGS:
            ngrams = arrays[f"{part}_ngrams"].tobytes().decode("utf-8").split("\n")
            if part != "char":
                vectorizers[part] = Ngrams(tuple(ngrams), arrays[f"{part}_idf"], re.compile(TOKEN))
                continue
            vectorizer = _vectorizer(part)
            vectorizer.vocabulary = {ngram: index for index, ngram in enumerate(ngrams)}
            vectorizer.idf_ = arrays[f"{part}_idf"]
            vectorizers[part] = vectorizer
        return cls(vectorizers)
