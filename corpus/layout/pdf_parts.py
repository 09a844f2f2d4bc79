"""What the PDF reports share: fonts, paragraph styles, page furniture, common blocks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import black
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)

from corpus.layout.hyphens import soften
from corpus.layout.manuscript import Block, Manuscript
from corpus.layout.wording import ADDRESS, FICTION, imprint

REGULAR, BOLD = "Vera", "Vera-Bold"
pdfmetrics.registerFont(TTFont(REGULAR, "Vera.ttf"))
pdfmetrics.registerFont(TTFont(BOLD, "VeraBd.ttf"))
pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)

# Bullets by font: the text font has no square, the symbol font every reader brings has one.
ROUND_BULLET = (REGULAR, "•")
SQUARE_BULLET = ("ZapfDingbats", "n")

_WIDTH, _HEIGHT = A4
MARGIN = 70.0
TEXT_WIDTH = _WIDTH - 2 * MARGIN
_FOOT = 62.0


def style(name: str, size: float = 11.0, **more: Any) -> ParagraphStyle:
    """Return a paragraph style of the reports; ``more`` are ReportLab's own settings."""
    settings: dict[str, Any] = {
        "fontName": REGULAR,
        "leading": round(size * 1.34, 1),
        "spaceAfter": 9,
        "embeddedHyphenation": 1,
        "splitLongWords": 0,
    }
    return ParagraphStyle(name, fontSize=size, **{**settings, **more})


TITLE = style("title", 21, spaceAfter=12, embeddedHyphenation=0)
BODY = style("body")
BOLD_BODY = style("bold", fontName=BOLD)
HEADING = style("heading", 13, fontName=BOLD, spaceBefore=12, keepWithNext=1, embeddedHyphenation=0)
SUBHEADING = style(
    "subheading", 11, fontName=BOLD, spaceBefore=6, keepWithNext=1, embeddedHyphenation=0
)
NUMBERED = style(
    "numbered", leftIndent=34, bulletIndent=0, bulletFontName=REGULAR, bulletFontSize=11
)
SMALL = style("small", 7.6, spaceAfter=6)
CELL = style("cell", 9.4, spaceAfter=0, embeddedHyphenation=0)
CELL_BOLD = style("cell_bold", 9.4, fontName=BOLD, spaceAfter=0, embeddedHyphenation=0)


@dataclass(frozen=True)
class Furniture:
    """What stands on every page beside the text.

    Attributes
    ----------
    header
        Lines of the running header, from the second page on.
    drawn_last
        Whether header and page number follow the page's text in the file, as a footer does
        that was set after it, and so in the text that software extracts.
    outer
        Whether the page number stands on the outer side, left on even pages.
    first_number
        Whether the first page is numbered too.
    """

    header: tuple[str, ...] = ()
    drawn_last: bool = False
    outer: bool = False
    first_number: bool = False


