"""Addresses within the report, and addresses of originals that may become links."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, urlencode, urlsplit

FINDINGS_PAGE = "findings.html"
# What the findings page can be asked for, in the order of its addresses.
ASKED = (
    "doc", "council", "theme", "polarity", "framework", "year", "region", "type", "grade",
    "section", "press", "match", "s",
)  # fmt: skip
_LONGEST = 60
_SPACE = re.compile(r"[\x00-\x20\x7f]")


def findings_link(**facts: str) -> str:
    """Return the address, below the report, of the findings that have all these facts.

    Raises
    ------
    ValueError
        If the page cannot be asked for a fact.

    Examples
    --------
    >>> findings_link(theme="recording", doc="ashmarsh-2015", polarity="")
    'findings.html#doc=ashmarsh-2015&theme=recording'
    """
    unknown = set(facts) - set(ASKED)
    if unknown:
        raise ValueError(f"the findings page knows nothing of {sorted(unknown)}")
    asked = [(name, facts[name]) for name in ASKED if facts.get(name)]
    return f"{FINDINGS_PAGE}#{urlencode(asked, quote_via=quote)}"


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Return a file name for each name: lower-case letters, digits and hyphens, none twice.

    Examples
    --------
    >>> slugs(["St Helens", "St. Helens", ""])
    {'': 'not-named', 'St Helens': 'st-helens', 'St. Helens': 'st-helens-2'}
    """
    given: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(names)):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST].strip("-") or "not-named"
        slug, number = stem, 1
        while slug in taken:
            number += 1
            slug = f"{stem}-{number}"
        given[name] = slug
        taken.add(slug)
    return given


def safe_address(address: str) -> str:
    """Return a public address as it may stand in a link; empty for any other.

    Only ``http`` and ``https`` with a host are let through: ``javascript:``, ``data:``, ``file:``
    and what a browser might read as such never become links.

    Examples
    --------
    >>> [safe_address(a) for a in ("https://a.example/x", "javascript:alert(1)", "//a.example")]
    ['https://a.example/x', '', '']
    """
    bare = address.strip()
    if _SPACE.search(bare) or "\\" in bare:
        return ""
    try:
        parts = urlsplit(bare)
    except ValueError:
        return ""
    return bare if parts.scheme.lower() in ("http", "https") and parts.hostname else ""


def page_address(address: str, file: str, page: int) -> str:
    """Return an original's address at a page, where it is a PDF without a place of its own."""
    safe = safe_address(address)
    if safe and file.lower().endswith(".pdf") and "#" not in safe:
        return f"{safe}#page={page}"
    return safe
