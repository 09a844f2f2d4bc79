"""The codebook: what the study codes, read from ``corpus/codebook.yaml`` and checked."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pipeline.coding.checked_yaml import CheckedYaml
from pipeline.coding.cue_grammar import CueError, parse_cue
from pipeline.errors import UsageError
from pipeline.paths import CODEBOOK
from pipeline.schema import POLARITIES, PRESS_SECTIONS, REPORT_SECTIONS, SOURCES

STATUSES = ("active", "retired")


@dataclass(frozen=True)
class Cue:
    """Words that assign a theme to a finding, where no blocking pattern stands beside them."""

    text: str
    blocked_by: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Code:
    """A code of polarity or of source: what it stands for, with an example."""

    id: str
    definition: str
    example: str


@dataclass(frozen=True)
class Theme:
    """One theme: its meaning for a human coder, and the cues for the software."""

    id: str
    label: str
    named: bool
    status: str
    definition: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    example_strength: str
    example_weakness: str
    cues: tuple[Cue, ...]


@dataclass(frozen=True)
class Codebook:
    """A checked codebook.

    ``codes`` are the active themes in their order, ``named`` those that the study names.
    """

    version: str
    date: str
    polarity: tuple[Code, ...]
    decision_rules: tuple[str, ...]
    sources: tuple[Code, ...]
    theme_rules: tuple[str, ...]
    themes: tuple[Theme, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The active theme codes, the named ones first."""
        return tuple(theme.id for theme in self.themes if theme.status == "active")

    @property
    def named(self) -> tuple[str, ...]:
        """The active themes that the study names."""
        return tuple(t.id for t in self.themes if t.named and t.status == "active")

    def require(self, code: str) -> Theme:
        """Return the active theme with this code.

        Raises
        ------
        UsageError
            If the codebook has no such theme, or has retired it.
        """
        for theme in self.themes:
            if theme.id == code and theme.status == "active":
                return theme
        fault = "is retired" if any(t.id == code for t in self.themes) else "is unknown"
        known = ", ".join(self.codes)
        raise UsageError(f"theme {code!r} {fault} in codebook {self.version}; use one of: {known}")

    def require_themes(self, cells: Iterable[str], source: Path | str) -> None:
        """Check codes that people gave, several joined with ``;`` in a cell.

        Raises
        ------
        UsageError
            At the first that the codebook does not know or has retired; it names ``source``.
        """
        for cell in dict.fromkeys(cells):
            for code in filter(None, cell.split(";")):
                try:
                    self.require(code)
                except UsageError as error:
                    raise UsageError(f"{source}: {error}") from error


def read_codebook(path: Path = CODEBOOK) -> Codebook:
    """Read and check a codebook.

    Raises
    ------
    UsageError
        If the file cannot be read or anything in it is missing, unknown, double or malformed;
        one line that names the file, the theme and the field.
    """
    reader = _Reader(CheckedYaml(path))
    return reader.codebook()


