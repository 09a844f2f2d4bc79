"""Good documents with bad ones among them: each bad one is told, no good one changes."""

import errno
import os
import shutil
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from badfiles import FILES, GOOD, ODD, PAGE, PROSE, ROWS, links, registry
from conftest import SAMPLE
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import cli, frames, schema
from pipeline.cache import FOLDER
from pipeline.corpus import find_items, read_item
from pipeline.documents import read_facts_and_sentences
from pipeline.errors import Rejected
from pipeline.paths import ROOT
from pipeline.reading.read import read_document
from pipeline.registry import Registry, read_registry

FIRST = {"doc_id": "first", "file": "good-4.txt"} | dict.fromkeys(GOOD, "")
CLEANED = (schema.CLEAN_DOCUMENTS, schema.CLEAN_SENTENCES)


def clean(corpus: Path, out: Path) -> dict[str, pd.DataFrame]:
    assert cli.main(["clean", str(corpus), "--out", str(out), "--workers", "1"]) == 0
    stage = out / "stages" / "clean"
    return {table.name: frames.read(table, stage) for table in (*CLEANED, schema.REJECTED)}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    for number, name in enumerate(("fenwold-2016-news.txt", "larkhaven-2020-press.html")):
        shutil.copy(SAMPLE / "press" / name, folder / f"good-{number}{Path(name).suffix}")
    shutil.copy(SAMPLE / "reports" / "holmcastle-2024-report.docx", folder / "good-2.docx")
    for number in range(3, 20):
        text = f"Council {number} has improved. {PROSE}" + f"Team {number} knows its work. " * 3
        (folder / f"good-{number}.txt").write_text(text, encoding="utf-8")
    return folder


def test_the_good_documents_stay_as_they_are(good: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(good, corpus)
    wanted = links(corpus, tmp_path)
    for name, make, reason in FILES:
        (corpus / name).write_bytes(make())
        wanted[name] = reason
    for row, reason, _ in ROWS:
        if row["file"].startswith("r"):
            (corpus / row["file"]).write_text(PROSE * 2, encoding="utf-8")
        wanted[row["file"]] = reason
    registry(corpus, FIRST, *(row for row, _, _ in ROWS))
    registry(good, FIRST)
    alone = clean(good, tmp_path / "alone")
    mixed = clean(corpus, tmp_path / "mixed")
    rejected = mixed["rejected"].set_index("file")
    assert rejected["reason"].to_dict() == wanted
    assert len(wanted) >= 50
    assert rejected["detail"].str.len().min() > 20
    assert not rejected["detail"].str.contains("\n").any()
    for table in CLEANED:
        pd.testing.assert_frame_equal(mixed[table.name], alone[table.name])
    for path in (tmp_path / "alone" / "text").iterdir():
        assert (tmp_path / "mixed" / "text" / path.name).read_bytes() == path.read_bytes()
    assert alone["rejected"].empty


@pytest.mark.parametrize(("name", "make"), ODD, ids=[str(n) for n in range(len(ODD))])
def test_what_is_only_odd_is_read(name: str, make: object, tmp_path: Path) -> None:
    assert callable(make)
    (tmp_path / name).write_bytes(make())
    (item,) = find_items(tmp_path, Registry())
    document, sentences, text = read_facts_and_sentences(
        read_item(item), item.doc_id, item.path.name, {}
    )
    assert document["words"] >= 10
    assert PROSE.strip() in " ".join(str(s["text"]) for s in sentences)
    assert "\0" not in text
    assert item.doc_id.isascii()
    item.file.encode("utf-8")
    assert Path(item.doc_id).name == item.doc_id


ARTICLE = f"<article><h1>News</h1><p{{}}>{PROSE}</p><p>{PROSE}</p></article>"
CROWD = "".join(f" a{number}='x'" for number in range(50_000))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("open.txt", "“Plans " * 13_000),
        ("straight.txt", '"Plans" ' * 12_000),
        ("mixed.txt", "“Plans ‘Pl " * 8_000),
        ("spoken.txt", " - “Aa bb cc” " * 6_800),
        ("crowd.html", PAGE.format("News", ARTICLE.format(CROWD))),
        ("bare.html", PAGE.format("News", ARTICLE.format(CROWD.replace("='x'", "")))),
    ],
)
def test_what_took_the_square_of_its_length_is_read_in_time(name: str, text: str) -> None:
    began = time.process_time()
    _, sentences, _ = read_facts_and_sentences(text.encode(), "a", name, {})
    # It took from ten seconds to a minute.
    assert time.process_time() - began < 6
    assert sentences


