"""Finds who is reported in a sentence: subject and verb of speech, passives, nouns of judgement.

A sentence is given twice: as printed, and *masked*, with what stands in quotation marks
overwritten, so that words inside a quotation are never taken for the writer's.
"""

import re
from dataclasses import dataclass

from pipeline.facts.cast import INSPECTORATE, Cast, between, person_voice, role_before
from pipeline.facts.quotes import LONGEST, MASK
from pipeline.facts.voices import Agent, Voice, agents, lexicon

_BE = r"(?:was|were|is|are|been|being|be|get|gets|got)"
_PASSIVE_BEFORE = re.compile(rf"\b{_BE}\s+(?:\w+ly\s+|also\s+|even\s+|not\s+)*$", re.IGNORECASE)
_NO_VERB_BEFORE = re.compile(
    r"\b(?:to|of|the|a|an|this|that's|in|not|whether|if)\s+$", re.IGNORECASE
)
_SEAM = re.compile(r"^,?\s+(?:and|but|while|as|when|after|because|although|where|so|before)\b")
_APPOSED = re.compile(r"^(?:,|\s\(|\s(?:of|from|at|in|for|and)\s)")
_REACH = {"inspectors": 170, "writings": 170, "person": 260, "body": 120, "nobody": 120}
_INVERTED = re.compile(rf"(?:^|[{MASK},;–—-])\s*(?:as\s)?$")
_AFTER_QUOTE = re.compile(rf"{MASK}\s*$")
_SUBORDINATE = re.compile(
    r"\b(?:after|since|when|whether|if|until|before)\b[^,;:]*$", re.IGNORECASE
)
_BY = re.compile(r"^[^.;:,]{0,60}?\bby\s+")
_CITING = re.compile(r"\b(?:according to|in the words of)\s+(?:the\s+)?$", re.IGNORECASE)
_OWN_WORDS = re.compile(r"\b(inspectors|report|ofsted|watchdog)[’']s?\s+words\b", re.IGNORECASE)
_WHO_BEFORE = re.compile(r"\b(?:who|which|that)\s(?:\w+\s)?$")
_ROLE_STOP = re.compile(
    rf"[.;:{MASK}!?]|,\s(?:adding|after|as|when|following|in|at|on|during|speaking|saying|but|and "
    r"(?:she|he|they))\b|\s(?:adding|after|when|yesterday|today|last|in a statement|on (?:Mon|Tues|"
    r"Wednes|Thurs|Fri|Satur|Sun)day|told|said)\b"
)
_OPENERS = "“”\"‘'„ "
_CLAUSE = re.compile(
    r"^(?:(?:and|but|so|that|also|however|importantly|indeed|overall|crucially|significantly|as|"
    r"in (?:its|their|the) (?:\w+ )?report|for example|today|yesterday),?\s+)*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Report:
    """One report in a sentence: whose words, and where its verb stands."""

    voice: Voice
    start: int
    end: int
    agent: Agent | None = None


def _near(masked: str, agent: Agent, verb: int) -> bool:
    """Tell whether ``agent`` can be the subject of the verb that begins at ``verb``."""
    gap = masked[agent.end : verb]
    adverbs = re.fullmatch(rf"(?:[,\s]+(?:{between()}|who|which))*[,\s]*", gap, re.IGNORECASE)
    if adverbs:
        return True
    if len(gap) > _REACH.get(agent.kind, 0) or re.search(r"[;:?!]", gap):
        return False
    if agent.kind == "person":
        spoken = [
            m
            for m in lexicon("verbs", "people").finditer(gap)
            if not _WHO_BEFORE.search(gap[: m.start()])
        ]
        return bool(_APPOSED.match(gap)) and not spoken and not _SEAM.match(gap)
    if agent.kind in ("body", "nobody"):
        return bool(re.match(r"^(?:,| (?:of|in|from|for|at|with|who)\b)", gap)) and not _SEAM.match(
            gap
        )
    return True


def _subject(masked: str, found: list[Agent], verb: int) -> Agent | None:
    """Return the subject before a verb: a person whose description reaches it, or the nearest."""
    before = [agent for agent in found if agent.end <= verb]
    near = [agent for agent in before if _near(masked, agent, verb)]
    named = [agent for agent in near if agent.kind == "person"]
    return named[0] if named else next((a for a in reversed(near) if a in before[-2:]), None)


def _inverted(masked: str, found: list[Agent], verb: re.Match[str]) -> Agent | None:
    """Return the subject after a verb: "…,” said Jo Bloggs", "…, say inspectors"."""
    if not _INVERTED.search(masked[: verb.start()]):
        return None
    for agent in found:
        gap = masked[verb.end() : agent.start]
        if agent.start >= verb.end() and agent.kind != "pronoun":
            role = agent.kind == "person" and len(gap) < 120 and bool(role_before(gap))
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
        agent = _subject(masked, found, verb.start())
        if inverted and (agent is None or _AFTER_QUOTE.search(masked[: verb.start()])):
            agent = inverted
        if agent is None:
            continue
        voice = _voice(masked, agent, verb, agent is inverted, cast)
        if voice is not None and _speaks(agent, voice, verb.group()):
            result.append(Report(voice, verb.start(), verb.end(), agent))
    for agent in found:
        if _CITING.search(masked[: agent.start]):
            voice = _cited(masked, agent, masked[agent.end :], cast, agent.start)
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
    if inverted:
        return _cited(masked, agent, masked[agent.end :], cast, verb.end())
    return person_voice(masked, agent, masked[agent.end : verb.start()], cast)


def _cited(masked: str, agent: Agent, after: str, cast: Cast, begin: int) -> Voice | None:
    """Return the voice of an agent whose description goes on behind the name."""
    if agent.kind == "pronoun":
        return cast.pronoun(agent.name)
    if agent.kind != "person":
        return agent.voice
    stop = _ROLE_STOP.search(after)
    return person_voice(masked, agent, after[: stop.start()] if stop else after, cast, begin)


def _states_grade(text: str, start: int, end: int) -> bool:
    """Tell whether a passive only says the grade: "was judged to be good"."""
    grading = lexicon("grading").search(text, start, end)
    grade = re.match(rf"[^.;:]{{0,40}}?{lexicon('grades').pattern}", text[end:], re.IGNORECASE)
    return bool(grading and grade)


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
        rf"\b{_BE}\s+(?:(?:{between()})\s+)*({lexicon('passive').pattern})", re.IGNORECASE
    )
    for match in passive.finditer(masked):
        if _SUBORDINATE.search(masked[: match.start()]):
            continue
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
            return _cited(rest, agent, rest[agent.end :], cast, 0)
        if agent.kind != "pronoun":
            return agent.voice
    return None


