"""Sentences that are turned into their opposite by a word or two, and those that are not."""

import random

import pandas as pd
import pytest

from pipeline.training.switched import EACH, LONGEST, switched, turned, variants, varied


def made(text: str, polarity: str) -> set[str]:
    """Return every sentence that many draws of the words make."""
    return {new for seed in range(40) for new in turned(text, polarity, random.Random(seed))}


@pytest.mark.parametrize(
    ("text", "polarity", "one"),
    [
        ("Plans are usually clear.", "strength", "Plans are rarely clear."),
        ("Most children are seen alone.", "strength", "Hardly any children are seen alone."),
        ("Social workers know children well.", "strength", "Social workers know children poorly."),
        ("Plans are clear and detailed.", "strength", "Plans are not yet clear and detailed."),
        ("Help is timely.", "strength", "Help is late."),
        ("Visits are not always recorded.", "weakness", "Visits are usually recorded."),
        ("Too few plans are clear.", "weakness", "Nearly all plans are clear."),
        ("Too many children wait.", "weakness", "No children wait."),
        ("There are some gaps in training.", "weakness", "There are no gaps in training."),
        ("Oversight is ineffective.", "weakness", "Oversight is effective."),
    ],
)
def test_a_word_turns_a_short_sentence(text: str, polarity: str, one: str) -> None:
    assert one in made(text, polarity)
    assert text not in made(text, polarity)


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        # More than one clause; too long; a strength told by a negation; nothing to turn.
        ("Plans are usually clear, but visits are late.", "strength"),
        ("Plans are usually clear because managers read them.", "strength"),
        ("Plans are usually clear" + " in each area" * (LONGEST // 3) + ".", "strength"),
        ("No child is usually left to wait.", "strength"),
        ("Managers read plans.", "strength"),
        # "A few", "very few" and "no" of a part are not what the sentence is about.
        ("Staff see children a few days late.", "strength"),
    ],
)
def test_near_misses_stay(text: str, polarity: str) -> None:
    assert made(text, polarity) == set()


def test_an_adjective_joined_to_another_stays() -> None:
    assert not any("unclear" in new for new in made("Plans are clear and kept.", "strength"))
    assert any("unclear" in new for new in made("Plans are clear.", "strength"))


def test_a_frame_gains_the_other_polarity_and_keeps_the_rest() -> None:
    rows = [
        ("Plans are usually clear.", "strength", "leaders", False),
        ("Plans are not always clear.", "mixed", "leaders", False),
        ("The council runs three homes.", "none", "leaders", False),
        ("How well plans are usually checked.", "weakness", "improve", True),
        ("Too few plans are clear.", "weakness", "improve", False),
    ]
    frame = pd.DataFrame(rows, columns=["text", "polarity", "section", "bullet"])
    new = switched(frame, 1)
    assert list(new.columns) == list(frame.columns)
    assert 0 < len(new) <= 2 * EACH
    assert set(zip(new["section"], new["polarity"], strict=True)) == {
        ("leaders", "weakness"), ("improve", "strength"),
    }  # fmt: skip
    assert not set(new["text"]) & set(frame["text"])
    pd.testing.assert_frame_equal(new, switched(frame, 1))
    assert len(switched(frame.iloc[2:3], 1)) == 0


@pytest.mark.parametrize(
    ("text", "one"),
    [
        # Whatever they then say, also of several clauses, joined adjectives and negations.
        ("Plans are clear, but help is late.", "Plans are clear, but help is timely."),
        ("Plans are clear and kept.", "Plans are unclear and kept."),
        ("No child is usually left to wait.", "No child is rarely left to wait."),
    ],
)  # fmt: skip
def test_variants_need_not_have_the_other_polarity(text: str, one: str) -> None:
    found = {new for seed in range(40) for new in variants(text, random.Random(seed))}
    assert one in found
    assert text not in found


def test_one_variant_of_each_sentence_that_has_any() -> None:
    texts = ["Plans are usually clear.", "Managers read plans.", "Help is late, but kind."]
    frame = pd.DataFrame({"text": texts, "section": ["a", "b", "c"]})
    new = varied(frame, 1)
    assert new["section"].tolist() == ["a", "c"]
    assert not set(new["text"]) & set(texts)
    pd.testing.assert_frame_equal(new, varied(frame, 1))
    assert len(varied(frame.iloc[1:2], 1)) == 0