@pytest.mark.parametrize(("attributes", "published"), [(900, "2021-03-04"), (1_100, None)])
def test_a_tag_with_a_crowd_of_attributes_has_none(attributes: int, published: str | None) -> None:
    crowd = " ".join(f"a{number}='<x>'" for number in range(attributes))
    meta = f"<meta {crowd} name=date content=2021-03-04>"
    plain = PAGE.format("News", ARTICLE.format(""))
    read = read_document(plain.replace("<title>", f"{meta}<title>").encode(), "a.html")
    assert read.meta.get("published") == published
    assert read.lines == read_document(plain.encode(), "a.html").lines


def test_the_advice_for_pictures_of_pages_is_ocr() -> None:
    make = next(make for name, make, _ in FILES if name == "pictures.pdf")
    with pytest.raises(Rejected, match="run OCR"):
        read_document(make(), "pictures.pdf")


@pytest.mark.parametrize(("row", "reason", "words"), ROWS)
def test_rows_of_a_registry_that_cannot_be_used(
    row: dict[str, str], reason: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "good.txt").write_text(PROSE, encoding="utf-8")
    (tmp_path / row["file"].lstrip("/").replace("\0", "")).parent.mkdir(exist_ok=True)
    registry(tmp_path, {"doc_id": "first", "file": "good.txt"}, row)
    items = find_items(tmp_path, read_registry(tmp_path / "registry.csv"))
    (fault,) = [item.fault for item in items if item.fault is not None]
    assert fault.reason == reason
    assert words in fault.detail
    assert [item.doc_id for item in items if item.fault is None] == ["first"]


def test_a_file_that_was_moved_is_not_missing(tmp_path: Path) -> None:
    (tmp_path / "moved.txt").write_text(PROSE, encoding="utf-8")
    sha256 = find_items(tmp_path, Registry())[0].sha256
    registry(tmp_path, {"doc_id": "a", "file": "old.txt", "sha256": sha256})
    (item,) = find_items(tmp_path, read_registry(tmp_path / "registry.csv"))
    assert (item.doc_id, item.file, item.fault) == ("a", "moved.txt", None)


def test_a_link_within_the_folder_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PROSE, encoding="utf-8")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert [item.fault for item in find_items(tmp_path, Registry())] == [None, None]


