"""Join words that a line's end has broken, and only those."""

import re
from functools import cache

from pipeline.lexicon import endings, lemmas
from pipeline.reading.characters import LINE_END_HYPHEN
from pipeline.structure.patterns import load_data

_BROKEN = re.compile(rf"((?:\w+-)*(?:\w*[^\W\d_]|\d+)){LINE_END_HYPHEN}\s*(\w+(?:-\w+)*)")
_AT_HYPHEN = re.compile(rf"\w*{LINE_END_HYPHEN}\s*\w*")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load_data("hyphens.yaml")[name])


@cache
def is_word(form: str) -> bool:
    """Tell whether a form, or a lemma that it can be an inflection of, is in the lexicon."""
    return form in lemmas() or any(
        form.endswith(old) and form[: len(form) - len(old)] + new in lemmas()
        for old, new in endings()
    )


def restore(left: str, right: str, seen: frozenset[str]) -> str:
    """Return the word that ``left-`` at a line's end and ``right`` on the next line make.

    The hyphen stays if the hyphenated form stands elsewhere in the document; it goes if the
    joined form does. Otherwise it goes if the joined form is a word, unless the first part is
    one that forms compounds (``data/hyphens.yaml``): inspection reports break lines at hyphens
    far more often than inside words.
    """
    if right in _words("suspended"):
        return f"{left}- {right}"
    hyphenated, joined = f"{left}-{right}", f"{left}{right}"
    if hyphenated.lower() in seen:
        return hyphenated
    if joined.lower() in seen:
        return joined
    if right[:1].isupper() or not is_word(joined.lower()):
        return hyphenated
    compound = left.lower() in _words("compounds") and is_word(right.lower())
    return hyphenated if compound else joined


def vocabulary(texts: list[str]) -> frozenset[str]:
    """Return the words of a document, hyphenated ones whole, that no line's end has broken."""
    whole = (_AT_HYPHEN.sub(" ", text) if LINE_END_HYPHEN in text else text for text in texts)
    # What stands between spaces recurs, and no word goes on over a space.
    pieces = set(" ".join(whole).split())
    return frozenset(map(str.lower, _WORD.findall(" ".join(pieces))))


def restore_block(
    text: str, marks: list[tuple[int, int]], seen: frozenset[str]
) -> tuple[str, list[tuple[int, int]]]:
    """Restore the broken words of a paragraph and move its page marks along.

    Parameters
    ----------
    text
        The paragraph, with U+0002 where a line ended in a hyphen.
    marks
        Pairs of offset and page.
    seen
        The document's vocabulary.
    """
    if LINE_END_HYPHEN not in text:
        return text, marks
    parts: list[str] = []
    shifts: list[tuple[int, int]] = []
    position = 0
    for match in _BROKEN.finditer(text):
        word = restore(match.group(1), match.group(2), seen)
        parts.append(text[position : match.start()] + word)
        shifts.append((match.end(), len(word) - len(match.group())))
        position = match.end()
    whole = ("".join(parts) + text[position:]).replace(LINE_END_HYPHEN, "-")
    moved = [
        (offset + sum(shift for end, shift in shifts if end <= offset), page)
        for offset, page in marks
    ]
    return whole, moved
