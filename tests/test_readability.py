"""Readability: against hand counts, without the network, and empty where nothing is measured."""

import math
import socket

import pandas as pd
import pytest

from pipeline import schema
from pipeline.readability import MIN_SMOG_SENTENCES, readability

# 11 and 4 words; 12 and 9 syllables, all of which hyphenation finds.
PLAIN = ["The cat sat on the mat, and children saw the dog.", "Inspectors saw the information."]
HARD = [
    "Multidisciplinary accountability arrangements necessitate considerable organisational effort."
]


def measured(sentences: list[str]) -> dict[str, float]:
    documents = pd.DataFrame({"doc_id": ["d"]})
    rows = pd.DataFrame({"doc_id": "d", "text": sentences}, columns=["doc_id", "text"])
    table = readability(rows, documents)
    assert list(table.columns) == schema.READABILITY.names
    return {str(k): v for k, v in table.iloc[0].items()} if len(table) else {}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every attempt to reach the network, or to fetch a dictionary, fail the test."""

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    nltk = pytest.importorskip("nltk")
    monkeypatch.setattr(nltk, "download", refuse)
    monkeypatch.setattr(nltk.downloader.Downloader, "download", refuse)


def test_counts_by_hand() -> None:
    row = measured(PLAIN)
    assert (row["words"], row["sentences"]) == (15, 2)
    assert row["words_per_sentence"] == 7.5
    assert row["syllables_per_word"] == pytest.approx(21 / 15)
    assert row["long_words"] == pytest.approx(2 / 15)
    reading_ease = 206.835 - 1.015 * 7.5 - 84.6 * 21 / 15
    assert row["flesch_reading_ease"] == pytest.approx(reading_ease, abs=0.02)
    grade = 0.39 * 7.5 + 11.8 * 21 / 15 - 15.59
    assert row["flesch_kincaid_grade"] == pytest.approx(grade, abs=0.02)


def test_short_words_count_one_syllable_too_few() -> None:
    # What hyphenation does not part: the docstring of `readability` says so.
    assert measured(["A very happy little city."])["syllables_per_word"] == 1.0


def test_harder_prose_reads_harder() -> None:
    plain, hard = measured(PLAIN), measured(HARD)
    assert hard["flesch_reading_ease"] < plain["flesch_reading_ease"]
    for name in (
        "flesch_kincaid_grade", "gunning_fog", "coleman_liau_index", "automated_readability_index",
        "long_words", "syllables_per_word",
    ):  # fmt: skip
        assert hard[name] > plain[name], name


@pytest.mark.parametrize(
    ("count", "given"), [(MIN_SMOG_SENTENCES - 1, False), (MIN_SMOG_SENTENCES, True)]
)
def test_smog_needs_thirty_sentences(count: int, given: bool) -> None:
    assert math.isnan(measured(HARD * count)["smog_index"]) is not given


@pytest.mark.parametrize("sentences", [["…"], ["–", "..."]])
def test_no_words_give_no_measures(sentences: list[str]) -> None:
    row = measured(sentences)
    assert (row["words"], row["sentences"]) == (0, len(sentences))
    assert all(math.isnan(row[name]) for name in schema.READABILITY.names[3:])


def test_a_document_without_sentences_has_no_row() -> None:
    assert measured([]) == {}


def test_a_sentence_without_a_stop_is_still_a_sentence() -> None:
    bare = measured([s.rstrip(".") for s in PLAIN])
    assert bare == pytest.approx(measured(PLAIN), nan_ok=True)


def test_workers_change_nothing() -> None:
    documents = pd.DataFrame({"doc_id": ["b", "a", "c"]})
    rows = pd.DataFrame({"doc_id": ["a", "b", "b"], "text": [HARD[0], *PLAIN]})
    one, two = (readability(rows, documents, workers) for workers in (1, 2))
    assert one["doc_id"].tolist() == ["b", "a"]
    pd.testing.assert_frame_equal(one, two)
