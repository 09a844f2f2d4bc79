"""What a person made of a sentence whose codings are other than they were exported."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.export.study import Coding
from pipeline.review.store import coder_name
from pipeline.schema import MODEL, POLARITIES

OTHER = "other"
MOST_THEMES = 3
_ODD = re.compile(r"[^\w .\-]")


@dataclass(frozen=True)
class Decision:
    """What one person made of a sentence."""

    coder: str
    polarity: str
    themes: tuple[str, ...]


def decide(
    before: Iterable[Coding], now: Iterable[Coding], default: str, order: list[str]
) -> list[Decision]:
    """Return what each person made of a sentence whose codings are other than before.

    Parameters
    ----------
    before, now
        The sentence's codings as exported and as read.
    default
        Who removed codings, and who added those that bear no name or the model's.
    order
        The codes in the order of the codebook.

    Raises
    ------
    ValueError
        If somebody gave several polarities, themes without a polarity, or too many themes.

    Notes
    -----
    A person who gave a polarity while another one still stands codes *beside* it: their themes are
    their own alone, none if they gave none (the table's themes then stand). A person who removed
    the polarity, or only changed themes, *corrects*: the codings that were left standing count as
    theirs.
    """
    exported = {coding.code: coding for coding in before}
    people = {coding.coder for coding in before}
    kept = [c for c in now if c.code in exported and c.coder in {*people, MODEL, ""}]
    new = [c for c in now if c not in kept]
    removed = set(exported) - {coding.code for coding in kept}
    named = {default if c.coder in (MODEL, "") else c.coder for c in new}
    if removed and not named:
        named = {default}
    return [_decision(coder, kept, new, default, order) for coder in sorted(named)]


def _decision(
    coder: str, kept: list[Coding], new: list[Coding], default: str, order: list[str]
) -> Decision:
    owner = {MODEL: default, "": default}
    own = {c.code for c in new if owner.get(c.coder, c.coder) == coder}
    own |= {c.code for c in kept if c.coder == coder}
    standing = list(dict.fromkeys(c.code for c in kept if c.code not in own))
    given = [code for code in POLARITIES if code in own]
    left = [code for code in POLARITIES if code in standing]
    polarities = given or left
    added = [code for code in order if code in own and code not in POLARITIES]
    themes = added
    if not (given and left):
        themes = [code for code in standing if code not in POLARITIES] + added
    if len(polarities) > 1:
        raise ValueError(f"has several polarities ({', '.join(polarities)}); use mixed")
    if themes and not polarities:
        raise ValueError("has themes but no polarity")
    if OTHER in themes and len(themes) > 1:
        themes.remove(OTHER)
    if len(themes) > MOST_THEMES:
        raise ValueError(f"has more than {MOST_THEMES} themes")
    if not polarities:
        return Decision(coder, "none", ())
    # A finding always has a theme; where a person took each away, it is on something else.
    return Decision(coder, polarities[0], tuple(themes or ([] if given and left else [OTHER])))


def clean_name(name: str) -> str:
    """Return a user's name of another program as a coder's name; empty if nothing is left."""
    bare = " ".join(_ODD.sub(" ", name).split())[:50].strip()
    return coder_name(bare) if re.match(r"\w", bare) and bare.casefold() != MODEL else ""
