"""Finds who is reported in a sentence: subject and verb of speech, passives, nouns of judgement.

A sentence is given twice: as printed, and *masked*, with what stands in quotation marks
overwritten, so that words inside a quotation are never taken for the writer's.
"""

import re
from dataclasses import dataclass, field

from pipeline.facts.voices import Agent, Voice, agents, fold, lexicon, source_of_role, words

MASK = "\x1f"
INSPECTORATE = Voice("inspectorate")

_BE = r"(?:was|were|is|are|been|being|be|get|gets|got)"
_PASSIVE_BEFORE = re.compile(rf"\b{_BE}\s+(?:\w+ly\s+|also\s+|even\s+|not\s+)*$", re.IGNORECASE)
_NO_VERB_BEFORE = re.compile(r"\b(?:to|of|the|a|an|this|that's|in|not|whether|if)\s+$", re.IGNORECASE)
_SEAM = re.compile(r"^,?\s+(?:and|but|while|as|when|after|because|although|where|so|before)\b")
_APPOSED = re.compile(r"^(?:,|\s\(|\s(?:of|from|at|in|for|and)\s)")
_REACH = {"inspectors": 170, "writings": 170, "person": 260, "body": 120, "nobody": 120}
_INVERTED = re.compile(rf"(?:^|[{MASK},;–—-])\s*(?:as\s)?$")
_BY = re.compile(r"^[^.;:,]{0,60}?\bby\s+")
_CITING = re.compile(r"\b(?:according to|in the words of)\s+(?:the\s+)?$", re.IGNORECASE)
_OWN_WORDS = re.compile(r"\b(inspectors|report|ofsted|watchdog)[’']s?\s+words\b", re.IGNORECASE)
_WHO = re.compile(r",?\s(?:who|whose|which)\b")
_ROLE_STOP = re.compile(
    rf"[.;:{MASK}!?]|,\s(?:adding|after|as|when|following|in|at|on|during|speaking|saying|but|and "
    r"(?:she|he|they))\b|\s(?:adding|after|when|yesterday|today|last|in a statement|on (?:Mon|Tues|"
    r"Wednes|Thurs|Fri|Satur|Sun)day|told|said)\b"
)
_CUT_BEFORE = re.compile(r"^.*\b(?:was|were|is|are|has|had|have|by|that|from|to)\s", re.DOTALL)
_PARENTHETICAL_AGE = re.compile(r"^,\s(?:aged )?\d{1,2}$")
_LONG_CLAUSE = 12


@dataclass(frozen=True)
class Report:
    """One report in a sentence: whose words, and where its verb stands."""

    voice: Voice
    start: int
    end: int
    agent: Agent | None = None


@dataclass
class Cast:
    """Everybody met so far in a text, and whom "he", "they" and "it" mean."""

    known: dict[str, Voice] = field(default_factory=dict)
    person: Voice | None = None
    they: Voice | None = None
    it: Voice | None = None

    def introduce(self, name: str, phrase: str, described: str) -> Voice:
        """Return the voice of the person ``name``, described here as ``phrase``.

        The first mention that gives a role is the one that later ones point to.
        """
        last = name.split()[-1]
        earlier = self.known.get(last)
        bare = fold(phrase) == fold(name)
        if earlier is not None and (bare or len(phrase) < len(earlier.speaker)):
            return earlier
        voice = Voice(source_of_role(described) or "other", fold(phrase))
        self.known[last] = voice
        first = name.split()[0]
        if first not in words("titles"):
            self.known.setdefault(first, voice)
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


def _role_before(text: str) -> str:
    """Return the words before a name that belong to it: a role, without opening clauses."""
    text = text.rpartition(MASK)[2].lstrip()
    text = re.sub(rf"^(?:(?:{'|'.join(words('connectives'))}),?\s+)+", "", text)
    pieces = [0, *(m.end() for m in re.finditer(r",\s+", text))]
    opened = text.split(" ", 1)[0].lower() in words("openers")
    for start in pieces[opened:]:
        piece = _CUT_BEFORE.sub("", text[start:])
        if piece.strip() and source_of_role(" ".join(piece.split()[:6])):
            return piece if not piece.rstrip().endswith(",") or start == 0 else ""
    return ""


