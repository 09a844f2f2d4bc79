"""Read a corrected REFI-QDA project back as reviews, with a report of what changed."""

import re
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import pandas as pd

from pipeline import frames
from pipeline.codebook import Codebook
from pipeline.errors import UsageError
from pipeline.export.decisions import Decision, clean_name, decide
from pipeline.export.project import MARK
from pipeline.export.qdpx import Project, Source, Span, placed, plain
from pipeline.export.refi import guid
from pipeline.export.study import Coding, Study, codes_of, codings, fingerprints, source_text
from pipeline.review.store import coder_name, keyed
from pipeline.schema import CORRECTIONS, MODEL, REVIEWS

_MARKED = re.compile(rf"{MARK} ([0-9a-f]{{16}})")


@dataclass
class Found:
    """What a project says of the sentences of one run.

    ``given`` are the codings as they stand now, by sentence; ``near`` the sentences of which a
    selection covers most, but not exactly; ``documents`` those that could be read.
    """

    given: dict[str, list[Coding]] = field(default_factory=dict)
    near: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


def find_codings(project: Project, study: Study) -> Found:
    """Return the codings of a project by the run's sentences.

    A source is found by GUID or by name and must have the document's text. A selection means the
    sentence that it is; one that is no sentence means those of which it covers more than half,
    else the one that it covers most of.
    """
    found = Found(problems=list(project.problems))
    doc_ids = {guid("source", name): name for name in study.documents["doc_id"]}
    doc_ids |= {name: name for name in study.documents["doc_id"]}
    doc_ids |= {f"{name}.txt": name for name in study.documents["doc_id"]}
    marks = fingerprints(study.model)
    rows = {str(key): part for key, part in study.sentences.groupby("doc_id", sort=False)}
    for source in project.sources:
        doc_id = doc_ids.get(source.guid) or doc_ids.get(source.name)
        problem = _misfit(source, doc_id, study, marks)
        if problem or doc_id is None:
            found.problems.append(problem)
            continue
        found.documents.add(doc_id)
        if doc_id in rows:
            _take(found, source, rows[doc_id])
    return found


def _misfit(source: Source, doc_id: str | None, study: Study, marks: dict[str, str]) -> str:
    if doc_id is None:
        return f"source {source.name!r}: no document of this run; it is left out"
    mark = _MARKED.search(source.description)
    if mark and doc_id in marks and mark[1] != marks[doc_id]:
        return (f"source {source.name!r}: was exported from another coding than this run's; it is "
                "left out; give the run that was exported")  # fmt: skip
    text = source_text(study.texts / f"{doc_id}.txt")
    if plain(source.text).rstrip() != text.rstrip():
        return f"source {source.name!r}: its text was changed; it is left out"
    return ""


def _take(found: Found, source: Source, sentences: pd.DataFrame) -> None:
    spans = {
        (int(start), int(end)): str(name)
        for name, start, end in sentences[["sentence_id", "start", "end"]].itertuples(index=False)
    }
    text = plain(source.text)
    for selection, span in zip(source.selections, placed(source, set(spans)), strict=True):
        if not selection.codings:
            continue
        names = [spans[span]] if span in spans else _overlapped(_trimmed(text, span), spans)
        if not names:
            found.problems.append(f"source {source.name!r}: the selection from {span[0]} to "
                                  f"{span[1]} is on no sentence; it is left out")  # fmt: skip
        for name in names:
            held = found.given.setdefault(name, [])
            held += [Coding(name, coder, code) for coder, code in selection.codings]
            if _trimmed(text, span) not in spans:
                found.near.add(name)


def _trimmed(text: str, span: Span) -> Span:
    start, end = max(0, span[0]), max(0, span[1])
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def _overlapped(span: Span, spans: dict[Span, str]) -> list[str]:
    if span in spans:
        return [spans[span]]
    shared = {
        own: min(own[1], span[1]) - max(own[0], span[0])
        for own in spans
        if own[0] < span[1] and span[0] < own[1]
    }
    mostly = [own for own, common in shared.items() if 2 * common > own[1] - own[0]]
    # Python's max takes the first of several that are as long.
    return [spans[own] for own in mostly or sorted(shared, key=lambda o: -shared[o])[:1]]


