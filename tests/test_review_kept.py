"""What people coded: how it is kept, found again, put into the tables and made into labels."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reviewing import reviews, study

from pipeline import frames, schema
from pipeline.errors import UsageError
from pipeline.paths import ROOT
from pipeline.review import labels, store
from pipeline.review.decide import corrected, decide
from pipeline.standoff import sentence_hash
from pipeline.training.gold import COLUMNS


@pytest.mark.parametrize("name", ["Ann", "ann-marie", "A. Coder", "coder_2", "Zoë", "agreed"])
def test_names_of_coders(name: str) -> None:
    assert store.coder_name(f" {name} ") == name


@pytest.mark.parametrize("name", ["", " ", "model", "Model", "=ann", "a;b", "a,b", "x" * 51, "-a"])
def test_names_that_could_not_stand_in_a_table(name: str) -> None:
    with pytest.raises(UsageError, match="--coder"):
        store.coder_name(name)


def test_what_is_kept_is_read_again_and_newer_codes_win(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "reviews.csv"
    first = reviews(
        ("One plan.", 1, "ben", "strength", "assessment"), ("Two.", 1, "ann", "none", "")
    )
    store.add_reviews(path, first)
    before = path.read_bytes()
    store.add_reviews(path, first)
    assert path.read_bytes() == before
    changed = reviews(("Two.", 1, "ann", "mixed", "other"), ("Two.", 2, "ann", "none", ""))
    known = store.add_reviews(path, changed)
    pd.testing.assert_frame_equal(store.read_reviews(path), known)
    given_now = {(r["coder"], r["occurrence"], r["polarity"]) for r in known.to_dict("records")}
    assert given_now == {("ben", 1, "strength"), ("ann", 1, "mixed"), ("ann", 2, "none")}
    assert len(store.read_reviews(tmp_path / "absent.csv")) == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "No columns"),
        ("a,b\n1,2\n", "the columns are sentence_id, doc_id"),
        ("HEAD\nd1-0001,d1,abc,one,ann,none,,random,\n", "one"),
        ("HEAD\nd1-0001,d1,abc,1,ann,good,,random,\n", "'good' is none of"),
        ("HEAD\n" + "d1-0001,d1,abc,1,ann,none,,random,\n" * 2, "the key .* repeats"),
        ("HEAD\nd1-0001,d1,abc,1,ann,mixed,recording;plans,random,\n", "theme 'plans' is unknown"),
    ],
)
def test_a_file_of_reviews_that_is_none(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "reviews.csv"
    path.write_text(text.replace("HEAD", ",".join(schema.REVIEWS.names)), encoding="utf-8")
    with pytest.raises(UsageError, match=f"reviews.csv: .*{reason}"):
        store.read_reviews(path)


def test_the_shipped_file_of_reviews_is_one() -> None:
    path = ROOT / "corpus" / "reviews.csv"
    assert path.read_text(encoding="utf-8").splitlines()[0].split(",") == schema.REVIEWS.names
    store.read_reviews(path)


def test_sentences_are_found_again_after_another_cleaning() -> None:
    given_before = reviews(
        ("Plans are good.", 1, "ann", "none", ""), ("Plans are good.", 2, "ann", "strength", ""),
        ("It was cut.", 1, "ann", "mixed", ""),
    )  # fmt: skip
    now = study("New.", "3. Plans  are good.", "It was.", "• Plans are good.", "More.")
    found = store.matched(given_before, now)
    assert dict(zip(found["sentence_id"], found["polarity"], strict=True)) == {
        "d1-0002": "none", "d1-0004": "strength",
    }  # fmt: skip
    assert len(store.matched(given_before, study("Plans are good.", doc_id="d2"))) == 0


@pytest.mark.parametrize(
    ("rows", "model", "decision"),
    [
        ("ann weakness a", "strength", "weakness ann a"),
        ("ann weakness a, ben weakness b", "strength", "weakness ann;ben a"),
        ("ann weakness, ben weakness b", "strength", "weakness ann;ben b"),
        ("ann weakness a, ben mixed b", "mixed", "mixed ben b tied"),
        ("ben weakness b, ann mixed a", "none", "mixed ann a tied"),
        ("ann none, ben mixed b, cat mixed c", "none", "mixed ben;cat b"),
        ("ann none, ben mixed b, agreed weakness x", "none", "weakness agreed x"),
        ("ann none", "strength", "none ann"),
    ],
)
def test_who_decides(rows: str, model: str, decision: str) -> None:
    coded = []
    for row in rows.split(", "):
        coder, code, *theme = row.split()
        coded.append({"coder": coder, "polarity": code, "themes": ";".join(theme)})
    for order in (coded, coded[::-1]):
        made = decide(order, model)
        words = [made.polarity, ";".join(made.coders), *made.themes, "tied" * made.tied]
        assert " ".join(filter(None, words)) == decision


def stages() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    sentences = study("One.", "Two.", "Three.")
    polarity = sentences[["sentence_id", "confidence"]].assign(
        polarity=["strength", "none", "weakness"], evidence=["One", "", "Three"]
    )
    themes = frames.build(
        [
            {"sentence_id": f"d1-000{n}", "theme": theme, "rank": rank, "confidence": 0.7,
             "decided_by": "model", "evidence": "w"}
            for n, theme, rank in ((1, "permanence", 1), (1, "recording", 2), (3, "assessment", 1))
        ],
        schema.THEMES,
    )  # fmt: skip
    return sentences, polarity, themes


MODEL = {"polarity": "strength none weakness", "themes": "1permanence 1recording 3assessment"}


@pytest.mark.parametrize(
    ("row", "polarity", "themes", "evidence", "decided_by"),
    [
        (None, MODEL["polarity"], MODEL["themes"], "One,,Three", "mmm"),
        (("One.", "none", ""), "none none weakness", "3assessment", ",,Three", "m"),
        (("One.", "mixed", ""), "mixed none weakness", MODEL["themes"], ",,Three", "mmm"),
        (
            ("One.", "strength", "recording"),
            MODEL["polarity"], "1recording 3assessment", "One,,Three", "pm",
        ),
        (
            ("Two.", "weakness", "diverse_needs;recording"),
            "strength weakness weakness",
            "1permanence 1recording 2diverse_needs 2recording 3assessment", "One,,Three", "mmppm",
        ),
        (
            ("Two.", "weakness", ""),
            "strength weakness weakness",
            "1permanence 1recording 2other 3assessment", "One,,Three", "mmnm",
        ),
        (("Gone.", "none", ""), MODEL["polarity"], MODEL["themes"], "One,,Three", "mmm"),
    ],
)  # fmt: skip
def test_what_people_gave_stands_in_polarity_and_themes(
    row: tuple[str, str, str] | None, polarity: str, themes: str, evidence: str, decided_by: str
) -> None:
    sentences, before, listed = stages()
    coded = reviews((row[0], 1, "ann", row[1], row[2])) if row else store.no_reviews()
    after, found = corrected(sentences, before, listed, coded)
    assert after["polarity"].tolist() == polarity.split()
    assert after["evidence"].tolist() == evidence.split(",")
    assert [f"{i[-1]}{t}" for i, t in zip(found["sentence_id"], found["theme"], strict=True)] == (
        themes.split()
    )
    assert [str(d)[0] for d in found["decided_by"]] == list(decided_by)
    who = ["ann" if row and text == row[0] else "model" for text in sentences["text"]]
    assert after["coder"].tolist() == who
    assert after["confidence"].tolist() == before["confidence"].tolist()
    for theme in found[found["decided_by"] == "person"].to_dict("records"):
        known = theme["sentence_id"] == "d1-0001"
        assert (np.isnan(theme["confidence"]), theme["evidence"]) == (
            not known,
            "w" if known else "",
        )


def test_labels_keep_how_they_were_drawn_and_leave_out_what_is_open() -> None:
    sentences = study("One.", "Two.", "Three.", "Four.").assign(source="inspectorate")
    documents = pd.DataFrame(
        [{"doc_id": "d1", "council": "Ashmarsh", "doc_type": "inspection_report",
          "framework": "ILACS", "sentences": 4}]
    )  # fmt: skip
    given_codes = reviews(
        ("One.", 1, "ann", "weakness", "recording"), ("One.", 1, "ben", "weakness", ""),
        ("Two.", 1, "ann", "none", ""), ("Two.", 1, "ben", "mixed", "other"),
        ("Three.", 1, "ann", "mixed", ""), ("Gone.", 1, "ann", "none", ""),
    )  # fmt: skip
    new = labels.labels_of(given_codes, sentences, documents).set_index("sentence_hash")
    rows = {text: new.loc[sentence_hash(text)] for text in ("One.", "Three.")}
    assert len(new) == 2
    assert list(rows["One."][["polarity", "themes", "coders", "stratum", "doc_sentences"]]) == [
        "weakness", "recording", "2", "review_random", "4",
    ]  # fmt: skip
    # Themes that nobody gave are the model's, as in the tables.
    assert list(rows["Three."][["polarity", "themes"]]) == ["mixed", "permanence"]
    old = pd.DataFrame(
        [
            {**dict.fromkeys(COLUMNS, "x"), "doc_id": "d1", "stratum": "five_per_report",
             "sentence_hash": sentence_hash(text), "polarity": "none"}
            for text in ("One.", "Four.")
        ]
    )  # fmt: skip
    both = labels.added(old, new.reset_index()[list(COLUMNS)]).set_index("sentence_hash")
    assert len(both) == 3
    known = both.loc[sentence_hash("One.")]
    assert (known["polarity"], known["stratum"]) == ("weakness", "five_per_report")
    assert both.loc[sentence_hash("Four.")]["polarity"] == "none"
