"""One run over the sample corpus, shared by all test modules and by all workers of pytest-xdist."""

import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest

from pipeline import cli, duplicates, frames, schema
from pipeline.paths import ROOT

SAMPLE = ROOT / "corpus" / "sample"
PATIENCE = 300
# One process and the fast tier alone, for runs in which neither matters.
QUICK = ("--workers", "1", "--set", "classify.escalate_below=0")


def made_once(place: Path, make: Callable[[Path], None]) -> Path:
    """Return a folder that the first process to ask makes, while the others wait for it."""
    claim = place.with_name(f"{place.name}.claim")
    aside = place.with_name(f"{place.name}.{os.getpid()}")
    try:
        claim.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + PATIENCE
        while not place.exists():
            if time.monotonic() > deadline or (claim / "failed").exists():
                pytest.fail(f"{place.name} was not made by the process that claimed it")
            time.sleep(0.2)
        return place
    try:
        make(aside)
    except BaseException:
        (claim / "failed").touch()
        raise
    return aside.rename(place)


@pytest.fixture(scope="session")
def shared_tmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of this test session that all its workers see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def sample_run(shared_tmp: Path) -> Path:
    """Return what the stages write of ``corpus/sample`` with one worker, suggestions among it."""

    def make(out: Path) -> None:
        given = ["--out", str(out), "--workers", "1"]
        for command in (["run", str(SAMPLE)], ["suggest"], ["record"]):
            assert cli.main([*command, *given]) == 0

    return made_once(shared_tmp / "sample_run", make)


@pytest.fixture(scope="session")
def sample_report(shared_tmp: Path, sample_run: Path) -> Path:
    """Return a copy of the sample run with the pages of ``findings report``."""

    def make(out: Path) -> None:
        shutil.copytree(sample_run, out, dirs_exist_ok=True)
        assert cli.main(["report", str(out)]) == 0

    return made_once(shared_tmp / "sample_report", make)


@pytest.fixture(scope="session")
def tables(sample_run: Path) -> Mapping[str, pd.DataFrame]:
    """Return the tables of the sample run by name; tests must not change them."""
    return {t.name: frames.read(t, sample_run / "tables") for t in schema.RESULT_TABLES}


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of four sample documents of four kinds of file, without a registry."""
    folder = tmp_path_factory.mktemp("few")
    for name in (
        "reports/kelderby-2017-report.pdf", "reports/holmcastle-2024-report.docx",
        "press/larkhaven-2020-press.html", "press/fenwold-2016-news.txt",
    ):  # fmt: skip
        shutil.copy(SAMPLE / name, folder)
    return folder


def linked(documents: pd.DataFrame, sentences: pd.DataFrame, share: float) -> list[str]:
    """Return, for every document, the one that it repeats; ``sentences`` may be in any order."""
    texts: dict[str, list[str]] = {doc_id: [] for doc_id in documents["doc_id"]}
    for doc_id, text in zip(sentences["doc_id"], sentences["text"], strict=True):
        texts[doc_id].append(text)
    return duplicates.link(
        documents, [duplicates.prints(texts[doc_id]) for doc_id in documents["doc_id"]], share
    )
