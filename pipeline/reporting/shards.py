"""The findings of each document in their paragraphs, as a script that pages load on demand."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pipeline import schema
from pipeline.reporting import marks
from pipeline.reporting.links import page_address
from pipeline.reporting.script import call
from pipeline.reporting.study import DOC_TYPES, Row, Study

SECTIONS = {
    "front": "front page", "summary": "summary", "improve": "what needs to improve",
    "help_protection": "help and protection", "in_care": "children in care",
    "care_leavers": "care leavers", "leaders": "leaders", "lscb": "safeguarding board",
    "info": "about the inspection", "other": "other section", "title": "title", "body": "text",
    "quote": "quotation",
}  # fmt: skip
POLARITY = {code: number for number, code in enumerate(schema.POLARITIES)}
NONE = POLARITY["none"]
DIRECTIONS = {"strength": "strength", "weakness": "weakness", "left_out": "left_out"}


def index(study: Study) -> str:
    """Return the script that names every document with its facts, and every code with its label."""
    documents = [
        [row["doc_id"], row["council"], row["framework"], row["doc_type"], row["published"],
         row["region"], row["overall"], row["title"], row["address"], row["pages"],
         bool(row["duplicate_of"]), row["slug"], row["findings"]]
        for row in study.documents
    ]  # fmt: skip
    themes = [[theme.id, theme.label] for theme in study.themes]
    return call("report.index", [documents, themes, SECTIONS, DOC_TYPES])


def shards(study: Study) -> Iterator[tuple[str, str]]:
    """Return, for every document, its name and a script with the paragraphs that hold findings.

    A paragraph is ``[heading, section, number, bullet, sentences]``. A sentence that is no finding
    is its text; a finding is ``[number, page, polarity, pieces, themes, confidence, source,
    speaker, coder, address, press]``, where ``pieces`` are those of :func:`marks.pieces` and
    ``press`` tells which press texts take it up or leave it out.
    """
    theme_words = _theme_words(study)
    press = _press(study)
    sentences = study.rows("sentences")
    for doc_id, rows in groupby(sentences, key=lambda row: str(row["doc_id"])):
        document = study.by_id[doc_id]
        blocks = []
        for _, group in groupby(rows, key=lambda row: int(row["block"])):
            inside = list(group)
            if any(row["polarity"] != "none" for row in inside):
                first = inside[0]
                blocks.append([
                    first["heading"], first["section"], first["paragraph"], first["bullet"],
                    [_sentence(row, document, theme_words, press) for row in inside],
                ])  # fmt: skip
        yield doc_id, call("report.findings", [doc_id, blocks])


def _theme_words(study: Study) -> dict[str, str]:
    """Return the words that carried the themes of every finding."""
    words: dict[str, list[str]] = defaultdict(list)
    for row in study.rows("finding_themes"):
        if row["evidence"]:
            words[row["sentence_id"]].append(row["evidence"])
    return {sentence: ";".join(pieces) for sentence, pieces in words.items()}


def _press(study: Study) -> dict[str, list[list[str]]]:
    """Return what became of every finding in the press texts about its report."""
    found: dict[str, list[list[str]]] = defaultdict(list)
    for row in study.rows("press_matches"):
        found[row["report_sentence"]].append(
            [row["press_id"], DIRECTIONS[row["direction"]], row["press_sentence"]]
        )
    for row in study.rows("press_omissions"):
        found[row["sentence_id"]].append([row["press_id"], DIRECTIONS["left_out"], ""])
    return found


def _sentence(
    row: Row, document: Row, theme_words: dict[str, str], press: dict[str, list[list[str]]]
) -> Any:
    if row["polarity"] == "none":
        return row["text"]
    sentence = row["sentence_id"]
    pieces: list[Any] = []
    for mark, piece in marks.pieces(row["text"], row["evidence"], theme_words.get(sentence, "")):
        pieces += [mark, piece]
    return [
        sentence.removeprefix(f"{row['doc_id']}-"), row["page"], POLARITY[row["polarity"]], pieces,
        row["themes"], round(row["confidence"], 3), row["source"], row["speaker"], row["coder"],
        page_address(document["address"], document["file"], row["page"]), press.get(sentence, []),
    ]  # fmt: skip
