"""The sample corpus: its manuscripts, its files, its labels and its datasheet agree."""

from __future__ import annotations

import csv
import hashlib
import html
import re
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import docx
import pypdfium2
import pytest
import yaml

from corpus import build
from corpus.layout.docx import write_docx
from corpus.layout.figures import BANDS, shares
from corpus.layout.frontmatter import GRADES
from corpus.layout.manuscript import (
    Codes,
    Manuscript,
    ManuscriptError,
    parse_manuscript,
    read_manuscript,
)
from corpus.layout.tables import LABEL_COLUMNS, REGISTRY_COLUMNS, counts, label_rows, read_codes
from corpus.layout.text import copied_report
from corpus.layout.wording import FICTION, date_range, inspector_title

CODES = Codes(
    frozenset({"assessment", "early_help", "leadership", "other"}), frozenset({"council"})
)
REPORT = """---
doc_id: fenmoor-2022-report
doc_type: inspection_report
layout: ilacs
format: pdf
council: Fenmoor
council_title: Fenmoor Council
start_date: 2022-05-09
end_date: 2022-05-20
published: 2022-07-04
lead_inspector: Ada Bell
grades: {leaders: good, help_protection: requires improvement, in_care: good, overall: good}
---
[S other] Help is good.
Nobody coded this.

## What needs to improve {improve}

* [W assessment] The use of chronologies.
* [W leadership;early_help] The reach of early help.

## Children who need help: good {help_protection}

+ [S early_help] Families are met at the door.
[N] The hub opened in May.

### A heading inside

+ [M leadership] Leaders are visible, but too few.
"""
PRESS = """---
doc_id: fenmoor-2022-press
doc_type: press_release
format: html
council: Fenmoor
council_title: Fenmoor Council
published: 2022-07-05
publisher: Fenmoor Council
---
# [S other @council] Services are good

[N @council ~Ada Finch, leader] Ada Finch, leader, said: “We are proud.
[S other @council ~Ada Finch, leader] Children are safe.

[N @council ~Ada Finch, leader] “We will go on.”

[N @council] The leader spoke on Monday.
"""


@pytest.fixture(scope="module")
def documents() -> list[Manuscript]:
    """Return every manuscript of the sample."""
    return build.read_all()


@pytest.fixture(scope="module")
def figures(documents: list[Manuscript]) -> dict[str, int]:
    """Return the counts of the datasheet."""
    return counts(documents)


def test_a_report_is_parsed() -> None:
    manuscript = parse_manuscript(REPORT, "x.txt", CODES)
    assert [(block.kind, block.section) for block in manuscript.blocks] == [
        ("paragraph", "summary"),
        ("heading", "improve"),
        ("bullet", "improve"),
        ("bullet", "improve"),
        ("heading", "help_protection"),
        ("numbered", "help_protection"),
        ("subheading", "help_protection"),
        ("numbered", "help_protection"),
    ]
    assert manuscript.blocks[0].text == "Help is good. Nobody coded this."
    assert manuscript.blocks[0].sentences[1].label is None
    label = manuscript.blocks[3].sentences[0].label
    assert label is not None
    assert (label.polarity, label.themes, label.source) == (
        "weakness",
        ("leadership", "early_help"),
        "inspectorate",
    )
    assert manuscript.meta.dates == (date(2022, 5, 9), date(2022, 5, 20))


def test_rows_of_labels_have_their_context() -> None:
    rows = list(label_rows(parse_manuscript(REPORT, "x.txt", CODES)))
    assert [(row["section"], row["bullet"], row["previous"]) for row in rows] == [
        ("summary", "no", ""),
        ("improve", "yes", ""),
        ("improve", "yes", ""),
        ("help_protection", "no", ""),
        ("help_protection", "no", "Families are met at the door."),
        ("help_protection", "no", "The hub opened in May."),
    ]


def test_quotations_are_followed_over_paragraphs() -> None:
    rows = list(label_rows(parse_manuscript(PRESS, "x.txt", CODES)))
    assert [row["section"] for row in rows] == ["title", "quote", "quote", "quote", "body"]


