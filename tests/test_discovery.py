"""Discovery: lemmas, terms, topics, how stable and how new they are, and the tables of them."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import schema
from pipeline.coding.cues import forms
from pipeline.discovery.cues import topic_terms
from pipeline.discovery.factors import (
    UNIT,
    association,
    bootstrap_weights,
    consensus,
    factorise,
)
from pipeline.discovery.lemmas import lemmas
from pipeline.discovery.measures import coherence, overlap, top_terms
from pipeline.discovery.solve import Topics, choose
from pipeline.discovery.stability import jaccard, matched, members, stability
from pipeline.discovery.terms import Terms, read_terms
from pipeline.discovery.typical import typical
from pipeline.params import load
from pipeline.paths import ROOT
from pipeline.suggest import suggest

PARAMS = load()["suggest"] | {"topic_step": 4, "most_topics": 4, "samples": 4}
# Made-up subjects of which a finding says four words of six, so that they can be told apart.
SUBJECTS = {
    "fire": ["alarm", "ladder", "smoke", "hydrant", "drill", "extinguisher"],
    "music": ["violin", "choir", "concert", "trumpet", "rehearsal", "melody"],
    "garden": ["tulip", "compost", "greenhouse", "seedling", "orchard", "hedge"],
    "boats": ["harbour", "anchor", "sail", "rudder", "ferry", "cabin"],
}
CODED = {"fire": "front_door", "music": "other", "garden": "permanence", "boats": "assessment"}
CODES = ("front_door", "permanence", "assessment", "recording", "other")


def pick(seed: str, items: list[str], count: int) -> list[str]:
    """Return some of the items, drawn by a hash: the same on every machine."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{seed}{item}".encode()).digest())[:count]


