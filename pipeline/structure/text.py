"""Lay the blocks out as one cleaned text in which every sentence has an exact place."""

import re
from dataclasses import dataclass

from pipeline.reading.characters import BULLET
from pipeline.structure.blocks import Block
from pipeline.structure.patterns import furniture, plain
from pipeline.structure.sentences import split_spans

_LETTERS = re.compile(r"[A-Za-z]{2,}")
_TERMINAL = re.compile(r"[.!?:;,][’”\"')\]]*$")
PROSE = ("paragraph", "bullet", "footnote")


@dataclass(frozen=True)
class Sentence:
    """A sentence and where it stands: ``text == cleaned_text[start:end]``."""

    text: str
    start: int
    end: int
    page: int
    block: int
    section: str
    heading: str
    paragraph: str
    bullet: bool


def _is_sentence(text: str, section: str) -> bool:
    words = plain(text).rstrip(".")
    kinds = ["anywhere", "no_sentence"] + ["imprint"] * (section == "info")
    return bool(_LETTERS.search(text)) and not any(
        furniture(kind).fullmatch(words) for kind in kinds
    )


def _carries_prose(block: Block) -> bool:
    """Tell whether a block holds sentences: not address lines and captions without a stop."""
    if block.kind not in PROSE or not block.text:
        return False
    loose = block.kind != "bullet" and block.section in ("front", "info")
    return not loose or bool(_TERMINAL.search(block.text))


def lay_out(blocks: list[Block]) -> tuple[str, list[Sentence]]:
    """Return the cleaned text and its sentences in order.

    Paragraphs stand apart by an empty line and keep their printed numbers and bullets, which
    lie outside the sentences.
    """
    parts: list[str] = []
    sentences: list[Sentence] = []
    length = 0
    for index, block in enumerate(blocks, 1):
        lead = f"{block.number}. " if block.number else ""
        lead = f"{BULLET} " if block.kind == "bullet" else lead
        offset = length + len(lead)
        if _carries_prose(block):
            for start, end in split_spans(block.text):
                text = block.text[start:end]
                if _is_sentence(text, block.section):
                    sentences.append(
                        Sentence(
                            text,
                            offset + start,
                            offset + end,
                            block.page_at(start),
                            index,
                            block.section,
                            block.heading,
                            block.number,
                            block.kind == "bullet",
                        )
                    )
        parts.append(f"{lead}{block.text}")
        length += len(lead) + len(block.text) + 2
    cleaned = "\n\n".join(parts) + "\n"
    for sentence in sentences:
        if cleaned[sentence.start : sentence.end] != sentence.text:
            raise AssertionError(f"sentence out of place: {sentence.text[:60]}")
    return cleaned, sentences
