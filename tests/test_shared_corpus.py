"""The real corpus beside the checkout: hand-read facts, gold sentences, and the odd files."""

import csv
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import linked

from pipeline.documents import read_facts_and_sentences
from pipeline.errors import Rejected
from pipeline.paths import ROOT

SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
FACTS = Path(__file__).resolve().parent / "data" / "report_facts.csv"
# Every third of the hand-read reports, so that both layouts and all years are among them.
EVERY = 3
GOAL = 0.98
Read = tuple[dict[str, Any], list[dict[str, Any]], str]

_NUMBER = re.compile(r"^\d{1,3}\.\s*")
_FRONT = re.compile(r"Inspection dates?:|Lead inspectors?:|^\W*$")
_STOP = re.compile(r"[.!?:;][’”\"')\]]*$")

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not CORPUS.is_dir(),
        reason=f"{CORPUS} is not here: the real corpus is not part of the project",
    ),
]


def hand_read() -> list[dict[str, str]]:
    with FACTS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))[::EVERY]


ROWS = hand_read()


@cache
def report(doc_id: str) -> Read:
    path = CORPUS / "reports" / f"{doc_id}.pdf"
    return read_facts_and_sentences(path.read_bytes(), doc_id, path.name, {})


@cache
def text_file(name: str) -> Read:
    path = CORPUS / name
    return read_facts_and_sentences(path.read_bytes(), path.stem, path.name, {})


def bare(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("row", ROWS, ids=[row["doc_id"] for row in ROWS])
def test_facts_are_those_read_by_eye(row: dict[str, str]) -> None:
    facts = report(row["doc_id"])[0]
    wanted = {key: value for key, value in row.items() if key != "doc_id"}
    assert {key: facts[key] for key in wanted} == wanted


@pytest.mark.parametrize("row", ROWS, ids=[row["doc_id"] for row in ROWS])
def test_offsets_give_the_sentences(row: dict[str, str]) -> None:
    _, rows, text = report(row["doc_id"])
    assert len(rows) > 100
    assert all(text[r["start"] : r["end"]] == r["text"] for r in rows)


def is_whole(gold: str, ours: set[str]) -> bool:
    """Tell whether a gold row is one sentence: no title page, heading, fragment or glued pieces.

    The rows come from a rough first cleaning. One without a stop at its end is a heading or a
    fragment; so is one within a sentence of ours that begins with a small letter. Where one ends
    with a whole sentence of ours, and what comes before has no stop, a heading is glued on.
    """
    if _FRONT.search(gold) or not _STOP.search(gold.strip()):
        return False
    squeezed = bare(_NUMBER.sub("", gold))
    if squeezed[:1].islower() and any(squeezed in text for text in ours):
        return False
    glued = [squeezed.removesuffix(text) for text in ours if squeezed.endswith(text)]
    return not any(before and not _STOP.search(before) for before in glued)


def test_gold_sentences_are_found() -> None:
    gold = defaultdict(list)
    with (SHARED / "gold" / "dev.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            gold[row["doc_id"]].append(row)
    found = missing = 0
    for doc_id in (row["doc_id"] for row in ROWS):
        ours = {bare(row["text"]) for row in report(doc_id)[1]}
        for row in gold[doc_id]:
            if bare(_NUMBER.sub("", row["sentence"])) in ours:
                found += 1
            elif row["stratum"] != "front_matter" and is_whole(row["sentence"], ours):
                missing += 1
    assert found > 400
    assert found / (found + missing) >= GOAL


def test_error_pages_are_rejected() -> None:
    paths = sorted((CORPUS / "unreadable").glob("*.pdf"))
    assert paths
    for path in paths:
        with pytest.raises(Rejected) as caught:
            read_facts_and_sentences(path.read_bytes(), "x", path.name, {})
        assert caught.value.reason == "not_found_page"


@pytest.mark.parametrize(
    ("name", "kind", "published", "council"),
    [
        ("northamptonshire-2016-press-release", "press_release", "2016-04-27", "Northamptonshire"),
        ("northumberland-2019-news", "news", "", "Northumberland"),
        ("northumberland-2020-press-release", "press_release", "", "Northumberland"),
        ("northumberland-2024-news", "news", "2024-07-12", "Northumberland"),
    ],
)
def test_press_texts(name: str, kind: str, published: str, council: str) -> None:
    facts, rows, _ = text_file(f"press/{name}.txt")
    assert (facts["doc_type"], facts["published"], facts["council"]) == (kind, published, council)
    assert facts["title"]
    assert rows[0]["section"] == "title"
    furniture = re.compile(
        r"hide ad|news home|most popular|view all|photo by|^back to|^date \d", re.I
    )
    assert [row["text"] for row in rows if furniture.search(row["text"])] == []
    if kind == "press_release":
        assert facts["publisher"] == f"{council} County Council"


@pytest.mark.parametrize(
    ("name", "sources"),
    [
        ("northamptonshire-2016-press-release", {"author", "inspectorate", "council", "other"}),
        ("northumberland-2024-news", {"author", "inspectorate", "council"}),
    ],
)
def test_press_sources(name: str, sources: set[str]) -> None:
    rows = text_file(f"press/{name}.txt")[1]
    assert {row["source"] for row in rows} == sources
    assert all(row["speaker"] for row in rows if row["source"] == "other")


def test_a_report_kept_as_text_is_linked_to_its_pdf_and_nothing_else_is() -> None:
    names = ["80532-2020-03-02", "2637539-2022-11-25", "2637548-2022-11-25", ROWS[0]["doc_id"]]
    read = {f"reports/{name}.pdf": report(name) for name in names}
    kept = "reports-text/northumberland-2020-report.txt"
    read[kept] = text_file(kept)
    documents = pd.DataFrame(
        {"doc_id": Path(file).stem, "file": file} | facts for file, (facts, _, _) in read.items()
    )
    sentences = pd.DataFrame(
        {"doc_id": Path(file).stem, "text": row["text"]}
        for file, (_, rows, _) in read.items()
        for row in rows
    )
    assert linked(documents, sentences, 0.6) == ["", "", "", "", "80532-2020-03-02"]
