"""What the encoder says of uncoded sentences: the soft labels that teach the linear models."""

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.coding.encoder import Encoder
from pipeline.errors import UsageError
from pipeline.frames import write_whole
from pipeline.schema import POLARITIES

ENCODER_FILE = "encoder_held_out.onnx"
FILE = "teacher.npz"


@dataclass(frozen=True)
class Teacher:
    """Soft labels of uncoded sentences, and the encoder that gave them.

    ``labels``, shape (sentences, 4 + themes), are the probabilities of polarity and of every
    theme. The encoder saw no sentence of the councils that are kept aside; it teaches the models
    that ship as well, so that what is measured is what ships.
    """

    sentence_ids: list[str]
    labels: np.ndarray
    encoder: Encoder

    @property
    def polarity(self) -> np.ndarray:
        """Return the soft labels of polarity, shape (sentences, 4)."""
        return self.labels[:, : len(POLARITIES)]

    def themes(self, codes: tuple[str, ...]) -> np.ndarray:
        """Return the soft labels of the themes ``codes``, shape (sentences, codes)."""
        places = [len(POLARITIES) + self.encoder.themes.index(code) for code in codes]
        return self.labels[:, places]

    def only(self, rows: np.ndarray) -> "Teacher":
        """Return the soft labels of some of the sentences."""
        ids = [name for name, kept in zip(self.sentence_ids, rows, strict=True) if kept]
        return replace(self, sentence_ids=ids, labels=self.labels[rows])


def write_teacher(work: Path, uncoded: pd.DataFrame, labels: np.ndarray) -> None:
    """Write the soft labels of uncoded sentences below ``work``."""
    ids = np.frombuffer("\n".join(uncoded["sentence_id"]).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer, allow_pickle=False, sentence_ids=ids, labels=labels.astype(np.float16)
    )
    write_whole(work / FILE, buffer.getvalue())


def read_teacher(work: Path) -> Teacher:
    """Read what ``findings train-encoder`` left below ``work``.

    Raises
    ------
    UsageError
        If a file is missing.
    """
    try:
        encoder = Encoder.load((work / ENCODER_FILE).read_bytes())
        with np.load(work / FILE, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except OSError as error:
        raise UsageError(f"{work}: cannot be read ({error}); run `findings train-encoder`") \
            from error  # fmt: skip
    ids = arrays["sentence_ids"].tobytes().decode().split("\n")
    return Teacher(ids, arrays["labels"].astype(np.float64), encoder)
