"""Read a file: judge its kind from the bytes and hand it to that kind's reader."""

from pipeline.errors import Rejected
from pipeline.reading.docx import read_docx
from pipeline.reading.limits import require_bytes, require_text
from pipeline.reading.pdf import read_pdf
from pipeline.reading.sniff import sniff
from pipeline.reading.source import Kind, Source
from pipeline.reading.text import read_text

MIN_CHARACTERS = 20


def read_document(data: bytes, name: str) -> Source:
    """Return the lines of a document.

    Parameters
    ----------
    data
        The file's bytes.
    name
        The file's name, for messages only.

    Raises
    ------
    Rejected
        If the bytes are no document that can be read, or one that is too large.
    """
    kind = sniff(data, name)
    require_bytes(data, kind)
    try:
        source = _read(data, kind)
    except (Rejected, MemoryError):
        raise
    except Exception as error:
        # The libraries that parse files raise what they like on files that were made to break them.
        detail = f"its {kind} cannot be parsed ({type(error).__name__}); save or fetch it again"
        raise Rejected("damaged", detail) from error
    require_text(source)
    if sum(len(line.text) for line in source.lines) < MIN_CHARACTERS:
        raise Rejected("no_text", "a file that holds no text to speak of; fetch it again")
    return source


def _read(data: bytes, kind: Kind) -> Source:
    if kind == "pdf":
        return read_pdf(data)
    if kind == "docx":
        return read_docx(data)
    if kind == "html":
        # Trafilatura takes half a second to import: a corpus of PDFs need not pay for it.
        from pipeline.reading.html import read_html

        return read_html(data)
    return read_text(data)
