"""The language in which the codebook's cues are written, read into alternatives of slots.

It is described, for those who write cues, at the head of ``corpus/codebook.yaml``.
"""

import re
from dataclasses import dataclass
from itertools import product

# A possessive ending belongs to its word and is ignored; a hyphen inside a word parts two words.
WORD = r"[^\W_]+(?:['’](?!s\b)[^\W_]+)*"
_PIECE = re.compile(rf'\s*(?:"([^"]*)"|([{{}}\[\]|*])|({WORD})(?:[\'’]s\b)?|(\S))')
_CLOSING = {"{": "}", "[": "]"}


class CueError(ValueError):
    """A cue that cannot be read; the message says why, in one line."""


@dataclass(frozen=True)
class Word:
    """One word of a cue: any form of it, or, if ``exact``, the form as it is spelt."""

    text: str
    exact: bool

    @property
    def cased(self) -> bool:
        """Whether capitals count: only in quotes, and only where the cue has one."""
        return self.exact and self.text != self.text.lower()


Slot = tuple[Word, ...]
Sequence = tuple[Slot, ...]
GAP: Slot = ()


@dataclass(frozen=True)
class _Piece:
    mark: str = ""
    words: tuple[Word, ...] = ()


def parse_cue(text: str) -> list[Sequence]:
    """Read one cue into the sequences of slots that fulfil it.

    Parameters
    ----------
    text
        The cue as the codebook has it.

    Returns
    -------
    list of Sequence
        A slot is filled by any one of its words; ``GAP`` stands for up to three words.

    Raises
    ------
    CueError
        If the cue is empty or not well formed.

    Examples
    --------
    >>> [len(sequence) for sequence in parse_cue("agency {staff|social worker}")]
    [2, 3]
    """
    pieces = _pieces(text)
    sequences, position = _choices(pieces, 0, "")
    if position != len(pieces):
        raise CueError(f"{pieces[position].mark} without its opening bracket in {text!r}")
    for sequence in sequences:
        if not sequence or GAP in (sequence[0], sequence[-1]):
            raise CueError(f"a cue must begin and end with a word that has to be there: {text!r}")
    return sequences


def _pieces(text: str) -> list[_Piece]:
    pieces = []
    for match in _PIECE.finditer(text.rstrip()):
        quoted, mark, word, stray = match.groups()
        if quoted is not None:
            words = tuple(Word(found, True) for found in re.findall(WORD, quoted))
            if not words:
                raise CueError(f"quotation marks around nothing in {text!r}")
            pieces.append(_Piece(words=words))
        elif mark:
            pieces.append(_Piece(mark))
        elif word:
            pieces.append(_Piece(words=(Word(word.lower(), False),)))
        elif stray != "-":
            raise CueError(f"{stray} has no meaning in a cue: {text!r}")
    return pieces


def _choices(pieces: list[_Piece], position: int, closing: str) -> tuple[list[Sequence], int]:
    """Read alternatives up to ``closing``; return them and the position after them."""
    branches: list[list[Sequence]] = [[()]]
    while position < len(pieces) and pieces[position].mark not in ("}", "]"):
        piece = pieces[position]
        position += 1
        if piece.mark == "|":
            if closing != "}":
                raise CueError("| stands only inside { }")
            branches.append([()])
            continue
        if piece.mark in _CLOSING:
            inner, position = _choices(pieces, position, _CLOSING[piece.mark])
            position = _close(pieces, position, piece.mark)
            part = inner if piece.mark == "{" else [(), *inner]
        else:
            part = [(GAP,)] if piece.mark == "*" else [tuple((word,) for word in piece.words)]
        branches[-1] = [left + right for left, right in product(branches[-1], part)]
    if closing and [()] in branches:
        raise CueError(f"an empty choice before {closing}")
    return _merge([sequence for branch in branches for sequence in branch]), position


def _close(pieces: list[_Piece], position: int, opening: str) -> int:
    if position == len(pieces) or pieces[position].mark != _CLOSING[opening]:
        raise CueError(f"{opening} is never closed by {_CLOSING[opening]}")
    return position + 1


def _merge(sequences: list[Sequence]) -> list[Sequence]:
    """Put alternatives of one word into one slot, which is quicker to match than many."""
    single = [s for s in sequences if len(s) == 1 and s[0] and not any(w.cased for w in s[0])]
    if len(single) < 2:
        return sequences
    slot = tuple(word for sequence in single for word in sequence[0])
    return [sequence for sequence in sequences if sequence not in single] + [(slot,)]