def made_up(per_document: int = 12, documents: int = 20) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return documents and findings, a quarter of them about each made-up subject."""
    rows = []
    for number in range(documents):
        for place in range(per_document):
            subject = list(SUBJECTS)[place % 4]
            words = pick(f"{number} {place}", SUBJECTS[subject], 4)
            filler = pick(f"x{number} {place}", ["table", "window", "paper", "bridge", "carpet"], 2)
            rows.append({
                "sentence_id": f"d{number:02}-{place}", "doc_id": f"d{number:02}",
                "council": f"Council {number}", "section": "leaders", "themes": CODED[subject],
                "polarity": ("strength", "weakness")[number % 2],
                "text": f"The {words[0]} and the {words[1]} near a {filler[0]} have a {words[2]}, "
                        f"a {filler[1]}, and one {words[3]}.",
            })  # fmt: skip
    findings = pd.DataFrame(rows)
    facts = pd.DataFrame({"doc_id": sorted(set(findings["doc_id"])), "duplicate_of": ""})
    return facts, findings


@pytest.fixture(scope="module")
def terms() -> Terms:
    _, findings = made_up()
    return read_terms(list(findings["text"]), list(findings["doc_id"]))


@pytest.fixture(scope="module")
def found() -> Mapping[str, pd.DataFrame]:
    documents, findings = made_up()
    return suggest(documents, findings, CODES, params=PARAMS)


@pytest.mark.parametrize(
    ("word", "lemma"),
    [
        ("visits", "visit"), ("visited", "visit"), ("visiting", "visit"), ("children", "child"),
        ("agencies", "agency"), ("left", "leave"), ("better", "good"), ("stronger", "strong"),
        # Not in the tables, and like a plural.
        ("caseloads", "caseload"), ("carers", "carer"),
        # Near misses: an s that is no plural, and short words.
        ("always", "always"), ("process", "process"), ("analysis", "analysis"), ("bus", "bus"),
        ("as", "as"), ("iro", "iro"), ("", ""),
    ],
)  # fmt: skip
def test_lemmas(word: str, lemma: str) -> None:
    assert lemmas().of(word) == lemma


@pytest.mark.parametrize(
    "word",
    ["visits", "visiting", "planned", "planning", "caseloads", "carers", "met", "children",
     "agencies", "recorded", "safeguarding", "homeless", "adopters", "violence", "abusive"],
)  # fmt: skip
def test_a_lemma_as_a_cue_finds_its_word(word: str) -> None:
    assert word in forms().of(lemmas().of(word))


def repeated(*texts: str) -> Terms:
    """Read each text in eight documents, with a word of its own so that no two are equal."""
    many = [(f"{t} Extra{chr(97 + n)}word.", f"d{n}") for n in range(8) for t in texts]
    return read_terms(*map(list, zip(*many, strict=True)))


@pytest.mark.parametrize(
    ("text", "words", "phrases"),
    [
        ("Trumpets sounded.", ["sound", "trumpet"], ["trumpet sound"]),
        # Stop words, marks and figures part a phrase; a hyphen and a possessive do not.
        ("Trumpets and violins.", ["trumpet", "violin"], []),
        ("Trumpets, violins.", ["trumpet", "violin"], []),
        ("Trumpets 12 violins.", ["trumpet", "violin"], []),
        ("Trumpet-violins.", ["trumpet", "violin"], ["trumpet violin"]),
        ("The trumpet's violins.", ["trumpet", "violin"], ["trumpet violin"]),
        # What every finding is about and how good it is are no terms.
        ("Children receive good services.", [], []),
        ("Inspectors found consistently strong trumpets.", ["trumpet"], []),
    ],
)
def test_terms(text: str, words: list[str], phrases: list[str]) -> None:
    read = repeated(text)
    assert (read.words, read.phrases) == (words, phrases)


def test_a_term_of_few_documents_is_none() -> None:
    texts = [f"The ferry {'anchored at Fenwold' if n < 4 else 'sailed'} {'by night ' * n}."
             for n in range(20)]  # fmt: skip
    read = read_terms(texts, [f"d{n}" for n in range(20)])
    assert "ferry" in read.words
    assert "fenwold" not in read.words


def test_findings_with_the_same_lemmas_count_once() -> None:
    texts = ["A ferry sails.", "Ferries were sailing!", "Sailing ferry.", "The and of.", ""]
    read = read_terms(texts, ["a", "b", "c", "d", "e"])
    assert read.unique.tolist() == [True, False, True, False, False]


def test_no_findings_are_no_terms() -> None:
    read = read_terms([], [])
    assert (read.words, read.phrases, read.with_word.shape) == ([], [], (0, 0))


@given(st.lists(st.text(min_size=1), unique=True, max_size=8), st.integers(0, 20))
def test_a_documents_weight_does_not_depend_on_the_others(names: list[str], sample: int) -> None:
    together = bootstrap_weights(names, sample).tolist()
    assert together == [bootstrap_weights([name], sample)[0] for name in names]


def test_bootstrap_weights_are_poisson_with_mean_one() -> None:
    weights = bootstrap_weights([f"d{n}" for n in range(20000)], 1)
    assert weights.mean() == pytest.approx(1, abs=0.03)
    assert weights.var() == pytest.approx(1, abs=0.06)
    assert (weights == 0).mean() == pytest.approx(np.exp(-1), abs=0.02)


def matrix(*rows: str) -> sp.csr_matrix:
    return sp.csr_matrix([[int(cell) for cell in row] for row in rows])


def ones(count: int) -> np.ndarray:
    return np.ones(count, dtype=np.int64)


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (["11"] * 5 + ["00"] * 5, 1.0),  # never apart
        (["11"] * 4 + ["00"] * 6, 0.0),  # in too few findings to tell
        (["11"] * 5 + ["10"] * 5 + ["01"] * 5 + ["00"] * 5, 0.0),  # as often as by chance
        (["11"] * 10, 0.0),  # everywhere: no chance to compare with
        # 5 of 20 together, 5 and 10 of 20 alone: log(2) / log(4).
        (["11"] * 5 + ["01"] * 5 + ["00"] * 10, 0.5),
    ],
)
def test_association(rows: list[str], value: float) -> None:
    found = association(matrix(*rows), ones(len(rows))).toarray()
    assert found.tolist() == pytest.approx(np.array([[0, value], [value, 0]]))


def test_a_weight_is_as_good_as_repeated_findings() -> None:
    rows = ["110", "011", "101", "111", "001"]
    weight = np.array([5, 6, 7, 2, 9])
    many = [row for row, count in zip(rows, weight, strict=True) for _ in range(count)]
    weighed = association(matrix(*rows), weight)
    assert (weighed != association(matrix(*many), ones(len(many)))).nnz == 0
    assert weighed.nnz > 0


def subjects_of(words: list[str], topics: np.ndarray) -> set[str]:
    """Return the subjects whose six words are the topics' top six."""
    tops = [{words[i] for i in top_terms(topic, 6)} for topic in topics]
    return {name for name, own in SUBJECTS.items() if set(own) in tops}


