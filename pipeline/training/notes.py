"""What is known of the trained models: ``index.json`` and ``metrics.json`` beside them.

Several commands write into these files; each changes its own entries and keeps the others.
"""

import json
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.codebook import read_codebook
from pipeline.coding.models import INDEX
from pipeline.errors import UsageError
from pipeline.frames import write_whole

METRICS = "metrics.json"


def _stored(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file; nothing where there is none yet."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); move it away or restore it") from error


def _write(path: Path, content: dict[str, Any]) -> None:
    write_whole(path, (json.dumps(content, indent=2) + "\n").encode())


def note_model(models: Path, name: str, file: str, sha256: str, sentences: int) -> None:
    """Enter a model that has just been written into the index of its folder."""
    index = {"models": {}} | _stored(models / INDEX)
    index["models"][name] = {
        "file": file, "sha256": sha256, "version": __version__,
        "codebook": read_codebook().version, "sentences": sentences,
    }  # fmt: skip
    _write(models / INDEX, index)


def note_figures(models: Path, figures: dict[str, Any]) -> None:
    """Enter figures into ``metrics.json``; what they do not name stays, one level down as well."""
    metrics = _stored(models / METRICS)
    for name, value in figures.items():
        known = metrics.get(name)
        if isinstance(value, dict) and isinstance(known, dict):
            metrics[name] = known | value
        else:
            metrics[name] = value
    _write(models / METRICS, metrics)
