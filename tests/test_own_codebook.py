"""A researcher's own codebook, dropped in as the file ``corpus/codebook.yaml``, without Python."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import QUICK

from pipeline import schema
from pipeline.paths import ROOT

MUSIC = """\
  - id: music_making
    label: Music
    named: false
    status: active
    definition: Whether children make music.
    includes: [choirs]
    excludes: []
    example_strength: Many children sing in a choir.
    example_weakness: Few children sing in a choir.
    cues:
      - choir
      - violin {concert|lesson}
      - brass band
  - id: other
"""
# A sentence, and whether one of the three cues stands in it.
SENTENCES = [
    ("The choirs of the borough are well led.", True),
    ("Too few children have violin lessons.", True),
    ("Brass bands give children in care confidence.", True),
    # Near misses: a word of a cue without the other, a word that only begins like one.
    ("Violins are too rarely mended.", False),
    ("Bands of older children are well supported.", False),
    ("Choirmasters are well trained.", False),
    ("Early help is offered too late to families.", False),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project whose codebook has one code more and one retired."""
    copy = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "pipeline", copy / "pipeline",
                    ignore=shutil.ignore_patterns("__pycache__"))  # fmt: skip
    shutil.copytree(ROOT / "corpus", copy / "corpus", ignore=shutil.ignore_patterns("sample"))
    shutil.copy(ROOT / "params.yaml", copy)
    (copy / "models").symlink_to(ROOT / "models")
    text = (ROOT / "corpus" / "codebook.yaml").read_text(encoding="utf-8")
    text = text.replace("  - id: other\n    label: Other\n", f"{MUSIC}    label: Other\n")
    before, after = text.split("  - id: early_help\n")
    text = f"{before}  - id: early_help\n{after.replace('status: active', 'status: retired', 1)}"
    assert "id: music_making" in text
    (copy / "corpus" / "codebook.yaml").write_text(text, encoding="utf-8")
    return copy


def findings(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "pipeline", *arguments], cwd=project, text=True,
                          check=False, capture_output=True)  # fmt: skip


def test_a_new_code_and_its_cues_code_the_right_sentences(project: Path) -> None:
    with (project / "in.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("sentence",), *((text,) for text, _ in SENTENCES)])
    done = findings(project, "label", "in.csv", "--out", "out.csv", *QUICK)
    assert done.returncode == 0, done.stderr
    with (project / "out.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    given = [(row["sentence"], set(row["themes"].split(";"))) for row in rows]
    assert [(text, "music_making" in themes) for text, themes in given] == SENTENCES
    # The model still knows the retired code, and it is given no more.
    assert not any("early_help" in themes for _, themes in given)


def test_a_retired_code_in_what_people_coded(project: Path) -> None:
    (project / "few").mkdir()
    lines = [",".join(schema.REVIEWS.names), "d1-0001,d1,abc,1,ann,weakness,early_help,random,"]
    (project / "reviews.csv").write_text("\n".join(lines), encoding="utf-8")
    done = findings(project, "run", "few", "--out", "run", "--reviews", "reviews.csv")
    assert done.returncode == 2
    fault = "findings: reviews.csv: theme 'early_help' is retired in codebook "
    assert done.stderr.startswith(fault)
    assert "music_making" in done.stderr
    assert len(done.stderr.splitlines()) == 1
