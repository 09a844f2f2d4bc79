"""Training: a small run on the sample labels; models that are stored and loaded without pickle."""

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import made_once
from hypothesis import given
from hypothesis import strategies as st

from pipeline import cli
from pipeline.coding import models
from pipeline.coding.features import INPUT
from pipeline.coding.linear import LinearModel, fit_linear
from pipeline.errors import UsageError
from pipeline.paths import MODELS, ROOT
from pipeline.schema import POLARITIES
from pipeline.standoff import sentence_hash
from pipeline.training import evaluate, gold, train
from pipeline.training.linear_figures import best_thresholds

LABELS = ROOT / "corpus" / "sample_labels.csv"
COUNCILS = ("ashmarsh", "kelderby", "larkhaven")


@pytest.fixture(scope="session")
def trained(sample_run: Path, shared_tmp: Path) -> Path:
    """Return a folder of models, trained on three councils of the sample with two folds."""

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            # A stronger penalty fits in half the time.
            patch.setattr(train, "STRENGTH", 3.0)
            train_in(folder, sample_run)

    return made_once(shared_tmp / "trained", make) / "models"


def train_in(folder: Path, sample_run: Path) -> None:
    folder.mkdir()
    with LABELS.open(encoding="utf-8", newline="") as stream:
        rows = [r for r in csv.DictReader(stream) if r["doc_id"].startswith(COUNCILS)]
    extra = {"coders": "1", "stratum": "all_of_text", "framework": "ILACS", "doc_sentences": "1"}
    coded = pd.DataFrame([r | extra | {"council": r["doc_id"].split("-")[0]} for r in rows])
    coded.to_csv(folder / "coded.csv", index=False)
    labels = folder / "labels.csv"
    assert cli.main(["import-gold", str(folder / "coded.csv"), "--out", str(labels)]) == 0
    out = folder / "models"
    arguments = ["train", str(sample_run), "--labels", str(labels), "--models", str(out)]
    assert cli.main([*arguments, "--folds", "2"]) == 0


def shipped(trained: Path, name: str) -> LinearModel:
    entry = json.loads((trained / "index.json").read_text(encoding="utf-8"))["models"][name]
    return LinearModel.load(trained / entry["file"], entry["sha256"])


def sentences(*texts: str) -> pd.DataFrame:
    place = {"previous": "before it", "section": "", "doc_type": "", "bullet": False}
    return pd.DataFrame([{"text": text, **place} for text in texts], columns=list(INPUT))


def test_training_measures_on_councils_that_it_did_not_see(trained: Path) -> None:
    metrics = json.loads((trained / "metrics.json").read_text(encoding="utf-8"))
    linear, majority = (metrics["polarity"][name] for name in ("linear", "majority"))
    assert (metrics["folds"], metrics["councils"]) == (2, len(COUNCILS))
    assert linear["sentences"] > 300
    for name in ("accuracy", "macro_f1"):
        assert 0 <= linear[name]["low"] <= linear[name]["value"] <= linear[name]["high"] <= 1
        assert linear[name]["value"] > majority[name]["value"]
    assert set(metrics["polarity"]) == {"linear", "majority", "vader", "textblob"}
    assert 0 < metrics["themes"]["linear_and_cues"]["micro_f1"]["value"] < 1


