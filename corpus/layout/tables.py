"""Writes the tables of the sample corpus: its registry, its labels, its counts."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from corpus.layout.manuscript import Block, Codes, Manuscript, Sentence
from corpus.layout.wording import INSPECTORATE, LICENCE

REGISTRY_COLUMNS = (
    "doc_id",
    "file",
    "sha256",
    "council",
    "ofsted_urn",
    "la_code",
    "gss_code",
    "region",
    "doc_type",
    "published",
    "url",
    "publisher",
    "licence",
)
LABEL_COLUMNS = (
    "doc_id",
    "section",
    "bullet",
    "previous",
    "sentence",
    "polarity",
    "source",
    "themes",
    "speaker",
)
COUNTS_BEGIN, COUNTS_END = "<!-- counts: begin -->", "<!-- counts: end -->"


def read_codes(path: Path) -> Codes:
    """Read the codes that labels may use from a table with the columns kind and code."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return Codes(
        themes=frozenset(row["code"] for row in rows if row["kind"] == "theme"),
        sources=frozenset(row["code"] for row in rows if row["kind"] == "source"),
    )


def read_councils(path: Path) -> dict[str, dict[str, str]]:
    """Read the invented councils by name."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["council"]: row for row in csv.DictReader(file)}


def _write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(buffer.getvalue(), encoding="utf-8", newline="\n")


def write_registry(
    documents: Sequence[Manuscript],
    files: Mapping[str, str],
    councils: Mapping[str, Mapping[str, str]],
    sample: Path,
) -> None:
    """Write ``registry.csv`` beside the files it lists.

    Parameters
    ----------
    documents
        The manuscripts, in the order of the rows.
    files
        File of each document, relative to ``sample``.
    councils
        Codes and region of each council.
    sample
        Folder with the laid-out files.
    """
    rows = []
    for document in documents:
        meta = document.meta
        place = councils[meta.council]
        rows.append(
            {
                "doc_id": meta.doc_id,
                "file": files[meta.doc_id],
                "sha256": hashlib.sha256((sample / files[meta.doc_id]).read_bytes()).hexdigest(),
                "council": meta.council,
                "ofsted_urn": "",
                "la_code": place["la_code"],
                "gss_code": place["gss_code"],
                "region": place["region"],
                "doc_type": meta.doc_type,
                "published": meta.published.isoformat(),
                "url": "",
                "publisher": meta.publisher or INSPECTORATE,
                "licence": LICENCE,
            }
        )
    _write(sample / "registry.csv", REGISTRY_COLUMNS, rows)


def write_labels(documents: Sequence[Manuscript], path: Path) -> None:
    """Write every labelled sentence, in the order of the documents and of their text."""
    _write(path, LABEL_COLUMNS, (row for document in documents for row in label_rows(document)))


def label_rows(document: Manuscript) -> Iterator[dict[str, str]]:
    """Yield the rows of one document's labelled sentences.

    ``previous`` is the sentence before in the same section. It is empty for the first sentence
    of a section and for the items of "What needs to improve", which stand each by itself.
    """
    previous, section = "", ""
    quotation = _Quotation()
    for block, sentence in document.sentences():
        if block.section != section:
            previous, section = "", block.section
        alone = block.section == "improve" and sentence is block.sentences[0]
        quoted = quotation.holds(block, sentence)
        if sentence.label is not None:
            yield {
                "doc_id": document.meta.doc_id,
                "section": _press_section(block, quoted=quoted)
                if document.meta.is_press
                else section,
                "bullet": "yes" if block.kind == "bullet" else "no",
                "previous": "" if alone else previous,
                "sentence": sentence.text,
                "polarity": sentence.label.polarity,
                "source": sentence.label.source,
                "themes": ";".join(sentence.label.themes),
                "speaker": sentence.label.speaker,
            }
        previous = sentence.text


def _press_section(block: Block, *, quoted: bool) -> str:
    if block.kind == "title":
        return "title"
    return "quote" if quoted else "body"


class _Quotation:
    """Follows quotations through a press text."""

    def __init__(self) -> None:
        self.block: Block | None = None
        self.open = False

    def holds(self, block: Block, sentence: Sentence) -> bool:
        """Return whether a sentence is direct speech, whole or after its lead-in."""
        if block is not self.block:
            # Each paragraph of a running quotation opens with a mark of its own.
            self.block, self.open = block, False
        words = sentence.text
        quoted = self.open or words.startswith("“") or ": “" in words or ", “" in words
        self.open = (
            words.rfind("“") > words.rfind("”") if "“" in words else self.open and "”" not in words
        )
        return quoted and sentence.label is not None and bool(sentence.label.speaker)


def counts(documents: Sequence[Manuscript]) -> dict[str, int]:
    """Return the figures of the datasheet by the name of their row."""
    metas = [document.meta for document in documents]
    reports = [meta for meta in metas if not meta.is_press]
    sentences = [sentence for document in documents for _, sentence in document.sentences()]
    labels = [sentence.label for sentence in sentences if sentence.label is not None]
    inspections = Counter(meta.council for meta in reports)
    result = {
        "documents": len(metas),
        "reports of the present framework (ILACS)": sum(m.layout == "ilacs" for m in metas),
        "reports of the single inspection framework (SIF)": sum(m.layout == "sif" for m in metas),
        "press releases": sum(m.doc_type == "press_release" for m in metas),
        "news stories": sum(m.doc_type == "news" for m in metas),
        "councils": len({meta.council for meta in metas}),
        "councils with two inspections": sum(number >= 2 for number in inspections.values()),
    }
    for kind in ("pdf", "docx", "html", "txt"):
        result[f"files in {kind.upper()}"] = sum(meta.format == kind for meta in metas)
    for grade in ("outstanding", "good", "requires improvement", "inadequate"):
        result[f"reports judged {grade} overall"] = sum(
            meta.grades["overall"] == grade for meta in reports
        )
    result["sentences"] = len(sentences)
    result["labelled sentences"] = len(labels)
    for polarity in ("strength", "weakness", "mixed", "none"):
        result[f"labelled {polarity}"] = sum(label.polarity == polarity for label in labels)
    return result


def datasheet_with_counts(datasheet: str, documents: Sequence[Manuscript]) -> str:
    """Return the datasheet with its table of counts brought up to date."""
    before, begin, rest = datasheet.partition(COUNTS_BEGIN)
    _, end, after = rest.partition(COUNTS_END)
    if not begin or not end:
        raise ValueError("the datasheet has no marks around its table of counts")
    rows = [f"| {name} | {number:,} |" for name, number in counts(documents).items()]
    table = "\n".join(["| what | number |", "| --- | ---: |", *rows])
    return f"{before}{begin}\n{table}\n{end}{after}"
