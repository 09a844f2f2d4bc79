"""Read Ofsted's search pages and providers' pages, and tell when they are built otherwise."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import lxml.html
import yaml
from lxml import etree

from pipeline.errors import UsageError
from pipeline.fetching.addresses import joined, parts_of
from pipeline.paths import DATA

_CHANGED = "; the site seems to be built otherwise now: mend pipeline/data/ofsted.yaml"
_SPACES = re.compile(r"\s+")


@cache
def structure() -> dict[str, Any]:
    """Return how the pages are built."""
    loaded: dict[str, Any] = yaml.safe_load((DATA / "ofsted.yaml").read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class Provider:
    """A council as the search lists it."""

    urn: str
    name: str
    url: str


@dataclass(frozen=True)
class Publication:
    """A link of a provider's page: what it is, when it was published and where it stands."""

    kind: str
    published: str
    url: str


def _tree(page: bytes, url: str) -> Any:
    try:
        return lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError) as error:
        raise UsageError(f"{url}: no web page ({error}){_CHANGED}") from error


def _text(node: Any) -> str:
    return _SPACES.sub(" ", node.text_content()).strip()


def providers(page: bytes, url: str) -> list[Provider]:
    """Return the councils of a search page, in its order.

    Parameters
    ----------
    page
        The page's HTML.
    url
        Its address.

    Raises
    ------
    UsageError
        If it is no web page, or a link to a council has no name.
    """
    pattern = re.compile(structure()["provider"])
    found: dict[str, Provider] = {}
    for link in _tree(page, url).iterfind(".//a[@href]"):
        address = joined(url, link.get("href"))
        match = pattern.fullmatch(parts_of(address).path)
        if match and match["urn"] not in found:
            name = _text(link)
            if not name:
                raise UsageError(
                    f"{url}: the link to provider {match['urn']} has no name{_CHANGED}"
                )
            found[match["urn"]] = Provider(match["urn"], name, address)
    return list(found.values())


def has_next(page: bytes, url: str) -> bool:
    """Tell whether a search page links to a further one."""
    return bool(
        _tree(page, url).xpath(
            "//*[contains(concat(' ', normalize-space(@class), ' '), ' pagination ')]"
            "//*[contains(concat(' ', normalize-space(@class), ' '), ' next ')]"
            "/descendant-or-self::a[@href]"
        )
    )


def publications(page: bytes, url: str) -> list[Publication]:
    """Return every publication of a provider's page.

    Raises
    ------
    UsageError
        If it is no web page, or links to files in another way than is known: the message names
        the address and what was not found.
    """
    known = structure()
    tree = _tree(page, url)
    file = re.compile(known["file"])
    links = (joined(url, link.get("href")) for link in tree.iterfind(".//a[@href]"))
    files = {address for address in links if file.fullmatch(parts_of(address).path)}
    found = []
    for link in tree.iterfind(".//a[@href]"):
        if known["publication"] in (link.get("class") or "").split():
            found.append(_publication(link, url))
    listed = {publication.url for publication in found}
    if files - listed:
        raise UsageError(
            f"{url}: links to {min(files - listed)} without the class "
            f"`{known['publication']}`{_CHANGED}"
        )
    return found


def _publication(link: Any, url: str) -> Publication:
    known = structure()
    href = link.get("href")
    address = joined(url, href)
    if not address:
        raise UsageError(f"{url}: its link to {href[:80]!r} leads to no address{_CHANGED}")
    spoken = [n for n in link.iter("span") if known["words"] in (n.get("class") or "").split()]
    if not spoken:
        raise UsageError(f"{url}: the link to {address} has no `{known['words']}`{_CHANGED}")
    words = _text(spoken[0]).replace("’", "'")
    match = re.fullmatch(known["label"], words, re.IGNORECASE)
    try:
        date = datetime.strptime(match["date"], "%d %B %Y").date() if match else None
    except ValueError:
        date = None
    if match is None or date is None:
        raise UsageError(f"{url}: {words[:80]!r} tells no kind and date{_CHANGED}")
    return Publication(match["kind"].strip(), date.isoformat(), address)


def is_report(kind: str) -> bool | None:
    """Tell whether a kind of publication is an inspection report; None where it is not known."""
    low = kind.lower()
    for answer, names in ((False, structure()["others"]), (True, structure()["reports"])):
        if any(low.startswith(name) for name in names):
            return answer
    return None


def file_number(url: str) -> str:
    """Return the number of a file, which stays when the host changes; else the address itself."""
    match = re.fullmatch(structure()["file"], parts_of(url).path)
    return match["number"] if match else url
