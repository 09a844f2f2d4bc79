"""Read a REFI-QDA project that any program wrote: its users, codes, sources and selections.

Programs give new GUIDs, add byte-order marks and Windows line ends, and count places in different
units; names and texts are what they keep.
"""

import zipfile
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree

from pipeline.codebook import Codebook
from pipeline.errors import UsageError
from pipeline.export.refi import code_groups, guid

LARGEST = 2**31
Span = tuple[int, int]


@dataclass(frozen=True)
class Selection:
    """A selected passage, with the codes that each coder gave it (coder and code)."""

    start: int
    end: int
    codings: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Source:
    """A source: its GUID and name, its text with LF line ends, its comment and selections."""

    guid: str
    name: str
    text: str
    description: str
    selections: tuple[Selection, ...]


@dataclass(frozen=True)
class Project:
    """What a project holds that can be reviews, and what cannot, one line each."""

    sources: tuple[Source, ...]
    author: str
    problems: tuple[str, ...]


def read_project(path: Path, codebook: Codebook) -> Project:
    """Read a ``.qdpx`` file.

    Codes are given by their ids in the codebook: found by GUID, else by name or id; selections in
    the units that the program counted in.

    Raises
    ------
    UsageError
        If the file is no REFI-QDA project.
    """
    try:
        with zipfile.ZipFile(path) as file:
            if sum(info.file_size for info in file.infolist()) > LARGEST:
                raise UsageError(f"{path}: unpacks to more than 2 GiB; export fewer councils")
            names = [name for name in file.namelist() if name.lower().endswith(".qde")]
            if not names:
                raise UsageError(f"{path}: holds no project (.qde); give a .qdpx file")
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            root = etree.fromstring(file.read(names[0]), parser)
            return _Reader(root, file, codebook).project()
    except (OSError, zipfile.BadZipFile, etree.XMLSyntaxError, EOFError) as error:
        raise UsageError(f"{path}: cannot be read as a REFI-QDA project ({error}); give the .qdpx "
                         "file that your program exported") from error  # fmt: skip


def _same(text: str | None) -> str:
    return (text or "").strip("{} ").lower()


def _int(element: Any, name: str) -> int:
    text = element.get(name) or ""
    return int(text) if text.strip().isdecimal() else -1


class _Reader:
    """Take the parts of a project apart."""

    def __init__(self, root: Any, file: zipfile.ZipFile, codebook: Codebook) -> None:
        self._root, self._file = root, file
        self._members = {name.lower().rsplit("/", 1)[-1]: name for name in file.namelist()}
        self._users = {
            _same(user.get("guid")): user.get("name") or user.get("id") or ""
            for user in root.iter("{*}User")
        }
        self._known: dict[str, str] = {}
        for code in (c for members in code_groups(codebook).values() for c in members):
            keys = (guid("code", code.id), code.id, code.name)
            self._known |= dict.fromkeys(map(str.casefold, keys), code.id)
        self._codes = {_same(code.get("guid")): self._code(code) for code in root.iter("{*}Code")}
        self._names = {
            _same(code.get("guid")): code.get("name") or "?" for code in root.iter("{*}Code")
        }
        self._problems: dict[str, int] = {}

    def _code(self, code: Any) -> str:
        by_guid = self._known.get(_same(code.get("guid")))
        return by_guid or self._known.get((code.get("name") or "").strip().casefold(), "")

    def project(self) -> Project:
        sources = tuple(self._source(source) for source in self._root.iter("{*}TextSource"))
        author = self._root.get("modifyingUserGUID") or self._root.get("creatingUserGUID")
        problems = tuple(
            text + (f" ({count} times)" if count > 1 else "")
            for text, count in self._problems.items()
        )
        return Project(sources, self._users.get(_same(author), ""), problems)

    def _problem(self, text: str) -> None:
        self._problems[text] = self._problems.get(text, 0) + 1

    def _source(self, source: Any) -> Source:
        name = source.get("name") or ""
        selections = tuple(
            self._selection(found) for found in source.iterchildren("{*}PlainTextSelection")
        )
        return Source(
            _same(source.get("guid")), name, self._text(source, name),
            source.findtext("{*}Description") or "", selections,
        )  # fmt: skip

    def _text(self, source: Any, name: str) -> str:
        content = source.findtext("{*}PlainTextContent")
        if content is not None:
            return str(content)
        address = source.get("plainTextPath") or ""
        member = self._members.get(address.lower().rsplit("/", 1)[-1])
        if not address.startswith("internal:") or member is None:
            self._problem(f"source {name}: its text is not in the file; it is left out")
            return ""
        # Decoding keeps every line end, by which some programs count.
        return self._file.read(member).decode("utf-8-sig", errors="replace")

    def _selection(self, selection: Any) -> Selection:
        fallback = selection.get("creatingUser") or selection.get("modifyingUser")
        codings = []
        for coding in selection.iterchildren("{*}Coding"):
            reference = coding.find("{*}CodeRef")
            target = "" if reference is None else _same(reference.get("targetGUID"))
            code = self._codes.get(target, "")
            if code:
                coder = self._users.get(_same(coding.get("creatingUser") or fallback), "")
                codings.append((coder, code))
            else:
                self._problem(f"code {self._names.get(target, '?')!r} is not in the codebook; its "
                              "codings are left out")  # fmt: skip
        return Selection(_int(selection, "startPosition"), _int(selection, "endPosition"),
                         tuple(codings))  # fmt: skip


def plain(text: str) -> str:
    """Return a text with LF line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _starts(text: str, line_end: int, far: int) -> list[int]:
    """Return where each character begins if a line end and a far character count so much."""
    places, place = [], 0
    for character in text:
        places.append(place)
        place += line_end if character == "\n" else far if ord(character) > 0xFFFF else 1
    return [*places, place]


def placed(source: Source, sentences: set[Span]) -> list[Span]:
    """Return where the selections of a source stand, in code points of the text with LF line ends.

    Programs count code points or UTF-16 units, a Windows line end as one or as two; what makes
    most selections meet a sentence exactly is what the program did.
    """
    given = [(selection.start, selection.end) for selection in source.selections]
    text = plain(source.text)
    best = given
    if not set(given) <= sentences:
        for line_end, far in ((1, 2), (2, 1), (2, 2)):
            starts = _starts(text, line_end, far)
            moved = [(bisect_right(starts, a) - 1, bisect_right(starts, b) - 1) for a, b in given]
            if sum(span in sentences for span in moved) > sum(span in sentences for span in best):
                best = moved
    return best
