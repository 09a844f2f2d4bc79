"""Readability: against hand counts, without the network, and empty where nothing is measured."""

import math
import socket

import pytest

from pipeline import schema
from pipeline.readability import MIN_SMOG_SENTENCES, readability

# 11 and 4 words; 12 and 9 syllables, all of which hyphenation finds.
PLAIN = ["The cat sat on the mat, and children saw the dog.", "Inspectors saw the information."]
HARD = [
    "Multidisciplinary accountability arrangements necessitate considerable organisational effort."
]


def measured(sentences: list[str]) -> dict[str, float]:
    rows = readability("d", sentences)
    assert len(rows) <= 1
    return {name: float(v) for row in rows for name, v in row.items() if name != "doc_id"}  # type: ignore[arg-type]


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


def test_a_document_has_one_row_and_without_sentences_none() -> None:
    assert readability("d", []) == []
    (row,) = readability("d", PLAIN)
    assert row["doc_id"] == "d"
    assert list(row) == schema.READABILITY.names


def test_a_sentence_without_a_stop_is_still_a_sentence() -> None:
    bare = measured([s.rstrip(".") for s in PLAIN])
    assert bare == pytest.approx(measured(PLAIN), nan_ok=True)
