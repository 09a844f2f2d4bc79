"""Reads a manuscript into frozen dataclasses and refuses one that breaks the form.

The form is described in ``corpus/manuscripts/README.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.layout.frontmatter import FrontMatter, ManuscriptError, parse_front_matter
from corpus.layout.official import OFFICIAL

__all__ = [
    "Block",
    "Codes",
    "FrontMatter",
    "Label",
    "Manuscript",
    "ManuscriptError",
    "Sentence",
    "parse_manuscript",
    "read_manuscript",
]

SECTIONS = frozenset(
    [
        "front",
        "summary",
        "improve",
        "help_protection",
        "in_care",
        "care_leavers",
        "leaders",
        "lscb",
        "info",
        "other",
    ]
)
POLARITIES = {"S": "strength", "W": "weakness", "M": "mixed", "N": "none"}
MAX_THEMES = 3

_LABEL = re.compile(r"^\[([^\]]*)\]\s*")
_LABEL_PARTS = re.compile(
    r"^(?P<polarity>\S+)(?: (?P<themes>[^@~\s]+))?(?: @(?P<source>\S+))?(?: ~(?P<speaker>.+))?$"
)
_OFFICIAL = re.compile(r"=(\w+)")
_SECTION = re.compile(r"^(?P<text>.*?)\s*\{(?P<section>[^}]*)\}$")


@dataclass(frozen=True)
class Codes:
    """The codes that labels may use.

    Attributes
    ----------
    themes, sources
        Codes of the codebook.
    """

    themes: frozenset[str]
    sources: frozenset[str]


@dataclass(frozen=True)
class Label:
    """What the author of the manuscript coded for one sentence."""

    polarity: str
    themes: tuple[str, ...]
    source: str
    speaker: str


@dataclass(frozen=True)
class Sentence:
    """One sentence, the line it stands on and its label, if it was coded."""

    text: str
    label: Label | None
    line: int


@dataclass(frozen=True)
class Block:
    """A heading or a paragraph.

    Attributes
    ----------
    kind
        title, heading, subheading, paragraph, numbered or bullet.
    section
        Section code; empty in press texts.
    """

    kind: str
    section: str
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """The sentences joined with single spaces."""
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def is_heading(self) -> bool:
        """Whether the block is a title, heading or subheading."""
        return self.kind in ("title", "heading", "subheading")


@dataclass(frozen=True)
class Manuscript:
    """A whole document: its front matter and its blocks in order."""

    meta: FrontMatter
    blocks: tuple[Block, ...]

    def sentences(self) -> Iterator[tuple[Block, Sentence]]:
        """Yield every sentence but the headings, with its block; the press title included."""
        for block in self.blocks:
            if block.kind in ("heading", "subheading"):
                continue
            for sentence in block.sentences:
                yield block, sentence

    @property
    def title(self) -> str:
        """The title of a press text; empty for a report."""
        return next((block.text for block in self.blocks if block.kind == "title"), "")


def read_manuscript(path: Path, codes: Codes) -> Manuscript:
    """Read and validate one manuscript file.

    Parameters
    ----------
    path
        The file; its stem must be the document's ``doc_id``.
    codes
        Codes that labels may use.

    Raises
    ------
    ManuscriptError
        With the file and the line of the first thing that breaks the form.
    """
    manuscript = parse_manuscript(path.read_text(encoding="utf-8"), path.name, codes)
    if manuscript.meta.doc_id != path.stem:
        raise ManuscriptError(path.name, 1, f"doc_id {manuscript.meta.doc_id!r} is not the stem")
    return manuscript


def parse_manuscript(text: str, name: str, codes: Codes) -> Manuscript:
    """Parse and validate the text of a manuscript.

    Parameters
    ----------
    text
        The whole file.
    name
        File name to use in errors.
    codes
        Codes that labels may use.
    """
    lines = text.split("\n")
    meta, first = parse_front_matter(lines, name)
    body = _BodyParser(meta, name, codes)
    for number, line in enumerate(lines[first:], start=first + 1):
        body.feed(line.rstrip(), number)
    return Manuscript(meta, body.finish())


class _BodyParser:
    """Collects blocks line by line."""

    def __init__(self, meta: FrontMatter, name: str, codes: Codes) -> None:
        self.meta = meta
        self.name = name
        self.codes = codes
        # What stands before the first heading of a report is its opening summary.
        self.section = "" if meta.is_press else "summary"
        self.blocks: list[Block] = []
        self.kind = ""
        self.pending: list[Sentence] = []

    def feed(self, line: str, number: int) -> None:
        """Take the next line."""
        if not line:
            self.flush()
        elif line.startswith("#"):
            self.flush()
            self.heading(line, number)
        elif line[:2] in ("+ ", "* "):
            self.flush()
            self.kind = "numbered" if line[0] == "+" else "bullet"
            self.pending.append(self.sentence(line[2:], number))
        else:
            self.kind = self.kind or "paragraph"
            self.pending.append(self.sentence(line, number))

    def flush(self) -> None:
        """End the paragraph that is open, if one is."""
        if self.pending:
            self.blocks.append(Block(self.kind, self.section, tuple(self.pending)))
        self.kind, self.pending = "", []

    def finish(self) -> tuple[Block, ...]:
        """End the document and return its blocks."""
        self.flush()
        if self.meta.is_press and (not self.blocks or self.blocks[0].kind != "title"):
            raise ManuscriptError(self.name, 1, "a press text begins with a line '# Title'")
        if not any(not block.is_heading for block in self.blocks):
            raise ManuscriptError(self.name, 1, "no text")
        return tuple(self.blocks)

    def heading(self, line: str, number: int) -> None:
        """Take a heading line."""
        marks, _, text = line.partition(" ")
        kinds = {"#": "title", "##": "heading", "###": "subheading"}
        if marks not in kinds or not text.strip():
            raise ManuscriptError(self.name, number, f"not a heading: {line!r}")
        kind = kinds[marks]
        if kind == "title":
            if not self.meta.is_press or self.blocks:
                raise ManuscriptError(self.name, number, "'# ' is the first line of a press text")
            self.blocks.append(Block(kind, "", (self.sentence(text.strip(), number),)))
            return
        if kind == "heading" and not self.meta.is_press:
            match = _SECTION.match(text)
            if match is None:
                raise ManuscriptError(self.name, number, "heading without {section}")
            if match["section"] not in SECTIONS:
                raise ManuscriptError(self.name, number, f"unknown section {match['section']!r}")
            text, self.section = match["text"], match["section"]
        if "{" in text:
            raise ManuscriptError(self.name, number, "a {section} does not belong here")
        heading = Sentence(self.official(text.strip(), number), None, number)
        self.blocks.append(Block(kind, self.section, (heading,)))

    def official(self, text: str, number: int) -> str:
        """Return a heading with the wording that the layouts prescribe in place of its key."""
        key = _OFFICIAL.match(text)
        if key is None:
            return text
        if key[1] not in OFFICIAL:
            raise ManuscriptError(self.name, number, f"unknown heading {key[1]!r}")
        return OFFICIAL[key[1]] + text[key.end() :]

    def sentence(self, line: str, number: int) -> Sentence:
        """Split a line into its label and its sentence."""
        label = None
        match = _LABEL.match(line)
        if match is not None:
            label = self.label(match[1], number)
            line = line[match.end() :]
            if _LABEL.match(line):
                raise ManuscriptError(self.name, number, "two labels before one sentence")
        if not line or line.startswith((" ", "[")):
            raise ManuscriptError(self.name, number, "no sentence after the label")
        if "  " in line or "\t" in line:
            raise ManuscriptError(self.name, number, "more than one space between words")
        return Sentence(line, label, number)

    def label(self, text: str, number: int) -> Label:
        """Check one label against the codes."""
        match = _LABEL_PARTS.match(text)
        if match is None or match["polarity"] not in POLARITIES:
            raise ManuscriptError(self.name, number, f"not a label: [{text}]")
        polarity = POLARITIES[match["polarity"]]
        themes = tuple((match["themes"] or "").split(";")) if match["themes"] else ()
        unknown = [theme for theme in themes if theme not in self.codes.themes]
        if unknown:
            raise ManuscriptError(self.name, number, f"unknown theme {unknown[0]!r}")
        if len(set(themes)) != len(themes) or len(themes) > MAX_THEMES:
            raise ManuscriptError(self.name, number, f"repeated or too many themes: [{text}]")
        if (polarity == "none") == bool(themes):
            raise ManuscriptError(self.name, number, f"themes stand with S, W and M only: [{text}]")
        source, speaker = match["source"] or "", match["speaker"] or ""
        if self.meta.is_press != bool(source):
            raise ManuscriptError(self.name, number, f"@source in press texts only: [{text}]")
        if source and source not in self.codes.sources:
            raise ManuscriptError(self.name, number, f"unknown source {source!r}")
        if speaker and not self.meta.is_press:
            raise ManuscriptError(self.name, number, f"~speaker in a report: [{text}]")
        return Label(polarity, themes, source or "inspectorate", speaker)
