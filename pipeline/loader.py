"""The loader of the project's YAML files: libyaml's where PyYAML has it, ten times faster."""

from typing import IO, Any

import yaml

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_yaml(stream: IO[str] | str) -> Any:
    """Return what a YAML text holds, of plain kinds alone."""
    return yaml.load(stream, Loader=Loader)
