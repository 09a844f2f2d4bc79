"""Writes a document as plain text: a saved web page, or the text copied out of a PDF."""

from __future__ import annotations

import textwrap
from pathlib import Path

from corpus.layout.manuscript import Block, Manuscript
from corpus.layout.wording import (
    ADDRESS,
    FICTION,
    INSPECTORS,
    SIF_GRADED,
    SIF_ROWS,
    date_range,
    ilacs_grade,
    ilacs_rows,
    ilacs_title,
    imprint,
    inspector_title,
    long_date,
    lscb_verdict,
    pick,
    sif_grade,
    sif_verdict,
)

WIDTH = 84
LINES_A_PAGE = 46
TAIL = ("Back to", "", "News home", "", "Most popular")


def write_text(manuscript: Manuscript, path: Path) -> None:
    """Write a document as a text file.

    Parameters
    ----------
    manuscript
        Any document whose format is txt.
    path
        File to write.
    """
    lines = saved_page(manuscript) if manuscript.meta.is_press else copied_report(manuscript)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def saved_page(manuscript: Manuscript) -> list[str]:
    """Return the lines of a press text as saved from its web page."""
    meta = manuscript.meta
    news = meta.doc_type == "news"
    caption = f"The offices of {meta.council_title}"
    # A saved image leaves its alternative text, printed twice over, and its caption.
    picture = [f"{caption}{caption}", caption] if news else [f"Image of {meta.council_title}"]
    lines = [manuscript.title, "", long_date(meta.published), "", *picture, ""]
    paragraphs = 0
    for block in manuscript.blocks:
        if block.kind == "title":
            continue
        if block.kind == "bullet":
            lines.append(f"  • {block.text}")
            continue
        if lines[-1]:
            lines.append("")
        lines += [block.text, ""]
        if block.kind == "paragraph":
            paragraphs += 1
            if news and paragraphs % 3 == 0:
                lines += ["Hide Ad", "Hide Ad", ""]
    if lines[-1]:
        lines.append("")
    return [*lines, *TAIL, "", FICTION]


def copied_report(manuscript: Manuscript) -> list[str]:
    """Return the lines of a report as copied out of a PDF: hard line ends, page numbers."""
    meta = manuscript.meta
    front = _sif_front(manuscript) if meta.layout == "sif" else _ilacs_front(manuscript)
    lines = [line for words in front for line in _wrapped(words)]
    number = 0
    for block in manuscript.blocks:
        if block.kind == "numbered":
            number += 1
            lines += _wrapped(f"{number}. {block.text}")
        elif block.kind == "bullet":
            lines += _wrapped(f"◼ {block.text}")
        elif meta.layout == "sif" and block.kind == "heading":
            lines += _sif_heading(manuscript, block)
        else:
            lines += _wrapped(block.text)
    if meta.layout == "sif":
        lines += _team(manuscript)
    *paragraphs, rights = imprint(meta)
    for words in (*paragraphs, *ADDRESS, rights):
        lines += _wrapped(words)
    return _paged(lines)


def _wrapped(words: str) -> list[str]:
    """Return lines of a page's width; a word with a hyphen may be divided after it."""
    return textwrap.wrap(words, WIDTH, break_long_words=False)


def _paged(lines: list[str]) -> list[str]:
    """Return the lines with each page's number before it, as a PDF's text gives them."""
    pages = [lines[at : at + LINES_A_PAGE] for at in range(0, len(lines), LINES_A_PAGE)]
    out: list[str] = []
    for number, page in enumerate(pages, start=1):
        out += [str(number), *page, ""]
    return out[:-1]


def _sif_heading(manuscript: Manuscript, heading: Block) -> list[str]:
    """Return an older report's heading and the grade that stands below or beside it."""
    if heading.section in SIF_GRADED:
        grade = sif_grade(manuscript.meta.grades[heading.section])
        return [*_wrapped(f"{heading.text}:"), grade, "Summary"]
    verdict = [lscb_verdict(manuscript.meta)] if heading.section == "lscb" else []
    return [*_wrapped(heading.text), *verdict]


def _sif_front(manuscript: Manuscript) -> list[str]:
    """Return the title page of an older report."""
    meta = manuscript.meta
    start, end = meta.dates
    return [
        meta.council_title,
        "Inspection of services for children in need of help and protection, children looked "
        "after and care leavers",
        "and",
        "Review of the effectiveness of the Local Safeguarding Children Board1",
        f"Inspection date: {long_date(start)} to {long_date(end)}",
        f"Report published: {long_date(meta.published)}",
        sif_verdict(meta),
        *(
            f"{number} {name} {sif_grade(meta.grades[judgement])}"
            for judgement, (number, name) in SIF_ROWS.items()
        ),
        "1 The Sample Inspectorate binds two accounts in this one volume under an invented rule.",
        FICTION,
    ]


def _ilacs_front(manuscript: Manuscript) -> list[str]:
    """Return the head of a newer report."""
    meta = manuscript.meta
    return [
        ilacs_title(meta),
        f"Inspection dates: {date_range(*meta.dates)}",
        f"Lead inspector: {meta.lead_inspector}, {inspector_title(meta.dates[0])}",
        "Judgement Grade",
        *(f"{name} {ilacs_grade(meta.grades[key])}" for key, name in ilacs_rows(meta).items()),
        FICTION,
    ]


def _team(manuscript: Manuscript) -> list[str]:
    """Return the names of the inspection team."""
    meta = manuscript.meta
    names = [name for name in pick(INSPECTORS, meta.doc_id, 4) if name != meta.lead_inspector]
    lead = meta.lead_inspector or names.pop(0)
    team = ", ".join(f"{name} HMI" for name in names[1:])
    return [
        "The inspection team",
        f"Lead inspector: {lead} HMI",
        f"Deputy lead inspector: {names[0]} HMI",
        *_wrapped(f"Team inspectors: {team}"),
    ]
