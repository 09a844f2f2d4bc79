"""Finds the direct quotations of a text, over its paragraphs.

Four typographic habits are read: curly and straight marks, double and single, mixed pairs
(``"We …”``), and quotations over several paragraphs, of which each opens with a mark and only
the last one closes. A single mark is a quotation only where it opens a word and a partner
closes one; all others are apostrophes.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

_OPENING = "“„‟"
_CLOSING = "”"
_DOUBLES = re.compile(r"[“”„‟\"″]|''|``")
_SINGLE_OPEN = re.compile(r"(?<![\w’'.])[‘'](?=\w)(?!(?:tis|twas|til|em|cause|n|\d0s)\b)")
_SINGLE_CLOSE = re.compile(r"(?<=[^\s‘(])[’'](?!\w)")
_POSSESSIVE = re.compile(r"(?<=s)[’'](?= \w)")
_WORD = re.compile(r"\w")
_STOP = re.compile(r"[.!?…:;][’”\"')\]]*$")
_STRAIGHT_CLOSE = re.compile(r'[\w.,!?]"(?!\w)')
_ENDS_QUOTE = re.compile(r"[.,!?…][’”\"']*$")
_HEADING_WORDS = 9
LONGEST = 1500
"""Characters of one sentence in which speakers are looked for; a sentence is far shorter."""
MASK = "\x1f"
"""What overwrites quoted characters where only the writer's words matter."""
_MAX_SILENT = 6
"""Paragraphs that a quotation may run through without a mark of its own."""


@dataclass(frozen=True)
class Span:
    """A stretch of quoted text within one paragraph, its marks included.

    Spans of one running quotation share ``chain``. ``carried`` tells that it was opened in an
    earlier paragraph, ``closed`` that a mark ends it here.
    """

    start: int
    end: int
    chain: int
    single: bool = False
    carried: bool = False
    closed: bool = True


def _opens(text: str, start: int, end: int, inside: bool) -> bool:
    """Tell whether the double mark at ``start`` opens, by its shape and then its neighbours."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    free_before = before.isspace() or before in "([—–-‘'"
    if text[start] in _OPENING:
        return not (inside and not free_before and not after.isalnum())
    if text[start] in _CLOSING:
        return not inside and free_before and after.isalnum()
    return free_before and not after.isspace()


def _last_before(text: str, at: int) -> str:
    """Return the last character before a place that is no space; empty where there is none."""
    while at and text[at - 1].isspace():
        at -= 1
    return text[at - 1 : at]


class _Ahead:
    """What stands behind a mark, for the marks of a paragraph in their order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._surplus = text.count("”") - text.count("“")
        closing = (match.start() for match in _STRAIGHT_CLOSE.finditer(text))
        self._last_straight = max(closing, default=-1)

    def pass_by(self, mark: int) -> None:
        """Take what stands behind this mark from now on."""
        self._surplus -= {"”": 1, "“": -1}.get(self._text[mark], 0)

    def nests(self, mark: int) -> bool:
        """Tell whether an opening mark inside a quotation begins one within it.

        It does in the middle of a clause; after a stop or a colon the outer quotation has more
        probably lost its closing mark, unless there are enough closing marks for both.
        """
        if _last_before(self._text, mark).isalnum():
            return self._surplus > 0 or self._last_straight > mark
        return self._surplus > 1


def _doubles(text: str, carried: bool) -> list[tuple[int, int, bool]]:
    """Return (start, end, closed) of the double quotations of one paragraph."""
    spans: list[tuple[int, int, bool]] = []
    start = 0 if carried else -1
    depth = 0
    ahead = _Ahead(text)
    for mark in _DOUBLES.finditer(text):
        inside = start >= 0
        ahead.pass_by(mark.start())
        if carried and not _last_before(text, mark.start()):
            continue
        if _opens(text, mark.start(), mark.end(), inside):
            if inside and ahead.nests(mark.start()):
                depth += 1
                continue
            if inside:
                spans.append((start, mark.start(), False))
            start = mark.start()
        elif inside and depth:
            depth -= 1
        elif inside:
            spans.append((start, mark.end(), True))
            start = -1
    if start >= 0:
        spans.append((start, len(text), False))
    return spans


def _first_between(places: list[int], start: int, limit: int) -> int:
    """Return the first place, of places in their order, behind one and before another; or -1."""
    at = bisect_right(places, start)
    return places[at] if at < len(places) and places[at] < limit else -1


