"""The whole run on the sample corpus: every table by itself, and against the others."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline import frames, schema
from pipeline.codebook import read_codebook
from pipeline.delimited import csv_text
from pipeline.errors import UsageError
from pipeline.intervals import WEIGHT, design_effect, wilson
from pipeline.paths import ROOT
from pipeline.tables import main as write_tables
from pipeline.work import Work

Tables = Mapping[str, pd.DataFrame]
SENTENCE = """sentence_id doc_id section paragraph bullet page start end text polarity confidence
    p_strength p_weakness p_mixed p_none source speaker themes evidence"""
CONTRACT = {
    "documents": """doc_id file sha256 council gss_code la_code region doc_type framework title
        publisher published start_date end_date lead_inspector overall leaders help_protection
        in_care care_leavers adoption pages words sentences findings""",
    "rejected": "file sha256 reason detail",
    "sentences": SENTENCE,
    "findings": f"{SENTENCE} council framework doc_type published overall",
    "finding_themes": "sentence_id doc_id council theme polarity confidence",
    "council_themes": """council gss_code doc_id published framework theme strengths weaknesses
        mixed findings weakness_share weakness_share_low weakness_share_high""",
    "readability": "doc_id flesch_reading_ease",
    "agreement": "first second sample variable code sentences agreement kappa alpha",
}


@pytest.mark.parametrize("table", schema.TABLES_OF["tables"], ids=lambda t: t.name)
def test_each_table_has_the_columns_of_the_contract(sample_run: Path, table: schema.Table) -> None:
    with (sample_run / "tables" / f"{table.name}.csv").open(encoding="utf-8", newline="") as stream:
        names = next(csv.reader(stream))
    assert names == table.names
    assert set(CONTRACT[table.name].split()) <= set(names)
    assert CONTRACT.keys() == {t.name for t in schema.TABLES_OF["tables"]}


@pytest.mark.parametrize("table", schema.RESULT_TABLES, ids=lambda t: t.name)
def test_csv_and_parquet_are_the_same_table(sample_run: Path, table: schema.Table) -> None:
    raw = (sample_run / "tables" / f"{table.name}.csv").read_bytes()
    assert b"\r" not in raw
    assert not raw.startswith(b"\xef\xbb\xbf")
    arrow = pq.read_table(sample_run / "tables" / f"{table.name}.parquet")
    assert csv_text(arrow, table).encode() == raw
    assert arrow.schema.names == table.names


@pytest.mark.parametrize("table", schema.RESULT_TABLES, ids=lambda t: t.name)
def test_keys_are_unique_and_rows_in_order(tables: Tables, table: schema.Table) -> None:
    frame = tables[table.name]
    keys = list(zip(*(frame[name] for name in table.key), strict=True))
    assert len(set(keys)) == len(keys)
    if table.name in ("documents", "sentences", "findings", "rejected", "readability"):
        assert keys == sorted(keys)
    empty = ("rejected", "agreement", "standing_changes")
    assert len(frame) > 0 or table.name in empty


INTERVALS = [
    (table.name, name.removesuffix("_low"))
    for table in schema.RESULT_TABLES
    for name in table.names
    # A ratio to what does not occur has no upper end.
    if name.endswith("_low") and name != "log_ratio_low"
]


@pytest.mark.parametrize(("table", "column"), INTERVALS)
def test_an_interval_has_both_ends_or_none(tables: Tables, table: str, column: str) -> None:
    low, high = (tables[table][f"{column}_{end}"].isna() for end in ("low", "high"))
    assert (low == high).all()


def test_every_file_is_read(tables: Tables) -> None:
    assert len(tables["documents"]) == 35
    assert len(tables["rejected"]) == 0
    assert tables["readability"]["doc_id"].tolist() == tables["documents"]["doc_id"].tolist()


def test_sentences_stand_where_they_say(sample_run: Path, tables: Tables) -> None:
    texts = {p.stem: p.read_bytes().decode("utf-8") for p in (sample_run / "text").iterdir()}
    assert set(texts) == set(tables["documents"]["doc_id"])
    end, last = 0, ""
    for row in tables["sentences"].to_dict("records"):
        assert texts[row["doc_id"]][row["start"] : row["end"]] == row["text"]
        assert row["text"] == row["text"].strip() != ""
        assert row["start"] >= (end if row["doc_id"] == last else 0)
        end, last = row["end"], row["doc_id"]


def test_polarity_is_the_most_probable(tables: Tables) -> None:
    sentences = tables["sentences"]
    probabilities = sentences[[f"p_{p}" for p in schema.POLARITIES]].to_numpy()
    given = [schema.POLARITIES.index(p) for p in sentences["polarity"]]
    chosen = probabilities[np.arange(len(given)), given]
    assert (chosen == probabilities.max(axis=1)).all()
    assert (chosen == sentences["confidence"]).all()
    assert np.abs(probabilities.sum(axis=1) - 1).max() < 0.0021
    assert set(sentences["polarity"]) == set(schema.POLARITIES)


def test_findings_are_the_sentences_that_are_not_none(tables: Tables) -> None:
    sentences, findings = tables["sentences"], tables["findings"]
    expected = sentences[sentences["polarity"] != "none"].reset_index(drop=True)
    pd.testing.assert_frame_equal(findings[schema.SENTENCES.names], expected)
    facts = ["council", "framework", "doc_type", "published", "overall"]
    documents = tables["documents"].set_index("doc_id")[facts]
    looked_up = documents.loc[findings["doc_id"]].reset_index(drop=True)
    pd.testing.assert_frame_equal(findings[facts], looked_up)


def test_documents_count_their_sentences_and_findings(tables: Tables) -> None:
    sentences, findings = (Counter(tables[name]["doc_id"]) for name in ("sentences", "findings"))
    words: Counter[str] = Counter()
    for doc_id, text in zip(*(tables["sentences"][c] for c in ("doc_id", "text")), strict=True):
        words[doc_id] += len(text.split())
    for row in tables["documents"].to_dict("records"):
        name = row["doc_id"]
        counted = (row["sentences"], row["findings"], row["words"])
        assert counted == (sentences[name], findings[name], words[name])


def test_finding_themes_are_the_themes_of_the_findings(tables: Tables) -> None:
    themes = tables["finding_themes"]
    joined = themes.groupby("sentence_id")["theme"].agg(";".join).to_dict()
    findings = tables["findings"].set_index("sentence_id")
    assert joined == findings["themes"].to_dict()
    none = tables["sentences"]["polarity"] == "none"
    assert set(tables["sentences"].loc[none, "themes"]) == {""}
    assert set(themes["theme"]) <= set(read_codebook().codes)
    for name in ("doc_id", "council", "polarity"):
        assert themes[name].tolist() == findings.loc[themes["sentence_id"], name].tolist()
    ranks = themes.groupby("sentence_id", sort=False)["rank"].agg(list)
    assert all(rank == list(range(1, len(rank) + 1)) for rank in ranks)


def test_council_themes_add_up(tables: Tables) -> None:
    counted = Counter(
        zip(*(tables["finding_themes"][c] for c in ("doc_id", "theme", "polarity")), strict=True)
    )
    council_themes = tables["council_themes"]
    for row in council_themes.to_dict("records"):
        place = (row["doc_id"], row["theme"])
        counts = [counted[*place, p] for p in ("strength", "weakness", "mixed")]
        assert [row["strengths"], row["weaknesses"], row["mixed"]] == counts
        assert row["findings"] == sum(counts)
        if sum(counts):
            share = (counts[1] + counts[2] / 2) / sum(counts)
            assert row["weakness_share"] == pytest.approx(share, rel=1e-5)
            assert 0 <= row["weakness_share_low"] <= row["weakness_share"] + 1e-6
            assert row["weakness_share"] - 1e-6 <= row["weakness_share_high"] <= 1
        else:
            assert np.isnan([row[f"weakness_share{end}"] for end in ("", "_low", "_high")]).all()
    documents = tables["documents"]
    reports = documents[documents["doc_type"] == "inspection_report"]
    codes = read_codebook().codes
    rows = [(doc_id, code) for doc_id in reports["doc_id"] for code in codes]
    assert list(zip(council_themes["doc_id"], council_themes["theme"], strict=True)) == rows


def test_the_intervals_take_paragraphs_as_clusters(tables: Tables) -> None:
    blocks = tables["findings"].set_index("sentence_id")["block"]
    themes = tables["finding_themes"]
    wide = 0
    for row in tables["council_themes"].query("findings >= 8").to_dict("records"):
        group = themes[(themes["doc_id"] == row["doc_id"]) & (themes["theme"] == row["theme"])]
        values = group["polarity"].map(WEIGHT).to_numpy(dtype=float)
        effect = design_effect(values, blocks.loc[group["sentence_id"]].to_numpy())
        low, high = wilson(values.mean(), len(values) / effect, 0.95)
        assert row["weakness_share_low"] == pytest.approx(low, rel=1e-5, abs=1e-9)
        assert row["weakness_share_high"] == pytest.approx(high, rel=1e-5, abs=1e-9)
        wide += effect > 1
    assert wide > 20


def test_evidence_is_words_of_the_sentence(tables: Tables) -> None:
    texts = tables["sentences"].set_index("sentence_id")["text"]
    for name in ("sentences", "finding_themes"):
        for sentence_id, words in zip(
            *(tables[name][c] for c in ("sentence_id", "evidence")), strict=True
        ):
            assert all(piece in texts[sentence_id] for piece in words.split(";"))
    filled = (tables["findings"]["evidence"] != "").mean()
    assert filled > 0.9


def test_inspection_reports_speak_for_the_inspectorate(tables: Tables) -> None:
    kinds = tables["documents"].set_index("doc_id")["doc_type"]
    for row in tables["sentences"].to_dict("records"):
        report = kinds[row["doc_id"]] == "inspection_report"
        assert row["section"] in (schema.REPORT_SECTIONS if report else schema.PRESS_SECTIONS)
        assert row["source"] == "inspectorate" or not report


def test_the_record_names_every_file(sample_run: Path, tables: Tables) -> None:
    record = json.loads((sample_run / "run.json").read_text(encoding="utf-8"))
    files = {
        p for f in ("tables", "text", "plots") for p in (sample_run / f).rglob("*") if p.is_file()
    }
    assert record["outputs"] == {
        p.relative_to(sample_run).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in files
    }
    documents = tables["documents"]
    assert record["inputs"] == dict(zip(documents["file"], documents["sha256"], strict=True))
    sample = ROOT / "corpus" / "sample"
    for file, sha256 in record["inputs"].items():
        assert hashlib.sha256((sample / file).read_bytes()).hexdigest() == sha256
    registry = hashlib.sha256((sample / "registry.csv").read_bytes()).hexdigest()
    assert record["registry"] == {"file": "registry.csv", "sha256": registry}
    assert record["codebook"]["version"] == read_codebook().version
    assert str(ROOT) not in json.dumps(record)


@pytest.fixture
def stages(sample_run: Path) -> dict[str, pd.DataFrame]:
    folder = sample_run / "stages"
    return {
        "documents": frames.read(schema.CLEAN_DOCUMENTS, folder / "clean"),
        "rejected": frames.read(schema.REJECTED, folder / "clean"),
        "sentences": frames.read(schema.CLEAN_SENTENCES, folder / "clean"),
        "polarity": frames.read(schema.POLARITY, folder / "classify"),
        "themes": frames.read(schema.THEMES, folder / "themes"),
    }


def built(stages: Mapping[str, pd.DataFrame], out: Path) -> None:
    for stage, table, name in (
        ("clean", schema.CLEAN_DOCUMENTS, "documents"),
        ("clean", schema.REJECTED, "rejected"),
        ("clean", schema.CLEAN_SENTENCES, "sentences"),
        ("classify", schema.POLARITY, "polarity"),
        ("themes", schema.THEMES, "themes"),
    ):
        frames.write_parquet(stages[name], table, out / "stages" / stage)
    write_tables(out, {"interval": 0.95}, Work())


@pytest.mark.parametrize(
    ("name", "change", "stage"),
    [
        ("polarity", lambda f: f.iloc[1:], "classify"),
        ("polarity", lambda f: f.iloc[::-1], "classify"),
        ("themes", lambda f: f.iloc[10:], "themes"),
        ("polarity", lambda f: f.assign(polarity="none"), "themes"),
    ],
)
def test_stages_of_different_runs_do_not_mix(
    stages: dict[str, pd.DataFrame],
    name: str,
    change: Callable[[pd.DataFrame], pd.DataFrame],
    stage: str,
    tmp_path: Path,
) -> None:
    stages[name] = change(stages[name])
    with pytest.raises(UsageError, match=f"run `{stage}` again"):
        built(stages, tmp_path)
    assert not list(tmp_path.glob("tables/*"))


def test_no_documents_at_all_give_empty_tables(
    stages: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    built({name: frame.iloc[:0] for name, frame in stages.items()}, tmp_path)
    for table in schema.TABLES_OF["tables"]:
        assert len(frames.read(table, tmp_path / "tables")) == 0
