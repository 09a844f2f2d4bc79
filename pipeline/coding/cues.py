"""Cues: the codebook's word patterns, matched on sentences.

Reads sentences and their sections; returns, per sentence, the themes whose cues it holds and
the words that matched. Words are compared by their inflected forms, which are built from the
lemma tables of a spaCy model: its tagger, which would choose between them by context, codes
fewer than 500 sentences a second, where matching forms codes several thousand.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product, takewhile

from pipeline.codebook import Codebook, Cue
from pipeline.coding.cue_grammar import GAP, WORD, Slot, parse_cue
from pipeline.lexicon import endings_of, exceptions_of, lemmas_of

_TOKEN = re.compile(rf"({WORD})(?:['’]s\b)?|(?<!\w)-|-(?!\w)|[^\w\s'’‘-]")
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


class _Sentence:
    """A sentence as words, without possessive endings, and marks other than hyphens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._matches = list(_TOKEN.finditer(text))
        self.tokens = [match[1] or match[0] for match in self._matches]
        self.lower = [token.lower() for token in self.tokens]
        self.places: dict[str, list[int]] = defaultdict(list)
        for place, word in enumerate(self.lower):
            self.places[word].append(place)

    def quote(self, start: int, end: int) -> str:
        """Return the tokens from ``start`` to before ``end`` as they are printed."""
        return self._text[self._matches[start].start() : self._matches[end - 1].end()]


# What one slot takes: forms in lower case, or the word as it is spelt; a gap has neither.
_Step = tuple[frozenset[str], str]
# A sequence in the index: the number of its cue, the step under which it stands, and its steps.
_Entry = tuple[int, int, list[_Step]]


class _Pattern:
    """One cue without its conditions: the sequences of steps that fulfil it."""

    def __init__(self, text: str) -> None:
        self.sequences = [[_step(slot) for slot in sequence] for sequence in parse_cue(text)]
        self._begun_by: dict[str, list[list[_Step]]] = defaultdict(list)
        for steps in self.sequences:
            for form in steps[0][0]:
                self._begun_by[form].append(steps)

    def stands_in(self, sentence: _Sentence) -> bool:
        """Tell whether the cue stands anywhere in a sentence."""
        return any(
            _ends(steps, sentence, start)
            for word in self._begun_by.keys() & sentence.places.keys()
            for start in sentence.places[word]
            for steps in self._begun_by[word]
        )


def _ends(steps: list[_Step], sentence: _Sentence, start: int) -> Iterable[int]:
    """Return where steps can end that begin at a token."""
    lower, tokens, count = sentence.lower, sentence.tokens, len(sentence.lower)
    place = start
    for number, (forms, spelt) in enumerate(steps):
        if not forms:
            rest = steps[number + 1 :]
            # Most gaps lead nowhere: see first whether what has to follow stands anywhere.
            if any(need and need.isdisjoint(sentence.places) for need, _ in rest):
                return ()
            return {end for here in _across(tokens, place) for end in _ends(rest, sentence, here)}
        if place >= count or (tokens[place] != spelt if spelt else lower[place] not in forms):
            return ()
        place += 1
    return (place,)


def _across(tokens: list[str], place: int) -> Iterator[int]:
    """Yield the places that a gap reaches: over up to three words, over no mark."""
    yield place
    for token in tokens[place : place + _MAX_GAP]:
        if not token[0].isalnum() and unicodedata.category(token[0])[0] == "P":
            return
        place += 1
        yield place


def _step(slot: Slot) -> _Step:
    if slot == GAP:
        return frozenset(), ""
    return _lower_forms(slot), slot[0].text if slot[0].cased else ""


def _lower_forms(slot: Slot) -> frozenset[str]:
    return frozenset().union(
        *({word.text.lower()} if word.exact else forms().of(word.text) for word in slot)
    )


class _CompiledCue:
    """A cue of one theme with the sections that limit it and the patterns that block it."""

    def __init__(self, theme: str, cue: Cue) -> None:
        self.theme = theme
        self._sections = frozenset(cue.sections)
        self.sequences = _Pattern(cue.text).sequences
        self._blocks = [_Pattern(text) for text in cue.blocked_by]

    def holds(self, sentence: _Sentence, section: str) -> bool:
        """Tell whether nothing stands against the cue in this sentence."""
        if self._sections and section not in self._sections:
            return False
        return not any(block.stands_in(sentence) for block in self._blocks)


class CueMatcher:
    """Find the cues of a codebook's active themes in sentences.

    Parameters
    ----------
    codebook
        The codebook; retired themes take no part.
    """

    def __init__(self, codebook: Codebook) -> None:
        self._order = {code: rank for rank, code in enumerate(codebook.codes)}
        self._cues = [
            _CompiledCue(theme.id, cue)
            for theme in codebook.themes
            if theme.status == "active"
            for cue in theme.cues
        ]
        self._by_word: dict[str, list[_Entry]] = defaultdict(list)
        self._by_pair: dict[str, dict[str, list[_Entry]]] = defaultdict(dict)
        self._index()

    def _index(self) -> None:
        """Enter the sequences under the words without which they cannot match.

        Each is entered, with the number of its cue, under a slot before a gap or, where two slots
        stand side by side there, under a pair of them: the one that the fewest sequences use, so
        that few are looked at for a sentence.
        """
        every = [(n, steps) for n, cue in enumerate(self._cues) for steps in cue.sequences]
        used = Counter(form for _, steps in every for forms, _ in steps for form in forms)
        for number, steps in every:
            fixed = list(takewhile(bool, (forms for forms, _ in steps)))
            common = [max(used[form] for form in forms) for forms in fixed]
            if len(fixed) == 1:
                for form in sorted(fixed[0]):
                    self._by_word[form].append((number, 0, steps))
                continue
            rare = min(range(len(fixed) - 1), key=lambda n: common[n] * common[n + 1])
            for form, after in product(sorted(fixed[rare]), sorted(fixed[rare + 1])):
                self._by_pair[form].setdefault(after, []).append((number, rare, steps))

    def _entries(self, sentence: _Sentence) -> Iterator[tuple[int, _Entry]]:
        """Yield the sequences that may stand in a sentence, each with the place of its words."""
        words = sentence.lower
        for word, places in sentence.places.items():
            for entry in self._by_word.get(word, ()):
                yield from ((place, entry) for place in places)
            after = self._by_pair.get(word)
            if after:
                for place in places:
                    following = words[place + 1] if place + 1 < len(words) else ""
                    yield from ((place, entry) for entry in after.get(following, ()))

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
        sentence = _Sentence(text)
        spans: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for place, (number, offset, steps) in self._entries(sentence):
            ends = _ends(steps, sentence, place - offset) if place >= offset else ()
            if ends:
                spans[number].update((place - offset, end) for end in ends)
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, stands in spans.items():
            cue = self._cues[number]
            if cue.holds(sentence, section):
                found[cue.theme] += _apart(stands)
        return {
            theme: [sentence.quote(*span) for span in _apart(found[theme])]
            for theme in sorted(found, key=self._order.__getitem__)
        }


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest spans that do not overlap, in their order."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= a or start >= b for a, b in kept):
            kept.append((start, end))
    return sorted(kept)
