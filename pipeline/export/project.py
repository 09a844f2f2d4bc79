"""A run as a REFI-QDA project: sources, codes, coded selections, coders, councils as cases."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from lxml import etree

from pipeline import schema
from pipeline.codebook import Codebook
from pipeline.errors import UsageError
from pipeline.export.archive import pack
from pipeline.export.refi import (
    ORIGIN,
    PROJECT,
    add_codes,
    code_groups,
    document_bytes,
    element,
    guid,
)
from pipeline.export.study import Coding, Study, codings, exact, fingerprints, source_text
from pipeline.schema import MODEL

GRADES = ("overall", "leaders", "help_protection", "in_care", "care_leavers", "adoption", "lscb")
CASE_FACTS = ("region", "gss_code", "framework", "published", *GRADES)
SOURCE_FACTS = (
    "council", "region", "doc_type", "framework", "publisher", "published", "start_date",
    "end_date", *GRADES,
)  # fmt: skip
_KINDS = {"date": "Date", "int": "Integer"}
# What stands before the mark of a document's coding.
MARK = "Coding:"


def _attribute(above: Any, name: str, value: object, place: str) -> None:
    kind = next(c.kind for c in schema.DOCUMENTS.columns if c.name == name)
    held = element(above, "VariableValue")
    element(held, "VariableRef", targetGUID=guid("variable", place, name))
    element(held, f"{_KINDS.get(kind, 'Text')}Value", str(value))


def _variables(project: Any) -> None:
    """Declare the attributes; a program keeps one name either for cases or for sources."""
    variables = element(project, "Variables")
    for place, facts in (("Latest inspection", CASE_FACTS), ("Document", SOURCE_FACTS)):
        for name in facts:
            column = next(c for c in schema.DOCUMENTS.columns if c.name == name)
            variable = element(
                variables, "Variable", guid=guid("variable", place, name),
                name=f"{place}: {name}", typeOfVariable=_KINDS.get(column.kind, "Text"),
            )  # fmt: skip
            element(variable, "Description", column.meaning)


def latest_reports(documents: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return the facts of each council's latest inspection report, or of its last document.

    Reports that repeat another one do not count.
    """
    rank = documents.assign(
        report=(documents["doc_type"] == "inspection_report") & (documents["duplicate_of"] == "")
    )
    ordered = rank.sort_values(["council", "report", "published", "doc_id"], kind="stable")
    last = ordered.drop_duplicates("council", keep="last").to_dict("records")
    # Of a press text only the region says something of the council.
    return {
        row["council"]: {n: row[n] for n in CASE_FACTS if row["report"] or n in CASE_FACTS[:2]}
        for row in last
        if row["council"]
    }


def _cases(project: Any, documents: pd.DataFrame) -> None:
    latest = latest_reports(documents)
    if not latest:
        return
    cases = element(project, "Cases")
    by_council = documents.groupby("council", sort=True)["doc_id"]
    for council, doc_ids in by_council:
        if council not in latest:
            continue
        case = element(cases, "Case", guid=guid("case", str(council)), name=str(council))
        for name, value in latest[str(council)].items():
            if value:
                _attribute(case, name, value, "Latest inspection")
        for doc_id in doc_ids:
            element(case, "SourceRef", targetGUID=guid("source", doc_id))


def _comment(sentence: dict[Any, Any]) -> str:
    speaker = f" ({sentence['speaker']})" if sentence["speaker"] else ""
    return (
        f"Evidence: {sentence['evidence'].replace(';', '; ')}\n"
        f"Confidence: {sentence['confidence']:.2f}\n"
        f"Source: {sentence['source']}{speaker}"
    )


