"""The parameters of a run: ``params.yaml`` with one block a stage, changed by ``--set``."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import UsageError
from pipeline.paths import DATA, PARAMS
from pipeline.schema import PRESS_SECTIONS, REPORT_SECTIONS

Params = dict[str, dict[str, Any]]


def load(path: Path = PARAMS) -> Params:
    """Read the parameter file.

    Raises
    ------
    UsageError
        If it cannot be read, lacks a parameter or has an unknown one, or a value is unusable.
    """
    try:
        params: Params = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path}: cannot be read ({error})") from error
    if not isinstance(params, dict) or not all(isinstance(b, dict) for b in params.values()):
        raise UsageError(f"{path}: write one block of `key: value` for every stage")
    known = {f"{stage}.{key}" for stage, block in _limits().items() for key in block}
    given = {f"{stage}.{key}" for stage, block in params.items() for key in block}
    if known != given:
        raise UsageError(f"{path}: unknown parameters {sorted(given - known)}, "
                         f"missing ones {sorted(known - given)}")  # fmt: skip
    for stage, block in params.items():
        for key, value in block.items():
            _require(value, stage, key, str(path))
    return params


def override(params: Params, settings: list[str]) -> Params:
    """Return the parameters with ``stage.key=value`` settings applied.

    Raises
    ------
    UsageError
        If a setting is malformed, names no known parameter or has an unusable value.
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
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise UsageError(f"--set {setting}: the value is no YAML") from error
        _require(value, stage, key, "--set")
        changed[stage][key] = value
    return changed


@cache
def _limits() -> Params:
    limits: Params = yaml.safe_load((DATA / "parameters.yaml").read_text(encoding="utf-8"))
    return limits


def _require(value: object, stage: str, key: str, place: str) -> None:
    limit = _limits()[stage][key]
    if limit["kind"] == "sections":
        sections = (*REPORT_SECTIONS, *PRESS_SECTIONS)
        if isinstance(value, list) and all(entry in sections for entry in value):
            return
        wanted = f"a list of sections ({', '.join(sections)})"
    elif limit["kind"] == "line":
        # It goes into the header of a request, which is one line of ASCII.
        if isinstance(value, str) and value.isascii() and value.isprintable() and len(value) < 200:
            return
        wanted = "one line of plain ASCII text"
    elif limit["kind"] == "years":
        if isinstance(value, list) and all(type(entry) is int for entry in value):
            inside = all(limit["low"] <= year <= limit["high"] for year in value)
            if inside and value == sorted(set(value)):
                return
        wanted = f"a list of years from {limit['low']} to {limit['high']} in their order"
    else:
        kinds = (int,) if limit["kind"] == "whole" else (int, float)
        number = isinstance(value, kinds) and not isinstance(value, bool)
        # Not a number compares false with both ends, so it is refused as well.
        if number and limit["low"] <= value <= limit["high"]:
            return
        kind = "whole number" if limit["kind"] == "whole" else "number"
        wanted = f"a {kind} from {limit['low']} to {limit['high']}"
    raise UsageError(f"{place}: {stage}.{key} is {value!r}; give {wanted}")
