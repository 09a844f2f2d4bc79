"""``findings label``: code sentences that a user brings, by the project's models and cues."""

import csv
from pathlib import Path

import pandas as pd

from pipeline.classify import code_polarity
from pipeline.delimited import csv_lines
from pipeline.errors import UsageError
from pipeline.facts.speakers import attribute
from pipeline.frames import require_writable, write_whole
from pipeline.params import Params
from pipeline.schema import DOC_TYPES, POLARITIES, PRESS_SECTIONS, REPORT_SECTIONS
from pipeline.themes import code_themes

Row = dict[str, str]
ADDED = ("polarity", "confidence", *(f"p_{p}" for p in POLARITIES), "themes", "source")
ALLOWED = {
    "section": ("", *REPORT_SECTIONS, *PRESS_SECTIONS),
    "doc_type": ("", *DOC_TYPES),
    "bullet": ("", "yes", "no", "true", "false", "1", "0"),
}
_YES = ("yes", "true", "1")


def read_sentences(path: Path) -> tuple[list[str], list[Row]]:
    """Read the user's CSV; return its columns and rows. Empty lines are no rows.

    Raises
    ------
    UsageError
        If the file cannot be read, has no column ``sentence``, has a column twice or one that
        the coding adds, a row has more cells than there are columns, or a ``section``,
        ``doc_type`` or ``bullet`` is not known.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            columns = list(reader.fieldnames or [])
            lines = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read ({error}); give a CSV file in UTF-8") from error
    if "sentence" not in columns:
        raise UsageError(f"{path}: has no column `sentence`; its columns are {columns}")
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise UsageError(f"{path}: the columns {twice} stand twice; rename them")
    clash = [name for name in columns if name in ADDED]
    if clash:
        raise UsageError(f"{path}: the columns {clash} would be written over; rename them")
    for number, row in lines:
        if None in row:
            raise UsageError(f"{path}, line {number}: more cells than columns; quote the commas")
        for name, allowed in ALLOWED.items():
            if _code(row, name) not in allowed:
                raise UsageError(f"{path}, line {number}: {name} {row[name]!r}; allowed are "
                                 f"{', '.join(allowed[1:])} or empty")  # fmt: skip
    return columns, [{name: row[name] or "" for name in columns} for _, row in lines]


def _code(row: Row, name: str) -> str:
    return (row.get(name) or "").strip().lower()


def label_rows(rows: list[Row], params: Params, workers: int = 1) -> pd.DataFrame:
    """Return the columns ``ADDED`` for every row, in the rows' order."""
    frame = pd.DataFrame(
        {
            "sentence_id": [str(number) for number in range(len(rows))],
            "text": [" ".join(row["sentence"].split()) for row in rows],
            "previous": [" ".join(row.get("previous", "").split()) for row in rows],
            "section": [_code(row, "section") for row in rows],
            "doc_type": [_code(row, "doc_type") for row in rows],
            "bullet": [_code(row, "bullet") in _YES for row in rows],
        }
    )
    coded, read = code_polarity(frame, params["classify"], workers)
    findings = frame[(coded["polarity"] != "none").to_numpy(dtype=bool)].reset_index(drop=True)
    themes = code_themes(findings, read, params["themes"], workers)
    listed: dict[str, list[str]] = {}
    for sentence_id, theme in zip(themes["sentence_id"], themes["theme"], strict=True):
        listed.setdefault(sentence_id, []).append(theme)
    coded["themes"] = [";".join(listed.get(name, [])) for name in frame["sentence_id"]]
    places = zip(
        *(frame[name] for name in ("section", "doc_type", "previous", "text")), strict=True
    )
    coded["source"] = [_source(*place) for place in places]
    return coded[list(ADDED)]


def _source(section: str, doc_type: str, previous: str, text: str) -> str:
    """Return who speaks: a sentence is of a press text if its kind or its section says so."""
    if section == "title":
        return "author"
    if doc_type in ("", "inspection_report") and section not in PRESS_SECTIONS:
        return "inspectorate"
    context = [previous] if previous else []
    return attribute([[*context, text]], [False])[0][-1].source


def main(source: Path, target: Path, params: Params, workers: int) -> None:
    """Code the sentences of one CSV file and write another with the same rows."""
    require_writable(target.parent)
    columns, rows = read_sentences(source)
    added = label_rows(rows, params, workers)
    cells = zip(*(added[name] for name in ADDED), strict=True)
    lines = [
        [*row.values(), *(value if isinstance(value, str) else f"{value:.6g}" for value in new)]
        for row, new in zip(rows, cells, strict=True)
    ]
    write_whole(target, csv_lines([*columns, *ADDED], lines).encode("utf-8"))
