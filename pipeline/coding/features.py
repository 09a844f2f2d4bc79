"""Turn a sentence and its context into numbers: word n-grams, section, bullet, kind.

The features are the ones that the linear models in ``models/`` were trained on. They are kept as
plain arrays (n-grams, inverse document frequencies), never as pickled objects.
"""

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix, hstack

from pipeline.coding.ngrams import Ngrams, Words
from pipeline.schema import DOC_TYPES, PRESS_SECTIONS, REPORT_SECTIONS

TOKEN = r"\w[\w’'-]*\b|[%;:?]"
CONTEXT = tuple(f"section={s}" for s in REPORT_SECTIONS + PRESS_SECTIONS) + tuple(
    f"doc_type={d}" for d in DOC_TYPES
) + ("bullet",)  # fmt: skip
CONTEXT_WEIGHT = 0.3
PREVIOUS_WEIGHT = 0.3
# Longest n-gram of each part.
_SIZES = {"word": 3, "previous": 1}
# An n-gram stands in this many sentences at least: more where there are many to learn from.
_FEWEST, _FEWEST_OF_MANY, _MANY = 2, 4, 20_000
INPUT = ("text", "previous", "section", "doc_type", "bullet")


def _vectorizer(part: str, fewest: int) -> Any:
    # A second to import, and needed for training alone.
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        sublinear_tf=True, dtype=np.float32, token_pattern=TOKEN, min_df=fewest,
        ngram_range=(1, _SIZES[part]),
    )  # fmt: skip


def curly(text: str) -> str:
    """Return a text with one kind of apostrophe."""
    return text.replace("‘", "’")


def _texts(frame: pd.DataFrame, part: str) -> list[str]:
    return [curly(text) for text in frame["previous" if part == "previous" else "text"].tolist()]


def _context(frame: pd.DataFrame) -> csr_matrix:
    column = {name: index for index, name in enumerate(CONTEXT)}
    columns = (frame[name].tolist() for name in ("section", "doc_type", "bullet"))
    places = list(zip(*columns, strict=True))
    # Few places differ.
    number = {place: n for n, place in enumerate(dict.fromkeys(places))}
    matrix = np.zeros((len(number), len(CONTEXT)), dtype=np.float32)
    for (section, doc_type, bullet), row in number.items():
        names = {f"section={section}", f"doc_type={doc_type}", "bullet" if bullet else ""}
        matrix[row, [column[name] for name in names if name in column]] = CONTEXT_WEIGHT
    return csr_matrix(matrix[[number[place] for place in places]])


@dataclass(frozen=True)
class Features:
    """Fitted features: the columns of ``transform`` are word, previous, context, in order."""

    vectorizers: dict[str, Any]

    @classmethod
    def fit(cls, frame: pd.DataFrame) -> "Features":
        """Learn n-grams and their frequencies from a frame with the columns ``INPUT``."""
        fewest = _FEWEST_OF_MANY if len(frame) >= _MANY else _FEWEST
        return cls({part: _vectorizer(part, fewest).fit(_texts(frame, part)) for part in _SIZES})

    def transform(self, frame: pd.DataFrame) -> csr_matrix:
        """Return one row a sentence; an empty section, kind or sentence before counts nothing."""
        word, previous = (self.vectorizers[part].transform(_texts(frame, part)) for part in _SIZES)
        parts = [word, previous * np.float32(PREVIOUS_WEIGHT), _context(frame)]
        return hstack(parts, format="csr", dtype=np.float32)

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
        ngrams = {
            part: tuple(arrays[f"{part}_ngrams"].tobytes().decode("utf-8").split("\n"))
            for part in _SIZES
        }
        words = Words(TOKEN, chain.from_iterable(ngrams.values()))
        return cls({p: Ngrams(known, arrays[f"{p}_idf"], words) for p, known in ngrams.items()})
