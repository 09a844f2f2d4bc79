"""Documents are found and named: each once, each by a name of its own."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus import SUFFIXES, Item, find_items, read_bytes, safe_name, sha256_of
from pipeline.errors import Rejected, UsageError
from pipeline.registry import Registry


def found(folder: Path, *files: str, registry: Registry | None = None) -> list[Item]:
    for file in files:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file)
    return find_items(folder, registry or Registry())


def test_documents_are_found_at_every_depth_in_order(tmp_path: Path) -> None:
    items = found(tmp_path, "b.PDF", "a/z.html", "a/b/c.txt", "a.docx", "a/d.htm", "x.csv", "pdf")
    assert [i.file for i in items] == ["a.docx", "a/b/c.txt", "a/d.htm", "a/z.html", "b.PDF"]
    assert [i.doc_id for i in items] == ["a", "c", "d", "z", "b"]
    assert all(i.path.read_text() == i.file for i in items)


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("Report 2021 (final)", "Report-2021-final"),
        ("ilacs_2021-03.v2", "ilacs_2021-03.v2"),
        ("..hidden", "hidden"),
        ("été", "t"),
        ("…", "document"),
        ("x" * 200, "x" * 120),
    ],
)
def test_names(stem: str, name: str) -> None:
    assert safe_name(stem) == name


@given(st.text(max_size=200))
def test_names_are_safe_as_files(stem: str) -> None:
    name = safe_name(stem)
    assert 0 < len(name) <= 120
    assert Path("folder", name).parent == Path("folder")
    assert name not in (".", "..")
    assert name.isascii()


def test_two_of_a_name_get_two_names(tmp_path: Path) -> None:
    items = found(tmp_path, "a/report.pdf", "b/report.pdf", "c/Report.txt")
    digest = {i.file: hashlib.sha256(i.file.encode()).hexdigest()[:8] for i in items}
    assert [i.doc_id for i in items] == [
        "report", f"report-{digest['b/report.pdf']}", f"Report-{digest['c/Report.txt']}",
    ]  # fmt: skip


def test_the_registry_names_by_path_or_content(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(b"moved.pdf").hexdigest()
    registry = Registry({"here.pdf": {"doc_id": "named"}}, {sha256: {"doc_id": "by content"}})
    items = found(tmp_path, "here.pdf", "moved.pdf", "unknown.pdf", registry=registry)
    assert [i.doc_id for i in items] == ["named", "by-content", "unknown"]
    assert [i.registered for i in items] == [{"doc_id": "named"}, {"doc_id": "by content"}, {}]


def test_texts_that_a_run_wrote_are_no_documents(tmp_path: Path) -> None:
    written = ("out/stages/clean/documents.parquet", "out/text/a.txt", "out/text/b.txt")
    assert [i.file for i in found(tmp_path, "a.pdf", *written)] == ["a.pdf"]
    assert [i.file for i in found(tmp_path, "text/c.txt")] == ["a.pdf", "text/c.txt"]


def test_texts_that_a_run_wrote_into_the_corpus_itself(tmp_path: Path) -> None:
    items = found(tmp_path, "stages/clean/documents.parquet", "text/a.txt", "a.pdf", "more/b.txt")
    assert [i.file for i in items] == ["a.pdf", "more/b.txt"]


def test_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        find_items(tmp_path / "none", Registry())
    with pytest.raises(UsageError, match="holds no document") as caught:
        found(tmp_path, "notes.csv")
    assert all(suffix in str(caught.value) for suffix in SUFFIXES)
    (tmp_path / "file.txt").touch()
    with pytest.raises(UsageError, match="no such folder"):
        find_items(tmp_path / "file.txt", Registry())


def test_bytes_and_their_hash(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    assert read_bytes(path) == b"abc"
    assert sha256_of(path) == hashlib.sha256(b"abc").hexdigest()
    assert sha256_of(tmp_path / "none") == ""
    with pytest.raises(Rejected, match="unreadable: No such file"):
        read_bytes(tmp_path / "none")
