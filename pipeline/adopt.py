"""Write a suggested theme into a codebook: one block more, and every other character as it was."""

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from pipeline import frames
from pipeline.codebook import read_codebook
from pipeline.errors import UsageError

OTHER = "other"
TO_BE_WRITTEN = "To be written."
_INCLUDED = 5


@dataclass(frozen=True)
class Entry:
    """A theme as a codebook is to have it."""

    code: str
    label: str
    definition: str
    includes: tuple[str, ...]
    example_strength: str
    example_weakness: str
    cues: tuple[str, ...]


def entry_of(
    suggestion: str,
    terms: pd.DataFrame,
    code: str,
    label: str,
    *,
    definition: str = "",
    example_strength: str = "",
    example_weakness: str = "",
    cues: tuple[str, ...] = (),
) -> Entry:
    """Return a suggestion as a theme, with what a person gave and the suggestion's own cues.

    Parameters
    ----------
    suggestion
        Its name in the table ``suggestions``.
    terms
        The table ``suggestion_terms``.
    code, label
        Of the new theme.
    definition, example_strength, example_weakness
        Texts of the entry; where one is empty the entry says that it is to be written.
    cues
        Cues instead of those that the table proposes.

    Raises
    ------
    UsageError
        If there is no such suggestion, or neither it nor the caller has a cue.
    """
    own = terms[terms["suggestion"] == suggestion]
    if own.empty:
        known = ", ".join(dict.fromkeys(terms["suggestion"])) or "none; the corpus gave no topics"
        raise UsageError(f"there is no suggestion {suggestion!r}; known are: {known}")
    proposed = tuple(own.loc[own["cue"], "term"])
    if not (cues or proposed):
        raise UsageError(f"{suggestion} has no term that is right often enough to be a cue; "
                         "give cues by --cue")  # fmt: skip
    return Entry(
        code=code,
        label=label,
        definition=definition or TO_BE_WRITTEN,
        includes=tuple(own["term"].head(_INCLUDED)),
        example_strength=example_strength or TO_BE_WRITTEN,
        example_weakness=example_weakness or TO_BE_WRITTEN,
        cues=cues or proposed,
    )


def _scalar(text: str) -> str:
    """Write a text as YAML on one line, quoted where it must be."""
    written = yaml.safe_dump(text, width=float("inf"), allow_unicode=True)
    return written.removesuffix("\n").removesuffix("\n...")


def block_lines(entry: Entry, indent: str) -> list[str]:
    """Return the lines of a theme's block, the first with the dash of the list."""
    fields = [
        f"id: {entry.code}",
        f"label: {_scalar(entry.label)}",
        "named: false",
        "status: active",
        f"definition: {_scalar(entry.definition)}",
        f"includes: [{', '.join(_in_list(text) for text in entry.includes)}]",
        "excludes: []",
        f"example_strength: {_scalar(entry.example_strength)}",
        f"example_weakness: {_scalar(entry.example_weakness)}",
        "cues:",
        *(f"  - {_scalar(cue)}" for cue in entry.cues),
    ]
    return [f"{indent}{'- ' if place == 0 else '  '}{line}" for place, line in enumerate(fields)]


def _in_list(text: str) -> str:
    plain = re.fullmatch(r"[A-Za-z][A-Za-z ]*", text) and _scalar(text) == text
    return text if plain else "'" + text.replace("'", "''") + "'"


def add_entry(path: Path, entry: Entry, date: str) -> str:
    """Add a theme to a codebook file and return the codebook's new version.

    The block stands before the theme ``other`` where there is one, else at the end. The middle
    digit of the version is raised and the date set; all other characters stay as they are.

    Raises
    ------
    UsageError
        If the file is no codebook, has the code already, or the entry is none that a codebook can
        have; the file is then left as it was.
    """
    codebook = read_codebook(path)
    if any(theme.id == entry.code for theme in codebook.themes):
        raise UsageError(f"{path}: has a theme {entry.code!r} already, and an id is never used "
                         "again; choose another --code")  # fmt: skip
    major, minor, _ = codebook.version.split(".")
    version = f"{major}.{int(minor) + 1}.0"
    # Not read_text: it would change the line ends of a file that has others.
    text = path.read_bytes().decode("utf-8")
    changed = _with_block(path, text, entry)
    changed = _with_value(path, _with_value(path, changed, "version", version), "date", date)
    _check(path, changed)
    frames.write_whole(path, changed.encode("utf-8"))
    return version


def _node(path: Path, text: str, key: str) -> yaml.Node:
    top = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs: list[tuple[yaml.Node, yaml.Node]] = (
        top.value if isinstance(top, yaml.MappingNode) else []
    )
    for name, value in pairs:
        if name.value == key:
            return value
    raise UsageError(f"{path}: codebook: the field {key!r} is missing")


def _with_value(path: Path, text: str, key: str, value: str) -> str:
    node = _node(path, text, key)
    start, end = node.start_mark.index, node.end_mark.index
    return text[:start] + text[start:end].replace(str(node.value), value) + text[end:]


def _with_block(path: Path, text: str, entry: Entry) -> str:
    node = _node(path, text, "themes")
    if not isinstance(node, yaml.SequenceNode) or node.flow_style:
        raise UsageError(f"{path}: themes: must be a list with a dash before each theme")
    last = node.value[-1]
    ids = {key.value: value.value for key, value in last.value}
    mark = last.start_mark if ids.get("id") == OTHER else node.end_mark
    # To the beginning of the line, before comments and empty lines that lead to what follows.
    at_end = mark is node.end_mark and not text[mark.index :].strip()
    place = len(text) if at_end else text.rfind("\n", 0, mark.index) + 1
    head = text[:place]
    while (line := re.search(r"(?:^|(?<=\n))[ \t]*(?:#[^\n]*)?\r?\n\Z", head)) and line[0]:
        head = head[: line.start()]
    newline = "\r\n" if "\r\n" in text else "\n"
    indent = " " * node.start_mark.column
    block = newline.join(block_lines(entry, indent)) + newline
    joint = "" if head.endswith("\n") or not head else newline
    return head + joint + block + text[len(head) :]


def _check(path: Path, text: str) -> None:
    """Read the changed codebook aside, so that a fault leaves the file as it was."""
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder) / path.name
        aside.write_bytes(text.encode("utf-8"))
        try:
            read_codebook(aside)
        except UsageError as error:
            raise UsageError(str(error).replace(str(aside), str(path))) from error
