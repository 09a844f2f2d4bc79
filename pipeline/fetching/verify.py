"""Tell whether what came is the document that was promised."""

from dataclasses import dataclass

from pipeline.errors import Rejected
from pipeline.fetching.rows import Wanted
from pipeline.reading.sniff import sniff
from pipeline.reading.source import Kind

SUFFIX_OF: dict[Kind, str] = {"pdf": ".pdf", "docx": ".docx", "html": ".html", "text": ".txt"}
_PDF_END = b"%%EOF"
_TAIL = 2048


@dataclass(frozen=True)
class Verdict:
    """What the bytes are: the suffix of their kind, or why they are not the document."""

    suffix: str = ""
    reason: str = ""
    detail: str = ""


def verify(data: bytes, wanted: Wanted, media_type: str = "") -> Verdict:
    """Judge a file from its bytes against what its registry row promises.

    Parameters
    ----------
    data
        The file.
    wanted
        The row. Where it promises no web page, a web page is not the document.
    media_type
        What the server states; a page that is sent as a PDF is not the document either.
    """
    no_page = wanted.no_page or media_type == "application/pdf"
    try:
        kind = sniff(data, wanted.name(".pdf" if no_page else ".html"))
    except Rejected as error:
        return Verdict(reason=error.reason, detail=error.detail)
    if no_page and (kind == "html" or (kind == "text" and wanted.suffix != ".txt")):
        what = "a web page" if kind == "html" else "text"
        return Verdict(
            reason="not_the_document",
            detail=f"{what} where a document was promised; find its new address",
        )
    if kind == "pdf" and _PDF_END not in data[-_TAIL:]:
        return Verdict(reason="incomplete", detail="a PDF without its end; fetch it again")
    return Verdict(SUFFIX_OF[kind])
