"""Writes a report as a PDF.

The look of each framework's reports is in ``pdf_ilacs`` and ``pdf_sif``, what they share in
``pdf_parts``.
"""

from __future__ import annotations

from pathlib import Path

from corpus.layout import pdf_ilacs, pdf_sif
from corpus.layout.manuscript import Manuscript
from corpus.layout.pdf_parts import ReportTemplate


def write_pdf(manuscript: Manuscript, path: Path) -> None:
    """Lay out a report as a PDF file, with the same bytes each time.

    Parameters
    ----------
    manuscript
        A report, whose layout is ilacs or sif.
    path
        File to write.
    """
    layout = pdf_sif if manuscript.meta.layout == "sif" else pdf_ilacs
    template = ReportTemplate(path, layout.furniture(manuscript))
    # Two passes at least: the page numbers of the contents are known after the first only.
    template.multiBuild(layout.story(manuscript))
