"""Says for every sentence of a press text whose assertion it is, and who is speaking.

The reader goes through the text once, as a person does. A direct quotation belongs to whoever
is named before it, after it, or last; other sentences belong to whoever they report; what
nobody else says is the writer's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.facts.quotes import Span, quotations
from pipeline.facts.reported import INSPECTORATE, MASK, Cast, Report, judgement, person_voice, reports
from pipeline.facts.voices import Voice, agents, lexicon

AUTHOR = Voice("author")

_WORD = re.compile(r"\w")
_STOP = re.compile(r"[.!?…:;][’”\"')\]]*$")
_ENDS_QUOTE = re.compile(r"[.,!?…][’”\"']*$")
_LEADS = re.compile(r"(?:^|[:,–—-])\s*$")
_COLON_SPEECH = re.compile(rf"^[^{MASK}.!?]{{0,80}}:\s+(?=\w)")
_HEADING_WORDS = 9
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


@dataclass(frozen=True)
class _Sentence:
    text: str
    masked: str
    paragraph: int
    last: bool
    bullet: bool
    heading: bool
    spoken: tuple[Span, ...]
    partial: tuple[str, ...]
    quoted: bool
    inner: str


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


def _mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + MASK * (end - start) + text[end:]
    return text


def _is_speech(text: str, span: Span, begin: int, end: int, paragraph: str) -> bool:
    """Tell whether a span is someone speaking, not words quoted in the writer's sentence."""
    if span.carried or span.start < begin:
        return True
    before = paragraph[begin : span.start]
    quoted = paragraph[span.start : min(span.end, end)].strip()
    if span.single and span.closed and len(quoted.split()) < 3:
        return False
    if not _WORD.search(before):
        rest = paragraph[span.end : end]
        return not _WORD.search(rest) or bool(_ENDS_QUOTE.search(quoted))
    first = quoted.lstrip("“\"‘'„ ")[:1]
    return bool(_LEADS.search(before)) and (first.isupper() or first.isdigit()) and (
        len(quoted.split()) > 2
    )


def _is_heading(sentences: list[str], text: str, spans: list[Span]) -> bool:
    """Tell whether a paragraph is a crosshead: short, without a stop, quoted or not."""
    short = len(sentences) == 1 and len(text.split()) <= _HEADING_WORDS
    carried = bool(spans) and (spans[0].carried or not spans[-1].closed)
    return short and not carried and not _STOP.search(text)


def _sentences(paragraphs: list[list[str]], bullets: list[bool]) -> list[list[_Sentence]]:
    texts = [" ".join(paragraph) for paragraph in paragraphs]
    result: list[list[_Sentence]] = []
    for index, (sentences, text, spans) in enumerate(
        zip(paragraphs, texts, quotations(texts), strict=True)
    ):
        heading = not bullets[index] and _is_heading(sentences, text, spans)
        row: list[_Sentence] = []
        begin = 0
        for number, sentence in enumerate(sentences):
            end = begin + len(sentence)
            here = [s for s in spans if s.start < end and s.end > begin]
            spoken = tuple(s for s in here if _is_speech(sentence, s, begin, end, text))
            bounds = [(max(s.start, begin) - begin, min(s.end, end) - begin) for s in here]
            masked = _mask(sentence, bounds)
            row.append(
                _Sentence(
                    sentence, masked, index, number == len(sentences) - 1, bullets[index], heading,
                    () if heading else spoken,
                    tuple(sentence[a:b] for (a, b), s in zip(bounds, here, strict=True)
                          if s not in spoken),
                    bool(spoken) and not _WORD.search(masked),
                    " ".join(sentence[a:b] for (a, b), s in zip(bounds, here, strict=True)
                             if s in spoken),
                )
            )  # fmt: skip
            begin = end + 1
        result.append(row)
    return result


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
    table = _sentences(paragraphs, bullets)
    flat = [sentence for row in table for sentence in row]
    state = _State()
    given = iter([_attribute_one(flat, number, state) for number in range(len(flat))])
    return [[next(given) for _ in row] for row in table]


def _attribute_one(flat: list[_Sentence], number: int, state: _State) -> Attribution:
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


def _listed(sentence: _Sentence, voice: Voice) -> Voice:
    """Return whose the bullets below this sentence are."""
    if voice != AUTHOR:
        return voice
    if lexicon("list_leads_not").search(sentence.text):
        return AUTHOR
    found = lexicon("list_leads").search(sentence.text)
    return INSPECTORATE if found else AUTHOR


def _owner(flat: list[_Sentence], number: int, state: _State) -> Voice:
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


def _beside(sentence: _Sentence, state: _State) -> Voice | None:
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


def _ahead(flat: list[_Sentence], number: int, state: _State) -> Voice | None:
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


def _is_tag(sentence: _Sentence, state: _State) -> bool:
    """Tell whether a sentence only names the speaker: "said Jo Bloggs.", "she added."."""
    if sentence.spoken or len(sentence.text.split()) > 25:
        return False
    found = reports(sentence.masked, state.cast)
    rest = sentence.masked[found[0].end :].strip(" .") if found else ""
    lower = sentence.text[:1].islower()
    return bool(found) and (lower or not rest)


def _later(flat: list[_Sentence], number: int, state: _State) -> Voice | None:
    """Return the speaker named in the paragraph below a quotation that nobody introduces."""
    here = flat[number].paragraph
    for later in flat[number + 1 :]:
        if later.paragraph > here + 1:
            return None
        if later.paragraph > here and not later.spoken:
            found = [a for a in agents(later.masked, state.cast.names()) if a.kind == "person"]
            if found and found[0].start < 60:
                tail = later.masked[found[0].end :].strip()
                return person_voice(later.masked, found[0], tail.rstrip("."), state.cast)
    return None
