"""The trained models that ship with the project, and which files they are."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.coding.linear import LinearModel
from pipeline.errors import UsageError
from pipeline.paths import MODELS

INDEX = "index.json"


def read_index(folder: Path = MODELS) -> dict[str, Any]:
    """Return what is known of every model: its file, SHA-256, version and codebook version."""
    path = folder / INDEX
    if not path.exists():
        raise UsageError(f"{path}: not found; train the models with `findings train`")
    index: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return index


@cache
def load_model(name: str, folder: Path = MODELS) -> LinearModel:
    """Load the model ``polarity`` or ``themes``, checked by its SHA-256."""
    entry = read_index(folder)["models"][name]
    return LinearModel.load(folder / entry["file"], entry["sha256"])
