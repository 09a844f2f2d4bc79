"""The page of results: made whole by its command, from aggregates alone."""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from benchmarks import results
from benchmarks.result_tables import percent
from pipeline.paths import ROOT

LINK = re.compile(r"\]\(((?:results|images)/[^)]+)\)")
PICTURES = ("changes", "grades", "regions", "themes", "years")


@pytest.fixture(scope="module")
def docs(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    assert results.main([str(sample_run), "--to", str(folder)]) == 0
    return folder


def test_what_the_page_names_is_written_and_what_is_written_is_named(docs: Path) -> None:
    page = (docs / "results.md").read_text(encoding="utf-8")
    named = set(LINK.findall(page)) | {f"images/results-{name}.svg" for name in PICTURES}
    written = {p.relative_to(docs).as_posix() for p in docs.rglob("*") if p.is_file()}
    assert named - {"images/"} == written - {"results.md"}
    assert not re.search(r"\$\w|\bnan\b|\bNone\b", page)


def test_figures_of_the_page_are_those_of_the_tables(
    docs: Path, tables: Mapping[str, pd.DataFrame]
) -> None:
    page = (docs / "results.md").read_text(encoding="utf-8")
    reports = tables["documents"].query("doc_type == 'inspection_report' and duplicate_of == ''")
    assert f"{len(reports)} inspection reports" in page
    assert f"{reports['findings'].sum():,} are findings" in page
    national = tables["national_shares"].query("theme == 'all' and measure == 'weakness_share'")
    assert all(f"| {percent(share)} (" in page for share in national["share"])


def test_no_sentence_is_in_any_file(docs: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    texts = [p.read_text(encoding="utf-8") for p in docs.rglob("*")
             if p.suffix in (".md", ".csv", ".svg")]  # fmt: skip
    whole = "\n".join(texts)
    long = tables["sentences"]["text"].loc[lambda text: text.str.len() > 25]
    assert len(long) > 1000
    assert [text for text in long if text in whole] == []


def test_the_stored_page_was_made_by_the_stored_template(docs: Path) -> None:
    def skeleton(path: Path) -> list[str]:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.startswith(("#", "!["))]

    assert skeleton(ROOT / "docs" / "results.md") == skeleton(docs / "results.md")


def test_a_folder_that_is_no_run_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert results.main([str(tmp_path)]) == 2
    assert "not found" in capsys.readouterr().err