class _Default:
    """Who is meant where a coding bears no name; asked for only where that happens."""

    def __init__(self, coder: str, author: str, people: set[str]) -> None:
        names = {clean_name(person) for person in people} - {""}
        self.name = coder_name(coder) if coder else clean_name(author)
        self.name = self.name or (names.pop() if len(names) == 1 else "")

    def required(self) -> str:
        if not self.name:
            raise UsageError("the file does not tell who changed some codings; say who with "
                             "--coder NAME")  # fmt: skip
        return self.name


def corrections(
    project: Project, study: Study, codebook: Codebook, coder: str = ""
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Return the reviews of a corrected project, the report on them, and what was left out.

    Parameters
    ----------
    project
        The project as read.
    study
        The run that was exported.
    codebook
        For the order of the themes.
    coder
        Who made changes that bear no name; else the project's last author, or its only person.

    Returns
    -------
    reviews
        Rows of the table ``reviews``, ``sample`` is ``shown``: only sentences that were changed or
        that a person coded as well.
    report
        The table ``corrections``.
    problems
        One line for each thing that could not be taken over.

    Raises
    ------
    UsageError
        If it is not known who made the changes.
    """
    found = find_codings(project, study)
    before: dict[str, list[Coding]] = {}
    for coding in codings(study.model, study.reviews):
        before.setdefault(coding.sentence_id, []).append(coding)
    people = {c.coder for c in chain.from_iterable(found.given.values())}
    known = {c.coder for c in chain.from_iterable(before.values())}
    default = _Default(coder, project.author, people - known - {MODEL, ""})
    order = list(codebook.codes)
    rows: list[dict[str, object]] = []
    for sentence in _read(found, study, before).to_dict("records"):
        name = sentence["sentence_id"]
        was, now = before.get(name, []), found.given.get(name, [])
        if set(was) == set(now):
            continue
        marker = "\0"
        try:
            decided = decide(was, now, marker, order)
        except ValueError as fault:
            found.problems.append(f"sentence {name} {fault}; it is left out")
            continue
        for made in decided:
            person = default.required() if made.coder == marker else clean_name(made.coder)
            place = "near" if name in found.near else "exact" if now else "removed"
            rows.append(_row(sentence, made, person or default.required(), place))
    return (*_tables(rows, study), found.problems)


def _read(found: Found, study: Study, before: dict[str, list[Coding]]) -> pd.DataFrame:
    """Return the sentences of the documents that were read and still hold codings."""
    owner = dict(zip(study.sentences["sentence_id"], study.sentences["doc_id"], strict=True))
    had = {owner[name] for name in before}
    has = {owner[name] for name in found.given}
    for doc_id in sorted((found.documents & had) - has):
        found.problems.append(f"source {doc_id!r}: holds no coding any more; it is left out, since "
                              "the program may not have exported them")  # fmt: skip
    return study.sentences[study.sentences["doc_id"].isin(found.documents & has)]


def _row(sentence: dict[Any, Any], made: Decision, coder: str, place: str) -> dict[str, object]:
    themes = ";".join(made.themes)
    other_polarity = made.polarity != sentence["polarity"]
    # No themes from a person who coded a finding: those of the table stand.
    uncoded = not themes and made.polarity != "none"
    other_themes = not uncoded and set(codes_of("mixed", themes)) != set(
        codes_of("mixed", str(sentence["themes"]))
    )
    changed = {
        (True, True): "both", (True, False): "polarity",
        (False, True): "themes", (False, False): "nothing",
    }[other_polarity, other_themes]  # fmt: skip
    return {
        "sentence_id": sentence["sentence_id"], "doc_id": sentence["doc_id"], "coder": coder,
        "changed": changed, "polarity_before": sentence["polarity"], "polarity": made.polarity,
        "themes_before": sentence["themes"], "themes": themes, "place": place, "note": "",
        "sample": "shown",
    }  # fmt: skip


def _tables(rows: list[dict[str, object]], study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    changed = pd.DataFrame(rows, columns=[*CORRECTIONS.names, "note", "sample"])
    changed = changed.drop_duplicates(list(CORRECTIONS.key), keep="last")
    names = ["sentence_id", "sentence_hash", "occurrence"]
    reviews = changed.merge(keyed(study.sentences)[names], on="sentence_id", validate="many_to_one")
    report = changed[CORRECTIONS.names].reset_index(drop=True)
    frames.check(report, CORRECTIONS)
    return reviews[REVIEWS.names].reset_index(drop=True), report
