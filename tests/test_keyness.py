"""Keyness: counting phrases, its statistics, the choice of groups, and the command."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.stats import chi2, chi2_contingency

from pipeline import charts, cli, frames, schema
from pipeline.contrast import phrases
from pipeline.contrast.phrases import Phrases, count_phrases, function_words, read_wording, tokens
from pipeline.contrast.plots import key_chart
from pipeline.contrast.select import COLUMNS, facts_of, parse_filters, require_values, select
from pipeline.contrast.statistics import Group, dispersion, keyness, log_likelihood, log_ratio
from pipeline.contrast.table import foremost
from pipeline.errors import UsageError
from pipeline.keyness import compare_groups, keyness_table
from pipeline.params import load

PARAMS: dict[str, Any] = {**load()["keyness"], "min_count": 3, "min_term_documents": 2}
STARTS = [2016, 2022]


def phrases_of(documents: Sequence[list[str]], least: int = 1, spread: int = 1) -> Phrases:
    owners = np.repeat(np.arange(len(documents)), [len(texts) for texts in documents])
    return count_phrases(read_wording(documents), owners, len(documents), least, spread)


def counted(*documents: list[str], least: int = 1, spread: int = 1) -> dict[str, int]:
    found = phrases_of(documents, least, spread)
    return dict(zip(found.terms, found.counts.sum(axis=0).astype(int).tolist(), strict=True))


@given(
    documents=st.lists(st.lists(st.text("ab. ", max_size=12), max_size=4), min_size=1, max_size=5),
    at_once=st.integers(1, 30), least=st.integers(1, 3), spread=st.integers(1, 2),
)  # fmt: skip
def test_words_counted_some_at_a_time_are_those_counted_together(
    documents: list[list[str]], at_once: int, least: int, spread: int
) -> None:
    whole = phrases_of(documents, least, spread)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phrases, "_AT_ONCE", at_once)
        parts = phrases_of(documents, least, spread)
    assert parts.terms == whole.terms
    assert np.array_equal(parts.counts.toarray(), whole.counts.toarray())
    assert np.array_equal(parts.words, whole.words)
    for document, texts in enumerate(documents):
        alone = counted(texts)
        for term, number in zip(whole.terms, whole.counts.toarray()[document], strict=True):
            # Words that are rare in all documents end phrases, which are then no more frequent.
            assert number <= alone.get(term, 0)
            assert " " in term or number == alone.get(term, 0)


@pytest.mark.parametrize(
    ("text", "present", "absent"),
    [
        ("Plans drift badly.", ["plans drift", "plans drift badly", "badly"], ["drift plans"]),
        ("Plans drift, badly.", ["plans drift", "badly"], ["drift badly", "plans drift badly"]),
        ("Plans (drift) badly", ["plans", "drift"], ["plans drift", "drift badly"]),
        ("All 12 plans drift", ["all", "plans drift"], ["all plans", "12", "all 12"]),
        ("quality of plans", ["quality of plans", "of"], ["quality of", "of plans"]),
        ("plans are not clear", ["not clear", "plans are not"], ["are not", "plans are"]),
        ("too many plans", ["too many", "too many plans"], ["too plans"]),
        ("Children’s up‑to‑date plans", ["children's", "up-to-date plans"], ["up", "s"]),
        ("CAFÉ Cafe\u0301", ["café", "café café"], ["cafe"]),
        ("", [], ["."]),
    ],
)
def test_phrases(text: str, present: list[str], absent: list[str]) -> None:
    found = counted([text])
    assert [term for term in present if term not in found] == []
    assert [term for term in absent if term in found] == []


def test_phrases_end_with_the_sentence_and_the_document() -> None:
    found = counted(["Plans drift", "Badly"], ["Done well"])
    assert {"drift badly", "badly done", "drift badly done"} & set(found) == set()
    assert found["done well"] == 1


def test_rare_terms_and_those_of_few_documents_are_left_out() -> None:
    documents = ["plans drift"], ["plans drift"], ["plans plans stall stall stall"]
    assert counted(*documents, least=2, spread=2) == {"plans": 4, "drift": 2, "plans drift": 2}
    assert counted(*documents, least=3) == {"plans": 4, "stall": 3}
    found = phrases_of(documents, 5)
    assert found.terms == ()
    assert found.words.tolist() == [2, 2, 5]


words = st.sampled_from(["plan", "of", "drift", "not", "late", ",", "7"])


@settings(max_examples=30)
@given(st.lists(st.lists(st.lists(words, max_size=8).map(" ".join), max_size=3), max_size=4))
def test_phrases_are_those_of_a_plain_count(documents: list[list[str]]) -> None:
    expected: list[Counter[str]] = []
    for texts in documents:
        own: Counter[str] = Counter()
        for text in texts:
            marks = text.split()
            for size in (1, 2, 3):
                for run in (marks[i : i + size] for i in range(len(marks) - size + 1)):
                    bound = size == 1 or not {run[0], run[-1]} & function_words()
                    if bound and all(word.isalpha() for word in run):
                        own[" ".join(run)] += 1
        expected.append(own)
    found = phrases_of(documents)
    assert set(found.terms) == set().union(*expected)
    rows = found.counts.toarray()
    for row, own in zip(rows, expected, strict=True):
        assert {t: int(n) for t, n in zip(found.terms, row, strict=True) if n} == dict(own)
    whole = [sum(t.isalpha() for text in texts for t in tokens(text)) for texts in documents]
    assert found.words.tolist() == whole


@pytest.mark.parametrize(
    ("a", "b", "size_a", "size_b"),
    [(30, 10, 1000, 1000), (1, 0, 50, 900), (0, 12, 400, 100), (5, 50, 200, 2000)],
)
def test_log_likelihood_is_scipys(a: int, b: int, size_a: int, size_b: int) -> None:
    table = np.array([[a, b], [size_a - a, size_b - b]])
    known = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
    found = log_likelihood(np.array([a]), np.array([b]), size_a, size_b)
    assert found[0] == pytest.approx(known, abs=1e-9)


def test_log_likelihood_is_near_that_of_rayson_and_garside() -> None:
    a, b, size = 120, 60, 50_000
    short = 2 * (a * np.log(a / 90) + b * np.log(b / 90))
    found = log_likelihood(np.array([a]), np.array([b]), size, size)[0]
    assert found == pytest.approx(short, rel=0.01)


@pytest.mark.parametrize(
    ("a", "b", "size_a", "size_b", "expected"),
    [(8, 2, 100, 100, 2), (8, 2, 400, 100, 0), (2, 8, 100, 100, -2), (4, 0, 100, 100, 3)],
)
def test_log_ratio(a: float, b: float, size_a: float, size_b: float, expected: float) -> None:
    found = log_ratio(np.array([a]), np.array([b]), size_a, size_b)
    assert found[0] == pytest.approx(expected)


def group(rows: list[list[int]], sizes: list[int]) -> Group:
    return Group(csr_array(np.array(rows, dtype=float)), np.array(sizes))


Drawn = tuple[list[list[int]], list[int]]
matrices = st.integers(2, 6).flatmap(
    lambda n: st.tuples(
        st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=n, max_size=n),
        st.lists(st.integers(60, 900), min_size=n, max_size=n),
    )
)


@settings(max_examples=30)
@given(matrices)
def test_dispersion_is_the_deviation_of_proportions(
    drawn: tuple[list[list[int]], list[int]],
) -> None:
    rows, sizes = np.array(drawn[0]), np.array(drawn[1])
    found = dispersion(group(*drawn))
    for term, counts in enumerate(rows.T):
        if counts.sum() == 0:
            assert np.isnan(found[term])
            continue
        known = np.abs(counts / counts.sum() - sizes / sizes.sum()).sum() / 2
        assert found[term] == pytest.approx(known, abs=1e-12)
        assert 0 <= found[term] < 1


@settings(max_examples=30)
@given(matrices, matrices)
def test_keyness_mirrors_and_stays_within_bounds(first: Drawn, second: Drawn) -> None:
    a, b = group(*first), group(*second)
    found, swapped = keyness(a, b, 0.95), keyness(b, a, 0.95)
    assert found.log_ratio == pytest.approx(-swapped.log_ratio)
    assert found.high == pytest.approx(-swapped.low)
    for name in ("g2", "design_effect", "p", "q"):
        assert getattr(found, name) == pytest.approx(getattr(swapped, name))
    assert (found.design_effect >= 1).all()
    assert ((found.low < found.log_ratio) & (found.log_ratio < found.high)).all()
    assert ((found.p <= found.q + 1e-12) & (found.q <= 1)).all()


def test_a_burst_in_one_document_is_weaker_evidence_than_an_even_spread() -> None:
    even, burst, b = [4, 4, 4, 4, 4, 4], [24, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]
    a_rows = [list(pair) for pair in zip(even, burst, strict=True)]
    b_rows = [list(pair) for pair in zip(b, b, strict=True)]
    found = keyness(group(a_rows, [500] * 6), group(b_rows, [500] * 6), 0.95)
    assert found.g2[0] == pytest.approx(found.g2[1])
    assert found.design_effect[0] == 1
    assert found.design_effect[1] > 5
    assert found.p[0] < 0.01
    assert found.p[1] > 0.05


def test_the_interval_of_the_log_ratio_is_that_of_the_test() -> None:
    a, b = group([[9, 30, 6]] * 4, [800] * 4), group([[3, 29, 0]] * 4, [800] * 4)
    found = keyness(a, b, 0.95)
    assert found.p[0] < 0.05 < found.p[1]
    assert found.low[0] > 0 > found.low[1]
    assert found.low[2] > 0
    assert found.high[2] == np.inf
    assert (keyness(a, b, 0.99).low < found.low).all()
    at_the_edge = keyness(a, b, 1 - float(found.p[0]))
    assert at_the_edge.low[0] == pytest.approx(0, abs=0.02)


def test_bursty_words_are_not_key_where_groups_differ_by_chance() -> None:
    draw = np.random.default_rng(7)
    rates = draw.gamma(0.5, 8, size=(60, 400))
    rows, sizes = csr_array(draw.poisson(rates).astype(float)), np.full(60, 4000)
    first, second = Group(rows[:20], sizes[:20]), Group(rows[20:], sizes[20:])
    found = keyness(first, second, 0.95)
    assert (chi2.sf(found.g2, 1) < 0.05).mean() > 0.3
    assert (found.p < 0.05).mean() < 0.1
    assert (found.q < 0.05).sum() == 0


DOCUMENT = {"doc_type": "inspection_report", "framework": "ILACS", "overall": "good",
            "published": "2023-01-02", "council": "Fenmoor", "region": "London",
            "duplicate_of": "", "pages": 9, "lead_inspector": ""}  # fmt: skip
SENTENCE = {"section": "leaders", "heading": "", "paragraph": "", "bullet": False, "page": 1,
            "polarity": "strength", "confidence": 0.9, "source": "inspectorate", "speaker": "",
            "themes": "leadership"}  # fmt: skip


def facts(*documents: dict[str, object]) -> pd.DataFrame:
    """Return facts of made-up documents: facts and ``texts``, sentences or dicts of them."""
    rows, sentences = [], []
    for number, given_facts in enumerate(documents):
        own = dict(given_facts)
        texts: Any = own.pop("texts", ["Plans drift."])
        doc_id = f"d{number:03}"
        rows.append({"doc_id": doc_id, **DOCUMENT, **own})
        for place, text in enumerate(texts):
            one = text if isinstance(text, dict) else {"text": text}
            sentences.append({"sentence_id": f"{doc_id}-{place}", "doc_id": doc_id, **SENTENCE,
                              "text": "Plans drift.", **one})  # fmt: skip
    empty = dict.fromkeys(schema.DOCUMENTS.names, "")
    table = pd.DataFrame([{**empty, **row} for row in rows])
    return facts_of(table, pd.DataFrame(sentences)[list(COLUMNS)], STARTS)


RECORDED = {"bullet": True, "themes": "other;recording"}
VARIED = facts(
    {"overall": "inadequate", "published": "2019-05-01", "council": "Holm, City of"},
    {"overall": "outstanding", "pages": 20, "texts": [RECORDED]},
    {"doc_type": "news", "framework": "", "overall": "", "published": ""},
)  # fmt: skip


@pytest.mark.parametrize(
    ("conditions", "rows"),
    [
        (["overall=inadequate"], [0]),
        (["overall=Inadequate", "overall=outstanding"], [0, 1]),
        (["overall=inadequate", "year=2023"], []),
        (["year=2019"], [0]),
        (["year=2018-2023"], [0, 1]),
        (["published=2023-01"], [1]),
        (["period=2016-2021"], [0]),
        (["council=holm, city of"], [0]),
        (["council=Holm"], []),
        (["bullet=yes"], [1]),
        (["bullet=no"], [0, 2]),
        (["themes=recording"], [1]),
        (["themes=record"], []),
        (["pages=10-30"], [1]),
        (["confidence=0.85-0.95", "framework=ILACS"], [0, 1]),
        ([], [0, 1, 2]),
    ],
)
def test_filters(conditions: list[str], rows: list[int]) -> None:
    met = select(VARIED, parse_filters(conditions, "--a"), "--a")
    assert np.flatnonzero(met).tolist() == rows


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("overall", "write it as COLUMN=VALUE"),
        ("=good", "write it as COLUMN=VALUE"),
        ("grade=good", "no such column; known are doc_id"),
        ("text=plans", "no such column"),
        ("overall=bad", "give one of outstanding, good"),
        ("overall=good", "no sentence has it; overall has inadequate; outstanding"),
        ("council=Fen", "no sentence has it; council has Fenmoor; Holm, City of"),
        ("themes=permanence", "themes has leadership; other; recording"),
        ("lead_inspector=Ada Bell", "lead_inspector has no values"),
        ("year=last", "give a number or a range"),
        ("bullet=1", "give yes or no"),
    ],
)
def test_unusable_filters(condition: str, message: str) -> None:
    with pytest.raises(UsageError, match=r"^--b ") as caught:
        require_values(VARIED, parse_filters([condition], "--b"), "--b")
    assert message in str(caught.value)


def several(count: int, text: str, **own: object) -> list[dict[str, object]]:
    return [{"texts": [text, "Leaders know their staff."], **own} for _ in range(count)]


def test_a_planted_phrase_is_key_and_its_words_are_part_of_it() -> None:
    found = facts(
        *several(9, "Far too many wait and far too many plans drift.", overall="inadequate"),
        *several(9, "Practice is strong.", overall="outstanding"),
    )  # fmt: skip
    conditions = {"--a": ["overall=inadequate"], "--b": ["overall=outstanding"], "--within": []}
    rows, contrast = compare_groups(found, "mine", conditions, PARAMS)
    assert (contrast.label_a, contrast.label_b) == ("overall=inadequate", "overall=outstanding")
    by_term: Any = rows.set_index("term")
    columns = ["key_to", "count_a", "count_b", "documents_a"]
    assert by_term.loc["far too many", columns].tolist() == ["a", 18, 0, 9]
    assert by_term.loc["far too many", "key"]
    assert by_term.loc["too many", "part_of"] == "far too many"
    assert by_term.loc["strong", ["key_to", "key"]].tolist() == ["b", True]
    assert not by_term.loc["leaders know", "key"]
    assert by_term.loc["leaders know", "part_of"] == ""
    assert by_term.loc["far too many", "dispersion_a"] == pytest.approx(0)
    assert np.isnan(by_term.loc["far too many", "dispersion_b"])
    first = foremost(rows, 2, 0.8)
    assert first.groupby("key_to")["rank"].agg(list).to_dict() == {"a": [1, 2], "b": [1, 2]}


def test_usual_contrasts_are_those_that_the_corpus_has() -> None:
    found = facts(
        *several(3, "Plans drift.", overall="inadequate", published="2019-01-01"),
        *several(3, "Plans are strong.", overall="outstanding"),
        *several(3, "Boards drift.", framework="SIF", overall="inadequate", published="2015-01-01"),
        *several(2, "Boards are strong.", framework="SIF", published="2017-01-01"),
        *several(3, "We are proud.", doc_type="news", framework="", overall=""),
        *several(2, "Boards are strong.", framework="SIF", published="2017-01-01",
                 duplicate_of="d010"),
    )  # fmt: skip
    table, drawn = keyness_table(found, read_wording([found["text"]]), PARAMS)
    assert list(drawn) == ["grade-ilacs", "period-ilacs", "press"]
    assert drawn["period-ilacs"].label_a == "period=2016-2021, framework=ILACS"
    assert drawn["period-ilacs"].label_b == "period=from 2022, framework=ILACS"
    assert list(dict.fromkeys(table["contrast"])) == list(drawn)
    frames.check(table, schema.KEYNESS)
    nothing, none_drawn = keyness_table(found.iloc[:0], read_wording([]), PARAMS)
    frames.check(nothing, schema.KEYNESS)
    assert (len(nothing), none_drawn) == (0, {})


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ("overall=good", "year=2023", "are in both groups"),
        ("overall=good", "overall=inadequate", "2 documents with overall=inadequate, at least 3"),
        ("overall=good", "overall=outstanding", "no sentence has it"),
    ],
)
def test_groups_that_cannot_be_compared(a: str, b: str, message: str) -> None:
    found = facts(*several(4, "Plans drift."), *several(2, "Drift.", overall="inadequate"))
    with pytest.raises(UsageError, match=message):
        compare_groups(found, "x", {"--a": [a], "--b": [b], "--within": []}, PARAMS)


def test_the_plot_shows_the_whole_terms_in_their_order() -> None:
    found = facts(
        *several(9, "Far too many plans drift.", overall="inadequate"),
        *several(9, "Practice is strong.", overall="outstanding"),
    )
    conditions = {"--a": ["overall=inadequate"], "--b": ["overall=outstanding"], "--within": []}
    rows, _ = compare_groups(found, "x", conditions, PARAMS)
    chart = charts.described(key_chart(rows, "A title"))
    shown = next(d for d in chart["datasets"].values() if "term" in d[0])
    named = [row["term"] for row in shown]
    assert "far too many" in named
    assert "too many" not in named
    assert {row["side"] for row in shown if row["term"] == "practice is strong"} == {
        "overall=outstanding"
    }
    assert {row["side"] for row in shown if row["term"] == "leaders know"} <= {"not told apart"}
    assert chart["title"]["text"] == "A title"


@pytest.mark.parametrize("word", ["if", "for", "new", "in", "this", "datum"])
def test_a_term_that_is_a_word_of_code_is_drawn(word: str, tmp_path: Path) -> None:
    a: dict[str, object] = {"overall": "inadequate", "texts": [f"Late, {word}."] * 4}
    b: dict[str, object] = {"overall": "outstanding", "texts": ["Practice is strong."] * 4}
    found = facts(*[a] * 3, *[b] * 3)
    conditions = {"--a": ["overall=inadequate"], "--b": ["overall=outstanding"], "--within": []}
    rows, _ = compare_groups(found, "x", conditions, PARAMS)
    assert word in set(rows["term"])
    drawn = charts.save(key_chart(rows, "A title"), tmp_path / "x")
    assert f">{word}<" in drawn[0].read_text(encoding="utf-8")


Tables = Mapping[str, pd.DataFrame]


def test_the_sample_has_its_contrasts_and_plots(sample_run: Path, tables: Tables) -> None:
    table = tables["keyness"]
    plots = {path.name for path in (sample_run / "plots" / "keyness").iterdir()}
    names = set(table["contrast"])
    assert names
    assert plots == {f"{name}.{kind}" for name in names for kind in ("svg", "png", "vl.json")}
    for _, rows in table.groupby(["contrast", "key_to"]):
        assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
        assert len(rows) <= load()["keyness"]["terms"]
    assert (table["key"] == (table["q_value"] <= load()["keyness"]["discovery_rate"])).all()
    assert ((table["log_ratio"] > 0) == (table["key_to"] == "a"))[table["log_ratio"] != 0].all()


def test_counts_are_those_of_the_findings(tables: Tables) -> None:
    rows = tables["keyness"].query("contrast == 'press' and words == 1")
    findings, documents = tables["findings"], tables["documents"].set_index("doc_id")
    own = findings[(documents["duplicate_of"] == "").loc[findings["doc_id"]].to_numpy()]
    press = own["doc_type"] != "inspection_report"
    for side, texts in (("a", own["text"][press]), ("b", own["text"][~press])):
        known = Counter(token for text in texts for token in tokens(text))
        assert rows[f"count_{side}"].tolist() == [known[term] for term in rows["term"]]
    assert len(rows) > 20


def test_the_command_writes_the_same_table_and_plot_twice(sample_run: Path, tmp_path: Path) -> None:
    command = ["keyness", str(sample_run), "--a", "polarity=weakness", "--b", "polarity=strength"]
    for folder in ("one", "two"):
        assert cli.main([*command, "--out", str(tmp_path / folder / "words.csv")]) == 0
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / f).iterdir()} for f in ("one", "two"))
    assert one == two
    assert set(one) == {f"words.{kind}" for kind in ("csv", "svg", "png", "vl.json")}
    table = pd.read_csv(tmp_path / "one" / "words.csv", keep_default_na=False)
    assert list(table.columns) == schema.KEYNESS.names
    weak = table[(table["key_to"] == "a") & (table["key"] == "yes")]["term"]
    assert "not" in set(weak)
    assert json.loads(one["words.vl.json"])["title"]["text"] == (
        "polarity=weakness against polarity=strength"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--a", "polarity=weakness"], "--a and --b: give both"),
        (["--a", "polarity=weak", "--b", "polarity=strength"], "give one of strength"),
        (["--a", "polarity=none", "--b", "polarity=strength"], "no sentence has it"),
    ],
)
def test_a_command_that_cannot_be_done_ends_with_one_line(
    sample_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    arguments: list[str], message: str,
) -> None:  # fmt: skip
    out = tmp_path / "words.csv"
    assert cli.main(["keyness", str(sample_run), *arguments, "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert told.count("\n") == 1
    assert not out.exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "x.csv", "--a", "year=2019"], "--a: name the folder of a run as well"),
        (["--out", "x.csv", "--all-sentences"], "--all-sentences: name the folder"),
        (["nowhere", "--out", "x.csv", "--a", "year=1", "--b", "year=2"], "not found"),
    ],
)
def test_a_command_without_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], message: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert cli.main(["keyness", *arguments]) == 2
    assert message in capsys.readouterr().err
