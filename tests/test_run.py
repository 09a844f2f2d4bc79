"""Runs over folders of documents: broken files, no registry, faults of the user and the machine."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest
from conftest import QUICK

from pipeline import cli, frames, schema

Tables = Mapping[str, pd.DataFrame]


@pytest.fixture(scope="module")
def few_run(few: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("few_run")
    assert cli.main(["run", str(few), "--out", str(out), *QUICK]) == 0
    return out


def test_a_broken_file_among_good_ones_changes_nothing_else(
    few: Path, few_run: Path, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(few, corpus)
    (corpus / "broken.pdf").write_bytes(b"%PDF-1.4 and then nothing")
    (corpus / "aaa.txt").write_bytes(b"")
    (corpus / "zzz.html").write_bytes(bytes(range(256)) * 40)
    out = tmp_path / "out"
    assert cli.main(["run", str(corpus), "--out", str(out), *QUICK]) == 3
    rejected = frames.read(schema.REJECTED, out / "tables")
    assert rejected["file"].tolist() == ["aaa.txt", "broken.pdf", "zzz.html"]
    assert rejected["detail"].str.len().min() > 10
    broken = hashlib.sha256((corpus / "broken.pdf").read_bytes()).hexdigest()
    assert rejected["sha256"].tolist()[1] == broken
    for table in schema.RUN_TABLES:
        if table.name != "rejected":
            file = f"tables/{table.name}.csv"
            assert (out / file).read_bytes() == (few_run / file).read_bytes()


def test_without_a_registry_the_facts_come_from_the_documents(
    few_run: Path, tables: Tables
) -> None:
    found = frames.read(schema.DOCUMENTS, few_run / "tables").set_index("doc_id")
    known = tables["documents"].set_index("doc_id").loc[found.index]
    for name in ("doc_type", "framework", "start_date", "end_date", "lead_inspector", "overall"):
        assert found[name].to_dict() == known[name].to_dict()
    assert json.loads((few_run / "run.json").read_text(encoding="utf-8"))["registry"] is None
    sentences = frames.read(schema.SENTENCES, few_run / "tables")
    registered = tables["sentences"][tables["sentences"]["doc_id"].isin(found.index)]
    assert sentences["text"].tolist() == registered["text"].tolist()


def test_a_second_run_leaves_nothing_of_the_first(few_run: Path, few: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(few_run, out)
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    shutil.copy(few / "fenwold-2016-news.txt", corpus)
    # One that was killed on another machine, as far as can be told: its number is in use here.
    aside = out / "tables" / f".sentences.csv.{os.getppid()}.part"
    aside.touch()
    assert cli.main(["run", str(corpus), "--out", str(out), *QUICK]) == 0
    assert [p.name for p in (out / "text").iterdir()] == ["fenwold-2016-news.txt"]
    assert set(frames.read(schema.SENTENCES, out / "tables")["doc_id"]) == {"fenwold-2016-news"}
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert len(record["inputs"]) == 1
    assert f"tables/{aside.name}" not in record["outputs"]


def test_suggestions_from_other_findings_do_not_stay(
    few_run: Path, few: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(few_run, out)
    assert cli.main(["suggest", "--out", str(out)]) == 0
    theirs = {p for p in out.rglob("*") if "suggest" in p.name and p.is_file()}
    assert {p.name for p in theirs} > {"suggestions.csv", "suggestions.svg"}
    assert cli.main(["run", str(few), "--out", str(out), *QUICK]) == 0
    assert [p for p in theirs if p.exists()] == []
    assert (out / "run.json").read_bytes() == (few_run / "run.json").read_bytes()


@pytest.mark.parametrize(
    ("setting", "name", "test"),
    [
        ("themes.most=1", "finding_themes", lambda f: (f["rank"] == 1).all()),
        ("classify.evidence_words=0", "sentences", lambda f: (f["evidence"] == "").all()),
        ("classify.never_findings=[body, quote]", "findings",
         lambda f: not set(f["section"]) & {"body", "quote"}),
    ],
)  # fmt: skip
def test_parameters_reach_their_stage(
    few: Path, tmp_path: Path, setting: str, name: str, test: Callable[[pd.DataFrame], bool]
) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    shutil.copy(few / "fenwold-2016-news.txt", corpus)
    out = tmp_path / "out"
    assert cli.main(["run", str(corpus), "--out", str(out), *QUICK, "--set", setting]) == 0
    table = next(t for t in schema.RESULT_TABLES if t.name == name)
    assert test(frames.read(table, out / "tables"))


def stderr_of(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Return the exit status and what stands on standard error."""
    capsys.readouterr()
    try:
        status = cli.main([str(a) for a in arguments])
    except SystemExit as left:
        status = int(left.code or 0)
    captured = capsys.readouterr()
    assert captured.out == ""
    return status, captured.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "{tmp}/none", "--out", "{tmp}/out"], "none: no such folder; give the folder"),
        (["run", "{tmp}/empty", "--out", "{tmp}/out"], "empty: holds no document (.pdf"),
        (["run", "{few}", "--out", "{tmp}/file"], "file: cannot be written"),
        (["run", "{few}", "--out", "{tmp}/file/below"], "below: cannot be written"),
        (["run", "{few}", "--out", "/proc/none/out"], "cannot be written"),
        (
            ["run", "{few}", "--out", "{tmp}/out", "--registry", "{tmp}/none"],
            "none: cannot be read",
        ),
        (["run", "{few}", "--out", "{tmp}/out", "--registry", "{tmp}/file"], "file: no registry"),
        (
            ["run", "{few}", "--out", "{tmp}/out", "--registry", "{tmp}/bytes"],
            "bytes: cannot be read",
        ),
        (["run", "{few}", "--out", "{tmp}/out", "--registry", "{tmp}"], "cannot be read"),
        (["run", "{few}", "--out", "{tmp}/out", "--set", "themes.most=0"], "give a whole number"),
        (["run", "{few}", "--out", "{tmp}/out", "--set", "themes"], "write it as stage.key=value"),
        (["run", "{few}", "--out", "{tmp}/out", "--set", "a.b=["], "no such parameter"),
        (["run", "{few}", "--out", "{tmp}/out", "--workers", "0"], "give a whole number from 1"),
        (["run", "{few}", "--out", "{tmp}/out", "--workers", "two"], "'two'; give a whole number"),
        (["run", "{few}", "--out", "{tmp}/out", "--cluster", "nothing"], "nothing: no scheduler"),
        (["run", "none://x", "--out", "{tmp}/out"], "none://x: cannot be used"),
        (["run", "memory://empty", "--out", "{tmp}/out"], "memory://empty: holds no document"),
        (["cache", "--out", "{tmp}/out"], "nothing is kept there"),
        (["run", "{few}", "--out", "{tmp}/out", "--cache", "{tmp}/file"], "kept in a file"),
        (["run", "{few}"], "required: --out"),
        (["walk", "{few}"], "invalid choice: 'walk'"),
        ([], "required: COMMAND"),
        (["classify", "--out", "{tmp}/none"], "run the stage that writes it first"),
        (["themes", "--out", "{tmp}/none"], "run the stage that writes it first"),
        (["tables", "--out", "{tmp}/none"], "run the stage that writes it first"),
        (["clean", "{tmp}/none", "--out", "{tmp}/out"], "no such folder"),
        (["clean", "{few}", "--out", "{tmp}/file"], "cannot be written"),
    ],
)
def test_faults_of_the_user(
    few: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("a,b\n1,2\n")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00\x80")
    filled = [a.format(few=few, tmp=tmp_path) for a in arguments]
    status, error = stderr_of(capsys, *filled)
    assert status == 2
    assert message in error
    assert error.startswith("findings: ")
    assert error.count("\n") == 1 == len(error.splitlines())
    assert not (tmp_path / "out").exists()


def test_a_failure_of_the_program(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("two\nlines")

    monkeypatch.setattr("pipeline.clean.main", fail)
    status, error = stderr_of(capsys, "run", few, "--out", tmp_path / "out")
    assert status == 1
    assert error == "findings: failed: RuntimeError: two lines; please report this\n"


def test_stopped_by_the_user(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.clean.main", stop)
    status, error = stderr_of(capsys, "run", few, "--out", tmp_path / "out")
    assert (status, error.count("\n")) == (1, 1)
    assert "stopped" in error


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_folder_without_permission(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.chmod(0o500)
    status, error = stderr_of(capsys, "run", few, "--out", tmp_path / "out")
    tmp_path.chmod(0o700)
    assert status == 2
    assert "no permission" in error


def test_the_command_in_a_process_of_its_own(few: Path, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    shutil.copy(few / "fenwold-2016-news.txt", corpus)
    (corpus / "broken.pdf").write_bytes(b"%PDF-")
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", str(corpus), "--out", str(out), *QUICK],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0] == "clean: 2 documents"
    assert any(line.startswith("rejected broken.pdf: ") for line in lines)
    assert "1 documents read, 1 rejected" in done.stderr
    assert lines[-3:] == [
        f"record:  {out / 'run.json'}",
        f"pages:   findings report {out}",
        f"more:    findings suggest --out {out} (themes beyond the codebook)",
    ]
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr
