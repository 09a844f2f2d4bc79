"""What the encoder says of uncoded sentences: the soft labels that teach the linear models."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.coding.encoder import Encoder
from pipeline.errors import UsageError
from pipeline.frames import write_whole
from pipeline.schema import POLARITIES

HELD_OUT_FILE = "encoder_held_out.onnx"
FILE = "teacher.npz"


@dataclass(frozen=True)
class Teacher:
    """Soft labels of uncoded sentences, and the encoder that saw nothing of the councils aside.

    ``labels`` has an array for each of ``held_out`` and ``all``: the probabilities of polarity and
    of every theme, shape (sentences, 4 + themes), by the network without and with those councils.
    """

    sentence_ids: list[str]
    labels: dict[str, np.ndarray]
    held_out: Encoder

    def polarity(self, network: str) -> np.ndarray:
        """Return the soft labels of polarity, shape (sentences, 4)."""
        return self.labels[network][:, : len(POLARITIES)]

    def themes(self, network: str, codes: tuple[str, ...]) -> np.ndarray:
        """Return the soft labels of the themes ``codes``, shape (sentences, codes)."""
        places = [len(POLARITIES) + self.held_out.themes.index(code) for code in codes]
        return self.labels[network][:, places]


def write_teacher(work: Path, uncoded: pd.DataFrame, labels: dict[str, np.ndarray]) -> None:
    """Write the soft labels of uncoded sentences below ``work``."""
    ids = np.frombuffer("\n".join(uncoded["sentence_id"]).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    arrays = {name: values.astype(np.float16) for name, values in labels.items()}
    np.savez_compressed(buffer, allow_pickle=False, sentence_ids=ids, **arrays)
    write_whole(work / FILE, buffer.getvalue())


def read_teacher(work: Path) -> Teacher:
    """Read what ``findings train-encoder`` left below ``work``.

    Raises
    ------
    UsageError
        If a file is missing.
    """
    try:
        encoder = Encoder.load((work / HELD_OUT_FILE).read_bytes())
        with np.load(work / FILE, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except OSError as error:
        raise UsageError(f"{work}: cannot be read ({error}); run `findings train-encoder`") \
            from error  # fmt: skip
    ids = arrays.pop("sentence_ids").tobytes().decode().split("\n")
    return Teacher(ids, {n: a.astype(np.float64) for n, a in arrays.items()}, encoder)