def test_planted_subjects_come_out(terms: Terms) -> None:
    whole = association(terms.with_word[terms.unique], ones(int(terms.unique.sum())))
    for start in ("nndsvd", "random"):
        assert subjects_of(terms.words, factorise(whole, 4, 0, start)) == set(SUBJECTS)


def test_a_consensus_outvotes_a_run_gone_astray(terms: Terms) -> None:
    whole = association(terms.with_word[terms.unique], ones(int(terms.unique.sum())))
    good = factorise(whole, 4, 0)
    astray = good.copy()
    astray[1] = np.where(np.arange(len(terms.words)) % 5 == 0, UNIT, 0)
    assert subjects_of(terms.words, consensus([good, astray, good], 4)) == set(SUBJECTS)


PROGRAM = """
import hashlib
import numpy as np
import scipy.sparse as sp
from pipeline.discovery.factors import consensus, factorise
rows = np.add.outer(np.arange(150) * 7, np.arange(150) * 7) % 11 < 3
close = np.abs(np.subtract.outer(np.arange(150) // 15, np.arange(150) // 15)) < 1
whole = sp.csr_matrix(np.where(close, 0.7, 0.2) * (rows | close))
runs = [factorise(whole, 10, seed, "random") for seed in range(3)]
print(hashlib.sha256(consensus(runs, 10).tobytes()).hexdigest())
"""


def test_another_processor_gives_the_same_topics() -> None:
    # OpenBLAS takes the routines of another processor, NumPy none of the wide ones.
    old = {"OPENBLAS_CORETYPE": "Prescott", "OMP_NUM_THREADS": "2",
           "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX2 FMA3"}  # fmt: skip
    hashes = [
        subprocess.run([sys.executable, "-W", "ignore", "-c", PROGRAM], cwd=ROOT, text=True,
                       env={**os.environ, **settings}, check=True, capture_output=True).stdout
        for settings in ({}, old)
    ]  # fmt: skip
    assert hashes[0] == hashes[1] != ""


@pytest.mark.parametrize(
    ("row", "inside"),
    [
        ("110000", True),  # 1000 + 500
        ("100000", False),  # the greatest alone
        ("101000", True),  # 1000 + 200, just enough
        ("100100", False),  # 1000 + 199
        ("100011", False),  # two under a tenth do not count
        ("011000", False),
    ],
)
def test_members(row: str, inside: bool) -> None:
    topics = np.array([[1000, 500, 200, 199, 99, 99]])
    assert members(matrix(row), topics).tolist() == [[inside]]


SETS = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=12)


@given(SETS, st.permutations(range(3)))
def test_matching_ignores_the_order_of_topics(rows: list[tuple[bool]], order: list[int]) -> None:
    sets = np.array(rows)
    found = matched(sets, sets[:, order])
    assert found.sum() == pytest.approx(sets.any(axis=0).sum())
    assert np.isin(found, (0.0, 1.0)).all()


