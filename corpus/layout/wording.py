"""Wording that several layouts share: dates, grades, titles, the publisher's lines."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from corpus.layout.manuscript import FrontMatter
from corpus.layout.official import OFFICIAL

INSPECTORATE = "The Sample Inspectorate"
LICENCE = "MIT (fiction written for this project)"
FICTION = (
    "This document is fiction written for this project: its council, people and events are "
    "invented."
)
IMPRINT = (
    "The Sample Inspectorate is an invented body. It stands in this sample corpus where a real "
    "report would name the inspectorate that published it.",
    "This document is fiction. The council, its staff, the children and families and the events "
    "in it do not exist, and nothing in it is a finding about a real place or a real person.",
    "A copy in a different format can be built from the manuscript of this document with the "
    "command python corpus/build.py.",
    "You may reuse this text, in any format or medium, under the terms of the MIT licence.",
)
ADDRESS = ("The Sample Inspectorate", "Fiction House", "1 Example Street", "Sampleton")

ILACS_ROWS = {
    "leaders": OFFICIAL["leaders"],
    "help_protection": OFFICIAL["help_protection"],
    "in_care": OFFICIAL["in_care_and_leavers"],
    "overall": "Overall effectiveness",
}
ILACS_ROWS_2023 = {
    "leaders": ILACS_ROWS["leaders"],
    "help_protection": ILACS_ROWS["help_protection"],
    "in_care": OFFICIAL["in_care"],
    "care_leavers": OFFICIAL["care_leavers"],
    "overall": "Overall effectiveness",
}
SIF_ROWS = {
    "help_protection": ("1.", "Children who need help and protection"),
    "in_care": ("2.", "Children looked after and achieving permanence"),
    "adoption": ("2.1", "Adoption performance"),
    "care_leavers": ("2.2", "Experiences and progress of care leavers"),
    "leaders": ("3.", "Leadership, management and governance"),
}
# Sections whose heading in an older report has the grade beside it.
SIF_GRADED = ("help_protection", "in_care", "leaders")
# A made-up team, for the pages that name one.
INSPECTORS = (
    "Rosamund Ackerley",
    "Piers Dunnow",
    "Hester Quillfeather",
    "Idris Marrable",
    "Constance Holloway-Birch",
    "Lionel Trevanick",
    "Maud Ferrersby",
    "Anselm Pockridge",
    "Thea Wintergill",
    "Barnaby Stoakes",
)
# The sovereign changed on this day, and the inspectors' title with it.
_HIS_MAJESTY_FROM = date(2022, 9, 8)
# The first inspection reports with the newer title page.
NEW_TITLE_FROM = 2021


def long_date(day: date) -> str:
    """Return a date as reports print it.

    >>> long_date(date(2019, 3, 4))
    '4 March 2019'
    """
    return f"{day.day} {day:%B} {day.year}"


def date_range(start: date, end: date) -> str:
    """Return two dates as the newer reports print them.

    >>> date_range(date(2022, 4, 25), date(2022, 5, 6))
    '25 April to 6 May 2022'
    """
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} to {long_date(end)}"
    if start.year == end.year:
        return f"{start.day} {start:%B} to {long_date(end)}"
    return f"{long_date(start)} to {long_date(end)}"


def ilacs_grade(grade: str) -> str:
    """Return a grade as the newer framework prints it in a table.

    >>> ilacs_grade("requires improvement")
    'Requires improvement to be good'
    """
    return (
        f"{grade.capitalize()} to be good" if grade == "requires improvement" else sif_grade(grade)
    )


def sif_grade(grade: str) -> str:
    """Return a grade as the older framework prints it in a table.

    >>> sif_grade("requires improvement")
    'Requires improvement'
    """
    return grade.capitalize()


def sif_verdict(meta: FrontMatter) -> str:
    """Return the sentence above the table of grades on an older report's first page."""
    grade = meta.grades["overall"]
    verb = f"{_plural(grade)} to be good" if grade == "requires improvement" else _plural(grade)
    return f"Children’s services in {meta.council} {verb}"


def lscb_verdict(meta: FrontMatter) -> str:
    """Return the judgement on the safeguarding board."""
    grade = meta.grades["lscb"]
    verb = grade if grade == "requires improvement" else f"is {grade}"
    return f"The Local Safeguarding Children Board {verb}"


def _plural(grade: str) -> str:
    return "require improvement" if grade == "requires improvement" else f"are {grade}"


def ilacs_rows(meta: FrontMatter) -> dict[str, str]:
    """Return the rows of a newer report's table of grades, by judgement."""
    return ILACS_ROWS_2023 if "care_leavers" in meta.grades else ILACS_ROWS


def ilacs_title(meta: FrontMatter) -> str:
    """Return the title of a newer report, which is also its running header."""
    borough = meta.council_title.startswith(("London Borough", "Royal Borough"))
    return (
        f"Inspection of {meta.council_title if borough else meta.council} local authority "
        "children’s services"
    )


def inspector_title(day: date) -> str:
    """Return the title of an inspector at the time of an inspection.

    >>> inspector_title(date(2019, 3, 4))
    'Her Majesty’s Inspector'
    """
    return "His Majesty’s Inspector" if day >= _HIS_MAJESTY_FROM else "Her Majesty’s Inspector"


def pick(items: Sequence[str], key: str, count: int) -> list[str]:
    """Choose some items, always the same ones for the same key.

    Parameters
    ----------
    items
        What to choose from.
    key
        Any text, such as a document's name.
    count
        How many to choose.
    """
    ranked = sorted(items, key=lambda item: hashlib.sha256(f"{key}|{item}".encode()).digest())
    return ranked[:count]


def number_from(key: str, below: int) -> int:
    """Return a number from 0 up to, not including, ``below``: always the same for a key."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big") % below


def imprint(meta: FrontMatter) -> tuple[str, ...]:
    """Return the paragraphs of a report's last page."""
    return (*IMPRINT, f"© the authors of this project, MIT licence, {meta.published.year}")
