"""Stage ``tables``: the tables of the study, as CSV and Parquet.

Reads the outputs of ``clean``, ``classify`` and ``themes``, and what people coded; writes
every table of :data:`pipeline.schema.TABLES_OF` below ``tables/``.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import frames, schema
from pipeline.codebook import read_codebook
from pipeline.entries import pack, unpack
from pipeline.intervals import counted_share
from pipeline.readability import readability
from pipeline.review.agreement import agreement_table
from pipeline.review.decide import corrected
from pipeline.review.store import FILE_NAME, read_reviews
from pipeline.streams import Rows, TableWriter, writing
from pipeline.work import Job, Task, Work

WEIGHT = {"strength": 0.0, "mixed": 0.5, "weakness": 1.0}


@cache
def _codes() -> tuple[str, ...]:
    return read_codebook().codes


def coded_sentences(
    sentences: pd.DataFrame, polarity: pd.DataFrame, themes: pd.DataFrame
) -> pd.DataFrame:
    """Return the table ``sentences``: clean's columns with polarity, themes and evidence.

    Raises
    ------
    UsageError
        If polarity or themes are of other sentences than those of ``clean``.
    """
    frames.same_sentences(sentences["sentence_id"], polarity["sentence_id"], "classify")
    found = polarity.loc[polarity["polarity"] != "none", "sentence_id"]
    frames.same_sentences(found, dict.fromkeys(themes["sentence_id"]), "themes")
    listed: dict[str, list[str]] = {}
    for sentence_id, theme in zip(themes["sentence_id"], themes["theme"], strict=True):
        listed.setdefault(sentence_id, []).append(theme)
    columns = {name: frame[name].to_numpy() for frame in (sentences, polarity) for name in frame}
    columns["themes"] = np.array(
        [";".join(listed.get(name, ())) for name in sentences["sentence_id"]], dtype=object
    )
    return pd.DataFrame({name: columns[name] for name in schema.SENTENCES.names})


def documents_table(documents: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``documents``: clean's columns with the number of findings."""
    found = sentences.loc[sentences["polarity"] != "none", "doc_id"].value_counts()
    counted = documents.assign(findings=documents["doc_id"].map(found).fillna(0).astype(int))
    return counted[schema.DOCUMENTS.names]


def findings_table(sentences: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return the strengths, weaknesses and mixed ones, with facts of their document."""
    facts = ["doc_id", "council", "framework", "doc_type", "published", "overall"]
    findings = sentences[sentences["polarity"] != "none"]
    by_document = documents[facts].set_index("doc_id")
    columns = {name: findings["doc_id"].map(by_document[name]) for name in facts[1:]}
    return findings.assign(**columns).reset_index(drop=True)[schema.FINDINGS.names]


def finding_themes_table(themes: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Return one row for every finding and theme, with document, council and polarity."""
    facts = findings[["sentence_id", "doc_id", "council", "polarity"]]
    return themes.merge(facts, on="sentence_id", validate="many_to_one")[
        schema.FINDING_THEMES.names
    ]


def council_themes_table(
    documents: pd.DataFrame,
    finding_themes: pd.DataFrame,
    findings: pd.DataFrame,
    codes: tuple[str, ...],
    level: float,
) -> pd.DataFrame:
    """Return counts and weakness share for every inspection report and theme.

    Every report has a row for every theme of the codebook, with zeros where it says nothing;
    press texts have none, nor have reports that repeat another one, so that nothing counts twice.
    The interval takes the paragraphs as clusters.
    """
    first = documents["duplicate_of"] == ""
    reports = documents[first & (documents["doc_type"] == "inspection_report")]
    coded = finding_themes.merge(findings[["sentence_id", "block"]], on="sentence_id")
    groups = dict(iter(coded.groupby(["doc_id", "theme"], sort=False)))
    rows = []
    for report in reports.to_dict("records"):
        for code in codes:
            group = groups.get((report["doc_id"], code))
            facts = {name: report[name] for name in
                     ("council", "gss_code", "doc_id", "published", "framework")}  # fmt: skip
            rows.append(facts | {"theme": code} | _counts(group, level))
    return frames.build(rows, schema.COUNCIL_THEMES)


def _counts(group: pd.DataFrame | None, level: float) -> dict[str, float]:
    if group is None:
        return counted_share([], [], level)
    return counted_share(list(group["polarity"]), list(group["block"]), level)


def coded_tables(
    documents: pd.DataFrame,
    sentences: pd.DataFrame,
    polarity: pd.DataFrame,
    themes: pd.DataFrame,
    *,
    reviews: pd.DataFrame,
    level: float,
) -> dict[str, pd.DataFrame]:
    """Return the tables that can be made of one document at a time."""
    given, listed = corrected(sentences, polarity, themes, reviews)
    coded = coded_sentences(sentences, given, listed)
    counted = documents_table(documents, coded)
    findings = findings_table(coded, counted)
    by_theme = finding_themes_table(listed, findings)
    return {
        "documents": counted,
        "sentences": coded,
        "findings": findings,
        "finding_themes": by_theme,
        "council_themes": council_themes_table(counted, by_theme, findings, _codes(), level),
        "readability": readability(coded, counted, 1),
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
    made = coded_tables(
        frames.build([parts["document"]], schema.CLEAN_DOCUMENTS),
        frames.from_arrow(parts["sentences"], schema.CLEAN_SENTENCES),
        frames.from_arrow(parts["polarity"], schema.POLARITY),
        frames.from_arrow(parts["themes"], schema.THEMES),
        reviews=frames.from_arrow(parts["reviews"], schema.REVIEWS),
        level=params["interval"],
    )
    packed: dict[str, Any] = {"findings": int(made["documents"]["findings"].iloc[0])}
    for table in PIECES:
        rows = frames.to_arrow(made[table.name], table)
        packed[f"{table.name}.rows"] = rows
        packed[f"{table.name}.lines"] = frames.csv_body(rows, table).encode("utf-8")
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
            frames.from_arrow(pa.concat_tables([frames.arrow_schema(t).empty_table(), *rows]), t)
            for t, rows in zip(_CODED, self._coded.values(), strict=True)
        )
        return agreement_table(self.reviews, sentences, polarity, themes, level)


def _tasks(
    documents: pd.DataFrame, sentences: Rows, polarity: Rows, themes: Rows, reviewed: _Reviewed
) -> Iterator[Task]:
    for document in documents.assign(duplicate_of="").to_dict("records"):
        doc_id = str(document["doc_id"])
        parts = {
            "sentences": sentences.of(doc_id),
            "polarity": polarity.of(doc_id),
            "themes": themes.of(doc_id),
        }
        facts = {str(name): _plain(value) for name, value in document.items()}
        given = pack({"document": facts, **parts, "reviews": reviewed.of(doc_id, parts)})
        yield Task(given, given)
    for stage, rows in (("classify", polarity), ("themes", themes)):
        frames.same_sentences([], [] if rows.ended else [""], stage)


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


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
