"""The command line: its commands and options, and that stages one by one make the same run."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import QUICK

from pipeline import __version__, cli
from pipeline.paths import ROOT

PROMISED = {
    "run": ["--registry", "--workers", "--cluster", "--no-cache", "--set", "--out"],
    "clean": ["--out", "--registry", "--workers", "--set"],
    "classify": ["--out", "--workers", "--set"],
    "themes": ["--out", "--workers", "--set"],
    "tables": ["--out", "--workers", "--set"],
    "label": ["--out", "--set"],
}


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", PROMISED)
def test_commands_and_options_of_the_contract(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert command in printed(capsys, "--help")
    page = printed(capsys, command, "--help")
    assert [option for option in PROMISED[command] if option not in page] == []


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--version") == f"findings {__version__}\n"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
    assert project["scripts"] == {"findings": "pipeline.cli:main"}


def test_help_loads_no_stage() -> None:
    code = (
        "import sys\n"
        "from pipeline import cli\n"
        "cli.parser().format_help()\n"
        "print({'numpy', 'pandas', 'sklearn', 'spacy', 'textstat'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "set()\n"


def test_stages_one_by_one_are_the_run(few: Path, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    settings = [*QUICK, "--set", "themes.most=2"]
    assert cli.main(["run", str(few), "--out", str(whole), "--no-cache", *settings]) == 0
    assert cli.main(["clean", str(few), "--out", str(parts), "--no-cache", *settings]) == 0
    for stage in ("classify", "themes", "tables", "compare", "groups", "keyness"):
        assert cli.main([stage, "--out", str(parts), "--no-cache", *settings]) == 0
    for stage in ("press", "record"):
        assert cli.main([stage, "--out", str(parts), *settings]) == 0
    files = {p.relative_to(whole) for p in whole.rglob("*") if p.is_file()}
    assert files == {p.relative_to(parts) for p in parts.rglob("*") if p.is_file()}
    assert [f for f in files if (whole / f).read_bytes() != (parts / f).read_bytes()] == []


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    page = printed(capsys, "--help")
    listed = page.split("positional arguments:")[1].split("options:")[0].splitlines()
    commands = {line.split()[0] for line in listed if line[:4] == " " * 4 and line[4:5].strip()}
    assert set(PROMISED) < commands
    for command in sorted(commands):
        assert printed(capsys, command, "--help").startswith(f"usage: findings {command} ")
