import csv
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.layout.manuscript import Codes, read_manuscript
from pipeline.facts.quotes import quotations
from pipeline.facts.speakers import Attribution, attribute
from pipeline.facts.voices import source_of_role
from pipeline.schema import SOURCES

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).resolve().parent / "data"
PRESS = ROOT.parent / "shared" / "corpus" / "press"
MANUSCRIPTS = ROOT / "corpus" / "manuscripts"
GOAL = 0.95

_ROW = re.compile(r"(\w+)( \*)?(?: ~(.*?))?( @q)?$")
_SPLIT = re.compile(r'(?<=[.!?])\s+(?=[“"‘A-Z(•])|(?<=[.!?][”"’)])\s+(?=[“"‘A-Z(•])')


class Case(NamedTuple):
    name: str
    paragraphs: list[list[str]]
    bullets: list[bool]
    expected: list[list[Attribution]]


def read_cases() -> list[Case]:
    cases = []
    for block in re.split(r"^= ", (DATA / "press_cases.txt").read_text("utf-8"), flags=re.M)[1:]:
        name, body = block.split("\n", 1)
        case = Case(name, [], [], [])
        for paragraph in re.split(r"\n\s*\n", body.strip()):
            rows = [line.split(" :: ", 1) for line in paragraph.split("\n")]
            heads = [match for head, _ in rows if (match := _ROW.match(head))]
            case.paragraphs.append([sentence for _, sentence in rows])
            case.bullets.append(any(head[2] for head in heads))
            case.expected.append([Attribution(h[1], h[3] or "", bool(h[4])) for h in heads])
        cases.append(case)
    return cases


CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_made_up_passages(case: Case) -> None:
    got = attribute(case.paragraphs, case.bullets)
    pairs = zip(case.paragraphs, case.expected, got, strict=True)
    wrong = [
        (sentence, want, have)
        for sentences, wants, haves in pairs
        for sentence, want, have in zip(sentences, wants, haves, strict=True)
        if want != have
    ]
    assert wrong == []


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_straight_marks_read_like_curly_ones(case: Case) -> None:
    if "nested" in case.name:
        pytest.skip("straight marks cannot tell a nested quotation from the end of the outer one")
    straight = [[re.sub("[“”]", '"', s) for s in paragraph] for paragraph in case.paragraphs]
    got = attribute(straight, case.bullets)
    assert [[a.source for a in row] for row in got] == [
        [a.source for a in row] for row in case.expected
    ]


@pytest.mark.parametrize(
    ("phrase", "source"),
    [
        ("leader of the council", "council"),
        ("leader of the opposition", "other"),
        ("leader of the Labour group", "other"),
        ("Labour leader of Westshire County Council", "council"),
        ("cabinet member for children", "council"),
        ("shadow cabinet member for children", "other"),
        ("chair of the scrutiny committee", "council"),
        ("independent chair of the improvement board", "other"),
        ("chair of the Westshire Safeguarding Children Partnership", "other"),
        ("chair of the corporate parenting panel", "council"),
        ("executive director of children’s services", "council"),
        ("national director of Ofsted", "inspectorate"),
        ("director of the charity Bright Start", "other"),
        ("chief executive of Westshire Children’s Trust", "council"),
        ("head of the virtual school", "council"),
        ("head teacher of Elm Road School", "other"),
        ("principal social worker", "council"),
        ("former social worker", "other"),
        ("regional secretary of Unison", "other"),
        ("elected mayor", "council"),
        ("a baker", ""),
    ],
)
def test_roles(phrase: str, source: str) -> None:
    assert source_of_role(phrase) == source


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (["He said “yes” and left."], [["“yes”"]]),
        (["“One.", "“Two.”"], [["“One."], ["“Two.”"]]),
        (["“One.", "Two.”", "Three."], [["“One."], ["Two.”"], []]),
        (["“One.", "Two."], [["“One."], []]),
        (["Teachers’ pay and children’s homes"], [[]]),
        (["They called it ‘fair’ and children’s"], [["‘fair’"]]),
        (["the ‘inspectors’ view’ is"], [["‘inspectors’ view’"]]),
        (["'We won't,' she said."], [["'We won't,'"]]),
        (["A '90s house and rock 'n' roll"], [[]]),
        (['"One," he said, "two."'], [['"One,"', '"two."']]),
        (['She said: "Yes.”'], [['"Yes.”']]),
    ],
)
def test_quotations_are_found(paragraphs: list[str], expected: list[list[str]]) -> None:
    found = quotations(paragraphs)
    assert [
        [text[span.start : span.end] for span in spans]
        for text, spans in zip(paragraphs, found, strict=True)
    ] == expected