class TocMark(Flowable):  # type: ignore[misc]
    """An invisible mark that tells the contents page where a heading has come to stand."""

    def __init__(self, level: int, text: str) -> None:
        super().__init__()
        self.level = level
        self.text = text

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Take no room."""
        return 0, 0

    def draw(self) -> None:
        """Draw nothing."""


class ReportTemplate(BaseDocTemplate):  # type: ignore[misc]
    """An A4 report: a first page, further pages, furniture on each."""

    def __init__(self, path: Path, furniture: Furniture) -> None:
        # Neither dates nor compression: the bytes depend on no clock and no zlib version.
        super().__init__(
            str(path), pagesize=A4, invariant=1, pageCompression=0, title="", author=""
        )
        self.furniture = furniture
        frame = Frame(
            MARGIN, _FOOT + 18, TEXT_WIDTH, _HEIGHT - _FOOT - 18 - 84, 0, 0, 0, 0, id="text"
        )
        self.addPageTemplates(
            [
                PageTemplate("first", [frame], onPage=self.before, onPageEnd=self.after_first),
                PageTemplate("later", [frame], onPage=self.before, onPageEnd=self.after),
            ]
        )

    def before(self, canvas: Canvas, _template: BaseDocTemplate) -> None:
        """Draw what comes before a page's text."""
        _emblem(canvas)
        if not self.furniture.drawn_last:
            self.draw_furniture(canvas)

    def after(self, canvas: Canvas, _template: BaseDocTemplate) -> None:
        """Draw what comes after a page's text."""
        if self.furniture.drawn_last:
            self.draw_furniture(canvas)

    def after_first(self, canvas: Canvas, template: BaseDocTemplate) -> None:
        """Draw what comes after the first page's text: the statement that it is fiction."""
        canvas.setFont(REGULAR, 6.6)
        canvas.drawString(MARGIN, _FOOT - 26, FICTION)
        self.after(canvas, template)

    def draw_furniture(self, canvas: Canvas) -> None:
        """Draw the rule, the running header and the page number."""
        page = canvas.getPageNumber()
        canvas.setLineWidth(0.8)
        canvas.line(MARGIN, _FOOT, _WIDTH - MARGIN, _FOOT)
        if page > 1:
            canvas.setFont(BOLD, 6.8)
            for at, line in enumerate(self.furniture.header):
                canvas.drawString(MARGIN, _FOOT - 11 - 9 * at, line)
        if page == 1 and not self.furniture.first_number:
            return
        canvas.setFont(REGULAR, 13)
        if self.furniture.outer and page % 2 == 0:
            canvas.drawString(MARGIN, _FOOT - 15, str(page))
        else:
            canvas.drawRightString(_WIDTH - MARGIN, _FOOT - 15, str(page))

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (ReportLab's name)
        """Report the page of a heading to the contents page."""
        if isinstance(flowable, TocMark):
            self.notify("TOCEntry", (flowable.level, flowable.text, self.page))


def _emblem(canvas: Canvas) -> None:
    """Draw the invented publisher's sign: shapes only, so that it adds no words."""
    canvas.setFillColor(black)
    x, y = _WIDTH - MARGIN - 46, _HEIGHT - 62
    for at, height in enumerate((14, 22, 30, 22, 14)):
        canvas.rect(x + 10 * at, y, 6, height, stroke=0, fill=1)
    canvas.setLineWidth(1.6)
    canvas.line(x, y - 5, x + 46, y - 5)


def text(words: str, look: ParagraphStyle = BODY) -> Paragraph:
    """Return a paragraph with the words as they stand."""
    return Paragraph(escape(soften(words) if look.embeddedHyphenation else words), look)


def bullet(words: str, sign: tuple[str, str]) -> Paragraph:
    """Return a bulleted paragraph."""
    font, mark = sign
    size = 7 if font == SQUARE_BULLET[0] else 11
    look = style("bullet", leftIndent=24, bulletIndent=6, bulletFontName=font, bulletFontSize=size)
    return Paragraph(escape(soften(words)), look, bulletText=mark)


class Numbering:
    """Counts the numbered paragraphs of a document."""

    def __init__(self) -> None:
        self.last = 0

    def paragraph(self, words: str) -> Paragraph:
        """Return the next numbered paragraph."""
        self.last += 1
        return Paragraph(escape(soften(words)), NUMBERED, bulletText=f"{self.last}.")


def block(item: Block, numbering: Numbering, sign: tuple[str, str]) -> Paragraph:
    """Return a block that is no main heading."""
    if item.kind == "numbered":
        return numbering.paragraph(item.text)
    if item.kind == "bullet":
        return bullet(item.text, sign)
    return text(item.text, SUBHEADING if item.kind == "subheading" else BODY)


def to_later_pages() -> Flowable:
    """Return the switch to the furniture of the pages after the first."""
    return NextPageTemplate("later")


def closing_page(manuscript: Manuscript) -> list[Flowable]:
    """Return the last page, on which the invented publisher says what the document is."""
    *paragraphs, rights = imprint(manuscript.meta)
    return [
        PageBreak(),
        Spacer(1, 170),
        *(text(words, SMALL) for words in paragraphs),
        Paragraph("<br/>".join(ADDRESS), SMALL),
        text(rights, SMALL),
    ]
