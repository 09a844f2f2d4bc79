"""Runs on a Dask cluster of processes, and from and to addresses."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import QUICK

from pipeline import cli, cluster
from pipeline.cache import VARIABLE
from pipeline.cluster import Cluster
from pipeline.errors import UsageError
from pipeline.paths import ROOT
from pipeline.processes import Known, Limits, Lost

distributed = pytest.importorskip("distributed")


def contents(out: Path, *names: str) -> dict[str, bytes]:
    files = (p for name in names for p in [out / name, *(out / name).rglob("*")] if p.is_file())
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def local_run(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("local_run")
    assert cli.main(["run", str(few), "--out", str(out), *QUICK]) == 0
    return out


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    """A scheduler with two worker processes."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
    ) as made:
        yield made


def test_a_worker_that_is_killed_loses_nothing(
    few: Path, local_run: Path, tmp_path: Path, dask: Any
) -> None:
    corpus = shutil.copytree(few, tmp_path / "corpus")
    out = tmp_path / "out"
    address = dask.scheduler_address
    run = [sys.executable, "-m", "pipeline", "run", str(corpus), "--out", str(out), *QUICK,
           "--cluster", address]  # fmt: skip
    process = subprocess.Popen(run, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    deadline = time.monotonic() + 200
    while not any(out.glob(".cache/*/??/*")) and time.monotonic() < deadline:
        time.sleep(0.002)
    with distributed.Client(address) as client:
        pids = list(client.run(os.getpid).values())
    os.kill(pids[0], signal.SIGKILL)
    _, told = process.communicate()
    assert process.returncode == 0, told
    assert "cluster: progress on http" in told
    names = ("tables", "text", "stages", "run.json")
    assert contents(out, *names) == contents(local_run, *names)


def slow(item: object) -> object:
    """Return the item, or never, or more than there is room for."""
    if item == "sleeps":
        time.sleep(60)
    if item == "grows":
        return len(bytearray(1 << 31))
    return item


def nothing(params: object, item: object) -> object:
    return slow(item)


@pytest.fixture
def here(dask: Any) -> Iterator[Cluster]:
    made = Cluster(dask.scheduler_address, 2)
    # The tests' own functions stand in no module of the project.
    made._client.run(sys.path.insert, 0, str(ROOT / "tests"))
    yield made
    made.close()


def test_results_keep_the_order_and_one_lost_item_costs_no_other(here: Cluster) -> None:
    from functools import partial

    job = partial(nothing, {})
    items = [Known("k"), *range(12), Known("l")]
    assert list(here.stream(job, items, None)) == ["k", *range(12), "l"]
    results = list(here.stream(job, ["a", "sleeps", "grows", "b"], Limits(3.0, 500)))
    assert (results[0], results[3]) == ("a", "b")
    assert isinstance(results[1], Lost)
    assert results[1].reason == "too_slow_or_crashed"
    if sys.platform.startswith("linux"):
        assert isinstance(results[2], Lost)
        assert results[2].reason == "too_large"


def test_a_worker_of_another_version_is_refused() -> None:
    with pytest.raises(UsageError, match="another version"):
        cluster._run("0" * 64, "pipeline.classify", None, slow, 1)


def test_a_corpus_and_outputs_at_addresses(
    few: Path, local_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fsspec

    monkeypatch.setenv(VARIABLE, str(tmp_path / "own"))
    memory = fsspec.filesystem("memory")
    memory.put(str(few), "/shelf/corpus", recursive=True)
    memory.pipe_file("/shelf/corpus/notes.xlsx", b"no document")
    run = ["run", "memory://shelf/corpus", "--out", "memory://shelf/out", *QUICK]
    assert cli.main(run) == 0
    names = ("tables", "plots", "text", "run.json")
    sent = {p.removeprefix("/shelf/out/"): memory.cat_file(p) for p in memory.find("/shelf/out")}
    assert sent == contents(local_run, *names)
    times = {p: memory.created(p) for p in memory.find("/shelf/out")}
    memory.rm("/shelf/corpus/fenwold-2016-news.txt")
    assert cli.main(run) == 0
    left = set(memory.find("/shelf/out"))
    assert "/shelf/out/text/fenwold-2016-news.txt" not in left
    kept = {p for p in left if p.startswith("/shelf/out/text/")}
    assert len(kept) == 3
    assert all(memory.created(p) == times[p] for p in kept)
    memory.rm("/shelf", recursive=True)
