"""Keeps the people of a text apart: names with their roles, and whom a pronoun means."""

import re
from dataclasses import dataclass, field

from pipeline.facts.quotes import MASK
from pipeline.facts.voices import Agent, Voice, fold, source_of_role, words

INSPECTORATE = Voice("inspectorate")

_PARENTHETICAL_AGE = re.compile(r"^,\s(?:aged )?\d{1,2}$")
_LONG_CLAUSE = 12
_CUT_BEFORE = re.compile(r"^.*\b(?:was|were|is|are|has|had|have|by|that|from|to)\s", re.DOTALL)
_ROLE_END = re.compile(rf"{MASK}|(?:^|,)\s(?:was|were|is|are|had|has)\b")
_WHO = re.compile(r",?\s(?:who|whose|which)\b")


@dataclass
class Cast:
    """Everybody met so far in a text, and whom "he", "they" and "it" mean."""

    known: dict[str, Voice] = field(default_factory=dict)
    person: Voice | None = None
    they: Voice | None = None
    it: Voice | None = None

    def introduce(self, name: str, phrase: str, described: str) -> Voice:
        """Return the voice of the person ``name``, described here as ``phrase``.

        A mention that says no more than the name points back to the one that gave the role.
        """
        plain = [token for token in name.split() if token not in words("titles")]
        earlier = self.known.get(plain[-1]) if plain else None
        role = phrase.replace(name, " ")
        same = earlier is not None and all(token in earlier.speaker for token in plain)
        if earlier is not None and same and not source_of_role(role):
            return earlier
        voice = Voice(source_of_role(described) or "other", fold(phrase))
        for token in {plain[0], plain[-1]} if plain else ():
            self.known[token] = voice
        return voice

    def names(self) -> frozenset[str]:
        """Return the single words that stand for a person met before."""
        return frozenset(self.known)

    def pronoun(self, word: str) -> Voice | None:
        """Return whom a pronoun means."""
        return {"they": self.they, "it": self.it}.get(word, self.person)

    def note(self, subject: Agent, voice: Voice) -> None:
        """Remember the subject of a sentence for the pronouns of the next."""
        if subject.kind == "person":
            self.person = voice
        elif subject.kind == "inspectors":
            self.they = self.it = INSPECTORATE
        elif subject.kind == "writings":
            self.it = Voice(voice.source)
        elif subject.kind in ("body", "nobody"):
            self.person = voice if subject.kind == "nobody" else self.person
            self.they = self.it = voice


def role_before(text: str) -> str:
    """Return the words before a name that belong to it: a role, without opening clauses."""
    text = text.rpartition(MASK)[2].lstrip()
    text = re.sub(rf"^(?:(?:{'|'.join(words('connectives'))}),?\s+)+", "", text)
    pieces = [0, *(m.end() for m in re.finditer(r",\s+", text))]
    opened = text.split(" ", 1)[0].lower() in words("openers")
    for start in pieces[opened:]:
        piece = _CUT_BEFORE.sub("", text[start:])
        if piece.strip() and source_of_role(" ".join(piece.split()[:6])):
            return piece
    return ""


def _role_after(text: str, prefixed: bool) -> str:
    """Return the words after a name that describe it, less a clause beside another role."""
    text = re.sub(rf"(?:[,\s]+(?:{between()}))*[,\s]*$", "", text)
    clause = _WHO.search(text)
    if clause is None:
        return text
    before, relative = text[: clause.start()], text[clause.start() :]
    described = before.strip() and not _PARENTHETICAL_AGE.match(before)
    if prefixed or described or len(relative.split()) > _LONG_CLAUSE:
        return before
    return text


def between() -> str:
    """Return the words that may stand between a subject and its verb, as alternatives."""
    return "|".join(sorted(words("between") - {"who", "which", "that"}))


def person_voice(masked: str, agent: Agent, after: str, cast: Cast, begin: int = 0) -> Voice:
    """Return the voice of a person, with name and role as printed around the name.

    ``after`` is the text behind the name that may describe it, ``begin`` where the text before
    it begins that may.
    """
    before = role_before(masked[begin : agent.start])
    after = _ROLE_END.split(after, maxsplit=1)[0]
    tail = _role_after(after, bool(before))
    phrase = fold(before + agent.name + tail).strip(" ,")
    return cast.introduce(agent.name, phrase, before + agent.name + after)
