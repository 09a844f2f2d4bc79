"""Workbook, database and data package: what they hold, in other programs' eyes, byte for byte."""

import asyncio
import html
import io
import json
import os
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import frictionless
import openpyxl
import pandas as pd
import pytest
from datasette.app import Datasette
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from pipeline import cli, frames, schema
from pipeline.codebook import read_codebook
from pipeline.errors import UsageError
from pipeline.export import archive, database, datapackage, workbook
from pipeline.export.cells import height
from pipeline.export.relations import foreign_keys
from pipeline.schema import Column, Table

Tables = Mapping[str, pd.DataFrame]
LATER = Table(
    "later", "a table of a later stage", ("press_doc_id", "theme"),
    (
        Column("press_doc_id", "string", "The press text (documents.doc_id)", True),
        Column("theme", "string", "Theme code of the codebook", True),
        Column("weakness_share", "float", "Made up", unit="0 to 1"),
    ),
)  # fmt: skip
NAMES = [
    "documents", "rejected", "sentences", "findings", "finding_themes", "council_themes",
    "readability",
]  # fmt: skip


@pytest.fixture(scope="session")
def small_run(sample_run: Path, tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The part of the sample run that is on its first three documents."""
    out = tmp_path_factory.mktemp("small")
    doc_ids = set(tables["documents"]["doc_id"].head(3))
    for table in schema.RESULT_TABLES:
        frame = tables[table.name]
        if table in schema.TABLES_OF["press"]:
            frame = frame.iloc[:0]
        elif "doc_id" in frame:
            frame = frame[frame["doc_id"].isin(doc_ids)].reset_index(drop=True)
        frames.write(frame, table, out / "tables")
    (out / "text").mkdir()
    for doc_id in doc_ids:
        shutil.copy(sample_run / "text" / f"{doc_id}.txt", out / "text")
    return out


@pytest.fixture(scope="module")
def small(small_run: Path) -> dict[str, pd.DataFrame]:
    return {t.name: frames.read(t, small_run / "tables") for t in schema.RESULT_TABLES}


@pytest.fixture(scope="module")
def book(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("xlsx") / "findings.xlsx"
    assert cli.main(["export", str(sample_run), "--format", "xlsx", "--out", str(path)]) == 0
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def base(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "study.db"
    assert cli.main(["export", str(sample_run), "--format", "sqlite", "--out", str(path)]) == 0
    return path


@pytest.fixture
def connection(base: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(base)
    yield opened
    opened.close()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, small: Tables) -> dict[str, pd.DataFrame]:
    """A run's tables and one of a stage that there is not yet."""
    monkeypatch.setattr(schema, "RESULT_TABLES", (*schema.RESULT_TABLES, LATER))
    doc_id = small["documents"]["doc_id"].iloc[0]
    frame = frames.build(
        [{"press_doc_id": doc_id, "theme": "recording", "weakness_share": 0.5}], LATER
    )
    return {**small, "later": frame}


def rows_of(sheet: Any) -> tuple[list[str], list[list[Any]]]:
    head, *rows = ([cell.value for cell in row] for row in sheet.iter_rows())
    return head, rows


def test_workbook_has_its_sheets(book: Any) -> None:
    assert book.sheetnames[:6] == [
        "about", "data dictionary", "documents", "findings", "council by theme", "council themes",
    ]  # fmt: skip
    front = " ".join(str(cell.value) for row in book["about"].iter_rows() for cell in row)
    for words in ("How to read the intervals", "Codebook", "SHA-256", "35 of 14 councils"):
        assert words in front
    assert {"sentences", "finding themes"}.isdisjoint(book.sheetnames)


def test_workbook_sheets_can_be_filtered_and_stay_in_sight(book: Any) -> None:
    for name in book.sheetnames[1:]:
        sheet = book[name]
        assert sheet.freeze_panes, name
        if sheet.max_row > 1:
            assert sheet.auto_filter.ref, name
    findings = book["findings"]
    head, _ = rows_of(findings)
    text = findings.cell(2, head.index("text") + 1)
    assert text.alignment.wrap_text
    assert findings.row_dimensions[2].height > 13


def test_workbook_holds_the_findings(book: Any, tables: Tables) -> None:
    head, rows = rows_of(book["findings"])
    findings = tables["findings"]
    assert len(rows) == len(findings)
    for name in ("sentence_id", "text", "polarity", "themes"):
        assert [row[head.index(name)] for row in rows] == findings[name].tolist()
    published = head.index("published")
    assert [f"{row[published]:%Y-%m-%d}" for row in rows] == findings["published"].tolist()
    confidence = [row[head.index("confidence")] for row in rows]
    assert confidence == pytest.approx(findings["confidence"].tolist())


def test_every_column_of_the_workbook_is_in_its_dictionary(book: Any) -> None:
    head, rows = rows_of(book["data dictionary"])
    described = {(row[0], row[1]) for row in rows}
    assert all(row[head.index("meaning")] for row in rows)
    shown = set(book.sheetnames) - {"about", "data dictionary", "council by theme"}
    assert described == {(name, column) for name in shown for column in rows_of(book[name])[0]}


def test_council_by_theme_is_the_table_turned(book: Any, tables: Tables) -> None:
    sheet = book["council by theme"]
    head, rows = rows_of(sheet)
    labels = {theme.label: theme.id for theme in read_codebook().themes}
    places = {labels[title]: place for place, title in enumerate(head) if title in labels}
    cells = tables["council_themes"]
    shares = dict(zip(zip(cells["doc_id"], cells["theme"], strict=True), cells["weakness_share"],
                      strict=True))  # fmt: skip
    found = {(row[head.index("doc_id")], code): row[place]
             for row in rows for code, place in places.items()}  # fmt: skip
    assert len(found) == len(shares)
    for key, share in shares.items():
        value = found[key]
        assert (value is None) if pd.isna(share) else value == pytest.approx(share)
    rules = [rule.type for rules in sheet.conditional_formatting for rule in rules.rules]
    assert rules == ["colorScale"]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_a_formula(first: str, tables: Tables) -> None:
    risky = f"{first}SUM(1;1)*cmd|' /C calc'!A0"
    findings = tables["findings"].head(2).assign(text=[risky, "plain"], speaker=[risky, ""])
    data = workbook.export_workbook(
        {"documents": tables["documents"], "findings": findings}, {}, read_codebook()
    )
    sheet = openpyxl.load_workbook(io.BytesIO(data))["findings"]
    head, _ = rows_of(sheet)
    for name in ("text", "speaker"):
        cell = sheet.cell(2, head.index(name) + 1)
        assert cell.data_type != "f"
        assert unescape(str(cell.value)) == risky
        assert cell._style.quotePrefix
    assert not sheet.cell(3, head.index("text") + 1)._style.quotePrefix
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for name in file.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f>" not in file.read(name)


def test_text_too_long_for_a_cell_is_cut(tables: Tables) -> None:
    findings = tables["findings"].head(1).assign(text="x" * 40_000)
    data = workbook.export_workbook(
        {"documents": tables["documents"], "findings": findings}, {}, read_codebook()
    )
    head, rows = rows_of(openpyxl.load_workbook(io.BytesIO(data))["findings"])
    text = rows[0][head.index("text")]
    assert (len(text), text[-1]) == (32_767, "…")


@given(st.lists(st.tuples(st.text("x", max_size=500), st.sampled_from([10.0, 80.0])), max_size=3))
def test_rows_are_high_enough_for_their_longest_text(texts: list[tuple[str, float]]) -> None:
    lines = max([1, *(-(-len(text) // int(wide)) for text, wide in texts)])
    assert height(texts) >= 13 * lines


def test_database_holds_the_tables(connection: sqlite3.Connection, tables: Tables) -> None:
    for name in NAMES:
        table = next(t for t in schema.RESULT_TABLES if t.name == name)
        stored = pd.read_sql_query(f"SELECT * FROM {name}", connection)
        assert list(stored.columns) == table.names
        assert len(stored) == len(tables[name])
        for column in table.columns:
            wanted = tables[name][column.name]
            if column.kind in ("string", "codes", "date"):
                assert stored[column.name].fillna("").tolist() == wanted.tolist(), column.name
            elif len(wanted):
                assert stored[column.name].astype(float).tolist() == pytest.approx(
                    wanted.astype(float).tolist(), nan_ok=True
                )


def test_database_has_keys_and_holds_together(connection: sqlite3.Connection) -> None:
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    links = {
        (name, row[3], row[2])
        for name in NAMES
        for row in connection.execute(f"PRAGMA foreign_key_list({name})")
    }
    assert {
        ("findings", "sentence_id", "sentences"), ("findings", "doc_id", "documents"),
        ("finding_themes", "theme", "codebook_themes"), ("documents", "duplicate_of", "documents"),
    } <= links  # fmt: skip
    keys = [row[1] for row in connection.execute("PRAGMA table_info(council_themes)") if row[5]]
    assert keys == ["doc_id", "theme"]
    connection.execute("PRAGMA foreign_keys = ON")
    for statement in (
        "UPDATE findings SET polarity = 'bad' WHERE rowid = 1",
        "UPDATE findings SET doc_id = 'nowhere' WHERE rowid = 1",
        "INSERT INTO documents (doc_id) VALUES (NULL)",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)


@pytest.mark.parametrize("word", ["supervision", "plans", "visits"])
def test_words_are_found_in_the_findings(
    word: str, connection: sqlite3.Connection, tables: Tables
) -> None:
    query = ("SELECT f.sentence_id FROM findings_fts JOIN findings AS f "
             "ON f.rowid = findings_fts.rowid WHERE findings_fts MATCH ?")  # fmt: skip
    found = {row[0] for row in connection.execute(query, (f"text: {word}",))}
    has = tables["findings"]["text"].str.contains(rf"\b{word}\b", case=False)
    assert has.any()
    assert set(tables["findings"].loc[has, "sentence_id"]) <= found
    assert len(found) < len(tables["findings"])


def test_views_answer_their_questions(connection: sqlite3.Connection, tables: Tables) -> None:
    views = [
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
    ]
    assert sorted(views) == sorted(database.views(dict(tables)))
    read = {name: pd.read_sql_query(f"SELECT * FROM {name}", connection) for name in views}
    assert all(len(frame) for frame in read.values())
    reports = tables["documents"][tables["documents"]["doc_type"] == "inspection_report"]
    latest = reports.groupby("council")["published"].max()
    assert read["latest_inspection"].set_index("council")["published"].to_dict() == latest.to_dict()
    assert len(read["theme_findings"]) == len(tables["finding_themes"])
    assert read["theme_totals"]["findings"].sum() == tables["council_themes"]["findings"].sum()
    pairs = read["press_texts"].merge(reports, left_on="report", right_on="doc_id")
    assert (pairs["council_x"] == pairs["council_y"]).all()
    assert (pairs["published_y"] <= pairs["published_x"]).all()


def test_views_need_their_tables(tables: Tables) -> None:
    assert "theme_findings" not in database.views({"documents": tables["documents"]})


def test_tables_of_different_runs_are_refused(small: Tables) -> None:
    mixed = {**small, "documents": small["documents"].iloc[1:]}
    with pytest.raises(UsageError, match="different runs"):
        database.export_database(mixed, read_codebook())


def test_datasette_shows_every_column_with_its_meaning(base: Path) -> None:
    metadata = json.loads(base.with_suffix(".metadata.json").read_text(encoding="utf-8"))
    shown = metadata["databases"]["study"]["tables"]

    async def pages() -> dict[str, str]:
        server = Datasette([str(base)], metadata=metadata)
        await server.invoke_startup()
        described = (await server.client.get("/study.json")).json()
        names = [t["name"] for t in described["tables"] if not t["hidden"]]
        names += [view["name"] for view in described["views"]]
        found = {name: (await server.client.get(f"/study/{name}")).text for name in names}
        search = await server.client.get("/study/findings.json?_search=supervision&_shape=array")
        assert search.json()
        return found

    found = asyncio.run(pages())
    assert set(found) == set(shown)
    for name, page in found.items():
        described = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL))
        columns = shown[name]["columns"]
        assert {key: html.unescape(value) for key, value in described.items()} == columns, name
        assert all(columns.values())
        assert html.unescape(page).count(shown[name]["description"])


def test_data_package_is_valid(sample_run: Path) -> None:
    folder = sample_run / "tables"
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert {f"{r['name']}.csv" for r in package["resources"]} == {
        path.name for path in folder.glob("*.csv")
    }
    assert package["licenses"]
    assert len(package["sources"]) == 35
    report = frictionless.validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "message"])
    assert report.stats["tasks"] == len(package["resources"])


@pytest.mark.parametrize(
    ("table", "change", "fault"),
    [
        ("findings", (",weakness,", ",bad,"), "constraint-error"),
        ("finding_themes", ("ashmarsh-2015-report-", "nowhere-"), "foreign-key"),
        ("documents", (",2015-04-21,", ",21.4.2015,"), "type-error"),
        ("readability", ("ashmarsh-2019-press", "ashmarsh-2015-report"), "primary-key"),
    ],
)
def test_data_package_tells_a_fault(
    table: str, change: tuple[str, str], fault: str, small_run: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(small_run / "tables", tmp_path / "tables"))
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    # Written again, or the file's hash would be the first fault that is told.
    described = datapackage.write(folder)
    report = frictionless.validate(str(described))
    assert fault in {error.type for task in report.tasks for error in task.errors}


def test_unknown_licences_keep_their_words(tables: Tables) -> None:
    documents = tables["documents"].head(3)
    named = documents.assign(licence=["all rights reserved", "OGL-3.0", "Ask us (kindly)"])
    assert [licence["name"] for licence in datapackage.licences(named)] == [
        "Ask-us-kindly", "OGL-UK-3.0", "other-closed",
    ]  # fmt: skip


def test_later_tables_appear_by_themselves(later: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    data = workbook.export_workbook(later, {}, read_codebook())
    assert "later" in openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    stored, dictionary = database.export_database(later, read_codebook())
    path = tmp_path / "x.db"
    path.write_bytes(stored)
    opened = sqlite3.connect(path)
    links = {row[3]: row[2] for row in opened.execute("PRAGMA foreign_key_list(later)")}
    opened.close()
    assert links == {"press_doc_id": "documents", "theme": "codebook_themes"}
    assert "later" in set(dictionary["table_name"])
    frames.write(later["documents"], schema.DOCUMENTS, tmp_path)
    (tmp_path / "later.csv").write_text("press_doc_id\n")
    package = datapackage.package(tmp_path)
    assert [resource["name"] for resource in package["resources"]] == ["documents", "later"]
    keys = package["resources"][1]["schema"]["foreignKeys"]
    assert keys[0]["reference"] == {"resource": "documents", "fields": ["doc_id"]}


def test_keys_point_only_to_tables_that_are_there() -> None:
    assert foreign_keys(schema.FINDINGS, {"documents"}) == {"doc_id": schema.DOCUMENTS}
    assert foreign_keys(schema.FINDINGS, set()) == {}


@pytest.mark.parametrize("form", ["xlsx", "sqlite", "qdpx", "qdc"])
def test_same_tables_same_bytes(form: str, small_run: Path, tmp_path: Path) -> None:
    written = []
    for number, mask in enumerate((0o022, 0o077)):
        folder = tmp_path / str(number)
        before = os.umask(mask)
        try:
            argv = ["export", str(small_run), "--format", form, "--out", str(folder / "a")]
            assert cli.main(argv) == 0
        finally:
            os.umask(before)
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert written[0] == written[1]
    assert all(written[0].values())


def test_archives_tell_no_time_and_no_rights() -> None:
    with zipfile.ZipFile(io.BytesIO(archive.pack([("b", b"1"), ("a", b"2")]))) as file:
        infos = file.infolist()
        assert [(i.filename, i.date_time[0], i.create_system) for i in infos] == [
            ("b", 1980, 3), ("a", 1980, 3),
        ]  # fmt: skip
        assert file.read("a") == b"2"


def test_version_of_the_library_is_not_in_the_database(base: Path) -> None:
    assert base.read_bytes()[96:100] == (3_040_000).to_bytes(4, "big")


@pytest.mark.parametrize(
    ("argv", "fault"),
    [
        (["{empty}", "--format", "xlsx"], "holds no tables of a run"),
        (["{empty}", "--format", "datapackage"], "not found"),
        (["{run}", "--format", "xlsx", "--council", "Ashmarsh"], "goes with --format qdpx"),
        (["{run}", "--format", "qdpx", "--council", "Nowhere"], "no document on it"),
        (["{run}", "--format", "datapackage", "--out", "x"], "leave --out away"),
        (["{run}", "--format", "sqlite", "--out", "{empty}"], "is a folder"),
        (["{run}", "--format", "pdf"], "invalid choice"),
    ],
)
def test_unusable_arguments(
    argv: list[str], fault: str, sample_run: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    places = {"empty": str(tmp_path), "run": str(sample_run)}
    full = ["export", *(word.format(**places) for word in argv)]
    try:
        status: object = cli.main(full)
    except SystemExit as error:
        status = error.code
    assert status == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert len(told) == 1
    assert fault in told[0]


def test_record_that_is_none(small_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    shutil.copytree(small_run / "tables", out / "tables")
    (out / "run.json").write_text("[1", encoding="utf-8")
    assert cli.main(["export", str(out), "--format", "xlsx"]) == 2
    (out / "run.json").unlink()
    assert cli.main(["export", str(out), "--format", "xlsx"]) == 0
    assert (out / "exports" / "findings.xlsx").exists()
