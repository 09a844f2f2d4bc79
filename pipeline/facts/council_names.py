"""How councils' names are written: spelling, words of administration, bodies named together.

The word lists are ``data/council_names.yaml``, the official names ``data/councils.csv``.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from pipeline.paths import DATA
from pipeline.structure.patterns import load_data


@cache
def _lists() -> dict[str, Any]:
    lists: dict[str, Any] = load_data("council_names.yaml")
    return lists


@cache
def words(name: str) -> frozenset[str]:
    """Return a list of ``council_names.yaml`` as a set."""
    return frozenset(_lists()[name])


@cache
def councils() -> tuple[dict[str, str], ...]:
    """Return the rows of ``councils.csv``, former authorities last."""
    with (DATA / "councils.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def synonyms() -> dict[str, list[str]]:
    """Return the other names of each council by its official name."""
    names: dict[str, list[str]] = _lists()["synonyms"]
    return names


@cache
def known_keys() -> dict[str, str]:
    """Return the official name by the key of every name and synonym."""
    return {
        key(printed): row["name"]
        for row in councils()
        for printed in (row["name"], *synonyms().get(row["name"], []))
    }


def any_of(phrases: Iterable[str]) -> str:
    """Return a pattern for one of the phrases, the longest that fits."""
    longest_first = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    patterns = (re.escape(p).replace("\\ ", r"\s+").replace("'", "['’]?") for p in longest_first)
    return "(?:" + "|".join(patterns) + ")"


@cache
def pattern(name: str, form: str) -> re.Pattern[str]:
    """Return a pattern without case: ``form`` with a list of ``council_names.yaml`` in ``{0}``."""
    return re.compile(form.format(any_of(_lists()[name])), re.IGNORECASE)


@lru_cache(maxsize=4096)
def key(name: str) -> str:
    """Return the letters and digits that all spellings of one name share."""
    text = unicodedata.normalize("NFKD", name.casefold()).replace("&", " and ")
    text = "".join(c for c in text if not unicodedata.combining(c))
    return re.sub(r"[\W_]", "", re.sub(r"\bsaint\b", "st", text))


def tidy(printed: str) -> str:
    """Join what a line break, a soft hyphen or a run of spaces has parted."""
    text = unicodedata.normalize("NFKC", printed).replace("\u00ad", "").replace("\u200b", "")
    text = re.sub(r"[‐‑]", "-", text)
    text = re.sub(r"(?<=[^\W\d_])-\s*\n\s*(?=[a-z])", "", text)
    text = re.sub(r"\s*-\s*\n\s*", "-", text)
    # The number of a page or of a footnote is no part of a name.
    text = re.sub(r"^\s*\d+\s+|\s*\d+\s*$", "", text)
    return re.sub(r"\s+", " ", text).strip(" .,:;*|-–—\"“”'‘’")


def strip(name: str) -> str:
    """Take the words of administration off a name, and stop where it is one that is known."""
    article = pattern("articles", r"^{0}\s+(?=\S)")
    after = pattern("suffixes", r"(?<=\S)(?:,?\s+{0}|['’]s?)$")
    before = pattern("prefixes", r"^{0}\s+(?=\S)")
    while key(name) not in known_keys():
        bare = name.rpartition(" ")[0]
        if key(bare) in known_keys() and after.search(name):
            return bare
        for affix in (article, after, before):
            shorter = affix.sub("", name).rstrip(" ,")
            if shorter != name:
                break
        else:
            break
        name = shorter
    return "" if name.casefold() in words("generic") else name


def parts(printed: str) -> list[str]:
    """Return the names of the bodies that a printed name joins, the one that counts first."""
    wholes = pattern("represented", r"\b{0}\b").split(tidy(printed))
    pieces = (piece for whole in reversed(wholes) for piece in _split(whole))
    return [name for piece in pieces if (name := strip(tidy(piece)))]


def _split(whole: str) -> list[str]:
    if key(whole) in known_keys():
        return [whole]
    return pattern("between", "{0}").split(whole)


def _calm(name: str) -> str:
    """Write a name set in capitals as names are written in a sentence."""
    if not name.isupper():
        return name
    pieces = re.split(r"([ -])", name.lower())
    return "".join(p if p in words("small") else p.capitalize() for p in pieces)


@lru_cache(maxsize=4096)
def printed_name(printed: str) -> str:
    """Return a council's name without "County Council", "London Borough of" and the like.

    Examples
    --------
    >>> printed_name("London Borough of Ashmarsh")
    'Ashmarsh'
    >>> printed_name("Bexcombe Children's Trust on behalf of Bexcombe City Council")
    'Bexcombe'
    """
    return _calm(next(iter(parts(printed)), ""))
