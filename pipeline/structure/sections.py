"""Give every block of a report its section, from the headings above it."""

import re
from functools import cache
from typing import Any

from pipeline.reading.source import Line
from pipeline.structure.blocks import Block
from pipeline.structure.headings import heading_row
from pipeline.structure.patterns import GRADE, closing_page, grade_rows, load_data, plain

_AREAS = ("help_protection", "in_care", "care_leavers", "leaders", "lscb")
_GROUPED = ("improve", "summary")
_FRONT_LINES = 60
_TITLE_LINES = 16
_MAX_GAP = 8
_MIN_ROWS = 3
_MIN_ROW = 12
_ROW_EDGES = re.compile(rf"^\d(?:\.\d)?\.? | {GRADE}$| requires?(?: improvement(?: to(?: be)?)?)?$")
_GRADE_LINE = re.compile(
    rf"(?:{GRADE}|requires|improvement|improvement to be|to be|to be good|be good)(?: {GRADE})?"
)


@cache
def _row_names() -> tuple[str, ...]:
    """Return the whole names of the rows, without the numbers that stand before some."""
    return tuple(_ROW_EDGES.sub("", name) for _, _, name in grade_rows())


def _is_row(text: str) -> bool:
    """Tell whether a line is the name of a row or its beginning, alone or before a grade."""
    name = _ROW_EDGES.sub("", text)
    return len(name) >= _MIN_ROW and any(row.startswith(name) for row in _row_names())


def _together(rows: list[int], head: list[str]) -> list[int]:
    """Return the rows of the first table: close to one another, to "overall effectiveness"."""
    table: list[int] = []
    for row in rows:
        if table and row - table[-1] > _MAX_GAP:
            if len(table) >= _MIN_ROWS:
                break
            table = []
        table.append(row)
        if "overall effectiveness" in head[row]:
            break
    return table


def mark_grade_table(lines: list[Line]) -> list[Line]:
    """Turn the lines of the grade table on the first page into table lines.

    The table runs from its header, or its first row, to the grade of its last row; prose that
    names a judgement before or after it stays prose.
    """
    head = [plain(line.text) for line in lines[:_FRONT_LINES]]
    rows = [i for i, text in enumerate(head) if _is_row(text)]
    table = _together(rows, head)
    if len(table) < _MIN_ROWS:
        return lines
    first, last = table[0], table[-1]
    if first and head[first - 1] in ("judgement grade", "judgment grade", "judgement", "grade"):
        first -= 1
    name = _ROW_EDGES.sub("", head[last])
    while last + 1 < len(head):
        longer = f"{name} {_ROW_EDGES.sub('', head[last + 1])}"
        if _is_row(longer):
            name = longer
        elif not _GRADE_LINE.fullmatch(head[last + 1]):
            break
        last += 1
    cells = [Line(line.text, line.page, "table") for line in lines[first : last + 1]]
    return lines[:first] + cells + lines[last + 1 :]


def mark_title_page(lines: list[Line]) -> list[Line]:
    """Turn the lines of the title, to the last of its dates and names, into headings.

    They are whole lines, not sentences, and nothing may go on from them.
    """
    pattern = re.compile("|".join(load_data("sections.yaml")["title_page"]))
    ends = [i for i, line in enumerate(lines[:_TITLE_LINES]) if pattern.match(plain(line.text))]
    last = ends[-1] + 1 if ends else 0
    titled = [
        Line(x.text, x.page, "heading" if x.role in ("line", "paragraph") else x.role)
        for x in lines[:last]
    ]
    return titled + lines[last:]


def _next_section(row: dict[str, Any], section: str, area: str) -> str:
    """Return the section after a heading, within the judgement area that it stands in."""
    found = str(row["section"])
    if found == "keep" or (row.get("bare") and section in _GROUPED):
        return section
    if found == "area":
        return area or section
    return area if found == "summary" and area == "lscb" else found


def assign_sections(blocks: list[Block], framework: str) -> list[Block]:
    """Set ``section`` and ``heading`` of every block.

    Before the first heading stands ``front``; after the grade table of an ILACS report, the
    ``summary``. A heading that is not known changes nothing but ``heading``. The publisher's
    closing page, and all after it, is ``info``. Where the layout is not known, every section of
    findings is ``other``; where no heading of a report is, so is everything.
    """
    section, heading, area = "front", "", ""
    closed = known = False
    for block in blocks:
        if closing_page().match(plain(block.text)):
            section, heading, closed = "info", "", True
        elif block.kind == "heading" and not closed:
            heading = block.text
            row = heading_row(block.text)
            if row is not None:
                section, known = _next_section(row, section, area), True
                # The title page names the board's judgement before any area has begun.
                area = section if section in _AREAS and (area or section != "lscb") else area
        elif block.kind == "table" and framework == "ILACS" and section == "front":
            section, heading, known = "summary", "", True
        aside = block.kind in ("footnote", "contents")
        block.section = "info" if aside else section
        block.heading = "" if block.kind == "footnote" else heading
    for block in blocks:
        if not known or (framework == "other" and block.section not in ("front", "info")):
            block.section = "other"
    return blocks
