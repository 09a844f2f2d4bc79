"""The pages: generated parts are fresh, commands and examples work, links lead somewhere."""

import csv
import json
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import pipeline
from pipeline import cli, schema
from pipeline.codebook import read_codebook
from pipeline.commands import options
from pipeline.errors import UsageError
from pipeline.figures import figures_text
from pipeline.markdown import markdown_table, replace_marked
from pipeline.reference import data_dictionary, main, pages, stage_table
from pipeline.registry import COLUMNS, read_registry
from pipeline.training import train

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
NEEDED = ("README.md", "docs", "dvc.yaml", "models", "corpus/codebook.yaml")
DOCUMENTS = (
    "reports/ettlesham-2019-report.pdf",
    "reports/oxcliffe-2014-report.txt",
    "press/ettlesham-2023-press.html",
)
BY_NAME = ("make", ".venv/bin/pre-commit")
FENCE = re.compile(r"^```(\S+)?(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")


def blocks(page: Path, language: str) -> list[str]:
    return [m[3] for m in FENCE.finditer(page.read_text(encoding="utf-8")) if m[1] == language]


def commands(page: Path) -> list[list[str]]:
    lines = [line for block in blocks(page, "console") for line in block.splitlines()]
    return [shlex.split(line[2:]) for line in lines if line.startswith("$ ")]


def shown(page: Path) -> list[list[str]]:
    """Return commands of ``findings`` that a page shows and that no test can run."""
    lines = "\n".join(blocks(page, "sh")).replace("\\\n", " ").splitlines()
    return [shlex.split(line) for line in lines if line.startswith("findings ")]


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, language)]


