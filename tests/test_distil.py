"""What the encoder teaches the linear models, and how both are measured and calibrated."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.codebook import read_codebook
from pipeline.coding.encoder import load_encoder
from pipeline.coding.readings import Reading
from pipeline.coding.scaling import Scaling
from pipeline.errors import UsageError
from pipeline.schema import POLARITIES
from pipeline.themes import OTHER
from pipeline.training import distil
from pipeline.training.calibrate import cross_calibrated, fit_scaling
from pipeline.training.labelled import near_misses
from pipeline.training.teacher import Teacher, read_teacher, write_teacher

CODEBOOK = read_codebook()
CODES = tuple(code for code in CODEBOOK.codes if code != OTHER)
GOOD, POOR = "Plans are clear and timely", "Plans are poor and often late"


def labelled(texts: list[str], polarity: list[str], themes: str = "written_plans") -> pd.DataFrame:
    return pd.DataFrame(
        {"text": texts, "polarity": polarity, "themes": [t if p != "none" else ""
         for p, t in zip(polarity, [themes] * len(texts), strict=True)],
         "previous": "It was seen.", "section": "leaders", "doc_type": "inspection_report",
         "bullet": False,
         "doc_id": "d", "sentence_hash": [f"h{n}" for n in range(len(texts))],
         "council": [f"c{n % 4}" for n in range(len(texts))],
         "stratum": "ten_per_report", "framework": "ILACS"}
    )  # fmt: skip


class Told:
    """Models whose probabilities are told by the sentence: its last word is a code."""

    def __init__(self, sure: float) -> None:
        self.sure = sure
        self.themes = CODEBOOK.codes
        self.codes = POLARITIES

    def read(self, frame: pd.DataFrame) -> list[Reading]:
        return [Reading(np.log(row), np.zeros(len(self.themes)), np.empty((0, 4)), [])
                for row in self._rows(frame)]  # fmt: skip

    def distribution(self, given: Any) -> np.ndarray:
        if isinstance(given, pd.DataFrame):
            return self._rows(given)
        return np.asarray(np.exp(np.stack([reading.polarity for reading in given])))

    def _rows(self, frame: pd.DataFrame) -> np.ndarray:
        told = [text.rstrip(".").split()[-1] for text in frame["text"]]
        rest = (1 - self.sure) / 3
        return np.array([[self.sure if code == word else rest for code in POLARITIES]
                         for word in told])  # fmt: skip


class Blind:
    """A linear model that says strength whatever it reads, surely where the sentence says so."""

    def distribution(self, frame: pd.DataFrame) -> np.ndarray:
        top = np.array([0.97 if text.startswith("Surely") else 0.55 for text in frame["text"]])
        return np.column_stack([top, *[(1 - top) / 3] * 3])


@dataclass(frozen=True)
class NoThemes:
    codes: tuple[str, ...] = CODES

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        return np.zeros((len(frame), len(self.codes)))


def test_figures_of_the_cascade_are_of_the_tier_that_decides() -> None:
    # "none" is a valence shifter: there the encoder is asked, however sure the linear model is.
    texts = [f"{word} it is a {code}." for code in POLARITIES for word in ("Surely", "Perhaps")] * 3
    aside = labelled(texts, [code for code in POLARITIES for _ in range(2)] * 3)
    teacher: Any = Teacher([], np.empty((0, 22)), Told(0.7))  # type: ignore[arg-type]
    pupils: Any = distil.Pupils(Blind(), NoThemes())  # type: ignore[arg-type]
    figures, predictions, thresholds = distil.measured(teacher, pupils, aside, CODEBOOK)
    accuracy = {n: f["accuracy"]["value"] for n, f in figures["polarity"].items() if "kappa" in f}
    assert accuracy == {
        "encoder_held_out": 1.0, "linear_held_out": 0.25, "cascade_held_out": 0.75,
    }  # fmt: skip
    curve = figures["polarity"]["cascade_held_out"]["by_threshold"]
    assert (curve["0"]["escalated"], curve["0"]["accuracy"]) == (0.0, 0.25)
    assert (curve["0.8"]["escalated"], curve["0.8"]["accuracy"]) == (0.625, 0.75)
    assert (curve["1"]["escalated"], curve["1"]["accuracy"]) == (1.0, 1.0)
    assert list(predictions.columns) == [
        "doc_id", "sentence_hash", *(f"p_{code}" for code in POLARITIES), "themes",
    ]  # fmt: skip
    assert len(thresholds) == len(CODES)


def test_a_pupil_learns_what_the_teacher_says_of_uncoded_sentences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # All of them would take a fit of ten thousand sentences.
    monkeypatch.setattr(distil, "near_misses", lambda kept: near_misses(kept).iloc[:40])
    uncoded = pd.concat([labelled([f"{GOOD} {n}." for n in range(30)], ["strength"] * 30),
                         labelled([f"{POOR} {n}." for n in range(30)], ["weakness"] * 30)],
                        ignore_index=True).drop(columns=["polarity", "themes"])  # fmt: skip
    soft = np.zeros((60, 4 + len(CODEBOOK.codes)))
    soft[:30, :4], soft[30:, :4] = (0.9, 0.1, 0, 0), (0.1, 0.9, 0, 0)
    soft[:, 4 + CODEBOOK.codes.index("written_plans")] = 0.9
    teacher: Any = Teacher([], soft, Told(0.7))  # type: ignore[arg-type]
    few = labelled(["The board has four members."] * 2, ["none"] * 2)
    pupils = distil.taught(teacher, uncoded, few, CODES)
    asked = labelled([f"{GOOD}.", f"{POOR}."], ["none"] * 2)
    found = pupils.polarity.distribution(asked)
    assert [POLARITIES[n] for n in found.argmax(axis=1)] == ["strength", "weakness"]
    assert found[0, 0] == pytest.approx(0.9, abs=0.1)
    scores = pupils.themes.scores(asked)
    assert [CODES[n] for n in scores.argmax(axis=1)] == ["written_plans"] * 2


def test_what_the_teacher_left_is_read_again(tmp_path: Path) -> None:
    uncoded = pd.DataFrame({"sentence_id": ["a-1", "b-2"]})
    labels = np.full((2, 6), 0.5)
    with pytest.raises(UsageError, match="findings train-encoder"):
        read_teacher(tmp_path)
    write_teacher(tmp_path, uncoded, labels)
    with pytest.raises(UsageError, match="findings train-encoder"):
        read_teacher(tmp_path)
    shipped = Path(__file__).parent.parent / "models" / "encoder.onnx"
    (tmp_path / "encoder_held_out.onnx").write_bytes(shipped.read_bytes())
    teacher = read_teacher(tmp_path)
    assert teacher.sentence_ids == ["a-1", "b-2"]
    assert (teacher.polarity == 0.5).all()
    assert teacher.only(np.array([False, True])).sentence_ids == ["b-2"]
    assert teacher.encoder.codes == load_encoder().codes


scores = arrays(np.float64, (3, 4), elements=st.floats(-30, 30))


@given(scores, st.floats(0.2, 5), st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_probabilities_sum_to_one(given_scores: np.ndarray, heat: float, bias: list[float]) -> None:
    found = Scaling(heat, tuple(bias)).probabilities(given_scores)
    assert found.sum(axis=1) == pytest.approx(np.ones(3))
    assert ((found >= 0) & (found <= 1)).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1000))
def test_scaling_mends_what_is_too_sure(seed: int) -> None:
    """Scores that are three times too large come back to about a third."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(0, 1.5, (800, 4))
    chance = Scaling(1.0, (0.0,) * 4).probabilities(honest)
    gold = [POLARITIES[rng.choice(4, p=row)] for row in chance]
    frame = pd.DataFrame({"polarity": gold, "council": [f"c{n % 8}" for n in range(800)]})
    scaling = fit_scaling(honest * 3, frame)
    assert 2 < scaling.temperature < 4
    assert max(map(abs, scaling.bias)) < 0.5
    assert sum(scaling.bias) == pytest.approx(0, abs=0.01)
    found = cross_calibrated(honest * 3, frame, np.ones(800, dtype=bool))
    assert np.abs(found - chance).mean() < 0.05


def test_near_misses_are_pairs_that_part_by_their_polarity() -> None:
    seen, kept = near_misses("train"), near_misses("test")
    assert not set(seen["text"]) & set(kept["text"])
    for rows in (seen, kept):
        assert rows.groupby("pair")["polarity"].nunique().min() >= 2
        assert set(rows["polarity"]) == set(POLARITIES)
        known = {code for themes in rows["themes"] for code in themes.split(";") if code}
        assert known <= set(CODEBOOK.codes)
        assert ((rows["themes"] == "") == (rows["polarity"] == "none")).all()
