"""Parameters: what ``--set`` and an edited params.yaml may say."""

from pathlib import Path

import pytest

from pipeline.errors import UsageError
from pipeline.params import load, override


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("tables.interval=0.9", 0.9),
        ("themes.most=1", 1),
        ("themes.cue_weight=0", 0),
        ("themes.cue_weight=1", 1),
        ("classify.never_findings=[]", []),
        ("classify.never_findings=[front, lscb]", ["front", "lscb"]),
        (" themes.most =2", 2),
    ],
)
def test_settings(setting: str, value: object) -> None:
    before = load()
    changed = override(before, [setting])
    stage, key = setting.partition("=")[0].strip().split(".")
    assert changed[stage][key] == value
    assert before == load()
    changed[stage][key] = before[stage][key]
    assert changed == before


def test_the_last_setting_wins() -> None:
    assert override(load(), ["themes.most=1", "themes.most=2"])["themes"]["most"] == 2


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("themes.most", "stage.key=value"),
        ("most=2", "stage.key=value"),
        ("themes.least=2", "known are clean.duplicate_share"),
        ("theme.most=2", "no such parameter"),
        ("themes.most=[", "no YAML"),
        ("themes.most=2.5", "whole number from 1"),
        ("themes.most=0", "whole number from 1"),
        ("themes.most=yes", "is True"),
        ("themes.most=", "is None"),
        ("tables.interval=95", "from 0.5 to 0.999"),
        ("tables.interval=.nan", "is nan"),
        ("tables.interval='0.9'", "is '0.9'"),
        ("clean.duplicate_share=-0.1", "from 0 to 1"),
        ("classify.never_findings=front", "a list of sections"),
        ("classify.never_findings=[cover]", "a list of sections"),
    ],
)
def test_bad_settings(setting: str, message: str) -> None:
    with pytest.raises(UsageError, match=r"^--set") as caught:
        override(load(), [setting])
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("interval: 0.95", "interval: high"), "tables.interval is 'high'"),
        (("  evidence_words:", "  words:"), r"unknown parameters \['classify.words'\]"),
        (("  most: 3\n", ""), r"missing ones \['themes.most'\]"),
        (("tables:", "tables: 3 #"), "cannot be read"),
        (("clean:", "clean: ["), "cannot be read"),
    ],
)
def test_faults_of_the_file(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    from pipeline.paths import PARAMS

    text = PARAMS.read_text(encoding="utf-8")
    assert change[0] in text
    path = tmp_path / "params.yaml"
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load(path)


def test_a_file_without_blocks(tmp_path: Path) -> None:
    for text in ("", "3", "clean: 3"):
        path = tmp_path / "params.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UsageError, match="one block"):
            load(path)
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "none.yaml")
