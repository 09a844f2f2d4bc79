"""Take away what stands on pages but not in the text: running titles, page numbers, footnotes."""

import re
from calendar import month_name
from collections import Counter, defaultdict
from dataclasses import dataclass

from pipeline.reading.source import Line
from pipeline.structure.patterns import furniture, plain

_EDGE = 3
_DIGITS = re.compile(r"\d+")
_FOOTNOTE = re.compile(rf"(\d{{1,2}}) (?=[A-Z‘“(])(?!(?:{'|'.join(month_name[1:])})\b)")
_BEGINS_NOTE = re.compile(r"[A-Z‘“(]")
_NOTE_NUMBER = re.compile(r"^\d{1,2}(?: (?=[A-Z‘“(])|$)")
_FOOTNOTE_LINES = 14
_RAISED = re.compile(r"(?<=[a-z]\.)\d(?=$| [A-Z])")


@dataclass(frozen=True)
class PageText:
    """The lines of the text proper, and the footnotes that stood under them."""

    lines: list[Line]
    footnotes: list[Line]


def _shape(line: Line) -> str:
    return _DIGITS.sub("#", plain(line.text))


def _by_page(lines: list[Line]) -> dict[int, list[Line]]:
    pages: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        pages[line.page].append(line)
    return pages


def running_titles(pages: dict[int, list[Line]]) -> set[str]:
    """Return the shapes of lines that stand at the edge of many pages.

    A shape is the line with digits folded; it is a running title where it stands among the
    first or last three lines of at least a third of the pages, and of three pages.
    """
    seen: Counter[str] = Counter()
    for lines in pages.values():
        seen.update({_shape(line) for line in lines[:_EDGE] + lines[-_EDGE:]})
    least = max(3, len(pages) / 3)
    return {shape for shape, count in seen.items() if count >= least}


def _trim(lines: list[Line], titles: set[str]) -> list[Line]:
    """Drop running titles and bare page numbers from both ends of a page."""
    first, last = 0, len(lines)
    while first < last and _is_edge(lines[first], titles):
        first += 1
    while last > first and _is_edge(lines[last - 1], titles):
        last -= 1
    return lines[first:last]


def _is_edge(line: Line, titles: set[str]) -> bool:
    return line.text.isdigit() or _shape(line) in titles


def _note_numbers(lines: list[Line]) -> dict[int, int]:
    """Return the number that each line begins a footnote with, if it may begin one."""
    numbers = {}
    for index, line in enumerate(lines):
        match = _FOOTNOTE.match(line.text)
        alone = line.text.isdigit() and len(line.text) <= 2 and index + 1 < len(lines)
        if match or (alone and _BEGINS_NOTE.match(lines[index + 1].text)):
            numbers[index] = int(match.group(1) if match else line.text)
    return numbers


def _split_footnotes(lines: list[Line], expected: int) -> tuple[list[Line], list[Line], int]:
    """Split a page's footnotes off; notes are numbered through the document from ``expected``.

    The first note must stand at the foot of the page and have its mark in the text above.
    """
    numbers = _note_numbers(lines)
    for index in range(max(1, len(lines) - _FOOTNOTE_LINES), len(lines)):
        if numbers.get(index) != expected or not _has_mark(lines[:index], expected):
            continue
        last = expected
        for later in range(index, len(lines)):
            last += numbers.get(later) == last + 1
        notes = [Line(_NOTE_NUMBER.sub("", x.text), x.page, x.role) for x in lines[index:]]
        return _drop_marks(lines[:index], expected, last), notes, last + 1
    return lines, [], expected


def _has_mark(lines: list[Line], number: int) -> bool:
    mark = re.compile(rf"[A-Za-z.,;:?!%’”)] ?{number}(?:$|[ .,;:])")
    return any(mark.search(line.text) for line in lines)


def _drop_marks(lines: list[Line], first: int, last: int) -> list[Line]:
    """Take the raised numbers of this page's footnotes off the words they stand behind."""
    cleaned = list(lines)
    for number in range(first, last + 1):
        behind = rf"(?<=[A-Za-z,;:?!’”)])|(?<=[A-Za-z’”)]\.)|(?<=[A-Za-z’”)]) (?={number}[.,;:])"
        mark = re.compile(rf"(?:{behind}){number}(?:$| (?=[.,;:])|(?=[ .,;:]))")
        for index, line in enumerate(cleaned):
            text, count = mark.subn("", line.text, count=1)
            if count:
                cleaned[index] = Line(text, line.page, line.role)
                break
    return cleaned


def _without_raised(line: Line) -> Line:
    """Return a line without the raised numbers that stand behind its sentences."""
    text = _RAISED.sub("", line.text)
    return line if text == line.text else Line(text, line.page, line.role)


def page_text(lines: list[Line]) -> PageText:
    """Return the text proper of a paged document, and its footnotes."""
    pages = _by_page(lines)
    titles = running_titles(pages)
    anywhere = furniture("anywhere")
    body: list[Line] = []
    notes: list[Line] = []
    expected = 1
    for number in sorted(pages):
        kept, found, expected = _split_footnotes(_trim(pages[number], titles), expected)
        kept = [_without_raised(line) for line in kept]
        body.extend(line for line in kept if not anywhere.fullmatch(plain(line.text)))
        notes.extend(line for line in found if line.text)
    return PageText(body, notes)
