"""Dates as inspection reports and press pages print them."""

import re
from datetime import date
from itertools import pairwise

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_HALF_A_YEAR = 6
_MONTH_NUMBER = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_MONTH = "|".join(f"{name}|{name[:3]}" for name in MONTHS) + "|sept"
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? )?"
_DAY = re.compile(
    rf"{_WEEKDAY}\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?"
    rf"(?:\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?)?(?:,?\s+(?P<year>\d{{4}})\b)?",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_FULL = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?,?\s+(?P<year>\d{{4}})\b"
    rf"|\b(?P<month2>{_MONTH})\b\.?\s+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year2>\d{{4}})\b"
    r"|\b(?P<iso>\d{4}-\d{2}-\d{2})(?!\d)",
    re.IGNORECASE,
)


def _iso(day: int, month: int, year: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _in_words(text: str) -> str:
    """Write dates of the form 12/09/2016 with the month's name."""

    def word(match: re.Match[str]) -> str:
        day, month, year = (int(part) for part in match.groups())
        return f"{day} {MONTHS[month - 1]} {year}" if 1 <= month <= 12 else match.group()

    return _SLASHED.sub(word, text)


def first_date(text: str) -> str:
    """Return the first full date in a text as ISO 8601; empty if there is none that exists."""
    for match in _FULL.finditer(_in_words(text)):
        if match["iso"]:
            year, month, day = (int(part) for part in match["iso"].split("-"))
            found = _iso(day, month, year)
        else:
            name = (match["month"] or match["month2"]).lower()[:3]
            day, year = int(match["day"] or match["day2"]), int(match["year"] or match["year2"])
            found = _iso(day, _MONTH_NUMBER[name], year)
        if found:
            return found
    return ""


def periods(text: str) -> tuple[str, str]:
    """Return the first and the last day of the periods that a line of dates names.

    A day without month or year takes those of the day after it ("3 to 14 October 2022",
    "18 Feb - 12 March 2014"), as long as that does not put it after it; several periods give the
    first start and the last end.
    """
    found: list[list[int | None]] = []
    for match in _DAY.finditer(_in_words(text)):
        month = _MONTH_NUMBER[match["month"].lower()[:3]] if match["month"] else None
        found.append([int(match["day"]), month, int(match["year"]) if match["year"] else None])
    month = year = None
    for item in reversed(found):
        if item[1] is None:
            item[1] = month
        if item[2] is None:
            over_new_year = bool(month and item[1] and item[1] - month >= _HALF_A_YEAR)
            item[2] = year - 1 if year is not None and over_new_year else year
        month, year = item[1] or month, item[2] or year
    # A year printed once, on the first date, holds for those after it.
    for before, item in pairwise(found):
        item[1], item[2] = item[1] or before[1], item[2] or before[2]
    days = [_iso(d or 0, m, y) for d, m, y in found if m is not None and y is not None]
    whole = sorted(day for day in days if day)
    return (whole[0], whole[-1]) if whole else ("", "")
