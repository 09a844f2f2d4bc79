"""Read the paragraphs and tables of a Word document."""

from io import BytesIO
from zipfile import BadZipFile, ZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import LxmlError

from pipeline.errors import Rejected
from pipeline.reading.characters import clean_characters
from pipeline.reading.limits import MAX_PARTS, MAX_UNPACKED, too_large
from pipeline.reading.source import Line, Role, Source

# A document type stands before the first element.
_HEAD = 100_000


def _role(style: str) -> Role:
    if style.startswith(("heading", "title")):
        return "heading"
    return "bullet" if "bullet" in style else "paragraph"


def _require_harmless(data: bytes) -> None:
    """Reject a document that unpacks to too much, or whose parts declare entities."""
    with ZipFile(BytesIO(data)) as parts:
        infos = parts.infolist()
        # A part is never unpacked beyond the size that is stated for it.
        size = sum(info.file_size for info in infos)
        if size > MAX_UNPACKED or len(infos) > MAX_PARTS:
            raise too_large(f"{len(infos)} parts that unpack to {size / 1e6:.0f} MB")
        for info in infos:
            if info.filename.endswith((".xml", ".rels")):
                with parts.open(info) as part:
                    head = part.read(_HEAD)
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise Rejected(
                        "unsafe",
                        f"{info.filename[:100]} declares entities, which Word never does; copy the "
                        "text into a new document",
                    )


def read_docx(data: bytes) -> Source:
    """Return every paragraph with what its style says, and tables row by row.

    Raises
    ------
    Rejected
        If the document is damaged, unpacks to too much or declares entities.
    """
    lines: list[Line] = []
    try:
        _require_harmless(data)
        document = docx.Document(BytesIO(data))
        for item in document.iter_inner_content():
            if isinstance(item, Paragraph):
                style = (item.style.name or "").lower() if item.style is not None else ""
                for part in item.text.split("\n"):
                    lines.append(Line(clean_characters(part), 1, _role(style)))
            elif isinstance(item, Table):
                for row in item.rows:
                    cells = [clean_characters(cell.text.replace("\n", " ")) for cell in row.cells]
                    lines.append(Line(" ".join(cells), 1, "table"))
        title = clean_characters(document.core_properties.title or "")
    except (PackageNotFoundError, BadZipFile, LxmlError, KeyError, ValueError) as error:
        raise Rejected("damaged", "a Word document that cannot be opened; save it again") from error
    return Source("docx", [line for line in lines if line.text], 1, {"title": title})
