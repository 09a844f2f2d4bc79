"""Read the printed lines of a PDF with PDFium."""

import pypdfium2 as pdfium

from pipeline.errors import Rejected
from pipeline.reading.characters import clean_characters
from pipeline.reading.source import Line, Source

MIN_CHARACTERS_PER_PAGE = 40


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
        for number in range(pages):
            try:
                page = document[number]
                text = page.get_textpage().get_text_range()
            except pdfium.PdfiumError as error:
                detail = f"page {number + 1} of the PDF cannot be read; fetch it again"
                raise Rejected("damaged", detail) from error
            characters += len(text)
            lines.extend(Line(clean_characters(raw), number + 1) for raw in text.splitlines())
    finally:
        document.close()
    if characters < MIN_CHARACTERS_PER_PAGE * pages:
        raise Rejected(
            "no_text", f"{pages} pages that hold pictures, not text; run OCR over it first"
        )
    return Source("pdf", [line for line in lines if line.text], pages)
