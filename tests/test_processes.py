"""Worker processes: order, limits, losses, and that nothing is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from conftest import QUICK

from benchmarks.kills import Trial, contents, different
from pipeline import clean, cli, documents, frames, schema
from pipeline.paths import ROOT
from pipeline.processes import Known, Limits, Lost, stream

LIMITS = Limits(1.0, 300)


def work(item: object) -> object:
    """Return the item, or do harm."""
    match item:
        case "sleeps":
            time.sleep(60)
        case "grows":
            return len(bytearray(1 << 30))
        case "exits":
            os._exit(7)
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "raises":
            raise ValueError("by itself")
        case "refuses to travel":
            return lambda: None
        case str() if item.startswith("once:"):
            # Lost the first time, done the second.
            mark = Path(item.removeprefix("once:"))
            if not mark.exists():
                mark.touch()
                os._exit(1)
    return item


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_keep_the_order_of_the_items(workers: int) -> None:
    items = [Known("k") if n % 3 == 0 else n for n in range(40)]
    expected = ["k" if n % 3 == 0 else n for n in range(40)]
    assert list(stream(work, items, workers, None)) == expected
    assert list(stream(work, [], workers, None)) == []


@pytest.mark.parametrize(
    ("harm", "reason"),
    [("sleeps", "too_slow"), ("exits", "crashed"), ("killed", "crashed"),
     pytest.param("grows", "too_large", marks=pytest.mark.skipif(
         not sys.platform.startswith("linux"), reason="only Linux limits memory"))],
)  # fmt: skip
def test_one_lost_item_costs_no_other(harm: str, reason: str) -> None:
    results = list(stream(work, ["a", harm, "b", "c"], 2, LIMITS))
    lost = results.pop(1)
    assert results == ["a", "b", "c"]
    assert isinstance(lost, Lost)
    assert lost.reason == reason
    assert "look at the file" in lost.detail


def test_a_worker_that_is_lost_once_loses_nothing(tmp_path: Path) -> None:
    items = ["a", f"once:{tmp_path / 'mark'}", "b"]
    assert list(stream(work, items, 2, None)) == items


def test_an_error_of_the_function_is_raised() -> None:
    with pytest.raises(ValueError, match="by itself"):
        list(stream(work, ["a", "raises", "b"], 2, LIMITS))
    with pytest.raises(RuntimeError, match="function"):
        list(stream(work, ["refuses to travel"], 1, LIMITS))


def test_items_are_taken_as_they_are_needed() -> None:
    taken = 0

    def items() -> object:
        nonlocal taken
        for n in range(10_000):
            taken += 1
            yield n

    results = stream(work, items(), 2, None)  # type: ignore[arg-type]
    assert [next(results) for _ in range(5)] == list(range(5))
    assert taken < 100
    results.close()  # type: ignore[attr-defined]


def test_processes_end_with_the_results() -> None:
    import multiprocessing

    before = set(multiprocessing.active_children())
    results = stream(work, range(100), 2, None)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert set(multiprocessing.active_children()) == before


@pytest.mark.parametrize(("harm", "reason"), [("sleeps", "too_slow"), ("exits", "crashed")])
def test_a_document_that_does_harm_is_rejected_and_read_when_it_no_longer_does(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str, reason: str
) -> None:
    # Worker processes that are forked see what is put in the reader's place.
    if sys.platform == "darwin":
        pytest.skip("processes are started anew on this system")
    read = documents.read_facts_and_sentences

    def reader(data: bytes, doc_id: str, *more: object) -> object:
        if doc_id == "harmful":
            work(harm)
        return read(data, doc_id, *more)  # type: ignore[arg-type]

    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("good.txt", "harmful.txt"):
        shutil.copy(few / "fenwold-2016-news.txt", corpus / name)
    out = tmp_path / "out"
    run = ["run", str(corpus), "--out", str(out), *QUICK, "--set", "clean.max_seconds=20"]
    monkeypatch.setattr(clean, "read_facts_and_sentences", reader)
    settings = ["--set", "clean.max_seconds=4"] if harm == "sleeps" else []
    assert cli.main([*run, *settings]) == 3
    rejected = frames.read(schema.REJECTED, out / "tables")
    assert rejected["file"].tolist() == ["harmful.txt"]
    assert rejected["reason"].tolist() == [reason]
    assert frames.read(schema.DOCUMENTS, out / "tables")["doc_id"].tolist() == ["good"]
    monkeypatch.undo()
    assert cli.main(run) == 0


STOPS: dict[str, Callable[[subprocess.Popen[str]], None]] = {
    "killed": lambda process: process.kill(),
    "interrupted": lambda process: process.send_signal(signal.SIGINT),
    "ended": lambda process: process.terminate(),
}


@pytest.fixture(scope="module")
def trial(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Return a run to be stopped, and one over other documents, one of them of the same name."""
    other, whole, earlier = map(tmp_path_factory.mktemp, ("other", "whole", "earlier"))
    text = (few / "fenwold-2016-news.txt").read_text(encoding="utf-8")
    (other / "fenwold-2016-news.txt").write_text(text + "\nMore was said of it.\n")
    (other / "other.txt").write_text(text.replace("Fenwold", "Fenmoor"))
    for corpus, out in ((few, whole), (other, earlier)):
        assert cli.main(["run", str(corpus), "--out", str(out), *QUICK]) == 0
    shutil.rmtree(earlier / ".cache")
    return Trial(few, QUICK, whole, earlier)


# Documents are worked on sixteen times: the last stop is after the tables.
@pytest.mark.parametrize(
    ("stop", "after", "over"),
    [("killed", 1, False), ("interrupted", 6, False), ("ended", 11, True), ("killed", 14, True),
     ("killed", 16, True)],
)  # fmt: skip
def test_a_run_that_is_stopped_leaves_whole_files_and_goes_on_from_there(
    trial: Trial, tmp_path: Path, stop: str, after: int, over: bool
) -> None:
    out = tmp_path / "out"
    if over:
        shutil.copytree(trial.earlier, out)
    arguments = ["run", str(trial.corpus), "--out", str(out), *QUICK]
    run = [sys.executable, "-m", "pipeline", *arguments]
    # Where the tests run in the background, Ctrl-C is ignored and that would be inherited.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(
        run, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        preexec_fn=heard,  # noqa: PLW1509 (no threads here)
    )  # fmt: skip
    deadline = time.monotonic() + 200
    while sum(1 for _ in out.glob(".cache/*/??/*")) < after and time.monotonic() < deadline:
        time.sleep(0.002)
    STOPS[stop](process)
    _, told = process.communicate()
    assert process.returncode != 0
    assert "Traceback" not in told
    *_, broken = trial.look(out)
    assert broken == []
    assert not (out / "run.json").exists()
    kept = {p.name for p in out.glob(".cache/*/??/*")}
    assert len(kept) >= after
    assert cli.main(arguments) == 0
    assert kept <= {p.name for p in out.glob(".cache/*/??/*")}
    assert different(contents(trial.whole, True), contents(out, True)) == []
