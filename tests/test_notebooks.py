"""The notebooks: stored without outputs beside their sources, and executed on the sample run."""

import json
import re
import shutil
from pathlib import Path

import pytest

from pipeline import cli, notebooks, schema
from pipeline.errors import UsageError
from pipeline.paths import NOTEBOOKS
from pipeline.training.evaluate import RANDOM_STRATA

SOURCES = notebooks.sources()
NAMES = [
    "01_corpus", "02_findings_and_themes", "03_compare_councils", "04_press_and_report",
    "05_model_quality",
]  # fmt: skip
TABLES = {table.name for table in schema.RESULT_TABLES}


@pytest.fixture(scope="module")
def pages(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the pages of the sample run by name; the run itself is left as it is."""
    out = tmp_path_factory.mktemp("run")
    (out / "tables").symlink_to(sample_run / "tables")
    assert cli.main(["notebooks", str(out)]) == 0
    written = sorted((out / "notebooks").iterdir())
    return {path.stem: path.read_text(encoding="utf-8") for path in written}


def test_the_five_notebooks() -> None:
    assert [source.stem for source in SOURCES] == NAMES
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
class TestEveryNotebook:
    def test_both_forms_agree(self, source: Path) -> None:
        stored = source.with_suffix(".ipynb").read_text(encoding="utf-8")
        assert stored == notebooks.paired(source), "run `findings docs`"

    def test_is_stored_without_outputs_and_with_names_of_cells(self, source: Path) -> None:
        cells = json.loads(source.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        assert len(code) > 5
        assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
        assert [cell["id"] for cell in cells] == [f"cell-{n + 1:02d}" for n in range(len(cells))]

    def test_opens_with_a_question_and_ends_with_what_it_does_not_show(self, source: Path) -> None:
        cells = notebooks.read_notebook(source).cells
        assert re.match(r"# \d\. .+\?\n", cells[0].source)
        assert cells[1].source == 'RUN = "../outputs"'
        assert cells[-1].source.startswith("## What this does not show\n")
        assert cells[-1].source.count("\n- **") >= 3

    def test_reads_tables_and_nothing_of_the_project(self, source: Path) -> None:
        text = source.read_text(encoding="utf-8")
        assert set(re.findall(r'\btable\("(\w+)"\)', text)) <= TABLES
        assert not re.search(r"^(?:from|import) (?:pipeline|corpus|benchmarks)", text, re.MULTILINE)

    def test_shows_tables_and_pictures_that_are_described(
        self, source: Path, pages: dict[str, str]
    ) -> None:
        page = pages[source.stem]
        assert page.count("<table") > 1
        assert page.count('src="data:image/svg+xml;base64,') > 1
        assert 'alt="No description' not in page

    def test_asks_no_server_runs_nothing_and_names_no_folder(
        self, source: Path, pages: dict[str, str]
    ) -> None:
        page = pages[source.stem]
        assert "<script" not in page
        assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:|//)|@import|url\(""", page)
        assert "default-src 'none'" in page
        assert not re.search(r"/tmp/|/home/|/root/|Warning", page)


def test_the_strata_drawn_at_random_are_those_of_the_evaluation() -> None:
    source = (NOTEBOOKS / "05_model_quality.py").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^RANDOM = (\[.+\])$", source, re.MULTILINE)
    assert tuple(json.loads(listed)) == RANDOM_STRATA


def test_the_same_run_gives_the_same_bytes(
    sample_run: Path, tmp_path: Path, pages: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(sample_run / "tables", tmp_path / "elsewhere" / "tables")
    chosen = [source for source in SOURCES if source.stem == "04_press_and_report"]
    monkeypatch.setattr(notebooks, "sources", lambda: chosen)
    (again,) = notebooks.main(tmp_path / "elsewhere")
    assert again.read_text(encoding="utf-8") == pages["04_press_and_report"]


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tables: not found"):
        notebooks.main(tmp_path)


def test_a_table_that_is_missing_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tables").mkdir()
    monkeypatch.setattr(notebooks, "sources", lambda: SOURCES[:1])
    with pytest.raises(UsageError, match=r"01_corpus\.py fails on .*FileNotFoundError") as told:
        notebooks.main(tmp_path)
    assert "\n" not in str(told.value)


def test_no_folder_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["notebooks"]) == 2
    assert "name the outputs of a run" in capsys.readouterr().err
