"""Read a stored model, refusing one that is not what was trained."""

import hashlib
from pathlib import Path

from pipeline.errors import UsageError


def read_checked(path: Path, sha256: str) -> bytes:
    """Return the bytes of a model file.

    Raises
    ------
    UsageError
        If the file is missing or is not the one that was trained (its SHA-256 differs).
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the model is missing; restore it from the project") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise UsageError(f"{path}: the model has been changed; restore it from the project")
    return data
