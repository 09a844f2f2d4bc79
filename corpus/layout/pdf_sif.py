"""Lays out a report of the single inspection framework (2013 to 2017)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from reportlab.lib.colors import black
from reportlab.platypus import CondPageBreak, Flowable, PageBreak, Paragraph, Spacer, Table
from reportlab.platypus.flowables import HRFlowable
from reportlab.platypus.tableofcontents import TableOfContents

from corpus.layout.figures import age_figure, age_table
from corpus.layout.manuscript import Block, FrontMatter, Manuscript
from corpus.layout.pdf_parts import (
    BODY,
    BOLD,
    BOLD_BODY,
    CELL,
    CELL_BOLD,
    HEADING,
    ROUND_BULLET,
    SMALL,
    SQUARE_BULLET,
    SUBHEADING,
    TEXT_WIDTH,
    TITLE,
    Furniture,
    Numbering,
    TocMark,
    block,
    closing_page,
    style,
    text,
    to_later_pages,
)
from corpus.layout.wording import (
    INSPECTORS,
    SIF_GRADED,
    SIF_ROWS,
    long_date,
    lscb_verdict,
    number_from,
    pick,
    sif_grade,
    sif_verdict,
)

TITLE_LINES = (
    "Inspection of services for children in need of help and protection, children looked after "
    "and care leavers",
    "and",
    "Review of the effectiveness of the Local Safeguarding Children Board",
)
FOOTNOTE = (
    "The Sample Inspectorate binds two accounts in this one volume under an invented rule, "
    "article 15 of the Sample Reports Order 2011. The first is of the functions of the local "
    "authority, which it inspects under article 4 of that order; the second is of the Local "
    "Safeguarding Children Board, which it reviews under article 9."
)
# Beginnings of the ungraded headings that open a page.
NEW_PAGE = ("Executive summary", "The local authority")
# Reports from this year on put the executive summary before the contents.
SUMMARY_FIRST_FROM = 2016


def furniture(manuscript: Manuscript) -> Furniture:
    """Return the page furniture: a page number only, on the outer side."""
    return Furniture(outer=True, first_number=True)


def story(manuscript: Manuscript) -> list[Flowable]:
    """Return everything that the pages hold, in order."""
    meta = manuscript.meta
    parts = _parts(manuscript)
    flowables = [to_later_pages(), *_front(meta)]
    summary_first = meta.published.year >= SUMMARY_FIRST_FROM
    if not summary_first:
        flowables += _contents()
    sign = (ROUND_BULLET, SQUARE_BULLET)[number_from(meta.doc_id, 2)]
    numbering = Numbering()
    for at, part in enumerate(parts):
        flowables += _part(part, meta, numbering, sign)
        if at == 0 and summary_first:
            flowables += _contents()
    return [*flowables, *_team(meta), *closing_page(manuscript)]


def _parts(manuscript: Manuscript) -> list[list[Block]]:
    """Return the blocks cut before each main heading."""
    parts: list[list[Block]] = []
    for item in manuscript.blocks:
        if item.kind == "heading" or not parts:
            parts.append([])
        parts[-1].append(item)
    return parts


def _front(meta: FrontMatter) -> list[Flowable]:
    """Return the title page."""
    start, end = meta.dates
    services, joint, review = TITLE_LINES
    return [
        text(meta.council_title, TITLE),
        Spacer(1, 12),
        text(services, BOLD_BODY),
        text(joint, BODY),
        Paragraph(f"{escape(review)}<super>1</super>", BOLD_BODY),
        text(f"Inspection date: {long_date(start)} to {long_date(end)}"),
        text(f"Report published: {long_date(meta.published)}"),
        Spacer(1, 10),
        _grades(meta),
        Spacer(1, 120),
        HRFlowable(width=90, thickness=0.6, color=black, hAlign="LEFT"),
        Spacer(1, 5),
        Paragraph(f"<super>1</super> {escape(FOOTNOTE)}", SMALL),
    ]


def _grades(meta: FrontMatter) -> Table:
    """Return the table of grades of the title page, numbered as the framework numbers them."""
    rows: list[list[object]] = [[text(sif_verdict(meta), CELL_BOLD), "", "", ""]]
    spans = [("SPAN", (0, 0), (3, 0))]
    for row, (judgement, (number, name)) in enumerate(SIF_ROWS.items(), start=1):
        grade = text(sif_grade(meta.grades[judgement]), CELL)
        if number.endswith("."):
            rows.append([text(f"{number} {name}", CELL_BOLD), "", "", grade])
            spans.append(("SPAN", (0, row), (2, row)))
        else:
            rows.append(["", text(f"{number} {name}", CELL), "", grade])
            spans.append(("SPAN", (1, row), (2, row)))
    return Table(
        rows,
        colWidths=[34, 0.52 * TEXT_WIDTH - 68, 34, 0.3 * TEXT_WIDTH],
        hAlign="LEFT",
        style=[*spans, *_box(grid=True)],
    )


def _box(*, grid: bool) -> list[tuple[object, ...]]:
    """Return the lines and room of a box: around it all, or around each cell."""
    return [
        ("GRID" if grid else "BOX", (0, 0), (-1, -1), 0.8, black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
    ]


def _contents() -> list[Flowable]:
    """Return the contents page."""
    contents = TableOfContents(dotsMinLevel=-1)
    contents.levelStyles = [
        style("contents0", 11.5, fontName=BOLD, spaceBefore=6, rightIndent=30),
        style("contents1", 10.4, leftIndent=14, rightIndent=30, spaceAfter=3),
    ]
    return [PageBreak(), text("Contents", TITLE), contents]


def _part(
    part: list[Block], meta: FrontMatter, numbering: Numbering, sign: tuple[str, str]
) -> list[Flowable]:
    """Return one main section with its heading."""
    heading, *rest = part
    at = next((i for i, item in enumerate(rest) if item.kind != "paragraph"), len(rest))
    boxed, rest = rest[:at], rest[at:]
    flowables: list[Flowable] = _start(heading)
    if heading.section in SIF_GRADED:
        flowables += [_graded_heading(heading, meta), _paragraph_box(boxed, "Summary")]
    elif heading.section == "lscb":
        verdict = Table([[text(lscb_verdict(meta), CELL_BOLD)]], colWidths=[TEXT_WIDTH])
        verdict.setStyle(_box(grid=True))
        flowables += [text(heading.text, HEADING), verdict, Spacer(1, 10)]
        flowables.append(_paragraph_box(boxed, "Summary"))
    elif heading.section == "summary" and boxed:
        flowables.append(_paragraph_box(boxed, heading.text))
    else:
        flowables += [text(heading.text, HEADING), *(text(item.text) for item in boxed)]
    flowables.append(Spacer(1, 10))
    for item in rest:
        if item.kind == "subheading" and heading.section == "info":
            flowables.append(TocMark(1, item.text))
        flowables.append(block(item, numbering, sign))
    if heading.section == "info" and any(item.kind == "bullet" for item in rest):
        flowables += [*age_table(meta), *age_figure(meta)]
    return flowables


def _start(heading: Block) -> list[Flowable]:
    """Return what comes before a heading: a new page, and the mark for the contents."""
    if heading.section == "care_leavers":
        # A judgement within the chapter on children looked after: no entry of its own.
        return [CondPageBreak(120)]
    level = 0 if heading.section in ("info", "lscb") else 1
    # The chapters with a grade open a page, the others only where little room is left.
    graded = heading.section in (*SIF_GRADED, "lscb")
    room = PageBreak() if graded or heading.text.startswith(NEW_PAGE) else CondPageBreak(160)
    return [room, TocMark(level, heading.text)]


def _graded_heading(heading: Block, meta: FrontMatter) -> Table:
    """Return a heading and its grade side by side in one box."""
    big = style("box_heading", 12, fontName=BOLD, spaceAfter=0, embeddedHyphenation=0)
    cells = [text(f"{heading.text}:", big), text(sif_grade(meta.grades[heading.section]), big)]
    return Table([cells], colWidths=[0.62 * TEXT_WIDTH, 0.38 * TEXT_WIDTH], style=_box(grid=True))


def _paragraph_box(items: list[Block], label: str) -> Flowable:
    """Return paragraphs in a box under a label; the box may run over a page break."""
    if not items:
        return Spacer(1, 0)
    look = style("boxed", 10.6, spaceAfter=2)
    rows = [[text(label, SUBHEADING)], *([text(item.text, look)] for item in items)]
    return Table(rows, colWidths=[TEXT_WIDTH], style=_box(grid=False))


def _team(meta: FrontMatter) -> list[Flowable]:
    """Return the names of the inspection team, the lead inspector's first."""
    names = [name for name in pick(INSPECTORS, meta.doc_id, 7) if name != meta.lead_inspector]
    lead = meta.lead_inspector or names.pop(0)
    return [
        text("The inspection team", SUBHEADING),
        text(f"Lead inspector: {lead} HMI"),
        text(f"Deputy lead inspector: {names[0]} HMI"),
        text(f"Team inspectors: {', '.join(f'{name} HMI' for name in names[1:5])}"),
    ]
