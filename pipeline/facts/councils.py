"""Resolves the name of a council as a document prints it, and finds councils in running text.

The councils and their codes are ``data/councils.csv``, the ways in which their names are written
``data/council_names.yaml``.
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from pipeline.facts.council_mentions import known_councils, unknown_councils
from pipeline.facts.council_names import (
    councils,
    key,
    parts,
    printed_name,
    strip,
    synonyms,
    tidy,
    words,
)

__all__ = ["Council", "council_of_text", "find_councils", "printed_name", "resolve"]

MIN_SCORE = 0.9
MIN_MARGIN = 0.06
# In a shorter name one wrong letter makes another real place.
MIN_LETTERS = 6
TITLE_WEIGHT = 4


@dataclass(frozen=True)
class Council:
    """A council and how it was found.

    ``method`` is exact, synonym, former, fuzzy or unresolved; ``score`` is the likeness of the
    names from 0 to 1. It is 1 for all but fuzzy and unresolved, and 0 for unresolved, whose
    ``name`` is the printed one without "County Council" and the like and whose codes are empty.
    """

    name: str
    gss_code: str
    la_code: str
    region: str
    method: str
    score: float


@dataclass(frozen=True)
class _Entry:
    council: Council
    valid_to: str


@cache
def _index() -> dict[str, tuple[_Entry, ...]]:
    index: dict[str, tuple[_Entry, ...]] = {}
    for row in councils():
        codes = (row["gss_code"], row["la_code"], row["region"])
        for printed in (row["name"], *synonyms().get(row["name"], [])):
            method = "exact" if printed == row["name"] else "synonym"
            council = Council(row["name"], *codes, "former" if row["valid_to"] else method, 1.0)
            entry = _Entry(council, row["valid_to"])
            index[key(printed)] = (*index.get(key(printed), ()), entry)
    return index


def _valid(entries: tuple[_Entry, ...], on: str) -> Council:
    current = [entry for entry in entries if not entry.valid_to]
    former = [entry for entry in entries if entry.valid_to and on and on <= entry.valid_to]
    return (former or current or list(entries))[0].council


def _is_past(name: str, on: str) -> bool:
    entries = _index().get(key(name), ())
    return bool(entries) and all(entry.valid_to and on > entry.valid_to for entry in entries)


def _places(names: list[str], on: str) -> list[Council]:
    """Return the councils that the names mean, each once."""
    found = [_valid(_index()[key(name)], on) for name in names if key(name) in _index()]
    return list({council.gss_code: council for council in reversed(found)}.values())


def _qualifiers(name: str) -> frozenset[str]:
    return words("qualifiers") & frozenset(re.findall(r"\w+", name.casefold()))


def _stems_agree(letters: str, near: str) -> bool:
    for ending in map(key, words("endings")):
        if letters.endswith(ending) and near.endswith(ending):
            letters, near = letters.removesuffix(ending), near.removesuffix(ending)
            break
    return letters[:1] == near[:1] and fuzz.ratio(letters, near) >= 100 * MIN_SCORE


def _fuzzy(name: str, on: str) -> Council | None:
    """Return the council whose name is misspelt here, if it is like one and like no other."""
    letters = key(name)
    if len(letters) < MIN_LETTERS:
        return None
    ranked: dict[str, tuple[float, Council, bool]] = {}
    for near, score, _ in process.extract(letters, list(_index()), scorer=fuzz.ratio, limit=12):
        council = _valid(_index()[near], on)
        # East and West Northamptonshire are alike and are two places.
        same = _qualifiers(council.name) == _qualifiers(name) and _stems_agree(letters, near)
        ranked.setdefault(council.name, (score / 100, council, same))
    (score, council, same), (second, *_) = list(ranked.values())[:2]
    if same and score >= MIN_SCORE and score - second >= MIN_MARGIN:
        return replace(council, method="fuzzy", score=round(score, 4))
    return None


@lru_cache(maxsize=4096)
def resolve(printed: str, on: str = "") -> Council:
    """Return the council that a printed name means, on an ISO date where a name changed hands.

    Names are tried as official name, synonym, former name, then by likeness: at least
    ``MIN_SCORE``, and ``MIN_MARGIN`` above the next council. A name of several councils is
    unresolved. Without a date a name means the council that bears it today, if one does.

    Examples
    --------
    >>> resolve("Stoke on Trent City Council").gss_code
    'E06000021'
    >>> resolve("Dorset County Council", on="2016-05-01").la_code
    '835'
    >>> resolve("Calderwick Borough Council").method
    'unresolved'
    """
    names = parts(printed)
    found = _places(names, on)
    if not found:
        both = [strip(part) for part in re.split(r"\s(?:and|&)\s", tidy(printed))]
        if all(key(name) in _index() for name in both):
            found = _places(both, on)
    if len(found) == 1:
        return found[0]
    guess = _fuzzy(names[0], on) if names and not found else None
    return guess or Council(printed_name(printed), "", "", "", "unresolved", 0.0)


def find_councils(text: str) -> list[tuple[int, int, str]]:
    """Return start, end and official name of every council that a text names, in order.

    The longest name counts; a name within a person's, a street's or another place's does not, nor
    does one that is also a common word, unless words beside it show that a council is meant.

    Examples
    --------
    >>> find_councils("Reading the report on North Yorkshire, Jane Sutton of Surrey Street smiled.")
    [(22, 37, 'North Yorkshire')]
    """
    return [(mention.start, mention.end, mention.name) for mention in known_councils(text)]


def council_of_text(title: str, text: str, on: str = "") -> Council:
    """Return the council that a press text is most about.

    A name counts more in the title and where it is named as a council ("Kent County Council",
    "children's services in Kent"). A council that is in no list competes with the others and is
    unresolved; so is the council of a text that names none, with an empty name.
    """
    whole = f"{title}\n{text}"
    known = known_councils(whole)
    worth: dict[str, int] = {}
    for mention in sorted([*known, *unknown_councils(whole, known)], key=lambda m: m.start):
        name = resolve(mention.name, on).name
        weight = TITLE_WEIGHT if mention.start < len(title) else 1
        # Abolished counties live on as names of regions and police forces.
        counts = 1 if _is_past(name, on) else weight * mention.worth
        worth[name] = worth.get(name, 0) + counts
    most = max(worth, key=lambda name: worth[name], default="")
    return resolve(most, on)
