"""One document from its bytes: facts, sentences with their places, and the cleaned text."""

import logging
from dataclasses import replace
from typing import Any

from pipeline.errors import Rejected
from pipeline.facts import report as report_facts
from pipeline.facts.councils import Council, council_of_text, resolve
from pipeline.facts.kind import press_kind
from pipeline.facts.press import body_lines, press_date, press_publisher, press_title
from pipeline.facts.quotes import sentences_of
from pipeline.facts.speakers import attribute
from pipeline.reading.read import read_document
from pipeline.reading.source import Line, Source
from pipeline.structure.blocks import Block, BlockBuilder, usual_width
from pipeline.structure.hyphens import restore_block, vocabulary
from pipeline.structure.lines import page_text
from pipeline.structure.patterns import plain
from pipeline.structure.sections import assign_sections, mark_grade_table, mark_title_page
from pipeline.structure.text import Sentence, lay_out

log = logging.getLogger("findings")
Row = dict[str, Any]
_GRADES = ("overall", "leaders", "help_protection", "in_care", "care_leavers", "adoption", "lscb")
_MIN_WORDS = 5


def _blocks(lines: list[Line]) -> list[Block]:
    seen = vocabulary([line.text for line in lines])
    blocks = BlockBuilder(lines, usual_width(lines)).build()
    for block in blocks:
        block.text, block.pages = restore_block(block.text, block.pages, seen)
    return blocks


def _report(source: Source, framework: str) -> tuple[Row, list[Block]]:
    """Return the facts and the blocks of an inspection report."""
    proper = page_text(source.lines)
    lines = mark_title_page(mark_grade_table(proper.lines))
    table = [line.text for line in lines if line.role == "table"][:40]
    blocks = _blocks(lines) + [
        Block("footnote", block.text, block.number, pages=block.pages)
        for block in _blocks(proper.footnotes)
    ]
    blocks = assign_sections(blocks, framework)
    front = " ".join(line.text for line in source.lines if line.page <= 2)[:4000]
    whole = " ".join(block.text for block in blocks if block.kind != "footnote")
    headings = [block.text for block in blocks if block.kind == "heading"]
    grades = report_facts.report_grades(table, front, whole, headings, framework)
    start, end = report_facts.inspection_period(source.lines)
    notes = list(grades.notes)
    if framework == "other":
        notes.append("layout not known: sections and grades are not read")
    facts: Row = {
        "doc_type": "inspection_report",
        "framework": framework,
        "printed_council": report_facts.printed_council(source.lines),
        "title": report_facts.title(source.lines),
        "publisher": "Ofsted",
        "published": report_facts.published(source.lines),
        "start_date": start,
        "end_date": end,
        "lead_inspector": report_facts.lead_inspector(source.lines),
        **dict.fromkeys(_GRADES, ""),
        **grades.grades,
        "notes": notes,
    }
    return facts, blocks


def _press(source: Source) -> tuple[Row, list[Block]]:
    """Return the facts and the blocks of a press release or news story."""
    title = press_title(source)
    lines = body_lines(source)
    blocks = _blocks(lines)
    for block in blocks:
        block.section = "body"
    same = [block for block in blocks[:3] if plain(block.text) == plain(title)]
    blocks = [block for block in blocks if block not in same]
    if title:
        blocks.insert(0, Block("paragraph", title, section="title", pages=[(0, 1)]))
    kind = press_kind(source)
    facts: Row = {
        "doc_type": kind,
        "framework": "",
        "title": title,
        "publisher": press_publisher(source, kind),
        "published": press_date(source),
        "start_date": "",
        "end_date": "",
        "lead_inspector": "",
        **dict.fromkeys(_GRADES, ""),
        "notes": [],
    }
    return facts, blocks


def _council(facts: Row, text: str, registered: dict[str, str]) -> Council:
    on = facts["end_date"] or facts["published"] or registered.get("published", "")
    if registered.get("council"):
        named = resolve(registered["council"], on)
        return replace(
            named,
            name=registered["council"],
            gss_code=registered["gss_code"] or named.gss_code,
            la_code=registered["la_code"] or named.la_code,
            region=registered["region"] or named.region,
            method="registry",
            score=1.0,
        )
    if facts["doc_type"] == "inspection_report":
        return resolve(facts.pop("printed_council"), on)
    return council_of_text(facts["title"], text, on)


