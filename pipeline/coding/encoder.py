"""The encoder tier: a small transformer that reads a sentence together with its place.

Runs on onnxruntime and tokenizers alone. Its weights are 8-bit whole numbers and its sums are
kept in double precision, so that processors with different vector instructions agree; every
sentence goes through the network alone, so that its batch cannot move it.
"""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import pandas as pd
from tokenizers import Tokenizer

from pipeline.coding.models import read_index
from pipeline.errors import UsageError
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
    def load(cls, files: dict[str, bytes]) -> "Encoder":
        """Build the encoder from ``encoder.onnx``, ``tokenizer.json`` and ``encoder.json``."""
        labels = json.loads(files["encoder.json"])
        tokenizer = Tokenizer.from_str(files["tokenizer.json"].decode("utf-8"))
        tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
        tokenizer.no_padding()
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(
            files["encoder.onnx"], options, providers=["CPUExecutionProvider"]
        )
        return cls(tuple(labels["polarities"]), labels["polarity_temperature"], tokenizer, session)

    def distribution(self, frame: pd.DataFrame, threads: int = 1) -> np.ndarray:
        """Return probabilities over ``codes``, shape (sentences, codes).

        Parameters
        ----------
        frame
            The columns of :data:`pipeline.coding.features.INPUT`.
        threads
            Sentences coded at the same time.
        """
        pairs = list(zip(contexts(frame), frame["text"], strict=True))
        tokens = [(item.ids, item.type_ids) for item in self.tokenizer.encode_batch(pairs)]
        with ThreadPoolExecutor(threads) as pool:
            rows = list(pool.map(self._logits, tokens))
        if not rows:
            return np.empty((0, len(self.codes)))
        logits = np.stack(rows) / self.temperature
        shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))

    def _logits(self, tokens: tuple[Sequence[int], Sequence[int]]) -> np.ndarray:
        ids, types = (np.array(values, dtype=np.int64) for values in tokens)
        polarity, _ = self.session.run(None, {"ids": ids, "types": types})
        return np.asarray(polarity, dtype=np.float64)


def contexts(frame: pd.DataFrame) -> list[str]:
    """Return what the network reads before each sentence: section, bullet, kind, sentence before."""
    columns = (frame[name] for name in ("section", "bullet", "doc_type", "previous"))
    return [
        " | ".join((section.replace("_", " "), "bullet" if bullet else "",
                    doc_type.replace("_", " "), previous))
        for section, bullet, doc_type, previous in zip(*columns, strict=True)
    ]  # fmt: skip


@cache
def load_encoder(folder: Path = MODELS) -> Encoder:
    """Load the encoder that ships with the project.

    Raises
    ------
    UsageError
        If one of its files is missing or is not the one that was trained (its SHA-256 differs).
    """
    files = {}
    for name, sha256 in read_index(folder)["models"]["encoder"]["files"].items():
        path = folder / name
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path}: the model is missing; restore it from the project") from error
        if hashlib.sha256(files[name]).hexdigest() != sha256:
            raise UsageError(f"{path}: the model has been changed; restore it from the project")
    return Encoder.load(files)
