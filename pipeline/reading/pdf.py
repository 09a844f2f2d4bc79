"""Read the printed lines of a PDF with PDFium."""

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as raw_pdfium

from pipeline.errors import Rejected
from pipeline.reading.characters import clean_characters
from pipeline.reading.limits import require_characters, require_pages
from pipeline.reading.source import Line, Source

MIN_CHARACTERS_PER_PAGE = 40
_JUMP = 60.0
_MAX_LEAD = 4


def _heights(page: pdfium.PdfTextPage, text: str) -> list[float] | None:
    """Return how high each line of a page stands; None where its characters cannot be placed."""
    if len(text) != page.count_chars():
        return None
    box = [ctypes.c_double() for _ in range(4)]
    heights: list[float] = []
    position = 0
    for line in text.splitlines(keepends=True):
        at = position + len(line) - len(line.lstrip())
        if line.strip() and raw_pdfium.FPDFText_GetCharBox(page, at, *box):
            heights.append(box[2].value)
        else:
            heights.append(heights[-1] if heights else 0.0)
        position += len(line)
    return heights


def in_reading_order(lines: list[str], heights: list[float]) -> list[str]:
    """Put the top of a page before the rest of it, where the file stores it after the rest.

    Only a block of lines that stands wholly above those before it is moved: columns and tables
    stay as the file has them, and so do the page numbers that many files store first.
    """
    jumps = [i for i in range(1, len(lines)) if heights[i] - heights[i - 1] > _JUMP]
    lead = jumps.pop(0) if jumps and jumps[0] <= _MAX_LEAD else 0
    if len(jumps) != 1:
        return lines
    at = jumps[0]
    if min(heights[at:]) <= max(heights[lead:at]):
        return lines
    return lines[:lead] + lines[at:] + lines[lead:at]


def read_pdf(data: bytes) -> Source:
    """Return every printed line with its page.

    Raises
    ------
    Rejected
        If the file is encrypted or damaged, or holds pictures of pages instead of text.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise Rejected("encrypted", "a PDF behind a password; save it without one") from error
        raise Rejected("damaged", "a PDF that cannot be opened; fetch it again") from error
    lines: list[Line] = []
    characters = 0
    try:
        pages = len(document)
        require_pages(pages)
        for number in range(pages):
            try:
                page = document[number].get_textpage()
                text = page.get_text_range()
                heights = _heights(page, text)
            except pdfium.PdfiumError as error:
                detail = f"page {number + 1} of the PDF cannot be read; fetch it again"
                raise Rejected("damaged", detail) from error
            characters += len(text)
            printed = text.splitlines()
            ordered = printed if heights is None else in_reading_order(printed, heights)
            require_characters(characters)
            lines.extend(Line(clean_characters(line), number + 1) for line in ordered)
    finally:
        document.close()
    if characters < MIN_CHARACTERS_PER_PAGE * pages:
        raise Rejected(
            "no_text", f"{pages} pages that hold pictures, not text; run OCR over it first"
        )
    return Source("pdf", [line for line in lines if line.text], pages)