@given(SETS, st.integers(0, 2**32))
def test_matched_jaccard_is_the_best_one_to_one(rows: list[tuple[bool]], seed: int) -> None:
    left = np.array(rows)
    right = np.random.default_rng(seed).random(left.shape) < 0.5
    index = jaccard(left, right)
    assert (index <= 1).all()
    assert (index == jaccard(right, left).T).all()
    found = matched(left, right)
    assert (found <= index.max(axis=1)).all()
    assert found.sum() >= np.trace(index) - 1e-9


def test_stability_is_the_mean_over_runs() -> None:
    sets = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool)
    half = np.array([[1, 0], [0, 0], [0, 1], [0, 1]], dtype=bool)
    assert stability(sets, [sets, half]).tolist() == [0.75, 1.0]
    # A topic without a partner has nothing.
    assert stability(sets, [sets[:, :1]]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("means", "floor", "place"),
    [([0.65, 0.7, 0.9], 0.6, 0), ([0.5, 0.7, 0.9], 0.6, 1), ([0.6, 0.5, 0.9], 0.6, 0),
     ([0.3, 0.5, 0.4], 0.6, 1), ([0.4], 0.6, 0)],
)  # fmt: skip
def test_the_finest_grain_that_recurs_is_taken(
    means: list[float], floor: float, place: int
) -> None:
    trials = [Topics(np.ones((1, 1)), np.array([mean]), np.array([mean])) for mean in means]
    assert choose(trials, floor) == place


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (["11", "11", "00", "00"], 1.0),
        (["10", "01", "10", "01"], -1.0),
        (["11", "10", "01", "00"], 0.0),
        (["11", "11"], 1.0),
        (["11"] * 2 + ["01"] * 2 + ["00"] * 4, 0.5),
    ],
)
def test_coherence(rows: list[str], value: float) -> None:
    assert coherence(matrix(*rows), np.array([[1000, 900]])) == pytest.approx([value])


def test_a_topic_of_one_word_is_not_coherent() -> None:
    assert coherence(matrix("10", "11"), np.array([[1000, 0]])).tolist() == [0.0]


@given(SETS, st.integers(0, 2**32))
def test_overlap_is_the_greater_of_the_two_shares(rows: list[tuple[bool]], seed: int) -> None:
    left = np.array(rows)
    right = np.random.default_rng(seed).random((len(left), 2)) < 0.5
    found = overlap(left, right)
    for topic, theme in np.ndindex(found.shape):
        both = int((left[:, topic] & right[:, theme]).sum())
        sizes = left[:, topic].sum(), right[:, theme].sum()
        shares = [both / size if size else 0.0 for size in sizes]
        assert found[topic, theme] == pytest.approx(max(shares))


def test_cues_are_right_and_reach_far(terms: Terms) -> None:
    music = np.array([UNIT if w in SUBJECTS["music"] else 0 for w in terms.words])
    music[terms.words.index("table")] = UNIT // 2
    member = members(terms.with_word, music[None, :])[:, 0]
    listed, reach = topic_terms(terms, music, member)
    cues = {term.text for term in listed if term.cue}
    assert cues <= set(SUBJECTS["music"])
    assert reach == 1.0
    # Fewer than six words find all: each says four of the six.
    assert len(cues) <= 3
    inside = {term.text: term.inside for term in listed}
    assert inside["violin"] == 1.0
    assert inside["table"] < 0.8


def test_typical_findings_are_of_different_documents() -> None:
    texts = ["Choir violin melody and tulip.", "A violin choir melody.", "Violin choir.",
             "A tulip hedge."]  # fmt: skip
    many = [(f"{text} Extra{chr(97 + n)}word.", f"d{n}") for n in range(8) for text in texts]
    read = read_terms(*map(list, zip(*many, strict=True)))
    music = np.array([UNIT if w in SUBJECTS["music"] else 0 for w in read.words])
    member = members(read.with_word, music[None, :])[:, 0]
    assert typical(read, music, member, 3) == [1, 5, 9]
    assert len(typical(read, music, member, 100)) == 8


