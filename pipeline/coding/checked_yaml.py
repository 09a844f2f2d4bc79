"""YAML files read strictly: every fault is one line that names the file and the place."""

import re
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import UsageError
from pipeline.loader import Loader


class _Loader(Loader):  # type: ignore[misc,valid-type]
    """YAML in which a key that stands twice is an error, not a silent loss of the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep) for key, _ in node.value]
        double = next((key for key in keys if keys.count(key) > 1), None)
        if double is not None:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {double!r} stands twice", node.start_mark
            )
        content: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return content


class CheckedYaml:
    """A YAML file, and the checks of its parts.

    Each check takes a mapping, the key to look at and the ``place`` to name in an error, and
    returns the value; it raises ``UsageError`` if the value is not of the kind.

    Parameters
    ----------
    path
        The file; it is read by ``load``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Any:
        """Return the file's content."""
        try:
            with self._path.open(encoding="utf-8") as stream:
                # A SafeLoader in all but its refusal of double keys.
                return yaml.load(stream, Loader=_Loader)
        except OSError as error:
            raise UsageError(f"{self._path}: cannot be read ({error.strerror})") from error
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            fault = " ".join(str(error).split())
            raise UsageError(f"{self._path}: not readable YAML: {fault}") from error

    def fault(self, place: str, fault: str) -> UsageError:
        """Return the error for a fault at a place of this file."""
        return UsageError(f"{self._path}: {place}: {fault}")

    def mapping(self, item: Any, place: str, keys: Sequence[str]) -> dict[str, Any]:
        """Return a mapping with exactly these keys."""
        if not isinstance(item, dict):
            raise self.fault(place, f"must have the fields {', '.join(keys)}")
        for key in item:
            if key not in keys:
                raise self.fault(place, f"unknown field {key!r}; known are {', '.join(keys)}")
        for key in keys:
            if key not in item:
                raise self.fault(place, f"the field {key!r} is missing")
        return item

    def items(self, item: dict[str, Any], key: str, place: str) -> list[Any]:
        """Return a list of anything."""
        if not isinstance(item[key], list):
            raise self.fault(f"{place}: {key}", "must be a list")
        return list(item[key])

    def texts(self, item: dict[str, Any], key: str, place: str) -> tuple[str, ...]:
        """Return a list of texts, white space folded."""
        values = self.items(item, key, place)
        if not all(isinstance(value, str) and value.strip() for value in values):
            raise self.fault(f"{place}: {key}", "must be a list of texts, none of them empty")
        return tuple(" ".join(value.split()) for value in values)

    def text(self, item: dict[str, Any], key: str, place: str, form: str = "") -> str:
        """Return a text, white space folded, that matches ``form`` if one is given."""
        value = item[key]
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f"{place}: {key}", "must be a text that is not empty")
        if form and not re.fullmatch(form, value):
            raise self.fault(f"{place}: {key}", f"{value!r} is not of the form {form}")
        return " ".join(value.split())

    def choice(self, item: dict[str, Any], key: str, place: str, allowed: Sequence[Any]) -> Any:
        """Return a value that is one of those allowed."""
        if item[key] not in allowed or type(item[key]) is not type(allowed[0]):
            known = ", ".join(str(value).lower() for value in allowed)
            raise self.fault(f"{place}: {key}", f"{item[key]!r} is not one of: {known}")
        return item[key]
