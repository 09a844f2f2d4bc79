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
    try:
        index: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = {name: (entry["file"], entry["sha256"]) for name, entry in index["models"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path}: is no list of models; restore it from the project") from error
    missing = sorted({"polarity", "themes", "encoder"} - set(known))
    if missing:
        raise UsageError(f"{path}: the models {missing} are missing; restore it from the project")
    return index


@cache
def load_model(name: str, folder: Path = MODELS) -> LinearModel:
    """Load the linear model ``polarity`` or ``themes``, checked by its SHA-256."""
    entry = read_index(folder)["models"][name]
    return LinearModel.load(folder / entry["file"], entry["sha256"])
