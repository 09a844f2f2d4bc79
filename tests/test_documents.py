"""Whole documents: the sample corpus against its manuscripts, odd layouts, and the registry."""

from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from conftest import linked

from corpus import build
from corpus.layout.manuscript import Manuscript
from corpus.layout.official import OFFICIAL
from pipeline.documents import read_facts_and_sentences
from pipeline.paths import ROOT
from pipeline.structure.patterns import furniture, plain

SAMPLE = ROOT / "corpus" / "sample"
DOCUMENTS = build.read_all()
GOAL = 0.99
NO_FINDINGS = ("front", "info")
Read = tuple[dict[str, Any], list[dict[str, Any]], str]

REPORT = f"""Fenmoor Council
Inspection of local authority children’s services
Inspection dates: 4 to 15 March 2019
Lead inspector: Ada Bell, Her Majesty’s Inspector
{{table}}
Children in Fenmoor are safe. Plans are late.
What needs to improve
• The plans
{OFFICIAL["leaders"]}: good
1. Leaders are new. They listen.
"""
TABLE = f"""Judgement Grade
{OFFICIAL["leaders"]} Good
{OFFICIAL["help_protection"]} Good
{OFFICIAL["in_care_and_leavers"]} Inadequate
Overall effectiveness Requires improvement to be good"""
RELEASE = """Services improve

27 April 2016

Fenmoor Council is proud. Our children’s services are good.

Cllr Ada Bell said: “Children are safe.

“We will go on.”

Notes to editors

The report can be read in full.
"""


def read(text: str, **registered: str) -> Read:
    return read_facts_and_sentences(text.encode(), "doc", "doc.txt", registered)


@cache
def sample(doc_id: str) -> Read:
    manuscript = next(m for m in DOCUMENTS if m.meta.doc_id == doc_id)
    path = SAMPLE / build.file_of(manuscript)
    return read_facts_and_sentences(path.read_bytes(), doc_id, path.name, {})


def is_byline(text: str) -> bool:
    words = plain(text).rstrip(".")
    return bool(furniture("press").fullmatch(words))


def differences(manuscript: Manuscript) -> tuple[int, list[str]]:
    """Return how many sentences the manuscript has, and those that came out otherwise."""
    rows = defaultdict(list)
    for row in sample(manuscript.meta.doc_id)[1]:
        rows[" ".join(row["text"].split())].append(row)
    total, wrong = 0, []
    for block, sentence in manuscript.sentences():
        if manuscript.meta.is_press and is_byline(sentence.text):
            continue
        total += 1
        found = rows[sentence.text].pop(0) if rows[sentence.text] else None
        if found is None:
            wrong.append(f"{manuscript.meta.doc_id}: not found: {sentence.text}")
            continue
        section = found["section"] if not manuscript.meta.is_press else ""
        have = (section, found["bullet"], bool(found["paragraph"]), found["section"] == "title")
        want = (block.section, block.kind == "bullet", block.kind == "numbered",
                block.kind == "title")  # fmt: skip
        if have != want:
            wrong.append(f"{manuscript.meta.doc_id}: {have} for {want}: {sentence.text}")
    return total, wrong


def test_every_sentence_of_the_manuscripts_comes_out_as_one() -> None:
    totals, wrong = 0, []
    for manuscript in DOCUMENTS:
        total, different = differences(manuscript)
        totals += total
        wrong += different
    assert totals > 2000
    assert 1 - len(wrong) / totals >= GOAL, "\n".join(wrong)


@pytest.mark.parametrize("manuscript", DOCUMENTS, ids=[m.meta.doc_id for m in DOCUMENTS])
def test_nothing_but_the_manuscripts_sentences_is_a_finding(manuscript: Manuscript) -> None:
    written = Counter(sentence.text for _, sentence in manuscript.sentences())
    rows = sample(manuscript.meta.doc_id)[1]
    extra = [
        row["text"]
        for row in rows
        if row["section"] not in NO_FINDINGS and not written[" ".join(row["text"].split())]
    ]
    assert extra == []


@pytest.mark.parametrize("manuscript", DOCUMENTS, ids=[m.meta.doc_id for m in DOCUMENTS])
def test_facts_equal_the_front_matter(manuscript: Manuscript) -> None:
    facts = sample(manuscript.meta.doc_id)[0]
    meta = manuscript.meta
    want = {"council": meta.council, "doc_type": meta.doc_type, "notes": ""}
    if meta.is_press:
        want |= {"published": meta.published.isoformat(), "title": manuscript.title}
        # A newspaper's own page names it in full; a saved text hardly ever does.
        if meta.doc_type == "press_release" or meta.format == "html":
            want["publisher"] = meta.publisher
    else:
        start, end = meta.dates
        want |= {"start_date": start.isoformat(), "end_date": end.isoformat(), **meta.grades}
        want["framework"] = meta.layout.upper()
        if meta.lead_inspector:
            want["lead_inspector"] = meta.lead_inspector
        if meta.layout == "sif":
            want["published"] = meta.published.isoformat()
    assert {key: facts[key] for key in want} == want