@pytest.mark.parametrize(
    ("source", "old", "new", "line", "message"),
    [
        (REPORT, "[S other]", "[S others]", 14, "unknown theme 'others'"),
        (REPORT, "[S other]", "[X other]", 14, "not a label"),
        (REPORT, "[S other]", "[S]", 14, "themes stand with"),
        (REPORT, "[N] The", "[N other] The", 25, "themes stand with"),
        (REPORT, "[S other]", "[S other] [N]", 14, "two labels"),
        (REPORT, "[S other]", "[S other;other]", 14, "repeated"),
        (REPORT, "[S other]", "[S other @council]", 14, "in press texts only"),
        (REPORT, "[S other] Help is good.", "[S other]", 14, "no sentence"),
        (REPORT, "Nobody coded", "Nobody  coded", 15, "more than one space"),
        (REPORT, " {improve}", "", 17, "heading without"),
        (REPORT, "{improve}", "{improvement}", 17, "unknown section"),
        (REPORT, "### A heading", "#### A heading", 27, "not a heading"),
        (REPORT, "### A heading", "### =nothing", 27, "unknown heading"),
        (REPORT, "### A heading", "# A heading", 27, "first line of a press text"),
        (REPORT, "inside", "inside {info}", 27, "does not belong"),
        (REPORT, "council: Fenmoor\n", "", 1, "missing field 'council'"),
        (REPORT, "lead_inspector: Ada Bell\n", "", 1, "missing field 'lead_inspector'"),
        (REPORT, "doc_id: ", "colour: red\ndoc_id: ", 2, "unknown field 'colour'"),
        (REPORT, "overall: good", "overall: fair", 12, "unknown grade 'fair'"),
        (REPORT, ", overall: good", "", 12, "judgement 'overall'"),
        (REPORT, "layout: ilacs", "layout: jtai", 4, "unknown layout"),
        (REPORT, "format: pdf", "format: html", 5, "has no format"),
        (REPORT, "2022-05-20", "20 May", 9, "not a date"),
        (REPORT, "2022-05-20", "2022-05-01", 8, "not in order"),
        (REPORT, "published: 2022", "published: 2023", 12, "judgement 'care_leavers'"),
        (PRESS, "# [S", "[S", 1, "begins with a line '# Title'"),
        (PRESS, "~Ada Finch, leader] “We will", "@other] “We will", 15, "not a label"),
        (PRESS, "[N @council] The", "[N] The", 17, "in press texts only"),
        (PRESS, "[N @council] The", "[N @mayor] The", 17, "unknown source 'mayor'"),
        (PRESS, "publisher: Fenmoor Council\n", "", 1, "missing field 'publisher'"),
    ],
)
def test_errors_name_file_and_line(
    source: str, old: str, new: str, line: int, message: str
) -> None:
    assert old in source
    with pytest.raises(ManuscriptError, match=rf"^x\.txt:{line}: .*") as caught:
        parse_manuscript(source.replace(old, new, 1), "x.txt", CODES)
    assert message in str(caught.value)


def test_front_matter_must_be_there_and_closed() -> None:
    for broken in (REPORT[4:], REPORT.replace("\n---\n", "\n", 1), "---\n- a\n---\nText.\n"):
        with pytest.raises(ManuscriptError, match=r"^x\.txt:1: "):
            parse_manuscript(broken, "x.txt", CODES)


def test_the_file_is_named_after_the_document(tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_text(REPORT, encoding="utf-8")
    with pytest.raises(ManuscriptError, match="not the stem"):
        read_manuscript(path, CODES)


def test_the_codes_are_the_codebooks() -> None:
    path = build.CORPUS / "codebook.yaml"
    if not path.exists():
        pytest.skip("no codebook beside the corpus")
    codebook = yaml.safe_load(path.read_text(encoding="utf-8"))
    themes = {
        theme["id"] for theme in codebook["themes"] if theme.get("status", "active") == "active"
    }
    codes = read_codes(build.MANUSCRIPTS / "codes.csv")
    assert codes.themes - {"other"} == themes - {"other"}
    assert codes.sources == {source["id"] for source in codebook["sources"]}


def test_two_builds_have_the_same_bytes(tmp_path: Path) -> None:
    folders = tmp_path / "a", tmp_path / "b"
    built = [build.build(folder) for folder in folders]
    assert built[0] == built[1]
    for name in built[0]:
        first, second = ((folder / name).read_bytes() for folder in folders)
        assert first == second, name


def test_the_committed_files_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["--check"]) == 0, capsys.readouterr().out


def test_check_names_what_differs(tmp_path: Path) -> None:
    built = build.build(tmp_path)
    (tmp_path / built[0]).write_bytes(b"changed")
    (tmp_path / built[1]).unlink()
    (tmp_path / "sample/press/stray.html").write_text("x", encoding="utf-8")
    assert build.differences(tmp_path) == sorted(
        [
            f"{built[0]}: differs",
            f"{built[1]}: missing",
            "sample/press/stray.html: not built from any manuscript",
        ]
    )


def text_of(path: Path) -> str:
    """Return the text of a laid-out file, tags and the middle of no sentence removed."""
    if path.suffix == ".pdf":
        with pypdfium2.PdfDocument(path) as pdf:
            return "\n".join(page.get_textpage().get_text_range() for page in pdf)
    if path.suffix == ".docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)
    text = path.read_text(encoding="utf-8")
    return html.unescape(re.sub(r"<[^>]+>", " ", text)) if path.suffix == ".html" else text


def squeezed(text: str) -> str:
    """Return a text without white space and without hyphens of any kind."""
    return re.sub(r"[\s\u00ad\ufffe\x02-]", "", text)


