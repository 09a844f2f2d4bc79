"""``findings review`` from the command line, over the sample corpus."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from reviewing import fill, study, workbook

from pipeline import cli, frames, schema
from pipeline.params import load
from pipeline.paths import ROOT
from pipeline.review import store
from pipeline.review.workbook import REVIEW
from pipeline.training.gold import COLUMNS

Tables = Mapping[str, pd.DataFrame]


@pytest.fixture(scope="module")
def reviewed(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sample run whose workbook Ann has filled in, with its new tables."""
    out = tmp_path_factory.mktemp("reviewed") / "out"
    shutil.copytree(sample_run, out)
    book = out / "review.xlsx"
    small = ("--set", "review.random=20", "--set", "review.uncertain=10")
    assert cli.main(["review", str(out), *small]) == 0
    odd = {"polarity": "weakness", "theme_1": "recording"}
    fill(book, {n: odd if n % 2 else {"polarity": "none"} for n in range(2, 32)})
    assert cli.main(["review", str(out), "--read", str(book), "--coder", "Ann"]) == 0
    assert cli.main(["tables", "--out", str(out), "--workers", "1"]) == 0
    assert cli.main(["record", "--out", str(out)]) == 0
    return out


def test_what_a_person_gave_stands_in_every_table(
    reviewed: Path, sample_run: Path, tables: Tables
) -> None:
    kept = store.read_reviews(reviewed / "reviews.csv").set_index("sentence_id")
    after = {t.name: frames.read(t, reviewed / "tables") for t in schema.RUN_TABLES}
    sentences = after["sentences"].set_index("sentence_id")
    by_person = sentences[sentences["coder"] == "Ann"]
    assert by_person["polarity"].to_dict() == kept["polarity"].to_dict()
    assert by_person["themes"].to_dict() == kept["themes"].to_dict()
    untouched = [name for name in schema.SENTENCES.names if name not in ("sentence_id",)]
    others = sentences.drop(index=kept.index)
    before = tables["sentences"].set_index("sentence_id")
    pd.testing.assert_frame_equal(others[untouched], before.drop(index=kept.index)[untouched])
    probabilities = ["confidence", *(f"p_{code}" for code in schema.POLARITIES)]
    pd.testing.assert_frame_equal(sentences[probabilities], before[probabilities])
    findings = after["findings"].set_index("sentence_id")
    assert set(findings.index) == set(sentences.index[sentences["polarity"] != "none"])
    listed = after["finding_themes"].groupby("sentence_id")["theme"].agg(";".join)
    assert listed.to_dict() == findings["themes"].to_dict()
    assert int(after["documents"]["findings"].sum()) == len(findings)
    assert after["council_themes"]["findings"].sum() != tables["council_themes"]["findings"].sum()
    agreement = after["agreement"].query("variable == 'polarity' and code == 'all'")
    sizes = dict(zip(agreement["sample"], agreement["sentences"], strict=True))
    assert sizes == {"random": 20, "uncertain": 10}
    assert '"reviews": {' in (reviewed / "run.json").read_text(encoding="utf-8")
    assert '"reviews": null' in (sample_run / "run.json").read_text(encoding="utf-8")


def test_a_second_person_and_what_was_done_before(
    reviewed: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    small = ("--set", "review.random=20", "--set", "review.uncertain=10", "--reviews")
    file = str(reviewed / "reviews.csv")
    drawn = {}
    for coder in ("Ann", "Ben"):
        out = tmp_path / f"{coder}.xlsx"
        arguments = ["review", str(reviewed), "--out", str(out), "--coder", coder, *small, file]
        assert cli.main(arguments) == 0
        sheet = openpyxl.load_workbook(out)[REVIEW]
        drawn[coder] = {row[0].value for row in sheet.iter_rows(min_row=2)}
    known = set(store.read_reviews(reviewed / "reviews.csv")["sentence_id"])
    assert drawn["Ben"] == known
    assert not drawn["Ann"] & known
    kept = Path(shutil.copy(file, tmp_path / "both.csv"))
    same = fill(tmp_path / "Ben.xlsx", {n: {"polarity": "none"} for n in range(2, 32)})
    arguments = ["review", str(reviewed), "--read", str(same), "--reviews", str(kept)]
    assert cli.main([*arguments, "--coder", "Ben"]) == 0
    assert "Ann and Ben on polarity, sample random: 20 sentences" in caplog.text
    assert "Ben and model on polarity, sample uncertain: 10 sentences" in caplog.text
    assert "Ann and model" not in caplog.text
    assert set(store.read_reviews(kept)["coder"]) == {"Ann", "Ben"}


def test_reviews_become_labels_on_the_command_line(reviewed: Path, tmp_path: Path) -> None:
    out = tmp_path / "labels.csv"
    arguments = ["import-gold", str(reviewed / "reviews.csv"), "--run", str(reviewed)]
    gold = ROOT / "models" / "gold_labels.csv"
    assert cli.main([*arguments, "--labels", str(gold), "--out", str(out)]) == 0
    whole = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert list(whole.columns) == list(COLUMNS)
    new = whole[whole["stratum"].str.startswith("review_")]
    assert len(new) == 30
    assert len(whole) == 30 + len(pd.read_csv(gold))
    assert set(new["coders"]) == {"1"}


def test_what_cannot_be_used_is_one_line(
    reviewed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, other = reviewed / "review.xlsx", tmp_path / "other.xlsx"
    workbook(study("A sentence of another study."), other)
    empty = workbook(study("One."), tmp_path / "empty.xlsx")
    faulty = fill(workbook(study("One."), tmp_path / "faulty.xlsx"), {2: {"polarity": "bad"}})
    filled_in = fill(other, {2: {"polarity": "none"}})
    cases = [
        (["review", reviewed], "review.xlsx: is there already"),
        (["review", tmp_path], "sentences.parquet: not found"),
        (["review", reviewed, "--read", book], "--coder NAME"),
        (["review", reviewed, "--read", book, "--coder", "model"], "give a name of letters"),
        (["review", reviewed, "--read", book, "--out", other], "goes with --coder"),
        (["review", reviewed, "--read", empty, "--coder", "Ann"], "no row has a polarity"),
        (["review", reviewed, "--read", faulty, "--coder", "Ann"], "faults, listed above (1)"),
        (["review", reviewed, "--read", filled_in, "--coder", "Ann"], "none of its sentences"),
        (["tables", "--out", reviewed, "--reviews", tmp_path / "no.csv"], "no such file"),
        (["run", tmp_path, "--out", tmp_path / "o", "--reviews", tmp_path / "no"], "no such file"),
        (["import-gold", reviewed / "reviews.csv", "--out", other, "--labels", other], "--run"),
        (["review", reviewed, "--out", tmp_path / "n.xlsx", "--set", "review.random=0", "--set",
          "review.uncertain=0"], "no sentence is left"),
    ]  # fmt: skip
    before = (reviewed / "reviews.csv").read_bytes()
    for arguments, message in cases:
        assert cli.main([str(argument) for argument in arguments]) == 2
        told = capsys.readouterr().err.strip().splitlines()
        assert len(told) == 1
        assert message in told[0]
    assert (reviewed / "reviews.csv").read_bytes() == before


def test_parameters_of_the_draw_are_those_of_the_file() -> None:
    assert set(load()["review"]) == {"random", "uncertain", "seed"}