def _singles(text: str, taken: list[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    """Return (start, end, closed) of the single quotations outside the double ones."""
    spans: list[tuple[int, int, bool]] = []
    at = 0
    # With a last one that begins at the end, so that each place has one behind it.
    starts = [*(start for start, _, _ in taken), len(text)]
    ends = [0, *(end for _, end, _ in taken)]
    opens = [
        m.start() for m in _SINGLE_OPEN.finditer(text)
        if m.start() >= ends[bisect_right(starts, m.start())]
    ]  # fmt: skip
    closers = [m.start() for m in _SINGLE_CLOSE.finditer(text)]
    firm = [place for place in closers if not _POSSESSIVE.match(text, place)]
    for index, opened in enumerate(opens):
        if opened < at:
            continue
        stop = starts[bisect_right(starts, opened)]
        limit = min([stop, *opens[index + 1 : index + 2]])
        found = (_first_between(places, opened, to) for to in (limit, stop)
                 for places in (firm, closers))  # fmt: skip
        end = next((place for place in found if place >= 0), -1)
        if end >= 0:
            spans.append((opened, end + 1, True))
            at = end
        elif _last_before(text, opened) in ("", ":", ","):
            spans.append((opened, stop, False))
            break
    return spans


def _goes_on(paragraphs: Sequence[str], index: int, single: bool) -> bool:
    """Tell whether a quotation left open before paragraph ``index`` goes on in it."""
    if single:
        return paragraphs[index].lstrip()[:1] in ("‘", "'")
    for ahead, text in enumerate(paragraphs[index : index + _MAX_SILENT]):
        mark = _DOUBLES.search(text)
        if mark is None:
            continue
        if ahead == 0 and not text[: mark.start()].strip():
            return True
        return not _opens(text, mark.start(), mark.end(), True)
    return False


def quotations(paragraphs: Sequence[str]) -> list[list[Span]]:
    """Return the quotations of each paragraph, in order.

    Parameters
    ----------
    paragraphs
        The text of every paragraph.

    Returns
    -------
    list of list of Span
        One list a paragraph. Spans never overlap, and lie within their paragraph.
    """
    result: list[list[Span]] = []
    chain = 0
    left_open: Span | None = None
    for index, text in enumerate(paragraphs):
        carried = left_open is not None and _goes_on(paragraphs, index, left_open.single)
        doubles = _doubles(text, carried and left_open is not None and not left_open.single)
        found = [(*span, False) for span in doubles]
        found += [(*span, True) for span in _singles(text, doubles)]
        spans: list[Span] = []
        for start, end, closed, single in sorted(found):
            if start == end:
                continue
            runs_on = carried and not spans and not text[:start].strip()
            chain += not runs_on
            spans.append(Span(start, end, chain, single, runs_on, closed))
        if spans or text.strip():
            left_open = spans[-1] if spans and not spans[-1].closed else None
        result.append(spans)
    return result


@dataclass(frozen=True)
class Sentence:
    """One sentence with what is quoted in it.

    ``masked`` is the text with every quotation overwritten; ``spoken`` are the spans in which
    somebody speaks and ``inner`` their words, ``partial`` the words that the writer's own
    sentence quotes; ``quoted`` tells that nothing stands outside ``spoken``.
    """

    text: str
    masked: str
    paragraph: int
    bullet: bool
    heading: bool
    spoken: tuple[Span, ...]
    partial: tuple[str, ...]
    quoted: bool
    inner: str


def _mask(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + MASK * (end - start) + text[end:]
    return text


def _is_speech(span: Span, begin: int, end: int, paragraph: str) -> bool:
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
    return (
        _last_before(before, len(before)) in ":,–—-"
        and (first.isupper() or first.isdigit())
        and (len(quoted.split()) > 2)
    )


def _is_heading(sentences: list[str], text: str, spans: list[Span]) -> bool:
    """Tell whether a paragraph is a crosshead: short, without a stop, quoted or not."""
    short = len(sentences) == 1 and len(text.split()) <= _HEADING_WORDS
    carried = bool(spans) and (spans[0].carried or not spans[-1].closed)
    return short and not carried and not _STOP.search(text)


def sentences_of(paragraphs: list[list[str]], bullets: list[bool]) -> list[list[Sentence]]:
    """Return the sentences of every paragraph with their quotations found."""
    texts = [" ".join(paragraph) for paragraph in paragraphs]
    result: list[list[Sentence]] = []
    for index, (sentences, text, spans) in enumerate(
        zip(paragraphs, texts, quotations(texts), strict=True)
    ):
        heading = not bullets[index] and _is_heading(sentences, text, spans)
        row: list[Sentence] = []
        begin = 0
        for sentence in sentences:
            end = begin + len(sentence)
            here = [s for s in spans if s.start < end and s.end > begin]
            said = [_is_speech(s, begin, end, text) for s in here]
            bounds = [(max(s.start, begin) - begin, min(s.end, end) - begin) for s in here]
            quoted = [sentence[a:b] for a, b in bounds]
            masked = _mask(sentence, bounds)
            row.append(
                Sentence(
                    sentence, masked[:LONGEST], index, bullets[index], heading,
                    () if heading else tuple(compress(here, said)),
                    tuple(q for q, aloud in zip(quoted, said, strict=True) if not aloud),
                    any(said) and not _WORD.search(masked),
                    " ".join(compress(quoted, said)),
                )
            )  # fmt: skip
            begin = end + 1
        result.append(row)
    return result