def write_gold(target: Path, doc_ids: set[str]) -> None:
    """Turn the sample's labels into the file that CONTRIBUTING.md describes."""
    labels = pd.read_csv(ROOT / "corpus" / "sample_labels.csv", dtype=str, keep_default_na=False)
    labels = labels[labels["doc_id"].isin(doc_ids)]
    labels.assign(
        council=labels["doc_id"].str.split("-").str[0], doc_type="inspection_report",
        framework="ILACS", coders="1", stratum="ten_per_report", doc_sentences="100",
    ).to_csv(target, index=False)  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the project with what the pages call my-documents, my-sentences.csv and so on."""
    folder = tmp_path_factory.mktemp("project")
    for name in NEEDED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    (folder / "my-documents").mkdir()
    for name in DOCUMENTS:
        shutil.copy(ROOT / "corpus" / "sample" / name, folder / "my-documents")
    for page in PAGES:
        for match in FENCE.finditer(page.read_text(encoding="utf-8")):
            if match[2]:
                (folder / match[2]).write_text(match[3], encoding="utf-8")
    write_gold(folder / "my-gold.csv", {Path(name).stem for name in DOCUMENTS})
    before = Path.cwd()
    os.chdir(folder)
    try:
        argv = ["run", "my-documents", "--out", "my-results", "--workers", "1"]
        assert cli.main(argv) == 0
        yield folder
    finally:
        os.chdir(before)


def test_generated_pages_are_fresh() -> None:
    assert main(ROOT, check=True) == 0


def test_stale_page_is_named_and_written(workspace: Path, caplog: pytest.LogCaptureFixture) -> None:
    page = workspace / "docs" / "data-dictionary.md"
    fresh = page.read_bytes()
    page.write_bytes(fresh.replace(b"sentence_id", b"sentence", 1))
    with caplog.at_level("INFO", "findings"):
        assert main(workspace, check=True) == 1
    assert "data-dictionary.md: stale" in caplog.text
    assert "codebook.md" not in caplog.text
    assert main(workspace, check=False) == 0
    assert page.read_bytes() == fresh
    assert main(workspace, check=True) == 0


def test_changed_stage_makes_the_readme_stale(workspace: Path) -> None:
    file = workspace / "dvc.yaml"
    text = file.read_text(encoding="utf-8")
    try:
        file.write_text(text.replace("desc: The", "desc: Some", 1), encoding="utf-8")
        assert main(workspace, check=True) == 1
    finally:
        file.write_text(text, encoding="utf-8")


def test_folder_that_is_not_the_project(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"README\.md: cannot be read .*--folder"):
        pages(tmp_path)


@pytest.mark.parametrize(
    "page",
    ["", "<!-- a -->", "<!-- /a --><!-- a -->", "<!-- a --><!-- /a --><!-- a --><!-- /a -->"],
)
def test_lost_markers(page: str) -> None:
    with pytest.raises(UsageError, match="once each"):
        replace_marked(page, "a", "new")


@given(before=st.text("xy<-!\n"), old=st.text("xy\\1"), content=st.text("xy\\1g<0>|"))
def test_replaced_part_is_the_only_change(before: str, old: str, content: str) -> None:
    page = f"{before}<!-- a -->{old}<!-- /a -->{before}"
    once = replace_marked(page, "a", content)
    assert once == f"{before}<!-- a -->\n\n{content.strip()}\n\n<!-- /a -->{before}"
    assert replace_marked(once, "a", content) == once


@given(st.lists(st.text("ab| \n").map(str.strip), min_size=1, max_size=4))
def test_markdown_cells_stay_cells(cells: list[str]) -> None:
    head, rule, row = markdown_table(cells, [cells]).split("\n")
    assert head == row
    read = [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
    assert [cell.replace("\\|", "|") for cell in read] == [c.replace("\n", " ") for c in cells]
    assert rule.count("---") == len(cells)


def test_dictionary_has_every_column_with_its_codes() -> None:
    parts = dict(
        re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", data_dictionary(), re.MULTILINE | re.DOTALL)
    )
    listed = (*schema.RESULT_TABLES, schema.REVIEWS)
    assert list(parts) == [table.name for table in listed]
    for table in listed:
        rows = re.findall(r"^\| `(\w+)` \|", parts[table.name], re.MULTILINE)
        assert rows == table.names
    polarity = next(
        line for line in parts["sentences"].splitlines() if line.startswith("| `polarity`")
    )
    assert "| no | `strength`, `weakness`, `mixed`, `none` |" in polarity


@pytest.mark.parametrize("page", [page for page in PAGES if shown(page)], ids=lambda p: p.name)
def test_commands_that_are_not_run_are_understood(page: Path) -> None:
    for words in shown(page):
        assert cli.parser().parse_args(words[1:]).command == words[1]


def test_stage_table_leaves_code_out_and_takes_settings_of_outputs() -> None:
    stage = {
        "desc": "Does it.", "deps": ["pipeline/clean.py", "corpus/x"],
        "outs": [{"outputs/y": {"cache": False}}, "outputs/z"],
    }  # fmt: skip
    rows = stage_table({"stages": {"clean": stage}}).splitlines()
    assert rows[2:] == ["| `clean` | Does it. | `corpus/x` | `y`, `z` |"]


def test_figures_come_from_the_files() -> None:
    figure = {"value": 0.91234, "low": 0.9, "high": 0.92}
    alone = {"value": 0.75, "low": None, "high": None}
    themes = {"findings": 9, "micro_f1": figure, "macro_f1": alone, "f1": {"recording": figure}}
    metrics = {
        "folds": 4, "councils": 7,
        "polarity": {
            "linear": {
                "sentences": 1000, "accuracy": figure, "macro_f1": figure, "kappa": 0.8,
                "calibration_error": 0.02, "f1": {"strength": figure},
                "all_strata": {"sentences": 2000, "accuracy": figure, "macro_f1": figure},
                "framework": {"SIF": {"sentences": 12, "accuracy": alone}},
            },
            "new_method": {"accuracy": figure, "macro_f1": figure, "f1": {"weakness": alone}},
        },
        "themes": {"linear_and_cues": themes | {"drawn_at_random": themes | {"findings": 4}}},
    }  # fmt: skip
    labels = "doc_id,council,polarity,framework,coders,stratum\nd1,A,none,,2,x\nd2,A,none,SIF,1,x\n"
    text = figures_text(metrics, labels)
    for part in (
        "| labels | 2 |", "| councils | 1 |", "| by kind of document | press 1, SIF 1 |",
        "| coded twice | 1 |", "4 folds", "| linear model | 0.912 (0.900 to 0.920) |",
        "| new method |", "| `strength` | 0.912 (0.900 to 0.920) |  |", "| `weakness` |  | 0.750 |",
        "| `SIF` | 12 | 0.750 |", "| `recording` | 0.912 (0.900 to 0.920) |",
        "| linear model with cues | 9 | 0.912 (0.900 to 0.920) | 0.750 |",
        "| linear model with cues, drawn at random | 4 |",
    ):  # fmt: skip
        assert part in text


def test_examples_of_data_files_are_the_ones_that_the_commands_name() -> None:
    text = "".join(" ".join(command) for page in PAGES for command in commands(page))
    named = [m[2] for p in PAGES for m in FENCE.finditer(p.read_text(encoding="utf-8")) if m[2]]
    assert named
    assert all(name in text for name in named)


class Saved:
    """A model that was fitted elsewhere."""

    def save(self, path: Path) -> str:
        return path.name


@pytest.mark.parametrize("page", pages_with("console"), ids=lambda page: page.name)
def test_commands_run(page: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    joined: list[int] = []
    # Fitting is tested with the training; here the command's own reading and joining counts.

    def fitted(frame: pd.DataFrame, *_: object) -> tuple[Saved, Saved]:
        joined.append(len(frame))
        return Saved(), Saved()

    monkeypatch.setattr(train, "train", fitted)
    monkeypatch.setattr(options, "default_workers", lambda: 1)
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for program, *arguments in commands(page):
        if program == "make":
            assert len(arguments) == 1
            assert arguments[0] in targets
        elif program not in BY_NAME:
            assert program == ".venv/bin/findings"
            assert cli.main(arguments) == 0, arguments
    trains = [command for command in commands(page) if command[1] == "train"]
    assert len(joined) == len(trains)
    assert all(count > 50 for count in joined)


def test_labelled_example_says_what_the_codebook_says(workspace: Path) -> None:
    out = workspace / "labelled.csv"
    assert cli.main(["label", "my-sentences.csv", "--out", str(out), "--workers", "1"]) == 0
    coded = pd.read_csv(out, dtype=str, keep_default_na=False)
    given = pd.read_csv(workspace / "my-sentences.csv", dtype=str, keep_default_na=False)
    assert coded[list(given.columns)].equals(given)
    assert coded["polarity"].tolist()[1] == "weakness"
    assert coded["source"].tolist()[2] == "council"


@pytest.mark.parametrize("page", pages_with("python"), ids=lambda page: page.name)
def test_python_examples_run(page: Path, workspace: Path) -> None:
    names: dict[str, object] = {}
    for code in blocks(page, "python"):
        exec(compile(code, page.name, "exec"), names)


def test_columns_of_the_r_examples_exist() -> None:
    code = "".join(blocks(ROOT / "docs" / "r.md", "r"))
    known = {name for table in schema.RESULT_TABLES for name in table.names}
    chosen = re.search(r"select\(([^)]*)\)", code)
    assert chosen
    used = {name.strip() for name in chosen[1].split(",")} | set(re.findall(r"\$(\w+)", code))
    assert used <= known


def slug(heading: str) -> str:
    bare = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", bare).strip().replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for match in LINK.finditer(text):
        address = match[1] or match[2]
        if address.startswith("http"):
            continue
        file, _, anchor = address.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), address
        if anchor:
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            assert anchor in [slug(heading) for heading in headings], address


def test_addresses_are_facts_without_files() -> None:
    path = ROOT / "corpus" / "registry.csv"
    registry = read_registry(path)
    assert not registry.by_file
    assert not registry.by_sha256
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = list(reader)
    assert tuple(reader.fieldnames or ()) == COLUMNS
    names = [row["doc_id"] for row in rows]
    assert names == sorted(set(names))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", name) for name in names)
    assert len({row["url"] for row in rows}) == len(rows)
    with (ROOT / "pipeline" / "data" / "councils.csv").open(encoding="utf-8") as stream:
        councils = {(c["name"], c["gss_code"], c["la_code"]) for c in csv.DictReader(stream)}
    for row in rows:
        assert not row["file"]
        assert not row["sha256"]
        assert row["doc_type"] in schema.DOC_TYPES
        assert row["url"].startswith(("https://", "http://"))
        assert row["published"][:4] in row["doc_id"]
        assert (row["council"], row["gss_code"], row["la_code"]) in councils
    reports = [row["council"] for row in rows if row["doc_type"] == "inspection_report"]
    assert len(reports) == len(set(reports)) == 153


def test_versions_agree() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(\d[^\]]*)\] - (\S+)$", changes, re.MULTILINE)
    assert newest
    assert citation["version"] == project["version"] == pipeline.__version__ == newest[1]
    assert citation["date-released"] == newest[2]
    assert citation["license"] == project["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_hooks_fetch_nothing() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    for hook in hooks["repos"][0]["hooks"]:
        assert hook["entry"].startswith(".venv/bin/")
        assert hook["language"] == "system"


def test_picture(workspace: Path) -> None:
    picture = pytest.importorskip("pipeline.picture")
    tables = workspace / "my-results" / "tables"
    codebook = read_codebook()
    drawn = [
        picture.draw(tables, codebook, "Made up", workspace / f"{n}.png").read_bytes()
        for n in range(2)
    ]
    assert drawn[0] == drawn[1]
    assert drawn[0].startswith(b"\x89PNG")
    other = picture.draw(tables, codebook, "Another title", workspace / "2.png").read_bytes()
    assert other != drawn[0]


@pytest.mark.parametrize(
    ("width", "expected"), [(0.0, 1.0), (0.25, 0.75), (1.0, 0.0), (1.2, 0.0), (-0.1, 1.0)]
)
def test_side_shrinks_as_the_interval_widens(width: float, expected: float) -> None:
    picture = pytest.importorskip("pipeline.picture")
    assert picture.side(width) == expected


def test_rows_of_the_picture_are_ordered_by_grade() -> None:
    picture = pytest.importorskip("pipeline.picture")
    documents = pd.DataFrame(
        [("b", "", "Bex", "2020-01-02"), ("c", "good", "Cal", "2019-03-04"),
         ("a", "good", "Ash", ""), ("d", "outstanding", "Dun", "2021-05-06"),
         ("e", "good", "Ett", "2022-07-08")],
        columns=["doc_id", "overall", "council", "published"],
    )  # fmt: skip
    cells = pd.DataFrame({"doc_id": ["a", "b", "c", "d"]})
    rows = picture.inspections(documents, cells)
    assert rows["label"].tolist() == ["Dun 2021", "Ash", "Cal 2019", "Bex 2020"]


def test_metrics_of_the_project_are_all_shown() -> None:
    metrics = json.loads((ROOT / "models" / "metrics.json").read_text(encoding="utf-8"))
    card = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")
    for group in ("framework", "section", "stratum"):
        for name in metrics["polarity"]["linear"][group]:
            assert f"| `{name}` |" in card