def test_no_sentence_of_a_council_is_on_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"plans are poor in place {n}" for n in range(12)]
    frame = sentences(*texts).assign(council=[f"c{n % 4}" for n in range(12)])
    targets = np.array([[n // 4 % 2] for n in range(12)])
    held_out: list[str] = []
    fit = fit_linear

    def watched(seen: pd.DataFrame, *rest: Any) -> LinearModel:
        held_out.extend(set(frame["council"]) - set(seen["council"]))
        return fit(seen, *rest)

    monkeypatch.setattr(train, "fit_linear", watched)
    train.cross_validated(frame, targets, ("x",), 2, exclusive=False)
    assert sorted(held_out) == sorted(set(frame["council"]))


def test_too_few_councils_for_the_folds(tmp_path: Path) -> None:
    frame = sentences("a").assign(council="one")
    with pytest.raises(UsageError, match="1 councils are too few for 2 folds"):
        train.train(frame, tmp_path, 2)


def test_stored_models_give_the_same_scores(tmp_path: Path) -> None:
    texts = ["plans are poor", "plans are good", "visits are late", "visits are timely"] * 3
    frame = sentences(*texts)
    targets = np.array([[n % 2, 1 - n % 2] for n in range(len(texts))])
    model = fit_linear(frame, targets, ("good", "poor"), 1.0, exclusive=False)
    digest = model.save(tmp_path / "m.npz")
    assert model.save(tmp_path / "again.npz") == digest
    loaded = LinearModel.load(tmp_path / "m.npz", digest)
    assert loaded.codes == model.codes
    new = sentences("plans are poor and late", "nothing known", "")
    assert (loaded.scores(new) == model.scores(new)).all()
    assert (model.scores(frame).argmax(axis=1) == targets.argmax(axis=1)).all()


@pytest.mark.parametrize("name", ["polarity", "themes"])
def test_models_hold_plain_arrays(trained: Path, name: str) -> None:
    for folder in (MODELS, trained):
        with np.load(folder / f"{name}.npz", allow_pickle=False) as stored:
            kinds = {array: stored[array].dtype.kind for array in stored.files}
        assert set(kinds.values()) <= {"f", "u"}
        assert kinds.keys() >= {"codes", "coef", "intercept", "threshold"}


def test_code_in_place_of_a_model_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    np.savez(path, codes=np.array([{"a": 1}], dtype=object))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(ValueError, match="allow_pickle=False"):
        LinearModel.load(path, digest)


def test_changed_models_are_refused(trained: Path, tmp_path: Path) -> None:
    data = bytearray((trained / "polarity.npz").read_bytes())
    digest = hashlib.sha256(data).hexdigest()
    path = tmp_path / "polarity.npz"
    with pytest.raises(UsageError, match="missing"):
        LinearModel.load(path, digest)
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(UsageError, match="changed"):
        LinearModel.load(path, digest)


def test_the_index_is_of_the_files_that_ship() -> None:
    for entry in models.read_index()["models"].values():
        assert hashlib.sha256((MODELS / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
    assert models.load_model("polarity").codes == POLARITIES


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"models": {"polarity": 3}}', '{"models": {}}']
)
def test_a_broken_index_is_told(tmp_path: Path, content: str) -> None:
    with pytest.raises(UsageError, match="not found"):
        models.read_index(tmp_path)
    (tmp_path / "index.json").write_text(content)
    with pytest.raises(UsageError, match="restore it from the project"):
        models.read_index(tmp_path)


def test_trained_models_tell_strength_from_weakness(trained: Path) -> None:
    model = shipped(trained, "polarity")
    scores = model.distribution(
        sentences("Visits are timely and effective.", "Plans are too often late.")
    )
    assert [POLARITIES[i] for i in scores.argmax(axis=1)] == ["strength", "weakness"]
    assert scores.sum(axis=1) == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Plans are clear.", "Plans  are\nclear.", True),
        ("Plans are clear.", "12. Plans are clear.", True),
        ("Plans are clear.", "  3.Plans are clear.", True),
        ("Plans are clear.", "• Plans are clear.", True),
        ("Plans are clear.", "Plansareclear.", True),
        ("Plans are clear.", "Plans are clear", False),
        ("Plans are clear.", "plans are clear.", False),
        ("Plans are clear.", "2015. Plans are clear.", False),
        ("Plans are clear.", "Plans are 1. clear.", False),
    ],
)
def test_hashes_see_words_alone(one: str, other: str, same: bool) -> None:
    assert (sentence_hash(one) == sentence_hash(other)) is same


@given(st.text(alphabet="ab .é", min_size=1), st.text(alphabet=" \t\n", max_size=3))
def test_hashes_are_blind_to_white_space(text: str, space: str) -> None:
    spaced = space + space.join(text)
    assert sentence_hash(spaced) == sentence_hash(text)
    assert len(sentence_hash(text)) == 16


def test_labels_hold_no_words(trained: Path) -> None:
    text = (trained.parent / "labels.csv").read_text(encoding="utf-8")
    with LABELS.open(encoding="utf-8", newline="") as stream:
        long = [r["sentence"] for r in csv.DictReader(stream) if len(r["sentence"]) > 30]
    assert not any(sentence in text for sentence in long)
    assert next(csv.reader(text.splitlines())) == list(gold.COLUMNS)


def test_labels_join_to_the_sentences_by_hash() -> None:
    rows = [
        {"doc_id": "d", "sentence": "3. Plans are clear.", "polarity": "strength"},
        {"doc_id": "d", "sentence": "Plans are clear.", "polarity": "weakness"},
        {"doc_id": "e", "sentence": "Plans are clear.", "polarity": "weakness"},
    ]
    labels = gold.stand_off(rows)
    cleaned = pd.DataFrame(
        {"doc_id": ["d", "d", "f"], "text": ["Plans are  clear.", "Other.", "Plans are clear."],
         "doc_type": "news", "section": "body"}
    )  # fmt: skip
    joined = gold.join_labels(labels, cleaned)
    assert joined[["doc_id", "text", "polarity", "doc_type"]].to_numpy().tolist() == [
        ["d", "Plans are  clear.", "strength", "news"]
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("doc_id,sentence,polarity\na,b,good\n", "row 2: polarity 'good'"),
        ("doc_id,sentence,polarity,source\na,b,none,nobody\n", "source 'nobody'"),
        ("doc_id,text\na,b\n", "missing columns: ['sentence', 'polarity']"),
        ("doc_id,sentence,polarity\n", "holds no coded sentences"),
        (None, "cannot be read"),
    ],
)
def test_faults_of_coded_sentences(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "coded.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError) as caught:
        gold.main(path, tmp_path / "out.csv")
    assert message in str(caught.value)
    with pytest.raises(UsageError, match=r"coded\.csv: (cannot be read|the columns)"):
        gold.read_labels(path)


def polarity_frame(pairs: list[tuple[str, str]], **more: Any) -> pd.DataFrame:
    frame = pd.DataFrame(pairs, columns=["gold", "predicted"])
    place: dict[str, Any] = {
        "confidence": 0.9,
        "council": "c",
        "stratum": "all_of_text",
        "framework": "SIF",
        "doc_type": "inspection_report",
        "section": "x",
    }
    for name, value in (place | more).items():
        frame[name] = value
    return frame


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        (evaluate.accuracy, 0.75),
        (evaluate.macro_f1, (0.8 + 2 / 3) / 4),
        (evaluate.calibration_error, 0.15),
    ],
)
def test_figures_by_hand(metric: Callable[[pd.DataFrame], float], expected: float) -> None:
    pairs = [("strength", "strength")] * 2 + [("weakness", "weakness"), ("weakness", "strength")]
    assert metric(polarity_frame(pairs)) == pytest.approx(expected)


