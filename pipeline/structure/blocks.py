"""Put the lines of the text proper together into headings, paragraphs, bullets and tables."""

import re
from dataclasses import dataclass, field
from typing import Literal

from pipeline.reading.characters import BULLET, LINE_END_HYPHEN
from pipeline.reading.source import Line
from pipeline.structure.headings import known_heading
from pipeline.structure.patterns import GRADE, closing_page, plain

BlockKind = Literal["heading", "paragraph", "bullet", "table", "contents", "footnote"]

NUMBERED = re.compile(r"(\d{1,3})\.\s*(?=[A-Z‘’“\"'(])")
_BULLET = re.compile(rf"(?:[{BULLET}]|[–−-](?= )|o(?= [a-zA-Z]))\s*")
_TERMINAL = re.compile(r"[.!?:;][’”\"')\]]*$|\((?:Rec|rec|[Pp]ara)[^()]*\)$")
_LAST = frozenset(".!?:;’”\"')]")
_HYPHENATED = re.compile(r"[A-Za-z0-9]-")
_CAPTION = re.compile(
    r"(?:Table|Figure|Chart|Graph) \d+\b[.:]?(?! (?:shows?|sets?|gives?|below|above))"
)
_SOURCE = re.compile(r"Source: ")
_CONTENTS_LINE = re.compile(r".*\D \d{1,3}$|.*\.{4,}.*")
_GOES_ON = re.compile(r"\d[–−]\d$|[a-z]/[a-z]$")
_STATEMENT = re.compile(r"(?!The graded)[^:]*\.")
# On a title page a verdict is printed on a line of its own, without a stop.
_VERDICT = re.compile(rf"\b{GRADE}$")
_MAX_HEADING_LINES = 5
_MAX_HEADING = 110
_SURE_HEADING = 45
_MAX_SKIPPED = 3
_MAX_CROSSHEAD = 12
# A newspaper's crosshead may be a few words from a quotation.
_QUOTED = re.compile(r"[‘“\"']\w[^‘’“”\"]*[\w?!][’”\"']")
_PROSE_WIDTH = 0.75


@dataclass
class Block:
    """A paragraph of the document: its text and on which page each part of it stands."""

    kind: BlockKind
    text: str
    number: str = ""
    section: str = ""
    heading: str = ""
    pages: list[tuple[int, int]] = field(default_factory=list)

    def page_at(self, offset: int) -> int:
        """Return the page on which the character at ``offset`` stands."""
        return next(page for start, page in reversed(self.pages) if start <= offset)

    def add(self, text: str, page: int) -> None:
        """Join a further line to the paragraph."""
        if self.text.endswith(LINE_END_HYPHEN):
            gap = ""
        elif _HYPHENATED.fullmatch(self.text[-2:]):
            self.text, gap = self.text[:-1] + LINE_END_HYPHEN, ""
        else:
            # A span of years and a slash go on without a space: "2014–" and "15", "and/" and "or".
            gap = "" if _GOES_ON.search(self.text[-3:] + text[:1]) else " "
        self.pages.append((len(self.text) + len(gap), page))
        self.text += gap + text