@dataclass(frozen=True)
class _Source:
    """One document with its text and its coded sentences."""

    facts: dict[Any, Any]
    text: str
    sentences: list[dict[Any, Any]]
    codings: dict[str, list[Coding]]
    mark: str
    moment: str

    def write(self, sources: Any) -> None:
        """Add the document with its selections and its attributes."""
        doc_id = self.facts["doc_id"]
        by = {"creatingUser": guid("user", MODEL), "creationDateTime": self.moment}
        key = guid("source", doc_id)
        source = element(sources, "TextSource", guid=key, name=doc_id,
                         plainTextPath=f"internal://{key}.txt", **by)  # fmt: skip
        words = (self.facts[name] for name in ("title", "council", "publisher", "published"))
        about = ", ".join(filter(None, words))
        element(source, "Description", f"{about}\n{MARK} {self.mark}")
        for sentence in self.sentences:
            self._select(source, sentence)
        if self.sentences:
            element(source, "NoteRef", targetGUID=guid("note", doc_id))
        for name in SOURCE_FACTS:
            if self.facts[name]:
                _attribute(source, name, self.facts[name], "Document")

    def _select(self, source: Any, sentence: dict[Any, Any]) -> None:
        name, start, end = sentence["sentence_id"], sentence["start"], sentence["end"]
        if self.text[start:end] != exact(sentence["text"]):
            raise UsageError(f"sentence {name} does not stand in its text; tables and texts are of "
                             "different runs: run the stages again")  # fmt: skip
        given = self.codings[name]
        by = {"creatingUser": guid("user", given[0].coder), "creationDateTime": self.moment}
        selection = element(source, "PlainTextSelection", guid=guid("selection", name), name=name,
                            startPosition=str(start), endPosition=str(end), **by)  # fmt: skip
        element(selection, "Description", _comment(sentence))
        for coding in given:
            by["creatingUser"] = guid("user", coding.coder)
            key = guid("coding", name, coding.coder, coding.code)
            coded = element(selection, "Coding", guid=key, **by)
            element(coded, "CodeRef", targetGUID=guid("code", coding.code))

    def write_note(self, notes: Any) -> None:
        """Add the note on the document: the evidence of each of its findings."""
        doc_id = self.facts["doc_id"]
        note = element(notes, "Note", guid=guid("note", doc_id), name=f"Evidence: {doc_id}",
                       creatingUser=guid("user", MODEL), creationDateTime=self.moment)  # fmt: skip
        lines = (
            f"{sentence['sentence_id']} ({sentence['polarity']}): "
            f"{sentence['evidence'].replace(';', '; ')}"
            for sentence in self.sentences
        )
        element(note, "PlainTextContent", "\n".join(lines))


def _sources(study: Study, given: Iterable[Coding], moment: str) -> list[_Source]:
    by_sentence: dict[str, list[Coding]] = {}
    for coding in given:
        by_sentence.setdefault(coding.sentence_id, []).append(coding)
    marks = fingerprints(study.model)
    coded = study.sentences[study.sentences["sentence_id"].isin(set(by_sentence))]
    rows = {str(doc_id): part.to_dict("records") for doc_id, part in coded.groupby("doc_id")}
    found = []
    for facts in study.documents.to_dict("records"):
        doc_id = str(facts["doc_id"])
        text = source_text(study.texts / f"{doc_id}.txt")
        mark = marks.get(doc_id, "")
        found.append(_Source(facts, text, rows.get(doc_id, []), by_sentence, mark, moment))
    return found


def project_tree(sources: list[_Source], documents: pd.DataFrame, coders: list[str],
                 codebook: Codebook) -> Any:  # fmt: skip
    """Return the project's XML: parts in the order that the schema of the standard wants."""
    # The stubs of lxml know no default namespace.
    default: Any = {None: PROJECT}
    root = etree.Element(f"{{{PROJECT}}}Project", nsmap=default)
    moment = f"{codebook.date}T00:00:00Z"
    facts = {
        "name": "Inspection findings", "origin": ORIGIN, "creatingUserGUID": guid("user", MODEL),
        "creationDateTime": moment,
    }  # fmt: skip
    for name, value in facts.items():
        root.set(name, value)
    users = element(root, "Users")
    for coder in coders:
        element(users, "User", guid=guid("user", coder), name=coder)
    add_codes(element(root, "CodeBook"), codebook)
    _variables(root)
    _cases(root, documents)
    if sources:
        parts = element(root, "Sources")
        for source in sources:
            source.write(parts)
    noted = [source for source in sources if source.sentences]
    if noted:
        notes = element(root, "Notes")
        for source in noted:
            source.write_note(notes)
    sets = element(root, "Sets")
    for name, members in code_groups(codebook).items():
        group = element(sets, "Set", guid=guid("set", name), name=name)
        for code in members:
            element(group, "MemberCode", targetGUID=guid("code", code.id))
    element(root, "Description", f"Coded by {ORIGIN}, codebook {codebook.version}. A finding is a "
            "sentence with a polarity and themes; the words that decided stand in its comment. "
            "The dates of creation are the codebook's.")  # fmt: skip
    return root


def export_project(study: Study, codebook: Codebook) -> bytes:
    """Return a run as the bytes of a ``.qdpx`` file.

    Raises
    ------
    UsageError
        If a text is missing, or a sentence does not stand in it.

    Notes
    -----
    A selection is ``[startPosition, endPosition)`` in code points of a source with LF line ends
    and no byte-order mark, so that ``text[start:end]`` is the sentence. GUIDs are of version 5.
    """
    given = codings(study.model, study.reviews)
    people = sorted({coding.coder for coding in given} - {MODEL})
    sources = _sources(study, given, f"{codebook.date}T00:00:00Z")
    tree = project_tree(sources, study.documents, [MODEL, *people], codebook)
    members = [("project.qde", document_bytes(tree))]
    members += [
        (f"sources/{guid('source', source.facts['doc_id'])}.txt", source.text.encode("utf-8"))
        for source in sources
    ]
    return pack(members)