def _role_after(text: str, prefixed: bool) -> str:
    """Return the words after a name that describe it, less a clause beside another role."""
    text = re.sub(rf"(?:[,\s]+(?:{_between()}))*[,\s]*$", "", text)
    clause = _WHO.search(text)
    if clause is None:
        return text
    before, relative = text[: clause.start()], text[clause.start() :]
    described = before.strip() and not _PARENTHETICAL_AGE.match(before)
    if prefixed or described or len(relative.split()) > _LONG_CLAUSE:
        return before
    return text


def _between() -> str:
    return "|".join(sorted(words("between") - {"who", "which", "that"}))


def person_voice(masked: str, agent: Agent, after: str, cast: Cast) -> Voice:
    """Return the voice of a person, with name and role as printed around the name."""
    before = _role_before(masked[: agent.start])
    tail = _role_after(after, bool(before))
    phrase = fold(before + agent.name + tail).strip(" ,")
    return cast.introduce(agent.name, phrase, before + agent.name + after)


def _near(masked: str, agent: Agent, verb: int) -> bool:
    """Tell whether ``agent`` can be the subject of the verb that begins at ``verb``."""
    gap = masked[agent.end : verb]
    adverbs = re.fullmatch(rf"(?:[,\s]+(?:{_between()}|who|which))*[,\s]*", gap, re.IGNORECASE)
    if adverbs:
        return True
    if len(gap) > _REACH.get(agent.kind, 0) or re.search(r"[;:?!]", gap):
        return False
    if agent.kind == "person":
        return bool(_APPOSED.match(gap)) and not (_SEAM.match(gap) and ", " in gap[2:4])
    if agent.kind in ("body", "nobody"):
        return bool(re.match(r"^(?:,| (?:of|in|from|for|at|with|who)\b)", gap)) and not _SEAM.match(gap)
    return True


def _subject(masked: str, found: list[Agent], verb: int) -> Agent | None:
    """Return the subject before a verb: a person whose description reaches it, or the nearest."""
    before = [agent for agent in found if agent.end <= verb]
    for agent in reversed(before):
        gap = masked[agent.end : verb]
        if agent.kind == "person" and _near(masked, agent, verb) and not _SEAM.match(gap):
            return agent
        if re.search(rf"[{MASK}]", gap) and agent.kind == "person":
            break
    return next((agent for agent in reversed(before[-2:]) if _near(masked, agent, verb)), None)


def _inverted(masked: str, found: list[Agent], verb: re.Match[str]) -> Agent | None:
    """Return the subject after a verb: "…,” said Jo Bloggs", "…, say inspectors"."""
    if not _INVERTED.search(masked[: verb.start()]):
        return None
    for agent in found:
        gap = masked[verb.end() : agent.start]
        if agent.start >= verb.end() and agent.kind != "pronoun":
            role = agent.kind == "person" and len(gap) < 120 and bool(_role_before(gap))
            return agent if not gap.strip() or role or gap.strip() == "the" else None
    return None


def _speaks(agent: Agent, voice: Voice, verb: str) -> bool:
    """Tell whether ``verb`` reports an assertion of this kind of subject."""
    if voice.source == "inspectorate" and agent.kind != "person":
        return bool(lexicon("verbs", "inspectorate").fullmatch(verb))
    if agent.kind == "body" or (agent.kind == "pronoun" and agent.name == "it"):
        return bool(lexicon("verbs", "bodies").fullmatch(verb))
    return bool(lexicon("verbs", "people").fullmatch(verb))