def test_the_tables_fit_the_schema(found: Mapping[str, pd.DataFrame]) -> None:
    from pipeline import frames

    for table in schema.TABLES_OF["suggest"]:
        frames.check(found[table.name], table)
        assert len(found[table.name]) > 0


def test_only_what_the_codebook_lacks_is_suggested(found: Mapping[str, pd.DataFrame]) -> None:
    suggestions = found["suggestions"]
    by_subject = {
        name: row
        for row in suggestions.to_dict("records")
        for name, words in SUBJECTS.items()
        if set(row["terms"].split(";")[:6]) == set(words)
    }
    assert {name: row["status"] for name, row in by_subject.items()} == {
        "music": "suggested", "fire": "in_codebook", "garden": "in_codebook",
        "boats": "in_codebook",
    }  # fmt: skip
    assert by_subject["fire"]["nearest_theme"] == "front_door"
    assert by_subject["fire"]["nearest_overlap"] == 1.0
    assert by_subject["music"]["nearest_overlap"] == 0.0
    assert by_subject["music"]["share"] == 0.25
    assert by_subject["music"]["documents"] == 20
    assert by_subject["music"]["weakness_share"] == 0.5
    assert suggestions["status"].tolist() == ["suggested"] + ["in_codebook"] * 3
    assert (suggestions["stability"] >= 0.95).all()


def test_the_rows_of_a_suggestion(found: Mapping[str, pd.DataFrame]) -> None:
    name = found["suggestions"]["suggestion"].iloc[0]
    own = {n: t[t["suggestion"] == name] for n, t in found.items() if "suggestion" in t}
    assert len(own["suggestion_sentences"]) == 10
    assert own["suggestion_sentences"]["doc_id"].is_unique
    assert set(own["suggestion_sentences"]["themes"]) == {"other"}
    assert own["suggestion_overlaps"]["theme"].tolist() == list(CODES[:-1])
    assert own["suggestion_overlaps"]["shared"].sum() == 0
    # No finding has the theme `recording`: no share of it can be told.
    assert found["suggestion_overlaps"]["share_of_theme"].isna().sum() == 4


def changed(**values: Any) -> dict[str, pd.DataFrame]:
    documents, findings = made_up(per_document=16)
    return suggest(documents, findings, CODES, params=PARAMS | values)


def test_topics_that_no_subject_bears_are_unstable() -> None:
    status = changed(topic_step=6, most_topics=6, stability=0.9)["suggestions"]["status"]
    assert status.iloc[-1] == "unstable"
    assert (status == "suggested").sum() <= 1


def test_where_any_overlap_is_too_much_nothing_is_suggested() -> None:
    assert set(changed(overlap=0)["suggestions"]["status"]) == {"in_codebook"}


def test_a_repeated_document_changes_nothing(found: Mapping[str, pd.DataFrame]) -> None:
    documents, findings = made_up()
    again = findings[findings["doc_id"] == "d03"].assign(doc_id="d99")
    again["sentence_id"] = again["sentence_id"] + "-again"
    more = pd.concat([documents, pd.DataFrame({"doc_id": ["d99"], "duplicate_of": ["d03"]})])
    result = suggest(more, pd.concat([findings, again]), CODES, params=PARAMS)
    for name, table in found.items():
        pd.testing.assert_frame_equal(result[name], table)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 3))
def test_a_small_corpus_gives_tables_without_rows(documents: int) -> None:
    facts, findings = made_up(documents=max(documents, 1))
    if not documents:
        facts, findings = facts[:0], findings[:0]
    result = suggest(facts, findings, CODES, params=PARAMS)
    assert {len(table) for table in result.values()} == {0}
    assert all(list(result[t.name]) == t.names for t in schema.TABLES_OF["suggest"])
