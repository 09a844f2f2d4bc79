"""Stage ``tables``: the tables of the study, as CSV and Parquet.

Reads the outputs of ``clean``, ``classify`` and ``themes``, and what people coded; writes
every table of :data:`pipeline.schema.TABLES_OF` below ``tables/``.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import arrow, frames, schema
from pipeline.arrow import types_of
from pipeline.codebook import read_codebook
from pipeline.delimited import csv_body
from pipeline.entries import pack, unpack
from pipeline.intervals import counted_share
from pipeline.readability import readability
from pipeline.review.agreement import agreement_table
from pipeline.review.decide import corrected
from pipeline.review.store import FILE_NAME, read_reviews
from pipeline.schema import MODEL
from pipeline.streams import Rows, TableWriter, writing
from pipeline.work import Job, Task, Work

# What the tables take of a document's row of ``documents``.
FACTS = (
    "doc_id", "council", "gss_code", "published", "framework", "doc_type", "overall",
)  # fmt: skip
Facts = Mapping[str, Any]


@cache
def _codes() -> tuple[str, ...]:
    return read_codebook().codes


def _decided(
    sentences: pa.Table, polarity: pa.Table, themes: pa.Table, reviews: pa.Table
) -> tuple[pa.Table, pa.Table]:
    """Return polarity with the column ``coder``, and themes, as the model or people gave them."""
    if not reviews.num_rows:
        return polarity.append_column("coder", pa.repeat(MODEL, polarity.num_rows)), themes
    tables = (schema.CLEAN_SENTENCES, schema.POLARITY, schema.THEMES, schema.REVIEWS)
    given, listed = corrected(
        *(
            frames.from_arrow(rows, table)
            for rows, table in zip((sentences, polarity, themes, reviews), tables, strict=True)
        )
    )
    coded = frames.to_arrow(given[schema.POLARITY.names], schema.POLARITY)
    coder = pa.array(given["coder"].tolist(), pa.string())
    return coded.append_column("coder", coder), frames.to_arrow(listed, schema.THEMES)


def coded_sentences(sentences: pa.Table, polarity: pa.Table, themes: pa.Table) -> pa.Table:
    """Return the table ``sentences``: clean's columns with polarity, themes and evidence.

    Raises
    ------
    UsageError
        If polarity or themes are of other sentences than those of ``clean``.
    """
    ids, codes = sentences["sentence_id"].to_pylist(), polarity["polarity"].to_pylist()
    frames.same_sentences(ids, polarity["sentence_id"].to_pylist(), "classify")
    listed: dict[str, list[str]] = {}
    for name, theme in zip(
        themes["sentence_id"].to_pylist(), themes["theme"].to_pylist(), strict=True
    ):
        listed.setdefault(name, []).append(theme)
    found = [name for name, code in zip(ids, codes, strict=True) if code != "none"]
    frames.same_sentences(found, listed, "themes")
    joined = pa.array([";".join(listed[n]) if n in listed else None for n in ids], pa.string())
    columns = {name: rows[name] for rows in (sentences, polarity) for name in rows.column_names}
    rows = pa.table(columns | {"themes": joined})
    return arrow.held(rows.select(schema.SENTENCES.names), schema.SENTENCES)


def findings_table(sentences: pa.Table, document: Facts) -> pa.Table:
    """Return the strengths, weaknesses and mixed ones, with facts of their document."""
    rows = sentences.filter(pc.not_equal(sentences["polarity"], "none"))
    for name in ("council", "framework", "doc_type", "published", "overall"):
        fact = pa.scalar(document[name] or None, pa.string())
        rows = rows.append_column(name, pa.repeat(fact, rows.num_rows))
    return arrow.held(rows.select(schema.FINDINGS.names), schema.FINDINGS)


def finding_themes_table(themes: pa.Table, findings: pa.Table) -> pa.Table:
    """Return one row for every finding and theme, with document, council and polarity."""
    place = pc.index_in(themes["sentence_id"], value_set=findings["sentence_id"])
    rows = themes
    for name in ("doc_id", "council", "polarity"):
        rows = rows.append_column(name, findings[name].take(place))
    return arrow.held(rows.select(schema.FINDING_THEMES.names), schema.FINDING_THEMES)


def council_themes_table(
    document: Facts, finding_themes: pa.Table, findings: pa.Table, level: float
) -> pa.Table:
    """Return counts and weakness share for every theme of an inspection report.

    It has a row for every theme of the codebook, with zeros where the report says nothing; a
    press text has none. The interval takes the paragraphs as clusters.
    """
    if document["doc_type"] != "inspection_report":
        return types_of(schema.COUNCIL_THEMES).empty_table()
    names, blocks = (findings[name].to_pylist() for name in ("sentence_id", "block"))
    block_of = dict(zip(names, blocks, strict=True))
    of_theme: dict[str, tuple[list[str], list[int]]] = {code: ([], []) for code in _codes()}
    columns = (finding_themes[name].to_pylist() for name in ("sentence_id", "theme", "polarity"))
    for name, theme, polarity in zip(*columns, strict=True):
        if theme in of_theme:
            of_theme[theme][0].append(polarity)
            of_theme[theme][1].append(block_of[name])
    rows = [
        {**document, "theme": code, **counted_share(*counted, level)}
        for code, counted in of_theme.items()
    ]
    return arrow.of_rows(rows, schema.COUNCIL_THEMES)


def coded_tables(
    document: Facts,
    sentences: pa.Table,
    polarity: pa.Table,
    themes: pa.Table,
    *,
    reviews: pa.Table,
    level: float,
) -> dict[str, pa.Table]:
    """Return one document's rows of the tables that hold sentences, themes and measures."""
    given, listed = _decided(sentences, polarity, themes, reviews)
    coded = coded_sentences(sentences, given, listed)
    findings = findings_table(coded, document)
    by_theme = finding_themes_table(listed, findings)
    measured = readability(document["doc_id"], coded["text"].to_pylist())
    return {
        "sentences": coded,
        "findings": findings,
        "finding_themes": by_theme,
        "council_themes": council_themes_table(document, by_theme, findings, level),
        "readability": arrow.of_rows(measured, schema.READABILITY),
    }


