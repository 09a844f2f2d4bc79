"""Finds the names of councils in running text, and tells them from other bearers of a name."""

import re
from dataclasses import dataclass
from functools import cache

from pipeline.facts.council_names import (
    any_of,
    councils,
    key,
    known_keys,
    pattern,
    printed_name,
    synonyms,
    words,
)

NAMED_AS_COUNCIL = 3
_WORD = r"[A-Z][\w’'-]*"
_POSTCODE = re.compile(r",?\s+[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}\b")


@dataclass(frozen=True)
class Mention:
    """A name in a text; ``worth`` is higher where words beside it show that a council is meant."""

    start: int
    end: int
    name: str
    worth: int


def _spelled(name: str) -> str:
    """Return a pattern for one name, however its words are spaced and joined."""
    either = {"and": "(?:and|&)", "St": r"(?:St\.?|Saint)"}
    pieces = re.findall(r"[\w'&]+", re.sub(r"\s&\s", " and ", name))
    spelled = (either.get(piece, re.escape(piece)) for piece in pieces)
    return r"(?:,?\s+|-\s*)?".join(spelled).replace("'", "['’]")


@cache
def _known_names() -> re.Pattern[str]:
    names = {n for row in councils() for n in (row["name"], *synonyms().get(row["name"], []))}
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(_spelled, longest_first))})(?!\w)", re.IGNORECASE
    )


def _is_headline(text: str, at: int) -> bool:
    """Say whether the line around a place in the text is one with capitals throughout."""
    line = text[text.rfind("\n", 0, at) + 1 :].split("\n", 1)[0].rstrip()
    long = [w for w in re.findall(r"[^\W\d_]+", line) if len(w) > 3]
    main = [w for w in long if w.lower() not in words("may_precede")]
    return (
        len(main) >= 4 and not line.endswith((".", "!", "?")) and all(w[0].isupper() for w in main)
    )


def _is_capital(name: str) -> bool:
    return all(w[0].isupper() for w in re.findall(r"\w+", name) if w not in words("small"))


def _is_of_another(before: str, after: str) -> bool:
    """Say whether a word beside a name makes it a person's or another place's."""
    previous = re.search(r"([\w’'-]+)\.?[ \t]$", before)
    last = previous[1] if previous else ""
    other = words("qualifiers") | words("titles")
    return bool(
        (last[:1].isupper() and last.lower() in other)
        or pattern("ranks", r"\b{0} of (?:the )?$").search(before)
        or pattern("joins", r"^-{0}-").match(after)
        or pattern("joins_apart", r"^ {0} (?-i:[A-Z])").match(after)
        or _POSTCODE.match(after)
    )


def _stands_alone(before: str, after: str, headline: bool) -> bool:
    """Say whether a name is no part of a longer one by the capitals beside it."""
    following = re.match(rf"(?:['’]s?)?[ \t]({_WORD})", after)
    next_word = following[1].lower().replace("’", "'").removesuffix("'s") if following else ""
    if next_word in words("never_follow"):
        return False
    if headline:
        return True
    previous = re.search(rf"(?<![\w’'-])({_WORD})[ \t]$", before)
    if previous and previous[1].lower() not in words("may_precede"):
        return False
    return not next_word or next_word in words("may_follow")


@cache
def _weak_keys() -> frozenset[str]:
    return frozenset(map(key, words("weak_in_text")))


def known_councils(text: str) -> list[Mention]:
    """Return the mentions of listed councils in a text, in order, by their official names."""
    found = []
    for match in _known_names().finditer(text):
        start, end = match.span()
        before, after = text[max(0, start - 60) : start], text[end : end + 60]
        if not _is_capital(match[0]) or _is_of_another(before, after):
            continue
        called = pattern("strong_after", r"^(?:['’]s?)?\s+{0}\b").match(after)
        strong = bool(called or pattern("strong_before", r"\b{0}(?: the)?\s+$").search(before))
        if not strong and key(match[0]) in _weak_keys():
            continue
        if called or _stands_alone(before, after, _is_headline(text, start)):
            name = known_keys()[key(match[0])]
            found.append(Mention(start, end, name, NAMED_AS_COUNCIL if strong else 1))
    return found


@cache
def _unknown_names() -> tuple[re.Pattern[str], ...]:
    """Return patterns for "… Council", "…'s children's services" and "children's services in …"."""
    links = any_of(words("links"))
    name = rf"(?P<name>{_WORD}(?:(?: {links})? {_WORD}|-(?:{links}-)?{_WORD}){{0,4}})"
    council, owned = any_of(words("council_after")), any_of(words("owned"))
    return (
        re.compile(rf"\b{name} (?i:{council})\b"),
        re.compile(rf"\b{name}(?<=['’]s) (?i:{owned})\b"),
        re.compile(rf"\b(?i:{any_of(words('strong_before'))}) {name}"),
    )


def _trimmed(name: str) -> str:
    """Take off the words that stand before a council's name, and those of administration."""
    first, _, rest = name.partition(" ")
    while rest and first.lower() in words("may_precede") | words("titles"):
        first, _, rest = rest.partition(" ")
    bare = printed_name(f"{first} {rest}".strip())
    last = re.split(r"[ -]", bare.lower().replace("’", "'"))[-1].removesuffix("'s")
    is_none = last in words("not_councils") | words("may_precede") | words("generic")
    return "" if is_none else bare


def unknown_councils(text: str, known: list[Mention]) -> list[Mention]:
    """Return the mentions of councils that are in no list, by their names as printed.

    A name that was once called a council counts wherever it stands; one that ends in another
    such name ("Ofsted Praises Ashmarsh") is that one.
    """
    taken = {place for mention in known for place in range(mention.start, mention.end)}
    called: dict[int, tuple[int, str]] = {}
    for shape in _unknown_names():
        for match in shape.finditer(text):
            name = _trimmed(match["name"])
            if name and taken.isdisjoint(range(*match.span("name"))):
                called[match.start("name")] = (match.end("name"), name)
    names = {name for _, name in called.values()}
    shortest = {n: min((m for m in names if f" {n}".endswith(f" {m}")), key=len) for n in names}
    found = [Mention(s, e, shortest[n], NAMED_AS_COUNCIL) for s, (e, n) in called.items()]
    taken |= {place for mention in found for place in range(mention.start, mention.end)}
    for name in sorted(set(shortest.values())):
        for match in re.finditer(rf"\b{re.escape(name)}\b", text):
            if taken.isdisjoint(range(*match.span())):
                found.append(Mention(*match.span(), name, 1))
    return found
