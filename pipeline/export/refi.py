"""The codebook as REFI-QDA codes, and what every file of that standard needs.

REFI-QDA 1.0 (https://www.qdasoftware.org) is what NVivo, ATLAS.ti, MAXQDA and QualCoder exchange:
a codebook is a ``.qdc`` file, a project with its sources a ``.qdpx`` file.
"""

import re
import uuid
from dataclasses import dataclass
from typing import Any

from lxml import etree

from pipeline import __version__
from pipeline.codebook import Code, Codebook, Theme

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"
ORIGIN = f"inspection-findings {__version__}"
POLARITY_GROUP, NAMED_GROUP, OTHER_GROUP = "Polarity", "Named themes", "Other themes"
# Blue, orange and grey are told apart in the common kinds of colour blindness.
_COLOURS = {"strength": "#0b559f", "weakness": "#d2691e", "mixed": "#808080"}
_GROUP_COLOURS = {POLARITY_GROUP: "#404040", NAMED_GROUP: "#2e7d6b", OTHER_GROUP: "#7b6ba8"}
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:inspection-findings:refi-qda")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class QdaCode:
    """A code of the study as the programs show it: its id, its name and what it means."""

    id: str
    name: str
    description: str
    colour: str


def guid(kind: str, *key: str) -> str:
    r"""Return the GUID of a thing: the same for the same kind and key in every export.

    Examples
    --------
    >>> guid("code", "recording") == guid("code", "recording")
    True
    >>> guid("code", "recording") == guid("source", "recording")
    False
    """
    return str(uuid.uuid5(_NAMESPACE, "\n".join((kind, *key))))


def xml_text(text: str) -> str:
    """Return a text without the control characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


def element(above: Any, tag: str, text: str = "", /, **attributes: str) -> Any:
    """Add an element below another one, in its namespace, and return it."""
    namespace = etree.QName(above).namespace
    added = etree.SubElement(above, f"{{{namespace}}}{tag}")
    for key, value in attributes.items():
        added.set(key, xml_text(value))
    if text:
        added.text = xml_text(text)
    return added


def document_bytes(root: Any) -> bytes:
    """Return an XML file: UTF-8 without a byte-order mark, a line an element."""
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return written


def _of_polarity(code: Code) -> QdaCode:
    text = f"{code.definition}\nExample: {code.example}"
    return QdaCode(code.id, code.id, text, _COLOURS[code.id])


def _of_theme(theme: Theme, colour: str) -> QdaCode:
    parts = [theme.definition]
    parts += [f"Includes: {'; '.join(theme.includes)}."] if theme.includes else []
    parts += [f"Excludes: {'; '.join(theme.excludes)}."] if theme.excludes else []
    parts += [f"Strength: {theme.example_strength}", f"Weakness: {theme.example_weakness}"]
    parts += [f"Code in the tables: {theme.id}"]
    return QdaCode(theme.id, theme.label, "\n".join(parts), colour)


def code_groups(codebook: Codebook) -> dict[str, list[QdaCode]]:
    """Return the codes by the parent under which they stand, which is no code itself.

    Polarity ``none`` and retired themes are no codes there.
    """
    active = [theme for theme in codebook.themes if theme.status == "active"]
    groups = {
        POLARITY_GROUP: [_of_polarity(code) for code in codebook.polarity if code.id in _COLOURS],
        NAMED_GROUP: [_of_theme(t, _GROUP_COLOURS[NAMED_GROUP]) for t in active if t.named],
        OTHER_GROUP: [_of_theme(t, _GROUP_COLOURS[OTHER_GROUP]) for t in active if not t.named],
    }
    return {name: codes for name, codes in groups.items() if codes}


def add_codes(above: Any, codebook: Codebook) -> None:
    """Add the element ``Codes``: a parent that is not codable for each group, its codes below."""
    codes = element(above, "Codes")
    for name, members in code_groups(codebook).items():
        parent = element(codes, "Code", guid=guid("group", name), name=name, isCodable="false",
                         color=_GROUP_COLOURS[name])  # fmt: skip
        for code in members:
            child = element(parent, "Code", guid=guid("code", code.id), name=code.name,
                            isCodable="true", color=code.colour)  # fmt: skip
            element(child, "Description", code.description)


def export_codebook(codebook: Codebook) -> bytes:
    """Return the codebook as the bytes of a ``.qdc`` file, each group also as a set of codes."""
    # The stubs of lxml know no default namespace.
    default: Any = {None: CODEBOOK}
    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", nsmap=default)
    root.set("origin", ORIGIN)
    add_codes(root, codebook)
    sets = element(root, "Sets")
    for name, members in code_groups(codebook).items():
        group = element(sets, "Set", guid=guid("set", name), name=name)
        for code in members:
            element(group, "MemberCode", guid=guid("code", code.id))
    return document_bytes(root)
