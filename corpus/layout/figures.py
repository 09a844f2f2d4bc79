"""A small table and a figure for the reports that carry them, with invented shares."""

from __future__ import annotations

from reportlab.lib.colors import Color, black
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer, Table

from corpus.layout.manuscript import FrontMatter
from corpus.layout.pdf_parts import (
    CELL,
    CELL_BOLD,
    REGULAR,
    SMALL,
    TEXT_WIDTH,
    style,
    text,
)
from corpus.layout.wording import number_from

BANDS = ("0 to 4", "5 to 9", "10 to 14", "15 to 17")
# Near the shares of an English county; moved a little for each document.
_USUAL = (26, 28, 28, 18)
_CAPTION = style("caption", 8.6, spaceBefore=10, spaceAfter=5, keepWithNext=1)
_SOURCE = "Source: invented figures, made for the sample corpus"


def shares(meta: FrontMatter) -> tuple[int, ...]:
    """Return the per cent of the area's children in each age band; they sum to 100."""
    moved = [
        usual - 1 + number_from(f"{meta.doc_id}|{at}", 3) for at, usual in enumerate(_USUAL[:3])
    ]
    return (*moved, 100 - sum(moved))


def age_table(meta: FrontMatter) -> list[Flowable]:
    """Return a table of the age bands with its caption."""
    rows = [[text("Age", CELL_BOLD), text(meta.council, CELL_BOLD), text("Region", CELL_BOLD)]]
    for band, here, region in zip(BANDS, shares(meta), _USUAL, strict=True):
        rows.append([text(band, CELL), text(f"{here}%", CELL), text(f"{region}%", CELL)])
    table = Table(
        rows,
        colWidths=[100, 110, 90],
        hAlign="LEFT",
        style=[
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, black),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )
    return [
        text(f"Table 1: Children living in {meta.council} by age", _CAPTION),
        table,
        text(_SOURCE, SMALL),
    ]


def age_figure(meta: FrontMatter) -> list[Flowable]:
    """Return a bar chart of the age bands with its caption."""
    return [
        Spacer(1, 6),
        _Bars(shares(meta)),
        text(f"Figure 1: Share of the area’s children in each age group, {meta.council}", _CAPTION),
        text(_SOURCE, SMALL),
    ]


class _Bars(Flowable):  # type: ignore[misc]
    """Horizontal bars with their labels."""

    def __init__(self, values: tuple[int, ...]) -> None:
        super().__init__()
        self.values = values

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return TEXT_WIDTH, 18.0 * len(self.values)

    def draw(self) -> None:
        canvas: Canvas = self.canv
        canvas.setFont(REGULAR, 8)
        for at, (band, value) in enumerate(zip(BANDS, self.values, strict=True)):
            y = 18.0 * (len(self.values) - 1 - at) + 4
            canvas.setFillColor(black)
            canvas.drawString(0, y + 2, band)
            canvas.setFillColor(Color(0.45, 0.45, 0.45))
            canvas.rect(60, y, 7.0 * value, 10, stroke=0, fill=1)
            canvas.setFillColor(black)
            canvas.drawString(66 + 7.0 * value, y + 2, f"{value}%")
