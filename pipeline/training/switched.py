"""Labelled sentences turned into their opposite by a word or two, as further ones to train on.

Counterfactual augmentation by rule (Kaushik, Hovy and Lipton 2020 had people write such
sentences): "usually" becomes "rarely", and the strength a weakness. The rules are those of
``pipeline/data/switches.yaml``.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pandas as pd

from pipeline.structure.patterns import load_data

# Longer sentences say more than one thing.
LONGEST = 22
# Sentences made of one.
EACH = 2
OPPOSITE = {"strength": "weakness", "weakness": "strength"}
_AND = re.compile(r"\b(and|or)\b", re.IGNORECASE)
_TWICE = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)


@dataclass(frozen=True)
class Switch:
    """Words, and what may stand in their place; ``whole`` if they govern the sentence."""

    words: re.Pattern[str]
    instead: tuple[str, ...]
    whole: bool


@cache
def switches(polarity: str) -> tuple[Switch, ...]:
    """Return the switches that give a sentence this polarity."""
    entries = load_data("switches.yaml")[polarity]
    return tuple(
        Switch(re.compile(rf"\b(?:{words})\b", re.IGNORECASE), tuple(instead), kind == "whole")
        for kind in ("whole", "part")
        for words, instead in entries[kind]
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(load_data("switches.yaml")[name], re.IGNORECASE)


def _changed(match: re.Match[str], switch: Switch, chance: random.Random) -> Iterator[str]:
    """Yield the text of a match with other words in its place, unless a word then stands twice."""
    new = chance.choice(switch.instead)
    new = match.expand(new) if match.re.groups else new
    new = new[0].upper() + new[1:] if match.group()[0].isupper() else new
    made = match.string[: match.start()] + new + match.string[match.end() :]
    if not _TWICE.search(made):
        yield made


def turned(text: str, polarity: str, chance: random.Random) -> Iterator[str]:
    """Yield sentences that differ from one of this polarity by a word or two and have the other.

    None come of sentences of more than one clause, or of more than :data:`LONGEST` words.

    Examples
    --------
    >>> sorted(turned("Plans are usually clear.", "strength", random.Random(3)))
    ['Plans are hardly usually clear.', 'Plans are seldom clear.', 'Plans are usually unclear.']
    >>> list(turned("Plans are clear, but visits are late.", "strength", random.Random(3)))
    []
    """
    if len(text.split()) > LONGEST or _pattern("joined").search(text):
        return
    if polarity == "strength" and _pattern("negative").search(text):
        return
    several = _AND.search(text)
    for switch in switches(OPPOSITE[polarity]):
        found = list(switch.words.finditer(text))
        if len(found) != 1 or (several and not switch.whole):
            continue
        if switch.whole and _pattern("relative").search(text[: found[0].start()]):
            continue
        yield from _changed(found[0], switch, chance)


def variants(text: str, chance: random.Random) -> Iterator[str]:
    """Yield sentences that differ from one by a word or two, whatever they then say.

    Examples
    --------
    >>> sorted(variants("Plans are clear, but help is late.", random.Random(3)))
    ['Plans are clear, but help is hardly late.', 'Plans are clear, but help is prompt.', \
'Plans are unclear, but help is late.']
    """
    for switch in (switch for polarity in OPPOSITE for switch in switches(polarity)):
        found = list(switch.words.finditer(text))
        if found:
            yield from _changed(chance.choice(found), switch, chance)


def switched(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return sentences made of labelled ones, with the other polarity.

    Parameters
    ----------
    frame
        Labelled sentences. Bullets under "What needs to improve" stay as they are: whatever they
        say, they are weaknesses.
    seed
        Chooses the words, and which sentences are taken of those that one gives.
    """
    chance = random.Random(seed)
    improve = frame["bullet"] & (frame["section"] == "improve")
    plain = frame[frame["polarity"].isin(OPPOSITE) & ~improve]
    rows: list[tuple[int, str, str]] = []
    for row, (text, polarity) in enumerate(zip(plain["text"], plain["polarity"], strict=True)):
        made = list(turned(text, polarity, chance))
        chance.shuffle(made)
        rows += [(row, new, OPPOSITE[polarity]) for new in made[:EACH]]
    places, texts, polarities = zip(*rows, strict=True) if rows else ((), (), ())
    whole = plain.iloc[list(places)]
    return whole.assign(text=texts, polarity=polarities).reset_index(drop=True)


def varied(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return uncoded sentences, those that can, with a word or two changed: one of each.

    Parameters
    ----------
    frame
        Sentences with their context.
    seed
        Chooses the words.
    """
    chance = random.Random(seed)
    rows = []
    for row, text in enumerate(frame["text"]):
        found = list(variants(text, chance))
        if found:
            rows.append((row, chance.choice(found)))
    places, texts = zip(*rows, strict=True) if rows else ((), ())
    return frame.iloc[list(places)].assign(text=list(texts)).reset_index(drop=True)
