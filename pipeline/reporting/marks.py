"""A sentence in pieces: what carried its polarity or a theme, and the words between."""

from itertools import pairwise

POLARITY_MARK, THEME_MARK = 1, 2


def spans(text: str, evidence: str) -> list[tuple[int, int]]:
    """Return where the words of evidence stand in a sentence.

    Parameters
    ----------
    text
        The sentence.
    evidence
        Words of the sentence in their order, pieces joined with ``;``.

    Notes
    -----
    Evidence is stored as words, not as places, so a word that stands twice is marked where it
    first fits the order. Pieces that are not found are left out.

    Examples
    --------
    >>> spans("Plans are not clear, not yet.", "not;not yet")
    [(10, 13), (21, 28)]
    """
    found, after = [], 0
    for piece in filter(None, map(str.strip, evidence.split(";"))):
        start = _find(text, piece, after)
        if start < 0:
            start = _find(text, piece, 0)
        if start >= 0:
            after = start + len(piece)
            found.append((start, after))
    return found


def _find(text: str, words: str, after: int) -> int:
    """Return where whole words stand in a text; -1 if they do not."""
    start = text.find(words, after)
    while start >= 0:
        end = start + len(words)
        if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
            return start
        start = text.find(words, start + 1)
    return -1


def pieces(text: str, polarity: str, themes: str) -> list[tuple[int, str]]:
    """Return a sentence cut where its marks change.

    Parameters
    ----------
    text
        The sentence.
    polarity, themes
        Evidence of the polarity and of the themes, pieces joined with ``;``.

    Returns
    -------
    list of (int, str)
        Pieces that make up the sentence, each with 0 (no evidence), 1 (of the polarity), 2 (of a
        theme) or 3 (of both).

    Examples
    --------
    >>> pieces("Plans are too late.", "too late", "Plans")
    [(2, 'Plans'), (0, ' are '), (1, 'too late'), (0, '.')]
    """
    marked = [(POLARITY_MARK, *span) for span in spans(text, polarity)]
    marked += [(THEME_MARK, *span) for span in spans(text, themes)]
    ends = sorted({0, len(text), *(end for _, *span in marked for end in span)})
    made: list[tuple[int, str]] = []
    for start, end in pairwise(ends):
        mark = 0
        for kind, first, last in marked:
            if first <= start and end <= last:
                mark |= kind
        if made and made[-1][0] == mark:
            made[-1] = (mark, made[-1][1] + text[start:end])
        else:
            made.append((mark, text[start:end]))
    return made
