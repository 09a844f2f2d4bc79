"""The encoder tier: a small transformer that reads a sentence together with its place.

Runs on onnxruntime and tokenizers alone. Its weights are 8-bit whole numbers and its sums are
kept in double precision, so that processors with different vector instructions agree; every
sentence goes through the network alone, so that its batch cannot move it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd
from tokenizers import Tokenizer

from pipeline.coding.models import read_index
from pipeline.coding.stored import read_checked
from pipeline.paths import MODELS

MAX_TOKENS = 160


@dataclass(frozen=True)
class Encoder:
    """A trained network with its tokenizer, its codes and the temperature of its probabilities."""

    codes: tuple[str, ...]
    temperature: float
    tokenizer: Any
    session: Any

    @classmethod
    def load(cls, data: bytes) -> "Encoder":
        """Build the encoder from the bytes of its ONNX file, which holds the tokenizer as well."""
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        stored = session.get_modelmeta().custom_metadata_map
        labels = json.loads(stored["labels"])
        tokenizer = read_tokenizer(stored["tokenizer"])
        return cls(tuple(labels["polarities"]), labels["polarity_temperature"], tokenizer, session)

    def distribution(self, frame: pd.DataFrame) -> np.ndarray:
        """Return probabilities over ``codes``, shape (sentences, codes).

        Parameters
        ----------
        frame
            The columns of :data:`pipeline.coding.features.INPUT`.
        """
        pairs = list(zip(contexts(frame), frame["text"], strict=True))
        tokens = [(item.ids, item.type_ids) for item in self.tokenizer.encode_batch(pairs)]
        rows = [self._logits(item) for item in tokens]
        if not rows:
            return np.empty((0, len(self.codes)))
        logits = np.stack(rows) / self.temperature
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))

    def _logits(self, tokens: tuple[Sequence[int], Sequence[int]]) -> np.ndarray:
        ids, types = (np.array(values, dtype=np.int64) for values in tokens)
        polarity, _ = self.session.run(None, {"ids": ids, "types": types})
        return np.asarray(polarity, dtype=np.float64)


def read_tokenizer(stored: str) -> Any:
    """Return the tokenizer of a JSON text, cutting pairs to ``MAX_TOKENS``, without padding."""
    tokenizer = Tokenizer.from_str(stored)
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer


def contexts(frame: pd.DataFrame) -> list[str]:
    """Return what the network reads first: section, bullet, kind and the sentence before."""
    columns = (frame[name] for name in ("section", "bullet", "doc_type", "previous"))
    return [
        " | ".join((section.replace("_", " "), "bullet" if bullet else "",
                    doc_type.replace("_", " "), previous))
        for section, bullet, doc_type, previous in zip(*columns, strict=True)
    ]  # fmt: skip


@cache
def load_encoder(folder: Path = MODELS) -> Encoder:
    """Load the encoder that ships with the project, checked by its SHA-256."""
    entry = read_index(folder)["models"]["encoder"]
    return Encoder.load(read_checked(folder / entry["file"], entry["sha256"]))
