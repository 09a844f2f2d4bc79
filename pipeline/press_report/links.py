"""Links each press text to the inspection report that it is about, or says why it cannot."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from pipeline import frames, schema
from pipeline.press_report.evidence import named_dates, own_words, stated_grades

# A text without a date needs more of the report's own words than a single run of six.
UNDATED_WORDS = 10


@dataclass(frozen=True)
class _Text:
    """A press text with what it says."""

    facts: dict[str, Any]
    sentences: list[str]
    grades: list[str]
    own: dict[str, int]


@dataclass(frozen=True)
class _Link:
    """A report, or none, with what ties the text to it."""

    report: dict[str, Any] | None = None
    linked_by: str = ""
    days: int | None = None
    grade_agrees: bool | None = None
    dates: tuple[str, ...] = ()
    own_words: int = 0
    fixed: bool = False
    reason: str = ""
    detail: str = ""

    @property
    def supported(self) -> bool:
        """Whether anything in the text, beside the dates of publication, ties it to the report."""
        return bool(self.grade_agrees or self.dates or self.own_words)


def press_links(
    documents: pd.DataFrame,
    sentences: pd.DataFrame,
    reports: Iterable[tuple[str, str]],
    days: int,
) -> pd.DataFrame:
    """Return the table ``press_links``.

    Parameters
    ----------
    documents
        The table of that name.
    sentences
        The rows of the table ``sentences`` that are of press texts.
    reports
        The reports that repeat no other one, each as its id and its text.
    days
        Days after a report's publication within which a text can be about it.

    Notes
    -----
    A text with a date belongs to the council's nearest report published on its day or before, at
    most ``days`` earlier, if it states that report's overall grade, names a date of the
    inspection or uses words that stand in that report alone. A text without a date needs more:
    ten such words, a date with its year, or both ends of the inspection. What is not linked has
    a reason. Look at ``grade_agrees`` before you use a link: a text that states other grades may
    be about something else.
    """
    texts = _texts(documents, sentences, reports)
    by_council: dict[str, list[dict[str, Any]]] = {}
    for report in first_reports(documents).to_dict("records"):
        by_council.setdefault(str(report["council"]), []).append({str(k): v for k, v
                                                                  in report.items()})  # fmt: skip
    rows = [_row(text, _link(text, by_council, days)) for text in texts]
    links = frames.build(rows, schema.PRESS_LINKS)
    for name in ("days", "own_words"):
        # As numbers of pandas' own, whole ones would become floats beside empty cells.
        links[name] = pd.Series([row[name] for row in rows], index=links.index, dtype=object)
    return links


def first_reports(documents: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``documents`` that are reports and repeat no other one."""
    reports = documents["doc_type"] == "inspection_report"
    return documents[reports & (documents["duplicate_of"] == "")]


def _texts(
    documents: pd.DataFrame, sentences: pd.DataFrame, reports: Iterable[tuple[str, str]]
) -> list[_Text]:
    press = documents[documents["doc_type"] != "inspection_report"]
    if press.empty:
        return []
    printed = dict(iter(sentences.groupby("doc_id", sort=False)))
    empty = sentences.iloc[:0]
    found = [printed.get(doc_id, empty) for doc_id in press["doc_id"]]
    own = own_words([" ".join(rows["text"]) for rows in found], reports)
    texts = []
    for facts, rows, words in zip(press.to_dict("records"), found, own, strict=True):
        lines = zip(rows["text"], rows["section"] == "title", strict=True)
        named = {str(key): value for key, value in facts.items()}
        texts.append(_Text(named, list(rows["text"]), stated_grades(lines), words))
    return texts


def _tie(text: _Text, report: dict[str, Any]) -> _Link:
    """Return what ties a text to a report."""
    dates, fixed = named_dates(text.sentences, report)
    known = bool(text.grades and report["overall"])
    return _Link(
        report=report,
        grade_agrees=report["overall"] in text.grades if known else None,
        dates=tuple(dates),
        own_words=text.own.get(report["doc_id"], 0),
        fixed=fixed,
    )


def _link(text: _Text, by_council: dict[str, list[dict[str, Any]]], days: int) -> _Link:
    facts = text.facts
    if facts["duplicate_of"]:
        return _Link(reason="repeats_another", detail=f"repeats {facts['duplicate_of']}")
    if not facts["council"]:
        return _Link(reason="no_council", detail="the council could not be told")
    reports = by_council.get(facts["council"], [])
    if not reports:
        return _Link(reason="no_report", detail=f"the corpus has no report on {facts['council']}")
    return _by_date(text, reports, days) if facts["published"] else _by_words(text, reports)


def _by_date(text: _Text, reports: list[dict[str, Any]], days: int) -> _Link:
    published = date.fromisoformat(text.facts["published"])
    gaps = [
        ((published - date.fromisoformat(report["published"])).days, report)
        for report in reports if report["published"]
    ]  # fmt: skip
    before = [(gap, report) for gap, report in gaps if gap >= 0]
    if not before:
        return _Link(reason="before_reports",
                     detail="published before every report on the council")  # fmt: skip
    gap, report = min(before, key=lambda pair: (pair[0], pair[1]["doc_id"]))
    if gap > days:
        return _Link(reason="too_late",
                     detail=f"{gap} days after {report['doc_id']}, the nearest report before it; "
                     f"press.days is {days}")  # fmt: skip
    link = _tie(text, report)
    if not link.supported:
        return _Link(reason="no_evidence",
                     detail=f"{gap} days after {report['doc_id']}, but with neither its grade, "
                     "nor its dates, nor words of its own")  # fmt: skip
    return replace(link, linked_by="date", days=gap)


def _by_words(text: _Text, reports: list[dict[str, Any]]) -> _Link:
    ties = [_tie(text, report) for report in reports]
    most = max(tie.own_words for tie in ties)
    spoken = [tie for tie in ties if tie.own_words == most >= UNDATED_WORDS]
    dated = [tie for tie in ties if tie.fixed]
    named = {tie.report["doc_id"] for tie in (*spoken, *dated) if tie.report}
    if not named:
        return _Link(reason="undated",
                     detail="has no date, and neither the words nor the dates of one inspection "
                     "tell which it is about")  # fmt: skip
    if len(named) > 1:
        return _Link(reason="ambiguous", detail="has no date, and points to several reports: "
                     + ", ".join(sorted(named)))  # fmt: skip
    if spoken:
        return replace(spoken[0], linked_by="words")
    return replace(dated[0], linked_by="dates")


def _row(text: _Text, link: _Link) -> dict[str, object]:
    report = link.report or {"doc_id": "", "published": ""}
    facts = {name: text.facts[name] for name in ("council", "doc_type", "published", "title")}
    return facts | {
        "press_id": text.facts["doc_id"],
        "report_id": report["doc_id"],
        "report_published": report["published"],
        "days": link.days,
        "linked_by": link.linked_by,
        "grades": ";".join(text.grades),
        "grade_agrees": link.grade_agrees,
        "dates": ";".join(link.dates),
        "own_words": link.own_words if link.report else None,
        "reason": link.reason,
        "detail": link.detail,
    }
