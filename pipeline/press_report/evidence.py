"""Finds what ties a press text to a report: grades stated, dates named, words of the report."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date
from functools import cache
from itertools import groupby

from pipeline.facts.dates import MONTHS
from pipeline.schema import GRADES
from pipeline.structure.patterns import load_data, plain

# Six words in a row that two texts share by chance are rare; those that many reports share are
# taken out by `own_words`.
RUN = 6
_NEAR = 60
_MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS) + "|sept"
_DAY = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{_MONTH})"
    rf"|(?P<m2>{_MONTH})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)\b(?:,? (?P<year>\d{{4}})\b)?"
)
_WORD = re.compile(r"[^\W_]+")

Run = tuple[str, ...]


@cache
def _listed(kind: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(load_data('press.yaml')[kind])})\b")


@cache
def _grade(grade: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(load_data('press.yaml')['grades'][grade])})\b")


def stated_grades(sentences: Iterable[tuple[str, bool]]) -> list[str]:
    """Return the grades that sentences state, in the contract's words, best grade first.

    Parameters
    ----------
    sentences
        Each with whether it is a title, where a grade needs no word such as "rated" beside it.

    Notes
    -----
    Read it as every grade that is named, of this inspection or an earlier one, overall or of one
    area. Words and distances are in ``data/press.yaml``.

    Examples
    --------
    >>> stated_grades([("Services once rated inadequate now require improvement.", False)])
    ['requires improvement', 'inadequate']
    >>> stated_grades([("There is good work in the early help team.", False)])
    []
    """
    found = set()
    for text, title in sentences:
        rest = plain(text)
        spots = [(m.start(), m.end()) for m in _listed("grading").finditer(rest)]
        for grade in load_data("press.yaml")["grades"]:
            for match in _grade(grade).finditer(rest):
                near = (s - _NEAR <= match.end() and match.start() <= e + _NEAR for s, e in spots)
                if title or any(near):
                    found.add(grade)
            rest = _grade(grade).sub(lambda match: " " * len(match.group()), rest)
    return [grade for grade in GRADES if grade in found]


def named_dates(sentences: Iterable[str], report: dict[str, str]) -> tuple[list[str], bool]:
    """Return which of a report's dates are named, and whether they fix the inspection.

    Parameters
    ----------
    sentences
        The sentences of the press text.
    report
        ``start_date``, ``end_date`` and ``published`` as ISO dates, empty where unknown.

    Returns
    -------
    tuple of list of str and bool
        ``start``, ``end``, ``published`` and ``month`` (a month of the inspection in a sentence
        about it, without a day), in this order; and whether a date with its year, or both ends
        of the inspection, are among them.
    """
    names = {"start": "start_date", "end": "end_date", "published": "published"}
    known = {key: date.fromisoformat(report[name]) for key, name in names.items() if report[name]}
    found, fixed = set(), False
    for text in sentences:
        folded = plain(text)
        for match in _DAY.finditer(folded):
            month = _month(match["m1"] or match["m2"])
            for key, day in known.items():
                same = (day.day, day.month) == (int(match["d1"] or match["d2"]), month)
                if same and match["year"] in (None, str(day.year)):
                    found.add(key)
                    fixed |= match["year"] is not None
        if _listed("inspection").search(folded):
            for key in known.keys() & {"start", "end"}:
                if re.search(rf"\bin {MONTHS[known[key].month - 1]}\b", folded):
                    found.add("month")
    order = ("start", "end", "published", "month")
    return [key for key in order if key in found], fixed or {"start", "end"} <= found


def _month(name: str) -> int:
    return next(n for n, month in enumerate(MONTHS, 1) if month.startswith(name[:3]))


def runs(words: Sequence[str]) -> Iterator[Run]:
    """Yield every run of ``RUN`` words, in order."""
    yield from zip(*(words[start:] for start in range(RUN)), strict=False)


def _known_runs(text: str, known: Set[str]) -> Iterator[Run]:
    """Yield the runs of a text in which every word is a known one."""
    for inside, words in groupby(_WORD.findall(plain(text)), known.__contains__):
        if inside:
            yield from runs(list(words))


def own_words(press: Sequence[str], reports: Iterable[tuple[str, str]]) -> list[dict[str, int]]:
    """Return, for every press text, the words that it shares with one report alone.

    Parameters
    ----------
    press
        Press texts.
    reports
        The corpus's reports, each as its id and its text, without those that repeat another.

    Returns
    -------
    list of dict
        For every press text, by report: words of the press text that stand in runs of ``RUN``
        words or more of that report and of no other. Wordings that reports have in common, such
        as the names of the judgements, count for none.
    """
    printed = [list(runs(_WORD.findall(plain(text)))) for text in press]
    wanted = {run for listed in printed for run in listed}
    known = {word for run in wanted for word in run}
    homes: dict[Run, set[str]] = {}
    for doc_id, text in reports:
        for run in wanted.intersection(_known_runs(text, known)):
            homes.setdefault(run, set()).add(doc_id)
    counted = []
    for listed in printed:
        places: dict[str, set[int]] = {}
        for start, run in enumerate(listed):
            if len(homes.get(run, ())) == 1:
                home = next(iter(homes[run]))
                places.setdefault(home, set()).update(range(start, start + RUN))
        counted.append({home: len(words) for home, words in places.items()})
    return counted