def test_reliability_by_hand() -> None:
    pairs = [("strength", "strength")] * 2 + [("weakness", "weakness"), ("weakness", "strength")]
    (only,) = evaluate.reliability(polarity_frame(pairs))
    assert only["sentences"] == 4
    assert only["accuracy"] == 0.75


def test_the_headline_leaves_out_sentences_that_were_picked_for_being_hard() -> None:
    right = polarity_frame([("strength", "strength")] * 10 + [("none", "none")] * 10)
    wrong = polarity_frame([("strength", "none")] * 20, stratum="uncertain")
    figures = evaluate.polarity_figures(pd.concat([right, wrong]))
    assert figures["accuracy"]["value"] == 1
    assert figures["all_strata"]["accuracy"]["value"] == 0.5


def test_intervals_resample_councils_as_wholes() -> None:
    right = polarity_frame([("strength", "strength")] * 10, council="a")
    wrong = polarity_frame([("strength", "none")] * 10, council="b")
    figures = evaluate.polarity_figures(pd.concat([right, wrong]))
    # Of two councils, a quarter of the draws holds one twice: all right, or all wrong.
    assert figures["accuracy"] == {"value": 0.5, "low": 0.0, "high": 1.0}
    assert figures["f1"]["strength"] == {"value": 0.6667, "low": 0.0, "high": 1.0}
    alone = evaluate.polarity_figures(wrong.assign(gold=["strength", "none"] * 5))
    assert alone["accuracy"] == {"value": 0.5, "low": None, "high": None}


def test_figures_of_themes_by_hand() -> None:
    gold = np.array([[1, 0], [1, 1]] * 15)
    given = np.array([[1, 0], [0, 1]] * 15)
    rows = pd.DataFrame({"council": ["a", "b"] * 15, "stratum": ["all_of_text", "uncertain"] * 15})
    found = evaluate.theme_figures(gold, given, ("x", "y"), rows)
    assert (found["findings"], found["drawn_at_random"]["findings"]) == (30, 15)
    # 30 of 45 codes are found, and none is wrong.
    assert found["micro_f1"]["value"] == pytest.approx(2 * 30 / (45 + 30))
    assert found["f1"]["x"] == {"value": 0.6667, "low": 0.0, "high": 1.0}
    assert found["f1"]["y"]["value"] == 1
    assert found["macro_f1"]["value"] == pytest.approx((2 / 3 + 1) / 2, abs=1e-4)
    # One council alone has no interval, and a theme of no finding no figure.
    assert found["drawn_at_random"]["f1"] == {"x": {"value": 1.0, "low": None, "high": None}}


def test_thresholds_are_the_lowest_of_the_best() -> None:
    scores = np.array([[0.05], [0.32], [0.33], [0.9]])
    assert best_thresholds(scores, np.array([[0], [0], [0], [1]]))[0] == np.float32(0.35)
    assert best_thresholds(scores, np.array([[0], [1], [1], [1]]))[0] == np.float32(0.1)


def test_groups_are_compared_over_sentences_drawn_at_random() -> None:
    right = polarity_frame([("strength", "strength")] * 10 + [("none", "none")] * 10)
    wrong = polarity_frame([("strength", "none")] * 20, stratum="uncertain")
    figures = evaluate.polarity_figures(pd.concat([right, wrong]))
    right_all, right_none = ({"value": value, "low": None, "high": None} for value in (1.0, 0.0))
    everywhere = {"sentences": 20, "accuracy": right_all}
    assert figures["framework"] == {"SIF": everywhere}
    assert figures["section"] == {"x": everywhere}
    assert figures["stratum"] == {
        "all_of_text": everywhere, "uncertain": {"sentences": 20, "accuracy": right_none},
    }  # fmt: skip
    assert figures["confusion"]["strength"]["none"] == 0


@given(st.lists(st.tuples(st.sampled_from(POLARITIES), st.sampled_from(POLARITIES))))
def test_confusion_counts_every_sentence_once(pairs: list[tuple[str, str]]) -> None:
    table = evaluate.confusion(polarity_frame(pairs))
    for code in POLARITIES:
        assert sum(table[code].values()) == sum(gold == code for gold, _ in pairs)
        assert sum(row[code] for row in table.values()) == sum(given == code for _, given in pairs)
