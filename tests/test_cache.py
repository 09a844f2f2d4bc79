"""The cache: what is reused, what is not, and that nothing damaged or half written is read."""

import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from conftest import QUICK
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import cli, dependencies, paths
from pipeline.cache import FOLDER, VARIABLE, Cache, sweep
from pipeline.entries import pack, seal, unpack, unseal
from pipeline.paths import ROOT
from pipeline.processes import Known
from pipeline.work import Job, Task, Work

RESULTS = ("tables", "text", "stages", "run.json")


def contents(out: Path) -> dict[str, bytes]:
    files = (p for name in RESULTS for p in [out / name, *(out / name).rglob("*")] if p.is_file())
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in files}


def run(corpus: Path, out: Path, *more: str) -> int:
    return cli.main(["run", str(corpus), "--out", str(out), *QUICK, *more])


@pytest.fixture(scope="module")
def kept_run(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("kept")
    assert run(few, out) == 0
    return out


@pytest.fixture
def again(kept_run: Path, tmp_path: Path) -> Path:
    return shutil.copytree(kept_run, tmp_path / "again")


def kinds(folder: Path) -> dict[str, int]:
    return dict(Counter(p.parts[-3] for p in folder.glob("*/??/*")))


def reused(caplog: pytest.LogCaptureFixture) -> dict[str, tuple[int, int]]:
    line = next((m for m in caplog.messages if m.startswith("reused:")), "reused: ")
    told = [part.split() for part in line.removeprefix("reused:").split(",") if part.strip()]
    return {stage: (int(count), int(total)) for stage, count, _, total in told}


def test_a_second_run_reuses_everything_and_writes_the_same(
    few: Path, kept_run: Path, again: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("tables", "text", "stages"):
        shutil.rmtree(again / name)
    assert run(few, again) == 0
    stages = ("clean", "classify", "themes", "tables")
    assert reused(caplog) == dict.fromkeys(stages, (4, 4))
    assert contents(again) == contents(kept_run)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (("--set", "themes.most=2"), (4, 4, 0)),
        (("--set", "classify.evidence_words=1"), (4, 0, 4)),
        (("--set", "clean.max_seconds=99"), (4, 4, 4)),
        (("--no-cache",), (None, None, None)),
    ],
)
def test_a_parameter_redoes_its_own_stage(
    few: Path, again: Path, caplog: pytest.LogCaptureFixture,
    setting: tuple[str, ...], expected: tuple[int | None, ...],
) -> None:  # fmt: skip
    assert run(few, again, *setting) == 0
    counts = reused(caplog)
    assert tuple(counts.get(s, (None,))[0] for s in ("clean", "classify", "themes")) == expected


