"""Writes a report of the present framework as a Word document."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from pathlib import Path

import docx
from docx.document import Document
from docx.enum.text import WD_BREAK
from docx.shared import Pt

from corpus.layout.manuscript import Manuscript
from corpus.layout.wording import (
    ADDRESS,
    FICTION,
    INSPECTORATE,
    date_range,
    ilacs_grade,
    ilacs_rows,
    ilacs_title,
    imprint,
    inspector_title,
)

# Zip archives cannot hold an earlier time.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def write_docx(manuscript: Manuscript, path: Path) -> None:
    """Lay out a report as a Word document, with the same bytes each time.

    Parameters
    ----------
    manuscript
        A report whose layout is ilacs.
    path
        File to write.
    """
    if manuscript.meta.layout != "ilacs":
        raise ValueError(f"{manuscript.meta.doc_id}: only ilacs reports have a Word layout")
    document = docx.Document()
    _properties(document, manuscript)
    _front(document, manuscript)
    _body(document, manuscript)
    _last_page(document, manuscript)
    raw = io.BytesIO()
    document.save(raw)
    path.write_bytes(_fixed_zip(raw.getvalue()))


def _properties(document: Document, manuscript: Manuscript) -> None:
    """Fix the properties that would otherwise tell the time and the program."""
    properties = document.core_properties
    published = datetime.combine(manuscript.meta.published, datetime.min.time())
    properties.author = INSPECTORATE
    properties.last_modified_by = INSPECTORATE
    properties.title = ilacs_title(manuscript.meta)
    properties.comments = FICTION
    properties.created = properties.modified = published
    properties.revision = 1


def _front(document: Document, manuscript: Manuscript) -> None:
    """Write the title, the dates, the inspector's name and the table of grades."""
    meta = manuscript.meta
    document.add_heading(ilacs_title(meta), level=0)
    for label, words in (
        ("Inspection dates:", date_range(*meta.dates)),
        ("Lead inspector:", f"{meta.lead_inspector}, {inspector_title(meta.dates[0])}"),
    ):
        paragraph = document.add_paragraph()
        paragraph.add_run(label).bold = True
        paragraph.add_run(f" {words}")
    rows = ilacs_rows(meta)
    table = document.add_table(rows=1, cols=2, style="Table Grid")
    for cell, words in zip(table.rows[0].cells, ("Judgement", "Grade"), strict=True):
        cell.paragraphs[0].add_run(words).bold = True
    for judgement, name in rows.items():
        cells = table.add_row().cells
        cells[0].text, cells[1].text = name, ilacs_grade(meta.grades[judgement])
    note = document.add_paragraph()
    note.add_run(FICTION).font.size = Pt(7)


def _body(document: Document, manuscript: Manuscript) -> None:
    """Write the text, with the numbers of numbered paragraphs as words of the text."""
    number = 0
    for block in manuscript.blocks:
        if block.kind == "heading":
            document.add_heading(block.text, level=1)
        elif block.kind == "subheading":
            document.add_heading(block.text, level=2)
        elif block.kind == "bullet":
            document.add_paragraph(block.text, style="List Bullet")
        elif block.kind == "numbered":
            number += 1
            paragraph = document.add_paragraph(f"{number}.\t{block.text}")
            paragraph.paragraph_format.left_indent = Pt(34)
            paragraph.paragraph_format.first_line_indent = Pt(-34)
        else:
            document.add_paragraph(block.text)
    footer = document.sections[0].footer
    footer.paragraphs[0].text = ilacs_title(manuscript.meta)
    footer.add_paragraph(date_range(*manuscript.meta.dates))


def _last_page(document: Document, manuscript: Manuscript) -> None:
    """Write the invented publisher's closing page."""
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    *paragraphs, rights = imprint(manuscript.meta)
    for words in (*paragraphs, *ADDRESS, rights):
        document.add_paragraph().add_run(words).font.size = Pt(8)


def _fixed_zip(data: bytes) -> bytes:
    """Return an archive with fixed times, in a fixed order and without compression.

    Compressed bytes differ between versions of zlib.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        # Word expects the list of content types first.
        for name in sorted(source.namelist(), key=lambda name: (name[0] != "[", name)):
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            # The attribute that says on which system an archive was made.
            info.create_system = 3
            target.writestr(info, source.read(name), zipfile.ZIP_STORED)
    return out.getvalue()