SENTENCES = st.lists(
    st.one_of(
        st.text(st.sampled_from("abA .,:“”‘’\"'s"), max_size=40),
        st.sampled_from([s for case in CASES for paragraph in case.paragraphs for s in paragraph]),
    ),
    min_size=1,
    max_size=4,
)
TEXTS = st.lists(st.tuples(SENTENCES, st.booleans()), max_size=6)


@given(TEXTS)
def test_every_sentence_gets_one_allowed_source(rows: list[tuple[list[str], bool]]) -> None:
    paragraphs, bullets = [row for row, _ in rows], [bullet for _, bullet in rows]
    got = attribute(paragraphs, bullets)
    assert [len(row) for row in got] == [len(row) for row in paragraphs]
    for row in got:
        for one in row:
            assert one.source in SOURCES
            assert one.source != "author" or not one.speaker
    assert attribute(paragraphs, bullets) == got


@given(st.lists(st.text(st.sampled_from("abA .,:“”‘’\"'s"), max_size=60), max_size=5))
def test_quotations_lie_in_their_paragraph_and_never_overlap(paragraphs: list[str]) -> None:
    for text, spans in zip(paragraphs, quotations(paragraphs), strict=True):
        edges = [edge for span in spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(text) for edge in edges)
        assert all(span.start < span.end for span in spans)


@given(TEXTS)
def test_speakers_are_words_of_the_text(rows: list[tuple[list[str], bool]]) -> None:
    paragraphs = [row for row, _ in rows]
    whole = " ".join(" ".join(" ".join(sentences).split()) for sentences in paragraphs)
    for row in attribute(paragraphs, [bullet for _, bullet in rows]):
        for one in row:
            assert one.speaker in whole


def test_made_up_documents() -> None:
    with (MANUSCRIPTS / "codes.csv").open(encoding="utf-8", newline="") as file:
        themes = {row["code"] for row in csv.DictReader(file)}
    codes = Codes(frozenset(themes), frozenset(SOURCES))
    total, sources, speakers = 0, 0, 0
    for path in sorted([*MANUSCRIPTS.glob("*-press.txt"), *MANUSCRIPTS.glob("*-news.txt")]):
        blocks = [b for b in read_manuscript(path, codes).blocks if b.kind != "title"]
        got = attribute(
            [[s.text for s in block.sentences] for block in blocks],
            [block.kind == "bullet" for block in blocks],
        )
        for block, row in zip(blocks, got, strict=True):
            for sentence, one in zip(block.sentences, row, strict=True):
                if sentence.label is not None:
                    total += 1
                    sources += sentence.label.source == one.source
                    speakers += sentence.label.speaker == one.speaker
    assert total > 300
    assert sources / total >= GOAL
    assert speakers / total >= GOAL


def hashed(text: str) -> str:
    """Return what stands for a real text or speaker in the labels; empty for no text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16] if text else ""


@pytest.mark.shared
def test_real_documents() -> None:
    if not PRESS.is_dir():
        pytest.skip(f"the shared press texts are not there: {PRESS}")
    with (DATA / "press_labels.csv").open(encoding="utf-8", newline="") as file:
        labels = {(r["doc_id"], r["sentence_hash"]): r for r in csv.DictReader(file)}
    rows = []
    for path in sorted(PRESS.glob("*.txt")):
        lines = [" ".join(line.split()) for line in path.read_text("utf-8").split("\n")]
        lines = [line for line in lines if line]
        paragraphs = [_SPLIT.split(line) for line in lines]
        got = attribute(paragraphs, [line.startswith("•") for line in lines])
        for sentences, row in zip(paragraphs, got, strict=True):
            for sentence, one in zip(sentences, row, strict=True):
                rows.append((labels[path.stem, hashed(sentence)], one))
    assert len({(row["doc_id"], row["sentence_hash"]) for row, _ in rows}) == len(labels)
    assert sum(row["source"] == one.source for row, one in rows) / len(rows) >= GOAL
    right = sum(row["speaker_hash"] == hashed(one.speaker) for row, one in rows)
    assert right / len(rows) >= GOAL
