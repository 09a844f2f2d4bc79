"""Stage ``tables``: the tables of the study, as CSV and Parquet.

Reads the outputs of ``clean``, ``classify`` and ``themes``, and what people coded; writes
every table of :data:`pipeline.schema.TABLES_OF` below ``tables/``.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import frames, schema
from pipeline.codebook import read_codebook
from pipeline.intervals import design_effect, weakness_share, wilson
from pipeline.readability import readability
from pipeline.review.agreement import agreement_table
from pipeline.review.decide import corrected
from pipeline.review.store import FILE_NAME, no_reviews, read_reviews

WEIGHT = {"strength": 0.0, "mixed": 0.5, "weakness": 1.0}


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
    listed = themes.groupby("sentence_id", sort=False)["theme"].agg(";".join)
    coded = sentences.merge(polarity, on="sentence_id", validate="one_to_one")
    coded["themes"] = coded["sentence_id"].map(listed).fillna("")
    return coded[schema.SENTENCES.names]


def documents_table(documents: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``documents``: clean's columns with the number of findings."""
    found = sentences.loc[sentences["polarity"] != "none", "doc_id"].value_counts()
    counted = documents.assign(findings=documents["doc_id"].map(found).fillna(0).astype(int))
    return counted[schema.DOCUMENTS.names]


def findings_table(sentences: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return the strengths, weaknesses and mixed ones, with facts of their document."""
    facts = ["doc_id", "council", "framework", "doc_type", "published", "overall"]
    findings = sentences[sentences["polarity"] != "none"]
    joined = findings.merge(documents[facts], on="doc_id", validate="many_to_one")
    return joined[schema.FINDINGS.names]


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
    polarity = [] if group is None else list(group["polarity"])
    strengths, weaknesses, mixed = (
        polarity.count(code) for code in ("strength", "weakness", "mixed")
    )
    low = high = float("nan")
    share = weakness_share(strengths, weaknesses, mixed)
    if group is not None:
        values = np.array([WEIGHT[code] for code in polarity])
        effect = design_effect(values, group["block"].to_numpy())
        low, high = wilson(share, len(polarity) / effect, level)
    return {
        "strengths": strengths, "weaknesses": weaknesses, "mixed": mixed,
        "findings": len(polarity), "weakness_share": share,
        "weakness_share_low": low, "weakness_share_high": high,
    }  # fmt: skip


def build_tables(
    documents: pd.DataFrame,
    rejected: pd.DataFrame,
    sentences: pd.DataFrame,
    polarity: pd.DataFrame,
    themes: pd.DataFrame,
    *,
    reviews: pd.DataFrame | None = None,
    params: dict[str, Any],
    workers: int = 1,
) -> dict[str, pd.DataFrame]:
    """Return every table of the study by its name; ``reviews`` is what people coded."""
    people = no_reviews() if reviews is None else reviews
    given, listed = corrected(sentences, polarity, themes, people)
    coded = coded_sentences(sentences, given, listed)
    counted = documents_table(documents, coded)
    findings = findings_table(coded, counted)
    by_theme = finding_themes_table(listed, findings)
    codes = read_codebook().codes
    return {
        "documents": counted,
        "rejected": rejected,
        "sentences": coded,
        "findings": findings,
        "finding_themes": by_theme,
        "council_themes": council_themes_table(
            counted, by_theme, findings, codes, params["interval"]
        ),
        "readability": readability(coded, counted, workers),
        "agreement": agreement_table(people, sentences, polarity, themes, params["interval"]),
    }


def main(out: Path, params: dict[str, Any], workers: int, reviews: Path | None = None) -> None:
    """Run the stage on the outputs of the others below ``out``, and on what people coded."""
    stages = out / "stages"
    tables = build_tables(
        frames.read(schema.CLEAN_DOCUMENTS, stages / "clean"),
        frames.read(schema.REJECTED, stages / "clean"),
        frames.read(schema.CLEAN_SENTENCES, stages / "clean"),
        frames.read(schema.POLARITY, stages / "classify"),
        frames.read(schema.THEMES, stages / "themes"),
        reviews=read_reviews(reviews or out / FILE_NAME),
        params=params,
        workers=workers,
    )
    for table in schema.TABLES_OF["tables"]:
        frames.write(tables[table.name], table, out / "tables")