class _Reader:
    """Build the codebook from a file, part by part."""

    def __init__(self, file: CheckedYaml) -> None:
        self._file = file

    def codebook(self) -> Codebook:
        file, here = self._file, "codebook"
        top = file.mapping(file.load(), here, [field.name for field in fields(Codebook)])
        themes = tuple(self._theme(t, n) for n, t in enumerate(file.items(top, "themes", here), 1))
        self._check_themes(themes)
        return Codebook(
            version=file.text(top, "version", here, r"\d+\.\d+\.\d+"),
            date=file.text(top, "date", here, r"\d{4}-\d\d-\d\d"),
            polarity=self._codes(top, "polarity", POLARITIES),
            decision_rules=file.texts(top, "decision_rules", here),
            sources=self._codes(top, "sources", SOURCES),
            theme_rules=file.texts(top, "theme_rules", here),
            themes=themes,
        )

    def _check_themes(self, themes: tuple[Theme, ...]) -> None:
        names = [theme.id for theme in themes]
        for name in names:
            if names.count(name) > 1:
                raise self._file.fault(f"theme {name}: id", "stands twice")
        if [t.named for t in themes] != sorted((t.named for t in themes), reverse=True):
            raise self._file.fault("themes: named", "the named themes must come first")
        if not any(theme.status == "active" for theme in themes):
            raise self._file.fault("themes: status", "none is active")

    def _theme(self, item: Any, number: int) -> Theme:
        file = self._file
        name = item["id"] if isinstance(item, dict) and item.get("id") else number
        place = f"theme {name}"
        item = file.mapping(item, place, [field.name for field in fields(Theme)])
        cues = enumerate(file.items(item, "cues", place), 1)
        return Theme(
            id=file.text(item, "id", place, "[a-z][a-z0-9_]*"),
            label=file.text(item, "label", place),
            named=file.choice(item, "named", place, (True, False)),
            status=file.choice(item, "status", place, STATUSES),
            definition=file.text(item, "definition", place),
            includes=file.texts(item, "includes", place),
            excludes=file.texts(item, "excludes", place),
            example_strength=file.text(item, "example_strength", place),
            example_weakness=file.text(item, "example_weakness", place),
            cues=tuple(self._cue(cue, f"{place}: cues: {n}") for n, cue in cues),
        )

    def _cue(self, item: Any, place: str) -> Cue:
        if not isinstance(item, dict):
            return Cue(self._pattern(item, place))
        file = self._file
        item = file.mapping({"not": [], "section": [], **item}, place, ["cue", "not", "section"])
        blocks = file.items(item, "not", place)
        sections = file.texts(item, "section", place)
        for section in sections:
            if section not in REPORT_SECTIONS + PRESS_SECTIONS:
                raise file.fault(f"{place}: section", f"no such section: {section}")
        return Cue(
            self._pattern(item["cue"], place),
            tuple(self._pattern(text, f"{place}: not") for text in blocks),
            sections,
        )

    def _pattern(self, text: Any, place: str) -> str:
        if not isinstance(text, str) or not text.strip():
            raise self._file.fault(place, "the cue is empty or not a text")
        try:
            parse_cue(text)
        except CueError as error:
            raise self._file.fault(place, str(error)) from error
        return text

    def _codes(self, top: dict[str, Any], key: str, expected: tuple[str, ...]) -> tuple[Code, ...]:
        file, names = self._file, [field.name for field in fields(Code)]
        codes = []
        for number, item in enumerate(file.items(top, key, "codebook"), 1):
            place = f"{key}: {number}"
            file.mapping(item, place, names)
            codes.append(Code(*(file.text(item, name, place) for name in names)))
        if tuple(code.id for code in codes) != expected:
            raise file.fault(key, f"must be, in this order: {', '.join(expected)}")
        return tuple(codes)


def codebook_page(codebook: Codebook) -> str:
    """Render the codebook as a Markdown page."""
    lines = [
        "# Codebook",
        "",
        f"Version {codebook.version} of {codebook.date}. Generated from `corpus/codebook.yaml`.",
        "",
        "## Polarity: one of four",
        "",
        *_code_table(codebook.polarity),
        "",
        "Decision rules",
        "",
        *(f"{number}. {rule}" for number, rule in enumerate(codebook.decision_rules, 1)),
        "",
        "## Source: who makes the assertion",
        "",
        *_code_table(codebook.sources),
        "",
        "## Themes: none, one or several",
        "",
        *(f"- {rule}" for rule in codebook.theme_rules),
    ]
    for theme in codebook.themes:
        lines += ["", *_theme_lines(theme)]
    return "\n".join(lines) + "\n"


def _code_table(codes: tuple[Code, ...]) -> list[str]:
    rows = [f"| `{code.id}` | {code.definition} | {code.example} |" for code in codes]
    return ["| code | the sentence | example (made up) |", "| --- | --- | --- |", *rows]


def _theme_lines(theme: Theme) -> list[str]:
    marks = (["named theme"] if theme.named else []) + (
        ["retired"] if theme.status == "retired" else []
    )
    lines = [f"### {theme.label} (`{theme.id}`)", ""]
    lines += [f"*{', '.join(marks)}*", ""] if marks else []
    lines += [theme.definition, ""]
    for title, items in (("Includes", theme.includes), ("Excludes", theme.excludes)):
        lines += [f"{title}: {'; '.join(items)}.", ""] if items else []
    lines += [f"- Strength: “{theme.example_strength}”", f"- Weakness: “{theme.example_weakness}”"]
    return lines + (["", "Cues:", "", *map(_cue_line, theme.cues)] if theme.cues else [])


def _cue_line(cue: Cue) -> str:
    line = f"- `{cue.text}`"
    line += f", in {', '.join(cue.sections)}" if cue.sections else ""
    return line + (
        f", not beside {', '.join(f'`{b}`' for b in cue.blocked_by)}" if cue.blocked_by else ""
    )
