"""Cues: the codebook's word patterns, matched on sentences.

Reads sentences and their sections; returns, per sentence, the themes whose cues it holds and
the words that matched. Words are compared by their inflected forms, which are built from the
lemma tables of a spaCy model: its tagger, which would choose between them by context, codes
fewer than 500 sentences a second, where matching forms codes several thousand.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from pipeline.codebook import Codebook, Cue
from pipeline.coding.cue_grammar import GAP, WORD, Slot, parse_cue
from pipeline.lexicon import endings_of, exceptions_of, lemmas_of

_TOKEN = re.compile(
    # A word without its possessive ending, a mark, or a hyphen that does not join two words.
    rf"({WORD}|(?<!\w)-|-(?!\w)|[^\w\s'’‘-])(?:(?<=\w)['’]s\b)?"
)
_MAX_GAP = 3


class Forms:
    """The inflected forms of a word, by the lemma tables of the spaCy model.

    A form counts if some reading of it (noun, verb or adjective) has the word as its lemma.
    """

    def __init__(self) -> None:
        self._index = {kind: lemmas_of(kind) for kind in ("noun", "verb", "adj")}
        self._rules = {kind: endings_of(kind) for kind in self._index}
        self._irregular: dict[str, dict[str, set[str]]] = {}
        for kind in self._index:
            by_lemma = self._irregular[kind] = defaultdict(set)
            for form, lemmas in exceptions_of(kind).items():
                for lemma in lemmas:
                    by_lemma[lemma].add(form)

    def of(self, word: str) -> frozenset[str]:
        """Return the word and its forms, in lower case."""
        known = [kind for kind, words in self._index.items() if word in words]
        forms = {word}
        # Words of the field that the tables lack (caseload, carer) inflect like any other.
        for kind in known or ["noun", "verb"]:
            forms |= self._irregular[kind].get(word, set())
            forms |= {
                word[: len(word) - len(end)] + ending
                for ending, end in self._rules[kind]
                if word.endswith(end)
            }
        return frozenset(forms)


@cache
def forms() -> Forms:
    """Return the lemma tables, read once a process."""
    return Forms()


def _lower_forms(slot: Slot) -> frozenset[str]:
    return frozenset().union(
        *({word.text.lower()} if word.exact else forms().of(word.text) for word in slot)
    )


# The kinds of tokens that fill no slot: a gap passes over a word, and over no mark.
_WORD, _MARK = 0, 1
_KEPT_TOKENS = 1 << 16


class _Kinds(dict[str, int]):
    """The kind of every token; tokens of one kind fill the same slots."""

    def __init__(self, slots: Iterable[Slot]) -> None:
        super().__init__()
        self._slots = list(slots)
        self._by_form: dict[str, list[int]] = defaultdict(list)
        for number, slot in enumerate(self._slots):
            for form in _lower_forms(slot):
                self._by_form[form].append(number)
        self._known: dict[tuple[int, ...], int] = {}
        # The numbers of the slots that tokens of each kind fill.
        self.fills: list[tuple[int, ...]] = [(), ()]

    def __missing__(self, token: str) -> int:
        if len(self) >= _KEPT_TOKENS:
            self.clear()
        self[token] = kind = self._of(token)
        return kind

    def _of(self, token: str) -> int:
        fills = tuple(
            number for number in self._by_form.get(token.lower(), ())
            if not (word := self._slots[number][0]).cased or word.text == token
        )  # fmt: skip
        if fills:
            kind = self._known.setdefault(fills, len(self.fills))
            if kind == len(self.fills):
                self.fills.append(fills)
            return kind
        return _MARK if unicodedata.category(token[0])[0] == "P" else _WORD


# What is left of a sequence: the number of its pattern, the numbers of the slots that are still
# to be filled (-1: a gap), and how many words have been passed over in a gap that comes first.
_Rest = tuple[int, tuple[int, ...], int]
_GAP = -1


class _State(dict[int, "_State | None"]):
    """What can follow the words read so far: the next state by the kind of the next token.

    The states that may come next are worked out when a sentence first leads to them: most would
    never be needed.
    """

    def __init__(self, rests: Iterable[_Rest], automaton: "_Automaton") -> None:
        super().__init__()
        self._automaton = automaton
        # The patterns that are fulfilled here.
        self.ended: list[int] = []
        self._wanted: dict[int, list[_Rest]] = defaultdict(list)
        self._passed: list[_Rest] = []
        for pattern, slots, passed in rests:
            while slots and slots[0] == _GAP:
                if passed < _MAX_GAP:
                    self._passed.append((pattern, slots, passed + 1))
                slots, passed = slots[1:], 0
            if slots:
                self._wanted[slots[0]].append((pattern, slots[1:], 0))
            else:
                self.ended.append(pattern)

    def __missing__(self, kind: int) -> "_State | None":
        rests = [] if kind == _MARK else list(self._passed)
        for slot in self._automaton.kinds.fills[kind]:
            rests += self._wanted.get(slot, ())
        self[kind] = state = self._automaton.state(rests)
        return state


class _Automaton:
    """Find all patterns, which are cues without their conditions, in one reading of a text."""

    def __init__(self, patterns: Iterable[str]) -> None:
        parsed = [(n, slots) for n, text in enumerate(patterns) for slots in parse_cue(text)]
        known = dict.fromkeys(slot for _, slots in parsed for slot in slots if slot != GAP)
        self.kinds = _Kinds(known)
        number = {GAP: _GAP} | {slot: n for n, slot in enumerate(known)}
        self._states: dict[frozenset[_Rest], _State] = {}
        self._start = _State([(n, tuple(map(number.get, s)), 0) for n, s in parsed], self)

    def state(self, rests: list[_Rest]) -> _State | None:
        """Return the state in which sequences are left over; None where none is."""
        key = frozenset(rests)
        if key and key not in self._states:
            self._states[key] = _State(key, self)
        return self._states.get(key)

    def find(self, text: str) -> dict[int, list[tuple[int, int]]]:
        """Return where each pattern stands: the first token, and the one after the last."""
        # No pattern goes on over the mark at the end.
        kinds = [*map(self.kinds.__getitem__, _TOKEN.findall(text)), _MARK]
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for first, kind in enumerate(kinds):
            state, end = self._start[kind], first
            while state is not None:
                end += 1
                for pattern in state.ended:
                    found[pattern].append((first, end))
                state = state[kinds[end]]
        return found


@dataclass(frozen=True)
class _CompiledCue:
    """A cue of one theme with the sections that limit it and the patterns that block it."""

    theme: str
    sections: tuple[str, ...]
    blocks: frozenset[int]


class CueMatcher:
    """Find the cues of a codebook's active themes in sentences.

    Parameters
    ----------
    codebook
        The codebook; retired themes take no part.
    """

    def __init__(self, codebook: Codebook) -> None:
        self._order = {code: rank for rank, code in enumerate(codebook.codes)}
        active = [theme for theme in codebook.themes if theme.status == "active"]
        texts = [text for t in active for cue in t.cues for text in (cue.text, *cue.blocked_by)]
        number = {text: n for n, text in enumerate(dict.fromkeys(texts))}
        self._automaton = _Automaton(number)
        self._cues: dict[int, list[_CompiledCue]] = defaultdict(list)
        for theme in active:
            for cue in theme.cues:
                blocks = frozenset(number[text] for text in cue.blocked_by)
                self._cues[number[cue.text]].append(_CompiledCue(theme.id, cue.sections, blocks))

    def match(self, sentences: list[str], sections: list[str]) -> list[dict[str, list[str]]]:
        """Find the themes that cues assign to each sentence.

        Parameters
        ----------
        sentences
            The sentences.
        sections
            The section in which each stands, empty where it is not known: cues that are
            limited to sections then do not hold.

        Returns
        -------
        list of dict
            Per sentence: theme code, in the codebook's order, to the parts of the sentence
            that matched, as they are spelt there and in their order.
        """
        pairs = zip(sentences, sections, strict=True)
        return [self._match_one(sentence, section) for sentence, section in pairs]

    def _match_one(self, text: str, section: str) -> dict[str, list[str]]:
        stands = self._automaton.find(text)
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for pattern in stands:
            for cue in self._cues.get(pattern, ()):
                here = not cue.sections or section in cue.sections
                if here and cue.blocks.isdisjoint(stands):
                    found[cue.theme] += _apart(stands[pattern])
        if not found:
            return {}
        tokens = list(_TOKEN.finditer(text))
        return {
            theme: [text[tokens[a].start() : tokens[b - 1].end()] for a, b in _apart(found[theme])]
            for theme in sorted(found, key=self._order.__getitem__)
        }


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest spans that do not overlap, in their order."""
    if len(spans) == 1:
        return spans
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= a or start >= b for a, b in kept):
            kept.append((start, end))
    return sorted(kept)