def _verbs(masked: str) -> list[re.Match[str]]:
    hits: dict[int, re.Match[str]] = {}
    for key in ("people", "bodies", "inspectorate"):
        for match in lexicon("verbs", key).finditer(masked):
            if match.start() not in hits or match.end() > hits[match.start()].end():
                hits[match.start()] = match
    return [
        hits[at]
        for at in sorted(hits)
        if not _PASSIVE_BEFORE.search(masked[:at]) and not _NO_VERB_BEFORE.search(masked[:at])
    ]


def reports(masked: str, cast: Cast) -> list[Report]:
    """Return the reports of a masked sentence that name or point to their speaker, in order."""
    found = agents(masked, cast.names())
    result: list[Report] = []
    for verb in _verbs(masked):
        inverted = _inverted(masked, found, verb)
        agent = inverted or _subject(masked, found, verb.start())
        if agent is None:
            continue
        voice = _voice(masked, agent, verb, inverted is not None, cast)
        if voice is not None and _speaks(agent, voice, verb.group()):
            result.append(Report(voice, verb.start(), verb.end(), agent))
    for agent in found:
        if _CITING.search(masked[: agent.start]):
            after = masked[agent.end :]
            voice = _cited(masked, agent, after, cast)
            if voice is not None:
                result.append(Report(voice, agent.start, agent.end, agent))
    return sorted(result, key=lambda report: report.start)


def _voice(
    masked: str, agent: Agent, verb: re.Match[str], inverted: bool, cast: Cast
) -> Voice | None:
    if agent.kind == "pronoun":
        return cast.pronoun(agent.name)
    if agent.kind != "person":
        return agent.voice
    after = masked[agent.end :] if inverted else masked[agent.end : verb.start()]
    stop = _ROLE_STOP.search(after) if inverted else None
    return person_voice(masked, agent, after[: stop.start()] if stop else after, cast)


def _cited(masked: str, agent: Agent, after: str, cast: Cast) -> Voice | None:
    if agent.kind == "pronoun":
        return cast.pronoun(agent.name)
    if agent.kind != "person":
        return agent.voice
    stop = _ROLE_STOP.search(after)
    return person_voice(masked, agent, after[: stop.start()] if stop else "", cast)


def _states_grade(text: str, start: int, end: int) -> bool:
    """Tell whether a passive only says the grade: "was judged to be good"."""
    grading = lexicon("grading").search(text, start, end)
    grade = re.match(rf"[^.;:]{{0,40}}?\b(?:good|{_grades()})\b", text[end:], re.IGNORECASE)
    return bool(grading and grade)


def _grades() -> str:
    return lexicon("grades").pattern


def judgement(text: str, masked: str, cast: Cast) -> Voice | None:
    """Return who judges in a sentence that has no subject of speech.

    A passive without its agent ("were described as strong advocates"), and a noun of judgement
    ("there was praise for"), are the inspectorate's; councillors who are told something are
    told it by their officers; with "by …" the agent decides.
    """
    if lexicon("council_hearings").search(masked):
        return Voice("council")
    if _OWN_WORDS.search(masked):
        return INSPECTORATE
    passive = re.compile(
        rf"\b{_BE}\s+(?:(?:{_between()})\s+)*({lexicon('passive').pattern})", re.IGNORECASE
    )
    for match in passive.finditer(masked):
        by = _BY.match(masked[match.start(1) :])
        if by and (agent := _agent_at(masked, match.start(1) + by.end(), cast)):
            return agent
        if not by and not _states_grade(text, match.start(1), match.end()):
            return INSPECTORATE
    return INSPECTORATE if lexicon("nominal").search(masked) else None


def _agent_at(masked: str, start: int, cast: Cast) -> Voice | None:
    """Return the voice of whoever is named right after "by"."""
    rest = masked[start:]
    for agent in agents(rest, cast.names()):
        if agent.start > 40:
            break
        if agent.kind == "person":
            return _cited(rest, agent, rest[agent.end :], cast)
        if agent.kind != "pronoun":
            return agent.voice
    return None
