"""Says for every sentence of a press text whose assertion it is, and who is speaking.

The reader goes through the text once, as a person does. A direct quotation belongs to whoever
is named before it, after it, or last; other sentences belong to whoever they report; what
nobody else says is the writer's.
"""

import re
from dataclasses import dataclass, field

from pipeline.facts.cast import INSPECTORATE, Cast, person_voice
from pipeline.facts.quotes import MASK, Sentence, sentences_of
from pipeline.facts.reported import Report, judgement, relayed, reports
from pipeline.facts.voices import Voice, agents, lexicon

AUTHOR = Voice("author")

_WORD = re.compile(r"\w")
_COLON_SPEECH = re.compile(rf"^[^{MASK}.!?]{{0,80}}:\s+(?=\w)")
_GRADE_LINE = re.compile(
    r"[:–—-]\s*[‘“\"']?(?:rated |graded )?(?:outstanding|good|requires improvement(?: to be good)?|"
    r"inadequate)[’”\"']?[.;]?$",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"\s*(?:[,(–—-][^.]{0,120})?\.?$")
_LEAD_GAP = 90
_RECENT = 2
"""Paragraphs after which a quotation no longer goes back to the last voice."""


@dataclass(frozen=True)
class Attribution:
    """The source of a sentence, its speaker as printed ('' if none), and its place.

    ``quoted`` tells that the whole sentence stands inside a direct quotation.
    """

    source: str
    speaker: str
    quoted: bool


@dataclass
class _State:
    cast: Cast = field(default_factory=Cast)
    owners: dict[int, Voice] = field(default_factory=dict)
    voice: Voice | None = None
    at: int = -9
    lead: Voice | None = None
    listed: Voice = AUTHOR
    plain: int = -1
    inner: str = ""


def attribute(paragraphs: list[list[str]], bullets: list[bool]) -> list[list[Attribution]]:
    """Return source and speaker of every sentence of a press release or a news story.

    Parameters
    ----------
    paragraphs
        The text's paragraphs after its title, each as its sentences in order.
    bullets
        Whether each paragraph is a bullet.

    Returns
    -------
    list of list of Attribution
        One attribution a sentence, in the shape of ``paragraphs``.

    Examples
    --------
    >>> rows = attribute([["Cllr Ada Finch said: “We will improve.", "It matters.”"]], [False])
    >>> [(row.source, row.speaker, row.quoted) for row in rows[0]]
    [('council', 'Cllr Ada Finch', False), ('council', 'Cllr Ada Finch', True)]
    """
    table = sentences_of(paragraphs, bullets)
    flat = [sentence for row in table for sentence in row]
    state = _State()
    given = iter([_attribute_one(flat, number, state) for number in range(len(flat))])
    return [[next(given) for _ in row] for row in table]


def _attribute_one(flat: list[Sentence], number: int, state: _State) -> Attribution:
    sentence = flat[number]
    if sentence.heading:
        state.lead = None
        state.listed = _listed(sentence, AUTHOR)
        return Attribution("author", "", False)
    if sentence.spoken:
        voice = _owner(flat, number, state)
        said = _inspectors_in(sentence.inner, voice, state)
        state.inner = sentence.inner
    elif state.plain == sentence.paragraph:
        voice = state.voice or AUTHOR
        said = _inspectors_in(sentence.text, voice, state)
    else:
        voice, said = _reported(sentence, state)
        state.inner = ""
    if voice != AUTHOR:
        state.voice, state.at = voice, sentence.paragraph
    ends = sentence.text.rstrip().endswith(":")
    state.lead = voice if ends and voice != AUTHOR else None
    if not sentence.bullet:
        state.listed = _listed(sentence, voice)
    return Attribution(said.source, said.speaker, sentence.quoted)


def _listed(sentence: Sentence, voice: Voice) -> Voice:
    """Return whose the bullets below this sentence are."""
    if voice != AUTHOR:
        return voice
    if lexicon("list_leads_not").search(sentence.text):
        return AUTHOR
    found = lexicon("list_leads").search(sentence.text)
    return INSPECTORATE if found else AUTHOR


def _owner(flat: list[Sentence], number: int, state: _State) -> Voice:
    """Return who speaks in the quotation of this sentence."""
    sentence = flat[number]
    chain = sentence.spoken[-1].chain
    own = _beside(sentence, state)
    if own is None:
        own = state.owners.get(chain) or state.lead or _ahead(flat, number, state)
    if own is None and sentence.paragraph - state.at <= _RECENT:
        own = state.voice
    own = own or _later(flat, number, state) or AUTHOR
    for span in sentence.spoken:
        state.owners[span.chain] = own
    return own


def _beside(sentence: Sentence, state: _State) -> Voice | None:
    """Return who is named as the speaker in the sentence that holds the quotation."""
    if not _WORD.search(sentence.masked):
        return None
    at = sentence.masked.find(MASK)
    found = reports(sentence.masked, state.cast)
    before = [r for r in found if r.end <= at and at - r.end <= _LEAD_GAP]
    after = [r for r in found if r.start > at]
    chosen = before[-1] if before else after[0] if after else None
    if chosen is None:
        return _named_only(sentence.masked, at, state)
    _note(chosen, state)
    return chosen.voice