def in_two_pieces(sentence: str, text: str) -> bool:
    """Return whether a sentence is there with a page's furniture between its two halves."""
    for cut in range(1, len(sentence)):
        head = text.find(sentence[:cut])
        if head < 0:
            return False
        start = head + cut
        if 0 <= text.find(sentence[cut:], start) - start < 400:
            return True
    return False


def test_every_sentence_stands_in_its_file(documents: list[Manuscript]) -> None:
    total = whole = 0
    for document in documents:
        text = squeezed(text_of(build.CORPUS / "sample" / build.file_of(document)))
        for _, sentence in document.sentences():
            total += 1
            words = squeezed(sentence.text)
            if words in text:
                whole += 1
            else:
                assert in_two_pieces(words, text), (document.meta.doc_id, sentence.text)
    assert whole / total >= 0.97


def test_every_file_says_that_it_is_fiction(documents: list[Manuscript]) -> None:
    for document in documents:
        text = squeezed(text_of(build.CORPUS / "sample" / build.file_of(document)))
        assert squeezed(FICTION) in text, document.meta.doc_id


def test_signs_survive_in_pdfs(documents: list[Manuscript]) -> None:
    reports = [document for document in documents if document.meta.format == "pdf"]
    texts = [text_of(build.CORPUS / "sample" / build.file_of(report)) for report in reports]
    for sign in "’“”–•■\ufffe":
        assert any(sign in text for text in texts), sign


def test_no_sentence_occurs_twice(documents: list[Manuscript]) -> None:
    seen = Counter(
        sentence.text.casefold()
        for document in documents
        for _, sentence in document.sentences()
        # The lead-in to a list says the same thing in the same few words.
        if not sentence.text.endswith(":")
    )
    assert [text for text, number in seen.items() if number > 1] == []


@pytest.mark.parametrize(
    ("figure", "least"),
    [
        ("documents", 30),
        ("sentences", 1500),
        ("labelled sentences", 600),
        ("councils", 12),
        ("councils with two inspections", 6),
        *((f"reports judged {grade} overall", 1) for grade in GRADES),
    ],
)
def test_counts(figures: dict[str, int], figure: str, least: int) -> None:
    assert figures[figure] >= least


def test_the_datasheet_states_the_counts(figures: dict[str, int]) -> None:
    datasheet = (build.CORPUS / "DATASHEET.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \| ([\d,]+) \|$", datasheet, re.MULTILINE)
    assert {name: int(number.replace(",", "")) for name, number in rows} == figures


def test_the_registry_lists_every_file_with_its_sum(documents: list[Manuscript]) -> None:
    sample = build.CORPUS / "sample"
    with (sample / "registry.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == REGISTRY_COLUMNS
    assert [row["doc_id"] for row in rows] == [document.meta.doc_id for document in documents]
    for row in rows:
        data = (sample / row["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == row["sha256"]
        assert row["gss_code"].startswith("X99") and row["region"].startswith("Sample ")


def test_the_label_file_holds_every_coded_sentence(documents: list[Manuscript]) -> None:
    with (build.CORPUS / "sample_labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == LABEL_COLUMNS
    coded = [
        (document.meta.doc_id, sentence.text, sentence.label.polarity)
        for document in documents
        for _, sentence in document.sentences()
        if sentence.label is not None
    ]
    assert [(row["doc_id"], row["sentence"], row["polarity"]) for row in rows] == coded


def test_a_newer_report_has_a_text_layout_too() -> None:
    manuscript = parse_manuscript(REPORT, "x.txt", CODES)
    lines = copied_report(manuscript)
    assert lines[:2] == ["1", "Inspection of Fenmoor local authority children’s services"]
    assert "1. Families are met at the door. The hub opened in May." in lines


def test_an_older_report_has_no_word_layout(tmp_path: Path) -> None:
    manuscript = parse_manuscript(REPORT, "x.txt", CODES)
    older = replace(manuscript, meta=replace(manuscript.meta, layout="sif"))
    with pytest.raises(ValueError, match="only ilacs"):
        write_docx(older, tmp_path / "x.docx")


def test_shares_of_ages_sum_to_one_hundred(documents: list[Manuscript]) -> None:
    for document in documents:
        assert sum(shares(document.meta)) == 100
        assert len(shares(document.meta)) == len(BANDS)


@pytest.mark.parametrize(
    ("start", "end", "printed"),
    [
        (date(2024, 7, 1), date(2024, 7, 5), "1 to 5 July 2024"),
        (date(2021, 9, 27), date(2021, 10, 8), "27 September to 8 October 2021"),
        (date(2021, 12, 27), date(2022, 1, 7), "27 December 2021 to 7 January 2022"),
    ],
)
def test_dates_are_printed_as_in_reports(start: date, end: date, printed: str) -> None:
    assert date_range(start, end) == printed


def test_the_inspectors_title_follows_the_sovereign() -> None:
    assert inspector_title(date(2022, 9, 7)).startswith("Her ")
    assert inspector_title(date(2022, 9, 8)).startswith("His ")
