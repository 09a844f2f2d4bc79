"""The registry: what is accepted, and how each fault in it is told."""

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.paths import ROOT
from pipeline.registry import COLUMNS, default_registry, note_registry, read_registry

A, B = "a" * 64, "b" * 64
GOOD = {"doc_id": "one", "file": "x/one.pdf", "sha256": A, "council": "Fenmoor",
        "doc_type": "inspection_report", "published": "2021-03-04"}  # fmt: skip


def written(folder: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Path:
    path = folder / "registry.csv"
    lines = [",".join(columns), *(",".join(row.get(c, "") for c in columns) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_rows_are_found_by_path_before_content(tmp_path: Path) -> None:
    other = GOOD | {"doc_id": "two", "file": "y/two.pdf", "sha256": B}
    registry = read_registry(written(tmp_path, GOOD, other))
    assert registry.find("x/one.pdf", B)["doc_id"] == "one"
    assert registry.find("elsewhere.pdf", B)["doc_id"] == "two"
    assert registry.find("elsewhere.pdf", "c" * 64) == {}
    assert registry.find("elsewhere.pdf", "") == {}


def test_without_a_registry_nothing_is_known(tmp_path: Path) -> None:
    assert read_registry(None).find("x/one.pdf", A) == {}
    assert default_registry(tmp_path) is None
    assert default_registry(written(tmp_path).parent) == tmp_path / "registry.csv"


@pytest.mark.parametrize(
    ("row", "key", "value"),
    [
        (GOOD | {"sha256": A.upper()}, "sha256", A),
        (GOOD | {"file": "x\\one.pdf"}, "file", "x/one.pdf"),
        (GOOD | {"file": "./x/one.pdf"}, "file", "x/one.pdf"),
        (GOOD | {"council": "  Fenmoor "}, "council", "Fenmoor"),
        (GOOD | {"council": '"Fenmoor, Saltby and\nOrne"'}, "council", "Fenmoor, Saltby and\nOrne"),
        (GOOD | {"council": "Fen\u2028moor"}, "council", "Fen\u2028moor"),
        (GOOD | {"published": ""}, "published", ""),
        (GOOD | {"doc_type": ""}, "doc_type", ""),
    ],
)
def test_cells(tmp_path: Path, row: dict[str, str], key: str, value: str) -> None:
    assert read_registry(written(tmp_path, row)).find("x/one.pdf", "")[key] == value


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_registry(path).find("x/one.pdf", "")["doc_id"] == "one"


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"doc_type": "letter"}, "line 3: doc_type 'letter'; allowed are"),
        ({"published": "04/03/2021"}, "line 3: published '04/03/2021'; write it as YYYY-MM-DD"),
        ({"published": "2021-02-30"}, "line 3: published '2021-02-30'"),
        ({"published": "20210304"}, "line 3: published '20210304'"),
        ({"sha256": "abc"}, "line 3: sha256 'abc'; write 64 hexadecimal digits"),
        ({"published": "0000-00-00"}, "line 3: published '0000-00-00'"),
        ({"licence": "none,of,these"}, "line 3: more cells than columns"),
        ({"doc_id": "one"}, "line 3: doc_id 'one' stands twice"),
        ({"file": "../two.pdf"}, "line 3: file '../two.pdf' lies outside the folder"),
        ({"file": "y/../../two.pdf"}, "lies outside the folder"),
        ({"file": "/etc/two.pdf"}, "lies outside the folder"),
    ],
)
def test_a_row_that_cannot_be_used_is_a_fault_of_its_file_alone(
    tmp_path: Path, row: dict[str, str], message: str
) -> None:
    second = GOOD | {"doc_id": "two", "file": "y/two.pdf", "sha256": B} | row
    registry = read_registry(written(tmp_path, GOOD, second))
    assert list(registry.by_file) == ["x/one.pdf"]
    assert list(registry.faults) == [second["file"]]
    assert message in registry.faults[second["file"]].detail


def test_of_two_rows_on_one_file_none_is_believed(tmp_path: Path) -> None:
    rows = [GOOD | {"doc_id": doc_id} for doc_id in ("one", "two", "three")]
    registry = read_registry(written(tmp_path, *rows))
    assert registry.by_file == {}
    assert "x/one.pdf stands twice" in registry.faults["x/one.pdf"].detail


def test_a_faulty_row_without_a_file_is_told_by_its_line(tmp_path: Path) -> None:
    registry = read_registry(written(tmp_path, GOOD, {"doc_id": "two", "published": "soon"}))
    assert list(registry.faults) == ["registry.csv:3"]


def test_a_file_that_is_no_csv_is_no_registry(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD, {"council": '"never closed'})
    with pytest.raises(UsageError, match="cannot be read as a registry"):
        read_registry(path)
    path = written(tmp_path, GOOD, columns=(*COLUMNS, "file"))
    with pytest.raises(UsageError, match=r"the columns \['file'\] stand twice"):
        read_registry(path)


def test_the_same_row_twice_is_no_fault(tmp_path: Path) -> None:
    assert read_registry(written(tmp_path, GOOD, GOOD)).find("x/one.pdf", "")["doc_id"] == "one"


def test_files_that_are_no_registry(tmp_path: Path) -> None:
    for content in (b"\xff\xfe\x00", b"a,b\n1,2\n", b""):
        path = tmp_path / "registry.csv"
        path.write_bytes(content)
        with pytest.raises(UsageError, match=r"registry\.csv"):
            read_registry(path)
    for missing in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UsageError, match="cannot be read as a registry"):
            read_registry(missing)


def test_a_list_of_addresses_registers_no_file(tmp_path: Path) -> None:
    path = written(tmp_path, {"url": "https://example.org/a"}, columns=("url", "council"))
    assert read_registry(path).by_file == {}


def test_the_registries_of_the_project() -> None:
    sample = read_registry(ROOT / "corpus" / "sample" / "registry.csv")
    assert len(sample.by_file) == 35
    assert {f for f in sample.by_file if not (ROOT / "corpus" / "sample" / f).exists()} == set()


def test_the_note_for_the_record_tells_name_and_content(tmp_path: Path) -> None:
    note = tmp_path / "stages" / "clean" / "registry.json"
    note_registry(None, tmp_path)
    assert note.read_text() == "null\n"
    path = tmp_path / "facts.csv"
    path.write_bytes(b"")
    note_registry(path, tmp_path)
    assert note.read_text() == (
        '{"file": "facts.csv", "sha256": '
        '"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}\n'
    )