def _named_only(masked: str, at: int, state: _State) -> Voice | None:
    """Return the speaker of "Cllr Ada Finch, leader of the council: “…”"."""
    lead = masked[:at].rstrip()
    if not lead.endswith(":"):
        return None
    for agent in agents(lead, state.cast.names()):
        if agent.kind == "person":
            voice = person_voice(lead, agent, lead[agent.end : -1], state.cast)
            state.cast.note(agent, voice)
            return voice
        if agent.kind != "pronoun":
            return agent.voice
    return None


def _note(report: Report, state: _State) -> None:
    if report.agent is not None and report.agent.kind != "pronoun":
        state.cast.note(report.agent, report.voice)


def _ahead(flat: list[Sentence], number: int, state: _State) -> Voice | None:
    """Return the speaker whom a later part of the same quotation names: "…,” she added."."""
    chains = {span.chain for span in flat[number].spoken}
    for offset, later in enumerate(flat[number + 1 :], 1):
        same = chains & {span.chain for span in later.spoken}
        if not same:
            bare = flat[number + offset - 1].paragraph == later.paragraph and _is_tag(later, state)
            return _beside(later, state) if bare else None
        voice = _beside(later, state)
        if voice is not None:
            return voice
    return None


def _is_tag(sentence: Sentence, state: _State) -> bool:
    """Tell whether a sentence only names the speaker: "said Jo Bloggs.", "she added."."""
    if sentence.spoken or len(sentence.text.split()) > 25:
        return False
    found = reports(sentence.masked, state.cast)
    rest = sentence.masked[found[0].end :].strip(" .") if found else ""
    lower = sentence.text[:1].islower()
    return bool(found) and (lower or not rest)


def _later(flat: list[Sentence], number: int, state: _State) -> Voice | None:
    """Return whom the paragraph below names, where nobody introduces the quotation.

    Such a paragraph is a signature ("Ada Finch, leader of the council") or a report.
    """
    here = flat[number].paragraph
    below = [later for later in flat[number + 1 :] if later.paragraph == here + 1]
    if not below or below[0].spoken:
        return None
    text = below[0].masked
    found = reports(text, state.cast)
    if found:
        return found[0].voice
    named = [agent for agent in agents(text, state.cast.names()) if agent.kind == "person"]
    if named and named[0].start < _LEAD_GAP and _SIGNATURE.match(text, named[0].end):
        return person_voice(text, named[0], text[named[0].end :].rstrip(" ."), state.cast)
    return None


def _reported(sentence: Sentence, state: _State) -> tuple[Voice, Voice]:
    """Return whose sentence this is outside quotations: as told, and as coded.

    The two differ where an officer is reported as saying what inspectors found.
    """
    masked = sentence.masked
    found = reports(masked, state.cast)
    subject = _subject(sentence, state)
    if found:
        first = found[0]
        _note(first, state)
        if _COLON_SPEECH.match(masked[first.end :]):
            state.plain = sentence.paragraph
            return first.voice, relayed(masked[first.end :], first.voice, state.inner)
        return first.voice, relayed(masked[first.end :], first.voice, "")
    if sentence.bullet:
        return (AUTHOR, AUTHOR) if _is_grade(sentence.text) else (state.listed, state.listed)
    voice = judgement(sentence.text, masked, state.cast) or _carried_on(sentence, subject, state)
    return voice, voice


def _subject(sentence: Sentence, state: _State) -> Voice | None:
    """Remember the sentence's first mention; return the voice of a person at its beginning."""
    for agent in agents(sentence.masked, state.cast.names()):
        if agent.kind != "person":
            if agent.kind in ("inspectors", "writings", "body"):
                state.cast.note(agent, agent.voice)
            return None
        tail = re.match(r"(?:,[^,]*,)?", sentence.masked[agent.end :])
        phrase = tail.group() if tail else ""
        voice = person_voice(sentence.masked, agent, phrase, state.cast)
        if agent.start >= _LEAD_GAP:
            return None
        state.cast.note(agent, voice)
        return voice
    return None


def _carried_on(sentence: Sentence, subject: Voice | None, state: _State) -> Voice:
    """Return whose the words are that a sentence quotes or goes on with, naming nobody."""
    words = [part for part in sentence.partial if _is_remark(part)]
    if words and subject is not None and subject.speaker:
        return subject
    recent = 0 if state.voice != INSPECTORATE else _RECENT
    if state.voice is not None and sentence.paragraph - state.at <= max(recent, 1):
        if lexicon("continuation").search(sentence.text):
            return state.voice
        if words and sentence.paragraph - state.at <= recent:
            return state.voice
    return AUTHOR


def _is_remark(quoted: str) -> bool:
    """Tell whether quoted words assert something: no grade, no name in quotation marks."""
    bare = quoted.strip("“”\"'‘’ .,")
    if lexicon("grades").fullmatch(bare) or len(bare.split()) < 2:
        return False
    return bare[:1].islower()


def _is_grade(text: str) -> bool:
    """Tell whether a bullet gives an area and its grade."""
    return bool(_GRADE_LINE.search(text)) or bool(
        lexicon("grading").search(text) and lexicon("grades").search(text)
    )


def _inspectors_in(words: str, owner: Voice, state: _State) -> Voice:
    """Return the inspectorate's voice where a speaker passes on its finding, else the speaker's."""
    return relayed(words, owner, state.inner)
