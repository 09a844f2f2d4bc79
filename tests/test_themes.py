"""Themes: model and cues together, thresholds, ranks and what decided."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import schema
from pipeline.codebook import Codebook, read_codebook
from pipeline.coding.linear import LinearModel
from pipeline.coding.models import load_model
from pipeline.params import load
from pipeline.themes import OTHER, ThemeCoder, code_themes

PARAMS = load()["themes"] | {"cue_weight": 0.5}
# What the encoder says where it has read nothing.
UNREAD = pd.DataFrame(columns=schema.THEME_READINGS.names)


def frame(*texts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sentence_id": [f"s{n}" for n in range(len(texts))], "text": list(texts),
            "previous": "", "section": "leaders", "doc_type": "inspection_report", "bullet": False,
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return read_codebook()


@pytest.fixture(scope="module")
def coder(codebook: Codebook) -> ThemeCoder:
    return ThemeCoder(codebook, load_model("themes"), PARAMS)


@pytest.fixture
def quick(coder: ThemeCoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Build no second matcher of the same codebook: it takes a second."""
    monkeypatch.setattr("pipeline.themes.CueMatcher", lambda codebook: coder.matcher)


class Fixed(LinearModel):
    """A model that gives every sentence the same probabilities."""

    given: tuple[float, ...] = ()

    def scores(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the fixed probabilities."""
        return np.array([self.given] * len(frame))


def fixed(probabilities: dict[str, float], thresholds: float) -> LinearModel:
    codes = tuple(probabilities)
    base = load_model("themes")
    size = base.coef.shape[1]
    limits = np.full(len(codes), thresholds, dtype=np.float32)
    zeros = np.zeros((len(codes), size), dtype=np.float32)
    model = Fixed(codes, base.features, zeros, limits, limits)
    object.__setattr__(model, "given", tuple(probabilities.values()))
    return model


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        (
            "Turnover of social workers is high and vacancies are hard to fill.",
            "workforce_retention",
        ),
        ("Plans for children in care are vague and lack timescales.", "written_plans"),
        ("Managers do not supervise social workers often enough.", "management_oversight"),
        ("Return home interviews are not offered to every missing child.", "exploitation_missing"),
        ("Elected members scrutinise the work of senior leaders well.", "leadership"),
    ],
)
def test_plain_cases(coder: ThemeCoder, text: str, theme: str) -> None:
    assert theme in coder.code(frame(text), UNREAD)["theme"].tolist()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("text", "probability", "threshold", "decision"),
    [
        ("Supervision is rare.", 0.2, 0.3, ("cue", 0.7)),
        ("Supervision is rare.", 0.4, 0.3, ("both", 0.9)),
        ("Supervision is rare.", 0.9, 0.7, ("both", 1.0)),
        ("Supervision is rare.", 0.3, 0.3, ("both", 0.8)),
        ("It is rare.", 0.4, 0.3, ("model", 0.4)),
        ("It is rare.", 0.1, 0.1, ("model", 0.1)),
        ("It is rare.", 0.2, 0.3, ("none", 0.8)),
        ("Supervision is rare.", 0.1, 0.7, ("none", 0.4)),
    ],
)
def test_what_decided(
    codebook: Codebook, text: str, probability: float, threshold: float, decision: tuple[str, float]
) -> None:
    decided_by, confidence = decision
    model = fixed({"management_oversight": probability}, threshold)
    coded = ThemeCoder(codebook, model, PARAMS).code(frame(text), UNREAD).iloc[0]
    assert coded["decided_by"] == decided_by
    assert coded["confidence"] == pytest.approx(confidence)
    assert coded["theme"] == (OTHER if decided_by == "none" else "management_oversight")


@pytest.mark.usefixtures("quick")
def test_a_code_that_the_model_does_not_know_is_given_by_its_cue(codebook: Codebook) -> None:
    model = fixed({"leadership": 0.0}, 0.5)
    for weight in (0.1, 0.5, 1.0):
        coder = ThemeCoder(codebook, model, PARAMS | {"cue_weight": weight})
        coded = coder.code(frame("Supervision is rare."), UNREAD)
        assert coded[["theme", "decided_by"]].to_numpy().tolist() == [
            ["management_oversight", "cue"]
        ]


@pytest.mark.usefixtures("quick")
def test_the_strongest_come_first_and_at_most_so_many(codebook: Codebook) -> None:
    given = {
        "permanence": 0.6,
        "recording": 0.9,
        "assessment": 0.8,
        "leadership": 0.7,
        "early_help": 0.1,
    }
    for most in (1, 2, 3, 5):
        coder = ThemeCoder(codebook, fixed(given, 0.5), PARAMS | {"most": most})
        coded = coder.code(frame("It is rare."), UNREAD)
        order = ["recording", "assessment", "leadership", "permanence"][:most]
        assert coded["theme"].tolist() == order
        assert coded["rank"].tolist() == list(range(1, len(order) + 1))


@pytest.mark.usefixtures("quick")
def test_equals_stand_in_the_codebooks_order(codebook: Codebook) -> None:
    given = {"permanence": 0.6, "written_plans": 0.6, "assessment": 0.6}
    coded = ThemeCoder(codebook, fixed(given, 0.5), PARAMS).code(frame("It is rare."), UNREAD)
    assert coded["theme"].tolist() == ["written_plans", "assessment", "permanence"]


WORDS = st.sampled_from(
    ["supervision", "of", "social", "workers;", "plans", "are", "not", "clear,", "caseloads", "5%",
     "“late”", ".", "personal", "advisers", "foster", "carers", "missing", "from", "home"]
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.lists(WORDS, max_size=15).map(" ".join), min_size=1, max_size=4))
def test_every_finding_gets_themes(coder: ThemeCoder, texts: list[str]) -> None:
    sentences = frame(*texts)
    coded = coder.code(sentences, UNREAD)
    assert list(coded.columns) == schema.THEMES.names
    assert list(dict.fromkeys(coded["sentence_id"])) == sentences["sentence_id"].tolist()
    assert set(coded["theme"]) <= {*coder.codes, OTHER}
    assert coded["confidence"].between(0, 1).all()
    for sentence_id, group in coded.groupby("sentence_id"):
        text = texts[int(str(sentence_id)[1:])]
        assert group["rank"].tolist() == list(range(1, len(group) + 1))
        assert len(group) <= PARAMS["most"]
        assert (OTHER in set(group["theme"])) == (group["decided_by"] == "none").any()
        assert OTHER not in set(group["theme"]) or len(group) == 1
        assert group["confidence"].is_monotonic_decreasing
        assert all(piece in text for e in group["evidence"] for piece in e.split(";"))


def test_no_findings_give_an_empty_table() -> None:
    assert list(code_themes(frame(), UNREAD, PARAMS, 1).columns) == schema.THEMES.names


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("read", "weight", "given"),
    [
        # Not read: the linear model's alone, whatever the encoder weighs.
        ([], 1.0, ["recording", "assessment"]),
        ([("s1", "leadership", 0.9)], 1.0, ["recording", "assessment"]),
        # Read: what it does not name has no probability by it.
        ([("s0", "leadership", 0.9)], 1.0, ["leadership"]),
        ([("s0", "leadership", 0.9)], 0.0, ["recording", "assessment"]),
        ([("s0", "leadership", 0.9)], 0.3, ["recording"]),
        ([("s0", "leadership", 0.9), ("s0", "recording", 0.9)], 0.6, ["recording", "leadership"]),
        # A theme that the linear model and the codebook do not know counts for nothing.
        ([("s0", "a_retired_one", 0.9)], 0.1, ["recording", "assessment"]),
    ],
)
def test_the_encoder_counts_where_it_has_read(
    codebook: Codebook, read: list[tuple[str, str, float]], weight: float, given: list[str]
) -> None:
    model = fixed({"recording": 0.8, "assessment": 0.6, "leadership": 0.05}, 0.5)
    told = pd.DataFrame(read, columns=schema.THEME_READINGS.names)
    coder = ThemeCoder(codebook, model, PARAMS | {"encoder_weight": weight})
    assert coder.code(frame("It is rare."), told)["theme"].tolist() == given