# What the pieces of a document hold; the others are put together at the end.
_WHOLE = (schema.DOCUMENTS, schema.REJECTED, schema.AGREEMENT)
_CODED = (schema.CLEAN_SENTENCES, schema.POLARITY, schema.THEMES)
PIECES = tuple(table for table in schema.TABLES_OF["tables"] if table not in _WHOLE)


def tables_of_document(params: dict[str, Any], given: bytes) -> bytes:
    """Return one document's rows of every table, as Arrow and as CSV lines, and its findings.

    The rows of ``council_themes`` are those of a document that repeats no other.
    """
    parts = unpack(given)
    made = coded_tables(**parts, level=params["interval"])
    packed: dict[str, Any] = {"findings": made["findings"].num_rows}
    for table in PIECES:
        rows = made[table.name]
        packed[f"{table.name}.rows"] = rows
        packed[f"{table.name}.lines"] = csv_body(rows, table).encode("utf-8")
    return pack(packed)


class _Reviewed:
    """What people coded, by document, and the model's codes of the documents that they read."""

    def __init__(self, reviews: pd.DataFrame) -> None:
        self.reviews = reviews
        self._rows = frames.to_arrow(reviews, schema.REVIEWS)
        self._documents = set(reviews["doc_id"])
        self._coded: dict[str, list[pa.Table]] = {"sentences": [], "polarity": [], "themes": []}

    def of(self, doc_id: str, parts: dict[str, pa.Table]) -> pa.Table:
        """Return the reviews of a document, and keep what the model made of its sentences."""
        if doc_id not in self._documents:
            return self._rows.slice(0, 0)
        for name, kept in self._coded.items():
            kept.append(parts[name])
        return self._rows.filter(pc.equal(self._rows["doc_id"], doc_id))

    def agreement(self, level: float) -> pd.DataFrame:
        """Return the table ``agreement``, once all documents have been asked for."""
        sentences, polarity, themes = (
            frames.from_arrow(pa.concat_tables([types_of(t).empty_table(), *rows]), t)
            for t, rows in zip(_CODED, self._coded.values(), strict=True)
        )
        return agreement_table(self.reviews, sentences, polarity, themes, level)


def _tasks(
    documents: pd.DataFrame, sentences: Rows, polarity: Rows, themes: Rows, reviewed: _Reviewed
) -> Iterator[Task]:
    for document in documents[list(FACTS)].to_dict("records"):
        doc_id = str(document["doc_id"])
        parts = {
            "sentences": sentences.of(doc_id),
            "polarity": polarity.of(doc_id),
            "themes": themes.of(doc_id),
        }
        given = pack({"document": document, **parts, "reviews": reviewed.of(doc_id, parts)})
        yield Task(given, given)
    for stage, rows in (("classify", polarity), ("themes", themes)):
        frames.same_sentences([], [] if rows.ended else [""], stage)


def main(out: Path, params: dict[str, Any], work: Work, reviews: Path | None = None) -> None:
    """Run the stage on the outputs of the others below ``out``, and on what people coded."""
    stages = out / "stages"
    folder = out / "tables"
    documents = frames.read(schema.CLEAN_DOCUMENTS, stages / "clean")
    rejected = frames.read(schema.REJECTED, stages / "clean")
    sentences = Rows(schema.CLEAN_SENTENCES, stages / "clean")
    polarity = Rows(schema.POLARITY, stages / "classify")
    themes = Rows(schema.THEMES, stages / "themes")
    reviewed = _Reviewed(read_reviews(reviews or out / FILE_NAME))
    job = Job("tables", tables_of_document, params)
    findings = []
    with writing(*(TableWriter(table, folder) for table in PIECES)) as writers:
        tasks = _tasks(documents, sentences, polarity, themes, reviewed)
        results = work.documents(job, tasks, len(documents))
        for original, result in zip(documents["duplicate_of"], results, strict=True):
            made = unpack(result)
            findings.append(made["findings"])
            for table, writer in zip(PIECES, writers, strict=True):
                # What repeats another report must not count twice.
                if not (original and table is schema.COUNCIL_THEMES):
                    writer.add(made[f"{table.name}.rows"], made[f"{table.name}.lines"])
    counted = documents.assign(findings=findings)[schema.DOCUMENTS.names]
    frames.write(counted, schema.DOCUMENTS, folder)
    frames.write(rejected, schema.REJECTED, folder)
    frames.write(reviewed.agreement(params["interval"]), schema.AGREEMENT, folder)
