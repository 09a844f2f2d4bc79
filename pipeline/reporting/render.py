"""Templates and how figures are written; every text is escaped unless the code made it."""

import math
from typing import Any

import jinja2

from pipeline.paths import DATA
from pipeline.reporting.links import findings_link, page_address

TEMPLATES = (
    "report/base.html", "report/macros.html", "report/index.html", "report/heatmap.html",
    "report/findings.html", "report/council.html", "report/theme.html", "report/themes.html",
    "report/councils.html", "report/files.html",
)  # fmt: skip
ASSETS = (
    "report/style.css", "report/print.css", "report/site.js", "report/charts.js",
    "report/heatmap.js", "report/filter.js", "report/search.js", "report/results.js",
)  # fmt: skip
# Pages and scripts stand beside one another on a disk, where 'self' is all that is needed.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
NO_FIGURE = "–"
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip


def known(value: object) -> bool:
    """Return whether there is a figure."""
    return value is not None and value != "" and not (isinstance(value, float) and
                                                      math.isnan(value))  # fmt: skip


def percent(value: Any) -> str:
    """Return a share as whole per cent; a dash where there is none.

    Examples
    --------
    >>> [percent(x) for x in (0.354, 1.0, float("nan"))]
    ['35 %', '100 %', '–']
    """
    return f"{100 * float(value):.0f} %" if known(value) else NO_FIGURE


def points(value: Any) -> str:
    """Return a difference of shares as whole percentage points with its sign.

    Examples
    --------
    >>> [points(x) for x in (0.12, -0.304, 0.001, float("nan"))]
    ['+12', '−30', '0', '–']
    """
    if not known(value):
        return NO_FIGURE
    whole = round(100 * float(value))
    return f"{'+' if whole > 0 else '−' if whole < 0 else ''}{abs(whole)}"


def number(value: Any, digits: int = 0) -> str:
    """Return a number with commas between thousands; a dash where there is none."""
    return f"{float(value):,.{digits}f}".replace("-", "−") if known(value) else NO_FIGURE


def day(value: str) -> str:
    """Return an ISO date in words.

    Examples
    --------
    >>> [day(x) for x in ("2021-11-09", "")]
    ['9 November 2021', 'no date']
    """
    if not value:
        return "no date"
    year, month, date = value.split("-")
    return f"{int(date)} {MONTHS[int(month) - 1]} {year}"


def environment() -> jinja2.Environment:
    """Return the templates of the report, with escaping on and unknown names an error."""
    sources = {
        name.removeprefix("report/"): (DATA / name).read_text(encoding="utf-8")
        for name in TEMPLATES
    }
    made = jinja2.Environment(
        loader=jinja2.DictLoader(sources), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(percent=percent, points=points, number=number, day=day)
    made.tests["known"] = known
    made.globals.update(findings_link=findings_link, page_address=page_address, policy=POLICY)
    return made
