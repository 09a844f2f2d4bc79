"""Judge a file's kind from its bytes, never from its name."""

import re
import zipfile
from io import BytesIO

from pipeline.errors import Rejected
from pipeline.reading.source import Kind

_HTML = re.compile(rb"<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
# Only a page's own title tells that it is an error page: articles too speak of 404 children.
_TITLES = re.compile(rb"<(title|h1)[^>]{0,500}>(.{0,500}?)</\1>", re.IGNORECASE | re.DOTALL)
_SEARCHED = 2_000_000
_NOT_FOUND = re.compile(
    rb"\b(?:page|report|document|file|content|resource)s? (?:cannot be|could ?n.t be|not) found"
    rb"|^\s*(?:error )?404\b|\b404 (?:error|not found|page)|^\s*not found\s*$"
    rb"|page you (?:are|were) looking for",
    re.IGNORECASE,
)
# Many sites have a small form to log in at the top of every page: a title must say so as well.
_PASSWORD = re.compile(rb"<input[^>]{0,500}type=[\"']?password", re.IGNORECASE)
_LOGIN = re.compile(
    rb"^\s*(?:please )?(?:log|sign)[ -]?(?:in|on)\b|\b(?:log|sign) in to\b"
    rb"|\b(?:authentication|login) required\b|^\s*(?:staff |member )?login\b",
    re.IGNORECASE,
)


def _titles(data: bytes) -> list[bytes]:
    return [match[2] for match in _TITLES.finditer(data[:_SEARCHED])]


def _require_content(titles: list[bytes], data: bytes) -> None:
    """Reject a page that a web site gives instead of the document."""
    if any(map(_NOT_FOUND.search, titles)):
        raise Rejected(
            "not_found_page",
            "a web site's “not found” page, not the document; find its new address and "
            "fetch it again",
        )
    if any(map(_LOGIN.search, titles)) and _PASSWORD.search(data):
        raise Rejected(
            "login_page", "a page to log in, not the document; log in and save the document itself"
        )


def _zip_kind(data: bytes) -> Kind:
    try:
        names = zipfile.ZipFile(BytesIO(data)).namelist()
    except zipfile.BadZipFile as error:
        raise Rejected("damaged", "a zip file that cannot be opened; fetch it again") from error
    if "word/document.xml" in names:
        return "docx"
    raise Rejected("not_a_document", "a zip file that is no Word document; unpack it first")


def sniff(data: bytes, name: str) -> Kind:
    """Return the kind of document that the bytes are.

    Raises
    ------
    Rejected
        If the file is empty, a web site's "not found" or login page, a web page saved as a PDF,
        or of no kind that can be read.
    """
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not data.strip():
        raise Rejected("empty", "the file holds no text; fetch it again")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[:4] == b"PK\x03\x04":
        return _zip_kind(data)
    if _HTML.search(head):
        _require_content(_titles(data), data)
        if name.lower().endswith(".pdf"):
            raise Rejected(
                "not_a_pdf", "a web page saved as .pdf; fetch the document itself, or name it .html"
            )
        return "html"
    if b"\x00" in head and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Rejected("not_a_document", "binary data of no kind that can be read")
    return "text"
