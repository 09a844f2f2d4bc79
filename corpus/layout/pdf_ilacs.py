"""Lays out a report of the present framework (2018 on)."""

from __future__ import annotations

from reportlab.lib.colors import black
from reportlab.platypus import Flowable, Paragraph, Spacer, Table

from corpus.layout.manuscript import Manuscript
from corpus.layout.pdf_parts import (
    BODY,
    BOLD_BODY,
    CELL,
    CELL_BOLD,
    HEADING,
    ROUND_BULLET,
    SQUARE_BULLET,
    TEXT_WIDTH,
    TITLE,
    Furniture,
    Numbering,
    block,
    closing_page,
    style,
    text,
    to_later_pages,
)
from corpus.layout.wording import (
    NEW_TITLE_FROM,
    date_range,
    ilacs_grade,
    ilacs_rows,
    ilacs_title,
    inspector_title,
    long_date,
    number_from,
)


def furniture(manuscript: Manuscript) -> Furniture:
    """Return the page furniture of the report's years."""
    meta = manuscript.meta
    if meta.published.year < NEW_TITLE_FROM:
        return Furniture(first_number=True, drawn_last=meta.published.year >= 2020)
    return Furniture(header=(ilacs_title(meta), date_range(*meta.dates)))


def story(manuscript: Manuscript) -> list[Flowable]:
    """Return everything that the pages hold, in order."""
    meta = manuscript.meta
    newer = meta.published.year >= NEW_TITLE_FROM
    flowables = [to_later_pages(), *(_newer_front(manuscript) if newer else _front(manuscript))]
    numbering = Numbering()
    sign = (ROUND_BULLET, SQUARE_BULLET)[number_from(meta.doc_id, 2)]
    for item in manuscript.blocks:
        if item.kind == "heading":
            flowables.append(text(item.text, HEADING))
        else:
            flowables.append(block(item, numbering, sign))
    return [*flowables, *closing_page(manuscript)]


def _newer_front(manuscript: Manuscript) -> list[Flowable]:
    """Return the head of the first page as printed since 2021."""
    meta = manuscript.meta
    inspector = f"{meta.lead_inspector}, {inspector_title(meta.dates[0])}"
    # A narrow measure, so that the council's name may be divided between two lines.
    title = style("wide_title", 21, rightIndent=60, spaceAfter=14, embeddedHyphenation=0)
    return [
        text(ilacs_title(meta), title),
        Paragraph(f"<b>Inspection dates:</b> {date_range(*meta.dates)}", BODY),
        Paragraph(f"<b>Lead inspector:</b> {inspector}", BODY),
        _grades(manuscript, (0.5, 0.24)),
        Spacer(1, 14),
    ]


def _front(manuscript: Manuscript) -> list[Flowable]:
    """Return the head of the first page as printed until 2020."""
    meta = manuscript.meta
    start, end = meta.dates
    inspector = Table(
        [
            [text("Lead inspector:", CELL_BOLD), text(meta.lead_inspector, CELL_BOLD)],
            ["", text(inspector_title(start), CELL_BOLD)],
        ],
        colWidths=[95, TEXT_WIDTH - 95],
        hAlign="LEFT",
        style=[("LEFTPADDING", (0, 0), (0, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0)],
    )
    return [
        text(meta.council_title, TITLE),
        text("Inspection of children’s social care services", HEADING),
        text(f"Inspection dates: {long_date(start)} to {long_date(end)}", BOLD_BODY),
        inspector,
        Spacer(1, 8),
        _grades(manuscript, (0.7, 0.3)),
        Spacer(1, 14),
    ]


def _grades(manuscript: Manuscript, widths: tuple[float, float]) -> Table:
    """Return the table of grades, its columns as wide as the given shares of the page."""
    meta = manuscript.meta
    rows = [[text("Judgement", CELL_BOLD), text("Grade", CELL_BOLD)]]
    for judgement, name in ilacs_rows(meta).items():
        rows.append([text(name, CELL), text(ilacs_grade(meta.grades[judgement]), CELL)])
    return Table(
        rows,
        colWidths=[TEXT_WIDTH * share for share in widths],
        hAlign="LEFT",
        style=[
            ("GRID", (0, 0), (-1, -1), 0.8, black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
        ],
    )
