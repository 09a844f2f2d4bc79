"""Data as scripts: pages on disk may load scripts, but may not fetch files."""

import json
from collections.abc import Sequence
from typing import Any

# Beside ASCII alone: no end of a script element, no comment, no line end that JavaScript knows.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def script_json(value: Any) -> str:
    r"""Return a value as JSON that is safe within a script, whatever text it holds.

    Examples
    --------
    >>> script_json("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


def call(function: str, arguments: Sequence[Any]) -> str:
    """Return a script that hands data to a function of the page."""
    return f"{function}({','.join(map(script_json, arguments))});\n"