class BlockBuilder:
    """Build the blocks of one document, line by line.

    Parameters
    ----------
    lines
        The lines of the text proper, in reading order.
    width
        Usual length of a full printed line in characters; 0 where every line is a paragraph.
    """

    def __init__(self, lines: list[Line], width: int) -> None:
        self.lines = lines
        self.width = width
        self.blocks: list[Block] = []
        self.last_number = 0
        self.captioned = False
        self.index = 0

    def build(self) -> list[Block]:
        """Return the blocks in reading order."""
        while self.index < len(self.lines):
            if not self._take_heading():
                self._take_line(self.lines[self.index])
                self.index += 1
        return self.blocks

    def _take_heading(self) -> bool:
        """Take a known heading of up to four printed lines, if one begins here."""
        line = self.lines[self.index]
        if line.role in ("bullet", "table"):
            return False
        most = _MAX_HEADING_LINES if line.role == "line" else 2
        found = known_heading(self.lines[self.index : self.index + most])
        numbered = NUMBERED.match(line.text)
        if found is None and numbered and self._is_next(int(numbered.group(1))):
            found = known_heading([Line(line.text[numbered.end() :], line.page, line.role)])
            self.last_number += found is not None
        if found is None:
            return False
        count, text = found
        following = self.lines[self.index + count : self.index + count + 1]
        listed = bool(following) and _begins_item(following[0].text)
        # A line of a paragraph is filled up; only its last line is short, and ends in a stop.
        short = bool(following) and line.role == "line" and self._would_fit(count, following[0])
        stated = _STATEMENT.fullmatch(text)
        sure = listed or ((short or len(text) >= _SURE_HEADING) and not stated)
        if not sure and not self._may_begin(line, text):
            return False
        block = Block("heading", text, pages=[(0, line.page)])
        self.blocks.append(block)
        self.index += count
        if text.lower() == "contents":
            self._take_contents(line.page)
        return True

    def _take_contents(self, page: int) -> None:
        """Take a table of contents: to the end of its page, or as long as lines end in numbers."""
        paged = self.lines[-1].page > 1
        while self.index < len(self.lines):
            line = self.lines[self.index]
            following = self.lines[self.index + 1 : self.index + 3]
            listed = any(_CONTENTS_LINE.fullmatch(x.text) for x in [line, *following])
            if (paged and line.page != page) or not listed:
                return
            self.blocks.append(Block("contents", line.text, pages=[(0, line.page)]))
            self.index += 1

    def _may_begin(self, line: Line, heading: str) -> bool:
        """Tell whether a heading can stand here: never in the middle of a printed sentence.

        "Leadership requires improvement." may be the last sentence of a paragraph.
        """
        previous = self.blocks[-1] if self.blocks else None
        if previous is None or previous.kind != "paragraph" or line.role != "line":
            return True
        if _STATEMENT.fullmatch(heading):
            return False
        return _is_ended(previous.text) or not self._was_full(line)

    def _would_fit(self, count: int, following: Line) -> bool:
        """Tell whether the next line's first word would have fitted on a heading's last line."""
        last = self.lines[self.index + count - 1].text
        return len(last) + 1 + len(following.text.split(" ", 1)[0]) < self.width * 0.7

    def _was_full(self, line: Line, share: float = 0.92) -> bool:
        """Tell whether the first word of ``line`` would not have fitted on the line before."""
        last = self.lines[self.index - 1].text
        return len(last) + 1 + len(line.text.split(" ", 1)[0]) > self.width * share

    def _take_line(self, line: Line) -> None:
        text = line.text
        bullet = _BULLET.match(text)
        numbered = NUMBERED.match(text)
        if line.role == "heading":
            self.blocks.append(Block("heading", text, pages=[(0, line.page)]))
        elif line.role == "table" or self._is_in_table(line):
            self.blocks.append(Block("table", text, pages=[(0, line.page)]))
        elif closing_page().match(plain(text)):
            self._begin("paragraph", text, line)
        elif line.role == "bullet" or (bullet and bullet.end() < len(text)):
            self._begin("bullet", text[bullet.end() :] if bullet else text, line)
        elif numbered and self._is_next(int(numbered.group(1))):
            self.last_number = int(numbered.group(1))
            self._begin("paragraph", text[numbered.end() :], line, numbered.group(1))
        elif self._goes_on(line):
            self.blocks[-1].add(text, line.page)
        elif self._looks_like_heading(line):
            self.blocks.append(Block("heading", text, pages=[(0, line.page)]))
        else:
            self._begin("paragraph", text, line)

    def _is_in_table(self, line: Line) -> bool:
        """Tell whether a line is a caption, a source or a row of the captioned table above it."""
        text = line.text
        if line.role == "line" and (_CAPTION.match(text) or _SOURCE.match(text)):
            self.captioned = not text.endswith(".") or self.captioned
            return self.captioned
        previous = self.blocks[-1] if self.blocks else None
        self.captioned &= previous is not None and previous.kind == "table"
        if not self.captioned or previous is None or line.role != "line":
            return False
        same_page = previous.page_at(0) == line.page
        return same_page and not _begins_item(text) and len(text) < self.width * _PROSE_WIDTH

    def _begin(self, kind: BlockKind, text: str, line: Line, number: str = "") -> None:
        self.blocks.append(Block(kind, text.strip(), number, pages=[(0, line.page)]))

    def _is_next(self, number: int) -> bool:
        """Accept 1, and numbers that go on; reject a year or a figure that begins a line."""
        return number == 1 or 0 < number - self.last_number <= _MAX_SKIPPED

    def _goes_on(self, line: Line) -> bool:
        """Tell whether a line continues the paragraph or bullet before it."""
        previous = self.blocks[-1] if self.blocks else None
        if previous is None or previous.kind not in ("paragraph", "bullet"):
            return False
        ended = _is_ended(previous.text)
        first_page = line.role == "line" and line.page == 1
        if first_page and _VERDICT.search(previous.text) and line.text[:1].isupper():
            return False
        if line.role != "line":
            return not ended and line.text[:1].islower() and previous.kind == "paragraph"
        if not ended:
            cut_short = self._was_full(line, 0.7) or not line.text[:1].isupper()
            return cut_short or previous.kind == "paragraph"
        if self._names_next_item(line):
            return False
        return self._was_full(line) or line.text[:1].islower()

    def _names_next_item(self, line: Line) -> bool:
        """Tell whether a line after a finished item is a heading over the item that follows."""
        following = self.lines[self.index + 1 : self.index + 2]
        listed = bool(following) and _begins_item(following[0].text)
        return listed and len(line.text) < self.width * _PROSE_WIDTH and _is_name(line.text)

    def _looks_like_heading(self, line: Line) -> bool:
        """Tell whether an unknown line is a heading: short, capital first, no stop at its end."""
        text = line.text
        quoted = _QUOTED.fullmatch(text)
        if quoted and line.role == "paragraph":
            return len(text.split()) <= _MAX_CROSSHEAD
        if not _is_name(text):
            return False
        following = self.lines[self.index + 1 : self.index + 2]
        if line.role == "paragraph":
            return len(text.split()) <= _MAX_CROSSHEAD and not text.endswith(("”", "’", '"'))
        if not following:
            return True
        begins = following[0].text[:1]
        fits = len(text) + 1 + len(following[0].text.split(" ", 1)[0]) < self.width * 0.85
        return fits and not begins.islower()


def _is_ended(text: str) -> bool:
    """Tell whether a text ends as a sentence, an item or a reference to a paragraph does."""
    # Most printed lines end within a sentence: a look at the last character saves the search.
    return text[-1:] in _LAST and bool(_TERMINAL.search(text))


def _is_name(text: str) -> bool:
    """Tell whether a line has the form of a heading: a capital first, no stop at its end."""
    return len(text) <= _MAX_HEADING and text[:1].isupper() and not _is_ended(text)


def _begins_item(text: str) -> bool:
    """Tell whether a line begins a bullet or a numbered paragraph."""
    return bool(_BULLET.match(text) or NUMBERED.match(text))


def usual_width(lines: list[Line]) -> int:
    """Return the length of a full printed line: the 85th percentile of the lines' lengths."""
    lengths = sorted(len(line.text) for line in lines if line.role == "line")
    return lengths[int(len(lengths) * 0.85)] if lengths else 0
