"""Polarity: the model's probabilities, the codebook's fixed places and the evidence."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import evidence
from pipeline import classify, schema
from pipeline.coding.context import CHUNK, chunks, with_context
from pipeline.params import load
from pipeline.schema import DOC_TYPES, POLARITIES, PRESS_SECTIONS, REPORT_SECTIONS

PARAMS = load()["classify"]
PLACE: dict[str, object] = {
    "previous": "", "section": "leaders", "doc_type": "inspection_report", "bullet": False,
}  # fmt: skip


def frame(*rows: Mapping[str, object] | str) -> pd.DataFrame:
    full = [{**PLACE, **({"text": row} if isinstance(row, str) else row)} for row in rows]
    columns = ["text", *PLACE]
    made = pd.DataFrame(full, columns=columns)
    made.insert(0, "sentence_id", [f"s{n}" for n in range(len(rows))])
    return made


def polarity_of(sentences: pd.DataFrame, params: dict[str, Any]) -> pd.DataFrame:
    return classify.classify(sentences, params)[0]


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Social workers know every family well and call on them often.", "strength"),
        ("Assessments are thorough and lead to effective plans.", "strength"),
        ("Too many children wait too long for help.", "weakness"),
        ("Case records are poor and supervision is inconsistent.", "weakness"),
        ("Most plans are clear, but too many lack timescales.", "mixed"),
    ],
)
def test_plain_cases(text: str, polarity: str) -> None:
    assert polarity_of(frame(text), PARAMS)["polarity"].tolist() == [polarity]


@pytest.mark.parametrize(
    ("row", "fixed"),
    [
        ({"text": "The stability of staffing.", "section": "improve", "bullet": True}, "weakness"),
        ({"text": "The stability of staffing.", "section": "improve", "bullet": False}, ""),
        ({"text": "The stability of staffing.", "section": "leaders", "bullet": True}, ""),
        ({"text": "Too many wait.", "section": "info"}, "none"),
        ({"text": "Too many wait.", "section": "front", "bullet": True}, "none"),
        ({"text": "12.4 %"}, "none"),
        ({"text": "…", "section": "improve", "bullet": True}, "none"),
        ({"text": ""}, "none"),
        ({"text": "A"}, ""),
    ],
)
def test_places_that_the_codebook_fixes(row: dict[str, object], fixed: str) -> None:
    assert classify.by_the_codebook(frame(row), ["front", "info"]) == [fixed]
    if fixed:
        coded = polarity_of(frame(row), PARAMS).iloc[0]
        assert (coded["polarity"], coded["confidence"], coded[f"p_{fixed}"]) == (fixed, 1.0, 1.0)


def test_sections_without_findings_are_a_parameter() -> None:
    row = {"text": "Too many children wait too long for help.", "section": "info"}
    coded = polarity_of(frame(row), PARAMS | {"never_findings": []})
    assert coded["polarity"].tolist() == ["weakness"]


rows = st.fixed_dictionaries(
    {
        "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
        "previous": st.sampled_from(["", "Plans are weak.", "\n"]),
        "section": st.sampled_from(["", "unheard-of", *REPORT_SECTIONS, *PRESS_SECTIONS]),
        "doc_type": st.sampled_from(["", *DOC_TYPES]),
        "bullet": st.booleans(),
    }
)


@settings(max_examples=40, deadline=None)
@given(st.lists(rows, min_size=1, max_size=4))
def test_whatever_is_given_is_coded(given_rows: list[dict[str, object]]) -> None:
    sentences = frame(*given_rows)
    coded = polarity_of(sentences, PARAMS)
    assert list(coded.columns) == schema.POLARITY.names
    probabilities = coded[[f"p_{p}" for p in POLARITIES]]
    assert ((probabilities >= 0) & (probabilities <= 1)).all(axis=None)
    assert (probabilities.sum(axis=1) - 1).abs().max() <= 0.0021
    for row, text in zip(coded.to_dict("records"), sentences["text"], strict=True):
        assert (
            row["confidence"]
            == row[f"p_{row['polarity']}"]
            == max(row[f"p_{p}"] for p in POLARITIES)
        )
        assert all(piece in text for piece in row["evidence"].split(";"))
        assert row["evidence"] == "" or row["polarity"] != "none"
    alone = [polarity_of(sentences.iloc[[n]], PARAMS) for n in range(len(sentences))]
    pd.testing.assert_frame_equal(pd.concat(alone, ignore_index=True), coded)


def test_evidence_is_words_of_the_sentence_in_their_order() -> None:
    text = "Plans are poor; supervision is poor, and too many children wait too long for help."
    evidence = polarity_of(frame(text), PARAMS)["evidence"][0].split(";")
    assert evidence
    assert [text.index(piece) for piece in evidence] == sorted(map(text.index, evidence))
    assert sum(len(piece.split()) for piece in evidence) <= PARAMS["evidence_words"]
    none = polarity_of(frame(text), PARAMS | {"evidence_words": 0})
    assert none["evidence"].tolist() == [""]


def test_the_sentence_before_is_of_the_same_document() -> None:
    sentences = pd.DataFrame(
        {"sentence_id": ["a1", "a2", "b1"], "doc_id": ["a", "a", "b"], "text": ["1", "2", "3"],
         "section": ["other"] * 3, "bullet": [False] * 3}
    )  # fmt: skip
    documents = pd.DataFrame({"doc_id": ["b", "a"], "doc_type": ["news", "press_release"]})
    made = with_context(sentences, documents)
    assert made["previous"].tolist() == ["", "1", ""]
    assert made["doc_type"].tolist() == ["press_release", "press_release", "news"]


@pytest.mark.parametrize("count", [0, 1, CHUNK, CHUNK + 1])
def test_pieces_are_the_whole_in_order(count: int) -> None:
    whole = pd.DataFrame({"n": range(count)})
    pieces = chunks(whole)
    assert [n for piece in pieces for n in piece["n"]] == list(range(count))
    assert all(0 < len(piece) <= CHUNK and piece.index[0] == 0 for piece in pieces)


def test_no_sentences_give_an_empty_table() -> None:
    assert list(classify.code_polarity(frame(), PARAMS, 1)[0].columns) == schema.POLARITY.names


def test_without_its_evidence_a_decision_changes_more_often_than_without_other_words() -> None:
    figures = evidence.tier_figures(evidence.sample_findings(), escalate_below=0.0)
    assert figures["evidence"]["changed"] > figures["other_words"]["changed"] + 0.1