@pytest.mark.parametrize("doc_id", [m.meta.doc_id for m in DOCUMENTS])
def test_offsets_give_the_sentences(doc_id: str) -> None:
    facts, rows, text = sample(doc_id)
    assert rows
    assert all(text[row["start"] : row["end"]] == row["text"] for row in rows)
    assert all(a["end"] <= b["start"] for a, b in pairwise(rows))
    assert [row["sentence_id"] for row in rows] == [
        f"{doc_id}-{n:04d}" for n in range(1, len(rows) + 1)
    ]
    assert all(1 <= row["page"] <= facts["pages"] for row in rows)
    assert facts["sentences"] == len(rows)
    assert facts["words"] == sum(len(row["text"].split()) for row in rows)


def test_pages_and_paragraph_numbers_rise() -> None:
    for manuscript in DOCUMENTS:
        if manuscript.meta.is_press or manuscript.meta.format != "pdf":
            continue
        rows = [row for row in sample(manuscript.meta.doc_id)[1] if row["section"] != "info"]
        pages = [row["page"] for row in rows]
        numbers = [int(row["paragraph"]) for row in rows if row["paragraph"]]
        assert pages == sorted(pages)
        assert numbers == sorted(numbers)
        assert set(numbers) == set(range(1, max(numbers) + 1))


def test_the_sample_repeats_nothing() -> None:
    read_all = [(m, sample(m.meta.doc_id)) for m in DOCUMENTS]
    documents = pd.DataFrame(
        {"doc_id": m.meta.doc_id, "file": build.file_of(m)} | facts for m, (facts, _, _) in read_all
    )
    sentences = pd.DataFrame(row for _, (_, rows, _) in read_all for row in rows)
    assert set(linked(documents, sentences, 0.6)) == {""}


def test_a_report_of_a_known_layout() -> None:
    facts, rows, _ = read(REPORT.format(table=TABLE))
    assert (facts["framework"], facts["council"], facts["council_method"]) == (
        "ILACS", "Fenmoor", "unresolved",
    )  # fmt: skip
    assert (facts["overall"], facts["in_care"], facts["adoption"]) == (
        "requires improvement", "inadequate", "",
    )  # fmt: skip
    assert [(row["section"], row["bullet"], row["paragraph"], row["text"]) for row in rows] == [
        ("summary", False, "", "Children in Fenmoor are safe."),
        ("summary", False, "", "Plans are late."),
        ("improve", True, "", "The plans"),
        ("leaders", False, "1", "Leaders are new."),
        ("leaders", False, "1", "They listen."),
    ]
    assert {row["source"] for row in rows} == {"inspectorate"}


def test_a_report_of_no_known_layout_is_still_read() -> None:
    text = REPORT.replace("Inspection of local authority children’s services", "Report on homes")
    facts, rows, _ = read(text.format(table="").replace("The impact of leaders on", "Leaders and"))
    assert (facts["doc_type"], facts["framework"]) == ("inspection_report", "other")
    assert not any(facts[grade] for grade in ("overall", "leaders", "in_care"))
    assert "layout not known" in facts["notes"]
    findings = {row["section"] for row in rows if row["text"].startswith(("Leaders", "The plans"))}
    assert findings == {"other"}


def test_a_press_text() -> None:
    facts, rows, _ = read(RELEASE)
    assert (facts["doc_type"], facts["framework"], facts["published"], facts["publisher"]) == (
        "press_release", "", "2016-04-27", "Fenmoor Council",
    )  # fmt: skip
    assert [(row["section"], row["source"], row["text"]) for row in rows] == [
        ("title", "author", "Services improve"),
        ("body", "author", "Fenmoor Council is proud."),
        ("body", "author", "Our children’s services are good."),
        ("quote", "council", "Cllr Ada Bell said: “Children are safe."),
        ("quote", "council", "“We will go on.”"),
        ("body", "author", "The report can be read in full."),
    ]


@pytest.mark.parametrize(
    ("registered", "fact", "value", "note"),
    [
        ({"doc_type": "news"}, "doc_type", "news",
         "the registry says doc_type news, the document press_release"),
        ({"published": "2016-05-01"}, "published", "2016-05-01",
         "the registry says published 2016-05-01, the document 2016-04-27"),
        ({"published": "2016-04-27"}, "published", "2016-04-27", ""),
        ({"publisher": ""}, "publisher", "Fenmoor Council", ""),
        ({"url": "https://fenmoor.example"}, "url", "https://fenmoor.example", ""),
        ({"council": "Kent", "gss_code": "E1", "la_code": "2", "region": "South"}, "council",
         "Kent", ""),
    ],
)  # fmt: skip
def test_the_registry_wins_and_a_difference_is_noted(
    registered: dict[str, str], fact: str, value: str, note: str
) -> None:
    facts, _, _ = read(RELEASE, **registered)
    assert facts[fact] == value
    assert facts["notes"] == note


def test_a_registered_report_is_never_read_as_news() -> None:
    facts, _, _ = read("A page without any sign of what it is.\nChildren are safe.",
                       doc_type="inspection_report")  # fmt: skip
    assert (facts["doc_type"], facts["framework"]) == ("inspection_report", "other")