def test_a_document_is_read_again_only_where_its_bytes_or_its_registry_row_change(
    few: Path, again: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    corpus = shutil.copytree(few, tmp_path / "corpus")
    text = corpus / "fenwold-2016-news.txt"
    text.write_text(text.read_text(encoding="utf-8") + "\nA line was added to it.\n")
    (corpus / "new.txt").write_text("A wholly new document says that visits are regular.\n" * 2)
    assert run(corpus, again) == 0
    assert reused(caplog)["clean"] == (3, 5)


def test_a_changed_codebook_reads_no_document_again(
    few: Path, again: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    changed = tmp_path / "codebook.yaml"
    text = paths.CODEBOOK.read_text(encoding="utf-8")
    changed.write_text(text + "\n# A remark.\n", encoding="utf-8")
    monkeypatch.setattr(paths, "CODEBOOK", changed)
    for function in (dependencies.fingerprint, dependencies._scan):
        function.cache_clear()
    try:
        assert run(few, again) == 0
    finally:
        monkeypatch.undo()
        for function in (dependencies.fingerprint, dependencies._scan):
            function.cache_clear()
    counts = reused(caplog)
    assert (counts["clean"], counts["classify"], counts["themes"]) == ((4, 4), (4, 4), (0, 4))


DAMAGES: tuple[Callable[[bytes], bytes], ...] = (
    lambda b: b"",
    lambda b: b[:-1],
    lambda b: b[:40] + b"x" * 60,
    lambda b: bytes(reversed(b)),
)


def test_damaged_entries_are_made_again(
    few: Path, kept_run: Path, again: Path, caplog: pytest.LogCaptureFixture
) -> None:
    entries = sorted((again / FOLDER).glob("*/??/*"))
    for number, entry in enumerate(entries):
        entry.write_bytes(DAMAGES[number % len(DAMAGES)](entry.read_bytes()))
    assert run(few, again) == 0
    assert reused(caplog) == {}
    assert contents(again) == contents(kept_run)


def test_another_folder_for_what_is_kept(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"charts": 2, "classify": 4, "clean": 4, "tables": 4, "themes": 4}
    assert run(few, tmp_path / "a", "--cache", str(tmp_path / "given")) == 0
    monkeypatch.setenv(VARIABLE, str(tmp_path / "told"))
    assert run(few, tmp_path / "b") == 0
    assert kinds(tmp_path / "given") == kept
    assert kinds(tmp_path / "told") == kept
    assert not (tmp_path / "a" / FOLDER).exists()


def test_what_cannot_be_kept_is_said_once(
    few: Path, kept_run: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "kept").mkdir()
    for stage in ("clean", "classify", "themes", "tables"):
        (tmp_path / "kept" / stage).write_text("in the way")
    assert run(few, tmp_path / "out", "--cache", str(tmp_path / "kept")) == 0
    assert sum("keeps nothing more" in message for message in caplog.messages) == 1
    assert contents(tmp_path / "out") == contents(kept_run)


def test_half_written_files_of_the_dead_are_swept_and_those_of_the_living_stay(
    tmp_path: Path,
) -> None:
    dead = os.spawnlp(os.P_WAIT, "true", "true") or 2**22 - 3
    # In a container a process may have the number of the one that was killed.
    lost = [f".a.csv.{dead}.part", f".a.csv.{os.getpid()}.part"]
    kept = [f".b.csv.{os.getppid()}.part", ".c.csv.part", "d.5.part", ".e.x"]
    for name in (*lost, *kept):
        (tmp_path / name).touch()
    sweep(tmp_path)
    sweep(tmp_path / "none")
    assert {p.name for p in tmp_path.iterdir()} == set(kept)


def _double(params: dict[str, int], given: int) -> bytes:
    if given == params.get("refused"):
        raise ValueError("refused")
    return str(given * 2).encode()


@given(
    st.lists(st.integers(0, 9), max_size=12), st.sets(st.integers(0, 9)), st.sampled_from([1, 2])
)
@settings(max_examples=15, deadline=None)
def test_results_come_in_order_whatever_is_kept(
    tmp_path_factory: pytest.TempPathFactory, items: list[int], before: set[int], workers: int
) -> None:
    cache = Cache(tmp_path_factory.mktemp("cache"))
    job = Job("double", _double, {})
    list(Work(1, cache).documents(job, [Task(b"%d" % n, n) for n in before], len(before)))
    work = Work(workers, cache)
    tasks = [Task(b"%d" % n, n) for n in items]
    assert [int(r) for r in work.documents(job, tasks, len(items))] == [n * 2 for n in items]
    assert work.reused["double"][0] >= sum(n in before for n in items)
    known = [Task(b"", Known(b"7"))]
    assert list(work.documents(job, known, 1)) == [b"7"]


def test_work_that_fails_keeps_what_was_done(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    tasks = [Task(b"%d" % n, n) for n in (1, 2, 3)]
    work = Work(1, cache)
    with pytest.raises(ValueError, match="refused"):
        list(work.documents(Job("double", _double, {"refused": 3}), tasks, 3))
    assert [(k.stage, k.entries) for k in cache.show()] == [("double", 2)]


TABLES = st.builds(
    lambda rows: pa.table(
        {"n": pa.array([r[0] for r in rows], pa.int64()), "b": pa.array([r[1] for r in rows]),
         "s": pa.array([r[2] for r in rows], pa.string())}
    ),
    st.lists(st.tuples(st.none() | st.integers(-9, 9), st.booleans(), st.none() | st.text())),
)  # fmt: skip


@given(TABLES, TABLES, TABLES, st.text(), st.binary())
@settings(max_examples=40, deadline=None)
def test_packed_parts_come_back_and_a_slice_is_its_rows_alone(
    before: pa.Table, rows: pa.Table, after: pa.Table, text: str, data: bytes
) -> None:
    schema = pa.schema([("n", pa.int64()), ("b", pa.bool_()), ("s", pa.string())])
    before, rows, after = (t.cast(schema) for t in (before, rows, after))
    whole = pa.concat_tables([before, rows, after]).combine_chunks()
    part = whole.slice(before.num_rows, rows.num_rows)
    packed = pack({"rows": part, "text": text, "data": data, "facts": {"a": [1, None, "é"]}})
    assert packed == pack(
        {"rows": rows, "text": text, "data": data, "facts": {"a": [1, None, "é"]}}
    )
    parts = unpack(packed)
    assert parts["rows"].equals(rows)
    assert (parts["text"], parts["data"]) == (text, data)
    assert parts["facts"] == {"a": [1, None, "é"]}
    sealed = seal(packed)
    assert unseal(sealed) == packed
    assert unseal(sealed[:-1]) is None


def test_a_table_that_is_kept_keeps_nothing_that_was_packed_with_it() -> None:
    data = bytearray(pack({"rows": pa.table({"a": [1, 2, 3]}), "text": "beside it"}))
    # A view that something still holds cannot be left.
    with memoryview(data) as view:
        rows = unpack(view)["rows"]
    data.clear()
    assert rows["a"].to_pylist() == [1, 2, 3]


@pytest.mark.parametrize("stage", ["clean", "classify", "themes", "tables"])
def test_a_stage_depends_on_what_dvc_is_told(stage: str) -> None:
    import yaml

    told = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"][stage]["deps"]
    found, models = dependencies.dependencies(f"pipeline.{stage}")
    files = {path.relative_to(ROOT).as_posix() for path in found}
    # The command line and what only it reads change no result of a document.
    outside = ("pipeline/cli.py", "pipeline/commands", "pipeline/params.py", "pipeline/provenance",
               "pipeline/cluster.py",
               "pipeline/data/parameters.yaml", "corpus/sample", "corpus/reviews.csv", "outputs",
               "models")  # fmt: skip
    told = [t for t in told if not t.startswith(outside)]
    if stage == "tables":
        # Its command also writes the record of the run, which is of no single document.
        told = [t for t in told if not t.startswith(("pipeline/coding/", "pipeline/registry.py"))]
    assert [t for t in told if not any(f == t or f.startswith(f"{t}/") for f in files)] == []
    expected = {"classify": {"polarity", "encoder"}, "themes": {"themes"}}
    assert models == expected.get(stage, set())
