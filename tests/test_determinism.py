"""The same bytes whatever the number of workers, the folder and what an earlier run left there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import QUICK

from pipeline import cli, schema
from pipeline.paths import ROOT

SAMPLE = ROOT / "corpus" / "sample"


def contents(out: Path) -> dict[str, bytes]:
    files = (p for p in sorted(out.rglob("*")) if p.is_file())
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # In a process of its own: only one that has drawn no chart runs the last stages side by side.
    out = tmp_path_factory.mktemp("two_workers")
    for command in (["run", str(SAMPLE)], ["suggest"], ["record"]):
        given = [*command, "--out", str(out), "--workers", "2"]
        subprocess.run([sys.executable, "-m", "pipeline", *given], check=True, cwd=ROOT)
    return out


def test_two_workers_write_what_one_writes(sample_run: Path, two_workers: Path) -> None:
    one, two = contents(sample_run), contents(two_workers)
    assert list(one) == list(two)
    assert [name for name in one if one[name] != two[name]] == []
    assert sum(name.startswith("tables/") for name in one) == 2 * len(schema.RESULT_TABLES) + 1
    assert sum(name.startswith("plots/") for name in one) > 3
    assert "run.json" in one


def test_a_run_over_its_own_outputs_writes_them_again(few: Path, tmp_path: Path) -> None:
    arguments = ["run", str(few), "--out", str(tmp_path), *QUICK]
    assert cli.main(arguments) == 0
    first = contents(tmp_path)
    assert cli.main(arguments) == 0
    assert contents(tmp_path) == first


def test_the_record_tells_the_parameters_that_were_used(few: Path, tmp_path: Path) -> None:
    arguments = ["run", str(few), "--out", str(tmp_path), *QUICK]
    records = []
    for setting in ("tables.interval=0.8", "tables.interval=0.95"):
        assert cli.main([*arguments, "--set", setting]) == 0
        records.append(json.loads((tmp_path / "run.json").read_text(encoding="utf-8")))
    assert [r["params"]["tables"]["interval"] for r in records] == [0.8, 0.95]
    changed = {
        f for f in records[0]["outputs"] if records[0]["outputs"][f] != records[1]["outputs"][f]
    }
    assert changed == {
        f"tables/{name}" for name in
        ("council_themes.csv", "council_themes.parquet", "datapackage.json")
    }  # fmt: skip
