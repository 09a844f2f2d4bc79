"""The parameters of a run: ``params.yaml`` with one block a stage, changed by ``--set``."""

from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import UsageError
from pipeline.paths import PARAMS

Params = dict[str, dict[str, Any]]


def load(path: Path = PARAMS) -> Params:
    """Read the parameter file."""
    with path.open(encoding="utf-8") as stream:
        params: Params = yaml.safe_load(stream)
    return params


def override(params: Params, settings: list[str]) -> Params:
    """Return the parameters with ``stage.key=value`` settings applied.

    Raises
    ------
    UsageError
        If a setting is malformed, names no known parameter or has a value of another type.
    """
    changed = {stage: dict(block) for stage, block in params.items()}
    for setting in settings:
        name, equals, text = setting.partition("=")
        stage, dot, key = name.strip().partition(".")
        if not (equals and dot):
            raise UsageError(f"--set {setting}: write it as stage.key=value")
        if key not in changed.get(stage, {}):
            known = ", ".join(f"{s}.{k}" for s, block in changed.items() for k in block)
            raise UsageError(f"--set {setting}: no such parameter; known are {known}")
        value = yaml.safe_load(text)
        default = changed[stage][key]
        number = isinstance(default, int | float) and not isinstance(default, bool)
        fits = isinstance(value, int | float) if number else isinstance(value, type(default))
        if not fits or (number and isinstance(value, bool)):
            raise UsageError(f"--set {setting}: expected a value like {default!r}")
        changed[stage][key] = value
    return changed
