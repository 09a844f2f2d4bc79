"""Builds the sample corpus from its manuscripts.

``python corpus/build.py`` writes ``corpus/sample/``, ``corpus/sample_labels.csv`` and the table
of counts in ``corpus/DATASHEET.md``; with ``--check`` it writes nothing and lists the committed
files that differ from what would be built.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from corpus.layout.docx import write_docx  # noqa: E402
from corpus.layout.manuscript import Manuscript, ManuscriptError, read_manuscript  # noqa: E402
from corpus.layout.pdf import write_pdf  # noqa: E402
from corpus.layout.tables import (  # noqa: E402
    datasheet_with_counts,
    read_codes,
    read_councils,
    write_labels,
    write_registry,
)
from corpus.layout.text import write_text  # noqa: E402
from corpus.layout.web import write_html  # noqa: E402

CORPUS = ROOT / "corpus"
MANUSCRIPTS = CORPUS / "manuscripts"
WRITERS = {"pdf": write_pdf, "docx": write_docx, "html": write_html, "txt": write_text}
FOLDERS = ("reports", "press")


def read_all(folder: Path = MANUSCRIPTS) -> list[Manuscript]:
    """Read every manuscript of a folder, in the order of their names.

    Parameters
    ----------
    folder
        Folder with the manuscripts and ``codes.csv``.
    """
    codes = read_codes(folder / "codes.csv")
    return [read_manuscript(path, codes) for path in sorted(folder.glob("*.txt"))]


def file_of(manuscript: Manuscript) -> str:
    """Return a document's file, relative to the sample's folder."""
    meta = manuscript.meta
    return f"{'press' if meta.is_press else 'reports'}/{meta.doc_id}.{meta.format}"


def build(target: Path, manuscripts: Path = MANUSCRIPTS) -> list[str]:
    """Build the sample corpus under a folder and return the files written, relative to it.

    Parameters
    ----------
    target
        Folder that receives ``sample/``, ``sample_labels.csv`` and ``DATASHEET.md``.
    manuscripts
        Folder with the manuscripts.
    """
    documents = read_all(manuscripts)
    councils = read_councils(manuscripts / "councils.csv")
    sample = target / "sample"
    for folder in FOLDERS:
        (sample / folder).mkdir(parents=True, exist_ok=True)
    files = {document.meta.doc_id: file_of(document) for document in documents}
    for document in documents:
        WRITERS[document.meta.format](document, sample / files[document.meta.doc_id])
    write_registry(documents, files, councils, sample)
    write_labels(documents, target / "sample_labels.csv")
    datasheet = (CORPUS / "DATASHEET.md").read_text(encoding="utf-8")
    (target / "DATASHEET.md").write_text(
        datasheet_with_counts(datasheet, documents), encoding="utf-8", newline="\n"
    )
    built = [f"sample/{name}" for name in sorted(files.values())]
    return [*built, "sample/registry.csv", "sample_labels.csv", "DATASHEET.md"]


def stale(target: Path, built: Sequence[str]) -> list[str]:
    """Return files in the sample's folders that no manuscript stands behind."""
    found = [
        path.relative_to(target).as_posix()
        for folder in FOLDERS
        for path in sorted((target / "sample" / folder).glob("*"))
    ]
    return [name for name in found if name not in set(built)]


def differences(committed: Path = CORPUS) -> list[str]:
    """Return one line for each file that differs from what would be built.

    Parameters
    ----------
    committed
        Folder to compare with a fresh build.
    """
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        built = build(fresh)
        lines = [f"{name}: not built from any manuscript" for name in stale(committed, built)]
        for name in built:
            if not (committed / name).is_file():
                lines.append(f"{name}: missing")
            elif (committed / name).read_bytes() != (fresh / name).read_bytes():
                lines.append(f"{name}: differs")
    return sorted(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description="Build the sample corpus from its manuscripts.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; list committed files that differ"
    )
    options = parser.parse_args(arguments)
    try:
        if options.check:
            lines = differences()
            print("\n".join(lines) if lines else "The sample corpus is up to date.")
            return 1 if lines else 0
        built = build(CORPUS)
    except ManuscriptError as error:
        print(error, file=sys.stderr)
        return 2
    for name in stale(CORPUS, built):
        (CORPUS / name).unlink()
    print(f"{len(built)} files built in {CORPUS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