def test_files_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(PROSE, encoding="utf-8")
    opened, listed = Path.read_bytes, os.scandir

    def read(path: Path) -> bytes:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    def look(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    monkeypatch.setattr(os, "scandir", look)
    reasons = {}
    for item in find_items(tmp_path, Registry()):
        try:
            read_item(item)
        except Rejected as error:
            reasons[item.file] = error.reason
    assert reasons == {"a.txt": "unreadable", "closed": "unreadable"}


def test_what_the_program_fails_on_is_a_row_and_not_the_end(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("what\nnobody foresaw")

    monkeypatch.setattr("pipeline.documents.lay_out", fail)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    shutil.copy(good / "good-3.txt", corpus)
    found = clean(corpus, tmp_path / "out")
    assert found["documents"].empty
    assert set(found["rejected"]["reason"]) == {"failed"}
    assert found["rejected"]["detail"].str.contains("KeyError").all()


RUN = """
import resource, signal, sys
from pipeline import cli
room = int(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
sys.exit(cli.main(sys.argv[2:]))
"""


def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(
    good: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    clean = ["clean", str(good), "--out", str(out), "--workers", "1"]
    done = subprocess.run(
        [sys.executable, "-c", RUN, "2000", *clean],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("findings: ")
    assert "cannot be written (File too large)" in last
    assert "Traceback" not in done.stderr
    files = [p for p in out.rglob("*") if p.is_file()]
    assert [p for p in files if p.suffix == ".part"] == []
    # What is kept for the next run is whole, and no result.
    results = [p for p in files if FOLDER not in p.parts]
    assert [p for p in results if p.suffix not in (".txt", ".json")] == []


@pytest.mark.parametrize("room", [5_000, 100_000])
def test_a_disk_that_fills_up_leaves_whole_tables(
    sample_run: Path, tmp_path: Path, room: int
) -> None:
    out = tmp_path / "out"
    shutil.copytree(sample_run, out)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(room), "tables", "--out", str(out), "--workers", "1"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "cannot be written (File too large)" in done.stderr.splitlines()[-1]
    for folder in ("tables", "stages"):
        names = {p.relative_to(out) for p in (out / folder).rglob("*") if p.is_file()}
        assert names == {p.relative_to(sample_run) for p in (sample_run / folder).rglob("*.*")}
        assert [n for n in names if (out / n).read_bytes() != (sample_run / n).read_bytes()] == []


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'doc_id,file\n"a,good-3.txt\n', "unexpected end of data"),
        (b'doc_id,file\n"a"b,good-3.txt\n', "expected after"),
        (b"doc_id,file\n" + b"a" * 200_000 + b",good-3.txt\n", "field larger than"),
        (b"doc_id,file\r\ncaf\xe9,good-3.txt\n", "can't decode"),
        ("doc_id,file\na,good-3.txt\n".encode("utf-16"), "can't decode"),
        (b"doc_id,file,file\na,good-3.txt,b\n", "stand twice"),
        (b"doc_id;file\na;good-3.txt\n", "are missing"),
        (b"\x89PNG\r\n\x1a\n", "can't decode"),
        (b"", "are missing"),
    ],
)  # fmt: skip
def test_a_registry_that_is_no_table_ends_the_run_in_one_line(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes, message: str
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    shutil.copy(good / "good-3.txt", corpus)
    (corpus / "registry.csv").write_bytes(data)
    assert cli.main(["run", str(corpus), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert len(told.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("number", "status", "advice"),
    [
        (errno.ENOSPC, 2, "; make room or another folder"),
        (errno.EROFS, 2, "; make room or another folder"),
        (errno.EACCES, 2, "; make room or another folder"),
        (errno.ENOENT, 1, "; please report this"),
    ],
)
def test_what_the_machine_refuses_is_no_failure_of_the_program(
    number: int, status: int, advice: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number), "a/b")

    monkeypatch.setattr("pipeline.clean.main", refuse)
    told = StringIO()
    monkeypatch.setattr(sys, "stderr", told)
    assert cli.main(["run", str(tmp_path), "--out", str(tmp_path / "out")]) == status
    assert told.getvalue().startswith("findings: ")
    assert told.getvalue().endswith(f"{os.strerror(number)}: 'a/b'{advice}\n")
    assert len(told.getvalue().splitlines()) == 1


def test_a_folder_of_a_file_system_that_is_read_only(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    assert cli.main(["run", str(good), "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr().err
    assert f"cannot be written (no permission for {tmp_path})" in told
    assert len(told.splitlines()) == 1


def test_names_write_no_control_characters_on_the_terminal() -> None:
    assert cli.plain("a\nb\x1b[31m\u202ec “é”\udce9") == "a\\nb\\x1b[31m\\u202ec “é”\\udce9"


HEADS = st.sampled_from(
    [b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html><body>", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf",
     b"<!doctype html><html><head><meta charset=utf-7>"]
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(HEADS, st.binary(max_size=400))
def test_any_bytes_are_read_or_rejected(head: bytes, data: bytes) -> None:
    try:
        source = read_document(head + data, "a.pdf")
    except Rejected as error:
        assert error.detail.isprintable()
        assert error.detail
    else:
        "".join(line.text for line in source.lines).encode("utf-8")


MADE = [make() for name, make, _ in FILES if name in ("pictures.pdf", "truncated.pdf", "cut.docx")]
MADE += [make() for name, make in ODD if name in ("report.txt", "charset.html")]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(MADE), st.data())
def test_a_damaged_document_is_read_or_rejected(whole: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(st.binary(max_size=40))
    try:
        _, sentences, text = read_facts_and_sentences(
            whole[:at] + put + whole[at + cut :], "a", "a.pdf", {}
        )
    except Rejected as error:
        assert error.reason != "failed", error.detail
    else:
        assert all(text[s["start"] : s["end"]] == s["text"] for s in sentences)
