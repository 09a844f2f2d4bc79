"""The codebook file: what it must hold, and how each fault in it is reported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.codebook import Codebook, codebook_page, read_codebook
from pipeline.errors import UsageError
from pipeline.paths import CODEBOOK

Content = dict[str, Any]

THEMES = (
    "workforce_retention", "written_plans", "management_oversight", "workforce_development",
    "assessment", "recording", "childs_voice", "front_door", "early_help", "partnership",
    "permanence", "care_leavers", "health_education", "exploitation_missing", "leadership",
    "quality_assurance", "diverse_needs", "other",
)  # fmt: skip


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return read_codebook()


def changed(tmp_path: Path, change: Callable[[Content], object]) -> Path:
    """Write the project's codebook with one change."""
    content = yaml.safe_load(CODEBOOK.read_text(encoding="utf-8"))
    change(content)
    path = tmp_path / "codebook.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def test_codes(codebook: Codebook) -> None:
    assert set(codebook.codes) == set(THEMES)
    assert codebook.codes[:3] == THEMES[:3] == codebook.named
    assert (codebook.version, codebook.date) == ("1.0.0", "2026-11-01")


def test_every_theme_but_other_has_cues(codebook: Codebook) -> None:
    assert [theme.id for theme in codebook.themes if not theme.cues] == ["other"]


FAULTS: list[tuple[str, Callable[[Content], object], str]] = [
    ("unknown key", lambda c: c.update(note="x"), "codebook: unknown field 'note'"),
    ("missing key", lambda c: c.pop("version"), "codebook: the field 'version' is missing"),
    ("version", lambda c: c.update(version="first"), "codebook: version: 'first' is not of"),
    ("no themes", lambda c: c.update(themes=[]), "themes: status: none is active"),
    ("themes", lambda c: c.update(themes="all"), "codebook: themes: must be a list"),
    ("polarity", lambda c: c["polarity"].pop(), "polarity: must be, in this order: strength"),
    (
        "double id",
        lambda c: c["themes"][4].update(id="recording"),
        "theme recording: id: stands twice",
    ),
    (
        "unknown theme key",
        lambda c: c["themes"][0].update(colour="red"),
        "theme workforce_retention: unknown field 'colour'",
    ),
    (
        "missing theme key",
        lambda c: c["themes"][1].pop("definition"),
        "theme written_plans: the field 'definition' is missing",
    ),
    (
        "empty text",
        lambda c: c["themes"][1].update(label=" "),
        "theme written_plans: label: must be a text that is not empty",
    ),
    (
        "named as text",
        lambda c: c["themes"][0].update(named="yes"),
        "theme workforce_retention: named: 'yes' is not one of: true, false",
    ),
    (
        "named last",
        lambda c: c["themes"][-1].update(named=True),
        "themes: named: the named themes must come first",
    ),
    (
        "status",
        lambda c: c["themes"][0].update(status="old"),
        "theme workforce_retention: status: 'old' is not one of: active, retired",
    ),
    (
        "empty cue",
        lambda c: c["themes"][2].update(cues=["iro", ""]),
        "theme management_oversight: cues: 2: the cue is empty",
    ),
    (
        "malformed cue",
        lambda c: c["themes"][2].update(cues=["{iro|chair"]),
        "theme management_oversight: cues: 1: { is never closed by }",
    ),
    (
        "malformed block",
        lambda c: c["themes"][2].update(cues=[{"cue": "iro", "not": ["* iro"]}]),
        "theme management_oversight: cues: 1: not: a cue must begin and end",
    ),
    (
        "unknown cue key",
        lambda c: c["themes"][2].update(cues=[{"cue": "iro", "nor": ["x"]}]),
        "theme management_oversight: cues: 1: unknown field 'nor'",
    ),
    (
        "unknown section",
        lambda c: c["themes"][2].update(cues=[{"cue": "iro", "section": ["annex z"]}]),
        "theme management_oversight: cues: 1: section: no such section: annex z",
    ),
]


@pytest.mark.parametrize(("change", "message"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_faults(tmp_path: Path, change: Callable[[Content], object], message: str) -> None:
    path = changed(tmp_path, change)
    with pytest.raises(UsageError) as error:
        read_codebook(path)
    assert str(error.value).startswith(f"{path}: {message}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: [1", "not readable YAML"),
        ("version: '1.0.0'\nversion: '1.0.1'\n", "the key 'version' stands twice"),
        ("", "must have the fields"),
        ("- a list", "must have the fields"),
    ],
)
def test_unreadable(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "codebook.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message) as error:
        read_codebook(path)
    assert "\n" not in str(error.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_codebook(tmp_path / "none.yaml")


def test_require(codebook: Codebook, tmp_path: Path) -> None:
    assert codebook.require("early_help").label == "Early help and family support"
    with pytest.raises(UsageError, match="theme 'late_help' is unknown"):
        codebook.require("late_help")
    retired = read_codebook(changed(tmp_path, lambda c: c["themes"][0].update(status="retired")))
    with pytest.raises(UsageError, match="theme 'workforce_retention' is retired"):
        retired.require("workforce_retention")
    retired.require_themes(["", "early_help;recording"], "codes.csv")
    with pytest.raises(UsageError, match=r"^codes\.csv: theme 'workforce_retention' is retired"):
        retired.require_themes(["recording", "early_help;workforce_retention"], "codes.csv")
    assert retired.named == THEMES[1:3]
    assert "workforce_retention" not in retired.codes


def test_page_holds_everything(codebook: Codebook) -> None:
    page = codebook_page(codebook)
    assert page.count("\n### ") == len(codebook.themes)
    for theme in codebook.themes:
        assert theme.definition in page
        assert all(f"`{cue.text}`" in page for cue in theme.cues)
    assert all(rule in page for rule in codebook.decision_rules + codebook.theme_rules)
    assert page.endswith("\n") and not page.endswith("\n\n")


def test_page_marks_retired_themes(tmp_path: Path) -> None:
    path = changed(tmp_path, lambda c: c["themes"][0].update(status="retired"))
    assert "*named theme, retired*" in codebook_page(read_codebook(path))
