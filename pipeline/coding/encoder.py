"""The encoder tier: a small transformer that reads a sentence together with its place.

Runs on onnxruntime and tokenizers alone. Its weights are 8-bit whole numbers and its sums are
kept in double precision, so that processors with different vector instructions agree; every
sentence goes through the network alone, so that its batch cannot move it.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tokenizers import Tokenizer

from pipeline.coding.models import read_index
from pipeline.coding.readings import Reading
from pipeline.coding.scaling import Scaling
from pipeline.coding.stored import read_checked
from pipeline.paths import MODELS

MAX_TOKENS = 160
PREVIOUS_WORDS = 20


@dataclass(frozen=True)
class Encoder:
    """A trained network with its tokenizer, its codes and the scaling of its probabilities."""

    codes: tuple[str, ...]
    themes: tuple[str, ...]
    scaling: Scaling
    tokenizer: Any
    session: Any

    @classmethod
    def load(cls, data: bytes) -> "Encoder":
        """Build the encoder from the bytes of its ONNX file, which holds the tokenizer as well."""
        # Half a second to import, and not needed where the linear model is sure.
        import onnxruntime as ort

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        stored = session.get_modelmeta().custom_metadata_map
        labels = json.loads(stored["labels"])
        scaling = Scaling(labels["temperature"], tuple(labels["bias"]))
        tokenizer = read_tokenizer(stored["tokenizer"])
        return cls(tuple(labels["polarities"]), tuple(labels["themes"]), scaling, tokenizer,
                   session)  # fmt: skip

    def read(self, frame: pd.DataFrame) -> list[Reading]:
        """Return what the network makes of every sentence.

        Parameters
        ----------
        frame
            The columns of :data:`pipeline.coding.features.INPUT`.
        """
        pairs = list(zip(contexts(frame), frame["text"], strict=True))
        return [self._read(item) for item in self.tokenizer.encode_batch(pairs)]

    def distribution(self, readings: list[Reading]) -> np.ndarray:
        """Return probabilities over ``codes``, shape (sentences, codes)."""
        if not readings:
            return np.empty((0, len(self.codes)))
        return self.scaling.probabilities(np.stack([reading.polarity for reading in readings]))

    def _read(self, tokens: Any) -> Reading:
        feed = {"ids": tokens.ids, "types": tokens.type_ids}
        arrays = {name: np.array(values, dtype=np.int64) for name, values in feed.items()}
        polarity, themes, by_token = self.session.run(("polarity", "themes", "tokens"), arrays)
        # The tokens of the sentence itself, without the mark that ends it.
        own = [n for n, kind in enumerate(tokens.type_ids) if kind and tokens.offsets[n][1]]
        spans = [tokens.offsets[n] for n in own]
        return Reading(polarity, themes, by_token[own] / len(tokens.ids), spans)


def read_tokenizer(stored: str) -> Any:
    """Return the tokenizer of a JSON text, cutting pairs to ``MAX_TOKENS``, without padding."""
    tokenizer = Tokenizer.from_str(stored)
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer


def contexts(frame: pd.DataFrame) -> list[str]:
    """Return what the network reads first: section, bullet, kind and the end of what came before.

    A report is the usual case and goes without saying; of the sentence before, the last
    ``PREVIOUS_WORDS`` words are kept, since long ones cost more time than they help.
    """
    columns = (frame[name] for name in ("section", "bullet", "doc_type", "previous"))
    return [
        " | ".join((section.replace("_", " "), "bullet" if bullet else "",
                    "" if doc_type == "inspection_report" else doc_type.replace("_", " "),
                    " ".join(previous.split()[-PREVIOUS_WORDS:])))
        for section, bullet, doc_type, previous in zip(*columns, strict=True)
    ]  # fmt: skip


@cache
def load_encoder(folder: Path = MODELS) -> Encoder:
    """Load the encoder that ships with the project, checked by its SHA-256."""
    entry = read_index(folder)["models"]["encoder"]
    return Encoder.load(read_checked(folder / entry["file"], entry["sha256"]))
