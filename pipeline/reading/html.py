"""Read the body of a web page and the facts that its metadata state."""

import codecs
import json
import re
from typing import Any

import lxml.html
import trafilatura
from lxml import etree

from pipeline.errors import Rejected
from pipeline.reading.characters import clean_characters
from pipeline.reading.source import Line, Role, Source
from pipeline.reading.text import decode
from pipeline.structure.patterns import load_data

_DATE_META = (
    "article:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
    "dcterms.issued", "dcterms.created", "publish-date", "pubdate",
)  # fmt: skip
_PUBLISHER_META = ("og:site_name", "dc.publisher", "dcterms.publisher", "publisher")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_CHARSET = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)
# What pages are written in; Python knows other encodings, some of which take hours to decode.
_WEB_ENCODING = re.compile(
    r"ascii|utf-8|utf-16|iso8859|cp125|cp866|cp874|koi8|mac-|gb|big5|shift_jis|euc|iso2022_jp$"
)
_TITLE_PARTS = re.compile(r"\s[|»·•:–—-]\s|^[|»·•:–—-]\s")
# A tag and what stands in it; a mark that no other one closes ends it.
_TAG = re.compile(r"""(<[a-zA-Z][^\s<>"'/]*+)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)""")
_QUOTED = re.compile(r""""[^"]*+"|'[^']*+'""")
# More are no page's own; the time to parse them grows with the square of their number.
_MOST_ATTRIBUTES = 1_000
_ROLES: dict[str, Role] = {"head": "heading", "item": "bullet", "p": "paragraph"}


def _decode_page(data: bytes) -> str:
    declared = _CHARSET.search(data[:2048])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            encoding = codecs.lookup(declared.group(1).decode("ascii")).name
            if _WEB_ENCODING.match(encoding):
                return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(data)


def _bare_tag(tag: re.Match[str]) -> str:
    """Return a tag as it stands, or without attributes where it has too many."""
    # The shortest attribute takes two characters.
    small = len(tag[2]) <= 2 * _MOST_ATTRIBUTES
    few = small or len(_QUOTED.sub(" ", tag[2]).split()) <= _MOST_ATTRIBUTES
    return tag[0] if few else tag[1]


def _linked_data(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            data = json.loads(script.text or "")
        except ValueError:
            continue
        for item in data if isinstance(data, list) else [data]:
            if isinstance(item, dict) and "datePublished" in item:
                found.setdefault("published", str(item["datePublished"]))
                publisher = item.get("publisher")
                if isinstance(publisher, dict):
                    found.setdefault("publisher", str(publisher.get("name", "")))
    return found


def _metadata(tree: Any) -> dict[str, str]:
    tags: dict[str, str] = {}
    for tag in tree.iterfind(".//meta"):
        name = (tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        tags.setdefault(name, tag.get("content") or "")
    linked = _linked_data(tree)
    dates = [tags.get(name, "") for name in _DATE_META] + [linked.get("published", "")]
    dates += [tag.get("datetime") for tag in tree.iterfind(".//time[@datetime]")]
    iso = [match.group() for date in dates if date and (match := _ISO.search(date))]
    heading = tree.find(".//h1")
    title = heading.text_content() if heading is not None else tags.get("og:title", "")
    named = [tags.get(name, "") for name in _PUBLISHER_META] + [linked.get("publisher", "")]
    publisher = next((name for name in named if name), "") or _site_of_title(tree, title)
    meta = {
        "title": clean_characters(title),
        "published": iso[0] if iso else "",
        "publisher": clean_characters(publisher),
    }
    return {key: value for key, value in meta.items() if value}


def _site_of_title(tree: Any, heading: str) -> str:
    """Return what a page's title adds to its heading: "Heading | Name of the site"."""
    title = " ".join((tree.findtext(".//title") or "").split())
    headline = " ".join(heading.split())
    parts = [part.strip() for part in _TITLE_PARTS.split(title.removeprefix(headline))]
    kinds = load_data("publishers.yaml")["page_kinds"]
    sites = [part for part in parts if part and part.lower() not in kinds]
    return sites[-1] if headline and title.startswith(headline) and sites else ""


def read_html(data: bytes) -> Source:
    """Return the article's headings, paragraphs and bullets, without the page's furniture.

    Raises
    ------
    Rejected
        If no article can be found on the page.
    """
    text = _TAG.sub(_bare_tag, _decode_page(data))
    try:
        tree = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (etree.LxmlError, ValueError) as error:
        raise Rejected("damaged", "a web page that cannot be parsed; save it again") from error
    xml = trafilatura.extract(
        tree, output_format="xml", include_comments=False, include_tables=True, favor_recall=True
    )
    if not xml:
        raise Rejected("no_text", "a web page without an article; save the article itself")
    lines = []
    for node in etree.fromstring(xml.encode()).iterfind(".//main//*"):
        nested = any(child.tag in _ROLES for child in node.iterdescendants())
        if node.tag in _ROLES and not nested:
            lines.append(
                Line(clean_characters("".join(map(str, node.itertext()))), 1, _ROLES[node.tag])
            )
        elif node.tag == "row":
            lines.append(Line(clean_characters(" ".join(map(str, node.itertext()))), 1, "table"))
    return Source("html", [line for line in lines if line.text], 1, _metadata(tree))