def _attributed(sentences: list[Sentence]) -> list[tuple[str, str, str]]:
    """Return section, source and speaker of every sentence of a press text.

    A sentence that opens a quotation ("Cllr Finch said: …") is part of it.
    """
    groups: dict[tuple[bool, int], list[Sentence]] = {}
    for sentence in sentences:
        groups.setdefault((sentence.section == "title", sentence.block), []).append(sentence)
    rows: dict[int, tuple[str, str, str]] = {}
    for title in (True, False):
        chosen = [group for key, group in groups.items() if key[0] is title]
        paragraphs = [[s.text for s in group] for group in chosen]
        bullets = [group[0].bullet for group in chosen]
        said = [row for paragraph in attribute(paragraphs, bullets) for row in paragraph]
        read = [row for paragraph in sentences_of(paragraphs, bullets) for row in paragraph]
        flat = [sentence for group in chosen for sentence in group]
        for sentence, voice, words in zip(flat, said, read, strict=True):
            section = "title" if title else "quote" if words.spoken else "body"
            rows[sentence.start] = (section, voice.source, voice.speaker)
    return [rows[sentence.start] for sentence in sentences]


def _sentence_rows(sentences: list[Sentence], doc_id: str, press: bool) -> list[Row]:
    spoken = (
        _attributed(sentences) if press else [(s.section, "inspectorate", "") for s in sentences]
    )
    return [
        {
            "sentence_id": f"{doc_id}-{number:04d}",
            "doc_id": doc_id,
            "section": section,
            "heading": sentence.heading,
            "paragraph": sentence.paragraph,
            "block": sentence.block,
            "bullet": sentence.bullet,
            "page": sentence.page,
            "start": sentence.start,
            "end": sentence.end,
            "text": sentence.text,
            "source": source,
            "speaker": speaker,
        }
        for number, (sentence, (section, source, speaker)) in enumerate(
            zip(sentences, spoken, strict=True), 1
        )
    ]


def read_facts_and_sentences(
    data: bytes, doc_id: str, name: str, registered: dict[str, str]
) -> tuple[Row, list[Row], str]:
    """Return the document row, the sentence rows and the cleaned text of one file.

    Parameters
    ----------
    data
        The file's bytes.
    doc_id
        The document's name in the tables.
    name
        The file's name, for messages.
    registered
        The file's row of the registry; empty if it has none. Its facts win over the document's,
        and a difference is noted.

    Raises
    ------
    Rejected
        If the file cannot be read, or the program fails on it: one document that nobody foresaw
        must not cost the study the others.
    """
    try:
        return _read(data, doc_id, name, registered)
    except (Rejected, MemoryError):
        raise
    except Exception as error:
        log.debug("", exc_info=True)
        told = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        detail = f"the program failed on it ({told}); please report this with the document"
        raise Rejected("failed", detail) from error


def _read(
    data: bytes, doc_id: str, name: str, registered: dict[str, str]
) -> tuple[Row, list[Row], str]:
    source = read_document(data, name)
    framework = report_facts.framework_of(source.lines)
    registered_as = registered.get("doc_type", "")
    press = registered_as != "inspection_report" if registered_as else not framework
    facts, blocks = _press(source) if press else _report(source, framework or "other")
    text, sentences = lay_out(blocks)
    council = _council(facts, text, registered)
    facts.pop("printed_council", None)
    for key in ("doc_type", "published", "publisher"):
        stated = registered.get(key, "")
        if stated and facts[key] and stated != facts[key]:
            facts["notes"].append(f"the registry says {key} {stated}, the document {facts[key]}")
        facts[key] = stated or facts[key]
    document = facts | {
        "council": council.name,
        "council_method": council.method,
        "gss_code": council.gss_code,
        "la_code": council.la_code,
        "region": council.region,
        "pages": source.pages,
        "words": sum(len(s.text.split()) for s in sentences),
        "sentences": len(sentences),
        "duplicate_of": "",
        "url": registered.get("url", ""),
        "licence": registered.get("licence", ""),
        "notes": ";".join(facts["notes"]),
    }
    return document, _sentence_rows(sentences, doc_id, press), text
