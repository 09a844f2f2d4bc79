"""Cues: the codebook's word patterns, matched on sentences.

Reads sentences and their sections; returns, per sentence, the themes whose cues it holds and
the words that matched. Words are compared by their inflected forms, which are built from the
lemma tables of a spaCy model: its tagger, which would choose between them by context, codes
fewer than 500 sentences a second, where matching forms codes several thousand.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from pipeline.codebook import Codebook
from pipeline.coding.cue_grammar import GAP, WORD, Slot, parse_cue
from pipeline.lexicon import endings_of, exceptions_of, lemmas_of

# A word, a mark, or a hyphen that does not join two words; and the possessive ending of a word.
_TOKEN = re.compile(rf"({WORD}|[^\w\s'’‘-]|(?<!\w)-|-(?!\w))((?:['’](?<=\w.)s\b)?)")
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

    def __init__(self, slots: list[Slot]) -> None:
        super().__init__()
        fills: dict[str, list[int]] = defaultdict(list)
        for number, slot in enumerate(slots):
            for form in _lower_forms(slot) if not slot[0].cased else (slot[0].text,):
                fills[form].append(number)
        for cased in [form for form in fills if form != form.lower()]:
            fills[cased] += fills.get(cased.lower(), [])
        # The numbers of the slots that tokens of each kind fill.
        self.fills = [(), (), *dict.fromkeys(map(tuple, fills.values()))]
        number_of = {filled: kind for kind, filled in enumerate(self.fills)}
        self._forms = {form: number_of[tuple(filled)] for form, filled in fills.items()}
        # The kinds that fill each slot.
        self.filling: list[list[int]] = [[] for _ in slots]
        for kind, filled in enumerate(self.fills):
            for number in filled:
                self.filling[number].append(kind)

    def __missing__(self, token: str) -> int:
        if len(self) >= _KEPT_TOKENS:
            self.clear()
        other = _MARK if unicodedata.category(token[0])[0] == "P" else _WORD
        kind = self._forms.get(token, self._forms.get(token.lower(), other))
        self[token] = kind
        return kind


# What is left of a sequence: the number of its pattern, the numbers of the slots that are still
# to be filled (-1: a gap), and how many words have been passed over in a gap that comes first.
_Rest = tuple[int, tuple[int, ...], int]
_GAP = -1


class _State:
    """What can follow the words that have been read: the sequences that are left over."""

    def __init__(self, rests: Iterable[_Rest]) -> None:
        # The patterns that end here.
        self.ended: list[int] = []
        # What is left after a word that fills a slot, and after one that a gap passes over.
        self.wanted: dict[int, list[_Rest]] = defaultdict(list)
        self.passed: list[_Rest] = []
        for rest in rests:
            self._add(*rest)

    def _add(self, pattern: int, slots: tuple[int, ...], passed: int) -> None:
        if not slots:
            self.ended.append(pattern)
        elif slots[0] != _GAP:
            self.wanted[slots[0]].append((pattern, slots[1:], 0))
        else:
            self._add(pattern, slots[1:], 0)
            if passed < _MAX_GAP:
                self.passed.append((pattern, slots, passed + 1))


_DEAD, _START, _UNKNOWN = 0, 1, -1
# Room for states at the beginning; it is doubled as needed.
_STATES = 1 << 10
# Where each pattern stands in a text: its first token, and the one after its last.
_Spans = dict[int, list[tuple[int, int]]]


class _Automaton:
    """Find all patterns, which are cues without their conditions, in one reading of texts.

    From every word on, the words are followed from state to state until no sequence is left. What
    follows a state is worked out when a text first asks for it: most is never needed.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        parsed = [(n, slots) for n, text in enumerate(patterns) for slots in parse_cue(text)]
        known = dict.fromkeys(slot for _, slots in parsed for slot in slots if slot != GAP)
        numbers = {GAP: _GAP} | {slot: n for n, slot in enumerate(known)}
        self._kinds = _Kinds(list(known))
        # By state and kind of the next word, the state that follows; and whether patterns end.
        self._next = np.zeros((_STATES, len(self._kinds.fills)), dtype=np.int32)
        self._ends = np.zeros(_STATES, dtype=bool)
        self._states = [_State([])]
        self._numbers: dict[frozenset[_Rest], int] = {frozenset(): _DEAD}
        self._state([(n, tuple(numbers[slot] for slot in slots), 0) for n, slots in parsed])

    def _state(self, rests: Iterable[_Rest]) -> int:
        """Return the number of the state in which sequences are left over."""
        key = frozenset(rests)
        if key in self._numbers:
            return self._numbers[key]
        number = self._numbers[key] = len(self._states)
        if number == len(self._ends):
            self._next = np.concatenate([self._next, np.zeros_like(self._next)])
            self._ends = np.concatenate([self._ends, np.zeros_like(self._ends)])
        state = _State(key)
        self._states.append(state)
        self._ends[number] = bool(state.ended)
        self._next[number] = self._state(state.passed)
        self._next[number, _MARK] = _DEAD
        for slot in state.wanted:
            self._next[number, self._kinds.filling[slot]] = _UNKNOWN
        return number

    def _follow(self, states: np.ndarray, kinds: np.ndarray) -> np.ndarray:
        """Return the state that follows each after a word of a kind."""
        after: np.ndarray = self._next[states, kinds]
        unknown = np.flatnonzero(after == _UNKNOWN)
        pairs = zip(states[unknown].tolist(), kinds[unknown].tolist(), strict=True)
        for number, kind in dict.fromkeys(pairs):
            state = self._states[number]
            rests = [r for slot in self._kinds.fills[kind] for r in state.wanted.get(slot, ())]
            self._next[number, kind] = self._state(rests + state.passed)
        after[unknown] = self._next[states[unknown], kinds[unknown]]
        return after

    def _stands(self, kinds: np.ndarray) -> np.ndarray:
        """Return where patterns end: first word, the one after the last, state; shape (3, ends)."""
        first = end = np.arange(len(kinds))
        states = np.full(len(kinds), _START)
        found = [np.empty((3, 0), dtype=np.int64)]
        while len(states):
            states = self._follow(states, kinds[end])
            left = np.flatnonzero(states)
            first, end, states = first[left], end[left] + 1, states[left]
            found.append(np.stack([first, end, states])[:, self._ends[states]])
        stands = np.hstack(found)
        return stands[:, np.argsort(stands[0], kind="stable")]

    def find(self, texts: Iterable[Sequence[str]]) -> Iterator[_Spans]:
        """Yield where the patterns stand in each text, which is given as its tokens."""
        kinds: list[int] = []
        ends: list[int] = []
        for tokens in texts:
            # No pattern goes on over the mark at the end of a text.
            kinds += [*map(self._kinds.__getitem__, tokens), _MARK]
            ends.append(len(kinds))
        stands = self._stands(np.array(kinds, dtype=np.int64))
        cuts = np.searchsorted(stands[0], ends).tolist()
        first, last, states = stands.tolist()
        for start, low, high in zip([0, *ends], [0, *cuts], cuts, strict=False):
            spans: _Spans = defaultdict(list)
            for n in range(low, high):
                for pattern in self._states[states[n]].ended:
                    spans[pattern].append((first[n] - start, last[n] - start))
            yield spans


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
        # What stands before a token, the token, its ending; and so on to what stands at the end.
        split = [tuple(_TOKEN.split(sentence)) for sentence in sentences]
        stands = self._automaton.find(pieces[1::3] for pieces in split)
        return [self._themes(*found) for found in zip(split, sections, stands, strict=True)]

    def _themes(self, pieces: Sequence[str], section: str, stands: _Spans) -> dict[str, list[str]]:
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for pattern, spans in stands.items():
            for cue in self._cues.get(pattern, ()):
                here = not cue.sections or section in cue.sections
                if here and cue.blocks.isdisjoint(stands):
                    found[cue.theme] += _apart(spans)
        return {
            theme: ["".join(pieces[3 * a + 1 : 3 * b]) for a, b in _apart(found[theme])]
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