def relayed(words: str, owner: Voice, before: str) -> Voice:
    """Return the inspectorate's voice where a speaker only passes on its finding.

    "Inspectors found that …" in an officer's mouth is the inspectorate's assertion; "I am
    delighted that inspectors found …" stays the officer's. ``before`` are the speaker's words
    before these, to which "they" may point.
    """
    if owner.source not in ("council", "other"):
        return owner
    words = words[:LONGEST]
    clause = _CLAUSE.sub("", words.lstrip(_OPENERS), count=1)
    start = len(words) - len(clause)
    spots = [start]
    if not lexicon("attitude").search(words):
        spots += [m.end() for m in re.finditer(r"[,;]\s(?:and|but|while)\s", words)]
    for spot in spots:
        for agent in agents(words[spot:])[:1]:
            if agent.start > 0 and words[spot:][: agent.start].strip().lower() != "the":
                continue
            they = agent.kind == "pronoun" and agent.name in ("they", "it")
            mentioned = lexicon("inspectorate", "people").search(before) or "Ofsted" in before
            if not (agent.voice.source == "inspectorate" or (they and mentioned)):
                continue
            verb = lexicon("verbs", "relaying").search(words[spot:], agent.end)
            adverbs = rf"(?:[,\s]+(?:{between()}))*\s+"
            if verb and re.fullmatch(adverbs, words[spot:][agent.end : verb.start()]):
                return Voice("inspectorate", owner.speaker)
    return owner
