"""The patterns that reviewers can edit: furniture, headings, closing pages (``pipeline/data``)."""

import re
from functools import cache, lru_cache
from typing import Any

from pipeline.loader import load_yaml
from pipeline.paths import DATA

GRADE = r"(?:outstanding|good|requires? improvement(?: to be good)?|inadequate|adequate)"
ENDING = rf"(?: is| are)?:?(?: {GRADE}| not judged)?\.?"
JUDGED = (
    r"(?: is| are)?(?: that)?(?: it| they)?(?: is| are)?"
    rf"(?: {GRADE}| requires?| require improvement(?: to be good)?)?\.?"
)
PROGRESS = "(?:the )?experiences? and progress of"
_MEANINGS = (("ENDING", ENDING), ("JUDGED", JUDGED), ("GRADE", GRADE), ("PROGRESS", PROGRESS))
_PLAIN = {"’": "'", "‘": "'", "“": '"', "”": '"'} | dict.fromkeys("‐‑‒–—―−─", "-")


@lru_cache(maxsize=1 << 14)
def plain(text: str) -> str:
    """Return text with straight quotes, lower case and folded white space, for matching."""
    # `str.translate` looks up every character of a text that is not ASCII: ten times slower.
    if not text.isascii():
        for mark, straight in _PLAIN.items():
            text = text.replace(mark, straight)
    return " ".join(text.lower().split())


@cache
def load_data(name: str) -> Any:
    """Read a YAML data file of the package."""
    with (DATA / name).open(encoding="utf-8") as stream:
        return load_yaml(stream)


@cache
def furniture(where: str) -> re.Pattern[str]:
    """Return one pattern for whole lines of one kind in ``furniture.yaml``."""
    return re.compile("|".join(f"(?:{p})" for p in load_data("furniture.yaml")[where]))


@cache
def closing_page() -> re.Pattern[str]:
    """Return the pattern for the words with which a publisher's closing page begins."""
    return re.compile("|".join(load_data("sections.yaml")["closing_page"]))


@cache
def heading_rows() -> list[dict[str, Any]]:
    """Return the heading patterns with their sections, in the order of the data file."""
    rows: list[dict[str, Any]] = load_data("sections.yaml")["headings"]
    return rows


@cache
def heading_pattern() -> re.Pattern[str]:
    """Return one pattern over all headings; group ``h<i>`` tells which row matched."""
    parts = []
    for index, row in enumerate(heading_rows()):
        pattern = row["pattern"]
        for name, meaning in _MEANINGS:
            pattern = pattern.replace(name, meaning)
        parts.append(f"(?P<h{index}>{pattern})")
    return re.compile("|".join(parts))


@cache
def grade_rows() -> tuple[tuple[str, str, str], ...]:
    """Return area, beginning and whole name of every row of a printed grade table."""
    rows = load_data("sections.yaml")["grade_rows"]
    starts = [row.get("before", "") + row["start"] for row in rows]
    return tuple(
        (row["area"], start, start + row.get("rest", ""))
        for row, start in zip(rows, starts, strict=True)
    )
