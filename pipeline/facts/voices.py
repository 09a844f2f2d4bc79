"""Recognises who a phrase names: people with their roles, bodies, the inspectorate.

All words are data (``data/speech.yaml``); this module holds only the shape of a name and the
order in which the role lists decide.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.loader import load_yaml
from pipeline.paths import DATA

_TOKEN = r"(?:[A-Z][’'])?[A-Z][^\W\d_]*+(?:[-–][^\W\d_]++)*+"
_RUN = re.compile(rf"{_TOKEN}\.?(?:\s(?:(?:de|van|von|der|den|la|le|al|bin|ap)\s)*{_TOKEN})*")
_SPACE = re.compile(r"\s+")
_PREPOSED = re.compile(
    r"(?:\b(?:of|to|with|for|from|in|about|at|into|on|by|under|against|through|between|behind|"
    r"called|via|than|towards|across|inside|around|throughout|within|near|and for)"
    r"|[’']s|s[’'])\s+(?:(?:both|all|the|our|its|their)\s+)?$",
    re.IGNORECASE,
)
_AFTER_PREPOSITION = re.compile(
    r"\b(?:of|to|with|from|in|about|at|into|on|under|against|through|between|behind|near|like|"
    r"across|inside|around|outside|called)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_CITED = re.compile(r"\b(?:according to|in the words of)\s+(?:the\s+)?$", re.IGNORECASE)
_GENITIVE = re.compile(r"[’'](?:s\b|\s)")


@dataclass(frozen=True)
class Voice:
    """Who makes an assertion: a code of the codebook's sources, and the speaker as printed."""

    source: str
    speaker: str = ""


@dataclass(frozen=True)
class Agent:
    """A mention of somebody who can speak.

    ``kind`` is one of inspectors, writings, body, nobody, person or pronoun.
    """

    start: int
    end: int
    kind: str
    voice: Voice
    name: str = ""


def fold(text: str) -> str:
    """Return ``text`` with every run of white space as one space."""
    return _SPACE.sub(" ", text).strip()


@cache
def _speech() -> dict[str, object]:
    loaded = load_yaml((DATA / "speech.yaml").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def _entries(*path: str) -> list[str]:
    node: object = _speech()
    for key in path:
        assert isinstance(node, dict)
        node = node[key]
    if isinstance(node, str):
        return re.split(r"(?<!\\)\s+", node.strip())
    assert isinstance(node, list)
    return [str(entry) for entry in node]


@cache
def lexicon(*path: str, case: bool = False) -> re.Pattern[str]:
    """Return one pattern for a list of ``speech.yaml``, whole words only."""
    joined = "|".join(_entries(*path))
    return re.compile(rf"(?<![\w-])(?:{joined})(?![\w-])", 0 if case else re.IGNORECASE)


@cache
def words(key: str) -> frozenset[str]:
    """Return a word list of ``speech.yaml`` as it is printed there."""
    return frozenset(_entries(key))


@cache
def _roles() -> list[tuple[str, re.Pattern[str]]]:
    rows = _speech()["roles"]
    assert isinstance(rows, list)
    flags = re.IGNORECASE
    return [
        (row["source"], re.compile(rf"(?<![\w-])(?:{'|'.join(row['words'])})(?![\w-])", flags))
        for row in rows
    ]


def source_of_role(phrase: str) -> str:
    """Return the source of somebody described as ``phrase``; '' where no known role is named.

    The lists of ``speech.yaml`` are tried in their order, so that an opposition leader is
    `other` although a leader is `council`.
    """
    return next((source for source, pattern in _roles() if pattern.search(phrase)), "")


@cache
def _stands_alone() -> re.Pattern[str]:
    return re.compile("|".join(_entries("lone_names")))


def _is_name(tokens: list[str]) -> bool:
    titled = bool(set(tokens[:-1]) & words("titles"))
    return titled or len(tokens) >= 2


def people(text: str, known: frozenset[str] = frozenset()) -> Iterator[tuple[int, int]]:
    """Yield where personal names with their titles stand in ``text``.

    A name is what a run of capitals has behind its last word of ``no_person``; one word alone
    counts only with a title, with an age or the like after it, or if it is in ``known``.
    """
    barred, also = words("no_person"), words("also_surnames")
    for run in _RUN.finditer(text):
        tokens = run.group().split()
        surname = len(tokens) > 1 and tokens[-2] not in barred and tokens[-1] in also
        surname = surname and not _AFTER_PREPOSITION.search(text[: run.start()])
        while set(tokens[:-1] if surname else tokens) & barred:
            tokens = tokens[1:]
        if not tokens:
            continue
        start = run.end() - len(" ".join(tokens))
        possessive = re.match(r"[’']s?\b|[’'](?=\s)", text[run.end() :])
        alone = tokens[0] in known or _stands_alone().match(text, run.end())
        if not possessive and (_is_name(tokens) or (alone and tokens[0] not in words("titles"))):
            yield start, run.end()


def _inspectorate(text: str) -> Iterator[Agent]:
    barred = [m.span() for m in lexicon("inspectorate", "not_writings").finditer(text)]
    for kind, key in (("writings", "writings"), ("inspectors", "people"), ("inspectors", "named")):
        for match in lexicon("inspectorate", key).finditer(text):
            if any(start < match.end() and match.start() < end for start, end in barred):
                continue
            named = "ofsted" in match.group().lower()
            yield Agent(*match.span(), kind, Voice("inspectorate", "Ofsted" if named else ""))


def _bodies(text: str) -> Iterator[Agent]:
    for match in lexicon("council_writings").finditer(text):
        yield Agent(*match.span(), "writings", Voice("council"))
    for source in ("council", "other"):
        for match in lexicon("bodies", source, case=True).finditer(text):
            yield Agent(*match.span(), "body", Voice(source, fold(match.group())))
    for match in lexicon("bodies", "role", case=True).finditer(text):
        source = source_of_role(match.group())
        if source:
            yield Agent(*match.span(), "body", Voice(source, fold(match.group())))
    for match in lexicon("bodies", "nobody").finditer(text):
        yield Agent(*match.span(), "nobody", Voice("other"))


def _is_free(text: str, agent: Agent) -> bool:
    """Tell whether a mention can be a subject, or is the object of "according to"."""
    if _CITED.search(text[: agent.start]):
        return True
    if agent.kind == "person":
        return not _AFTER_PREPOSITION.search(text[: agent.start])
    return not _PREPOSED.search(text[: agent.start]) and not _GENITIVE.match(text, agent.end)


def agents(text: str, known: frozenset[str] = frozenset()) -> list[Agent]:
    """Return every mention in ``text`` that may be the subject of a verb, in order.

    Where mentions overlap the longest stays ("a report to the council" is no "council");
    what hangs on a preposition or a genitive is dropped.
    """
    found = [Agent(s, e, "person", Voice(""), text[s:e]) for s, e in people(text, known)]
    found += [*_inspectorate(text), *_bodies(text)]
    found += [
        Agent(*m.span(), "pronoun", Voice(""), m.group().lower())
        for m in re.finditer(r"\b(?:he|she|they|it)\b", text, re.IGNORECASE)
    ]
    kept: list[Agent] = []
    for agent in sorted(found, key=lambda a: (a.start - a.end, a.start, a.kind)):
        clear = all(agent.end <= other.start or other.end <= agent.start for other in kept)
        if clear:
            kept.append(agent)
    return sorted((a for a in kept if _is_free(text, a)), key=lambda a: a.start)
