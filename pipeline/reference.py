"""The pages that are generated, so that no name, stage or figure in them is typed by hand.

Reads the schema, the codebook, ``dvc.yaml``, the models' figures, the gold labels and the
notebooks; writes ``docs/data-dictionary.md``, ``docs/codebook.md`` and ``notebooks/*.ipynb`` whole,
and the parts of ``README.md``,
``docs/model-card.md`` and ``docs/fetching.md`` that stand between markers (``<!-- stages -->`` …
``<!-- /stages -->``).
"""

import importlib
import json
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from pipeline import charts
from pipeline.codebook import codebook_page, read_codebook
from pipeline.errors import UsageError
from pipeline.figures import figures_text
from pipeline.frames import write_whole
from pipeline.markdown import markdown_table, replace_marked
from pipeline.reliability_plot import reliability_plot
from pipeline.schema import FETCH_LOG, RESULT_TABLES, REVIEWS, Column, Table

PICTURE = Path("docs") / "images" / "council-themes.png"
RELIABILITY = Path("docs") / "images" / "reliability"
PICTURE_TITLE = "Weakness share by inspection and theme: the sample corpus of fictional councils"
STALE_STATUS = 1
log = logging.getLogger("findings")
# A stage that reads more files than this reads all that came before.
MANY = 20


def _allowed(column: Column) -> str:
    codes = ", ".join(f"`{code}`" for code in column.allowed)
    return ", ".join(part for part in (column.unit, codes) if part)


def column_list(table: Table) -> str:
    """Render a table's columns: type, whether they may be empty, unit or codes, meaning."""
    rows = [
        (
            f"`{column.name}`", column.kind, "no" if column.required else "yes",
            _allowed(column), column.meaning,
        )
        for column in table.columns
    ]  # fmt: skip
    head = ("column", "type", "may be empty", "unit or codes", "meaning")
    return markdown_table(head, rows)


def _dictionary_part(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    return f"## {table.name}\n\nA row is {table.row}. Key: {key}.\n\n{column_list(table)}"


def data_dictionary(tables: Iterable[Table] = (*RESULT_TABLES, REVIEWS)) -> str:
    """Render the data dictionary: every table and column of the results."""
    intro = (
        "# Data dictionary\n\n"
        "Generated from `pipeline/schema/` by `findings docs`.\n\n"
        "Each table is written as CSV (UTF-8, LF) and as Parquet with the same columns and rows. "
        "Types: *string*; *int*; *float*, rounded to six significant digits; *date*, ISO 8601; "
        "*bool*, `yes` or `no` in CSV; *codes*, several values joined with `;`. What is not known "
        "is an empty cell in CSV and null in Parquet. The codes of themes are in "
        "[the codebook](codebook.md)."
    )
    return "\n\n".join([intro, *map(_dictionary_part, tables)]) + "\n"


def table_list(tables: Iterable[Table] = RESULT_TABLES) -> str:
    """Render the list of the tables of a run."""
    rows = [(f"`{t.name}`", t.row, ", ".join(f"`{name}`" for name in t.key)) for t in tables]
    return markdown_table(("table", "a row is", "key"), rows)


def _names(entries: list[Any]) -> list[str]:
    # DVC takes `path` as well as `path: {settings}`.
    return [str(next(iter(entry))) if isinstance(entry, dict) else str(entry) for entry in entries]


def stage_table(pipeline: dict[str, Any]) -> str:
    """Render the stages of ``dvc.yaml``: what each does, reads and writes.

    Code is left out; a table stands for its files, and the record's inputs for everything.
    """
    rows = []
    for name, stage in pipeline["stages"].items():
        inputs = [path for path in _names(stage.get("deps", [])) if not path.startswith("pipeline")]
        cells = [", ".join(f"`{path}`" for path in dict.fromkeys(map(_short, paths)))
                 for paths in (inputs, _names(stage.get("outs", [])))]  # fmt: skip
        if len(inputs) > MANY:
            cells[0] = "everything before it"
        rows.append((f"`{name}`", stage.get("desc", ""), *cells))
    return markdown_table(("stage", "does", "reads", "writes"), rows)


def _short(path: str) -> str:
    """Return a table's name for its CSV and Parquet files, and any other path as it is."""
    name = path.removeprefix("outputs/tables/").removesuffix(".csv").removesuffix(".parquet")
    return name if path.startswith("outputs/tables/") else path.removeprefix("outputs/")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}); name the root of the project by --folder"
        ) from error


def pages(folder: Path) -> dict[Path, str]:
    """Return every page that has generated parts, as it should be, by its path.

    Raises
    ------
    UsageError
        If the folder is not the project's, or a page has lost its markers.
    """
    readme, card = folder / "README.md", folder / "docs" / "model-card.md"
    fetching = folder / "docs" / "fetching.md"
    whole = replace_marked(
        _read(readme), "stages", stage_table(yaml.safe_load(_read(folder / "dvc.yaml")))
    )
    metrics = json.loads(_read(folder / "models" / "metrics.json"))
    labels = _read(folder / "models" / "gold_labels.csv")
    return {
        readme: replace_marked(whole, "tables", table_list()),
        card: replace_marked(_read(card), "figures", figures_text(metrics, labels)),
        folder / "docs" / "codebook.md": codebook_page(
            read_codebook(folder / "corpus" / "codebook.yaml")
        ),
        folder / "docs" / "data-dictionary.md": data_dictionary(),
        fetching: replace_marked(_read(fetching), "fetch-log", column_list(FETCH_LOG)),
        **stored_notebooks(folder / "notebooks"),
    }


def stored_notebooks(folder: Path) -> dict[Path, str]:
    """Return the ``.ipynb`` that goes with every notebook of a folder, by its path.

    Raises
    ------
    UsageError
        If there are notebooks and what reads them is not installed.
    """
    if not folder.is_dir():
        return {}
    try:
        notebooks = importlib.import_module("pipeline.notebooks")
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the notebooks need {error.name}: install the `notebooks` extra"
        ) from error
    found: list[Path] = notebooks.sources(folder)
    return {path.with_suffix(".ipynb"): notebooks.paired(path) for path in found}


def draw_picture(folder: Path, tables: Path) -> None:
    """Draw the picture of the README from the tables of the sample run.

    Raises
    ------
    UsageError
        If matplotlib is not installed or a table is missing.
    """
    try:
        picture = importlib.import_module("pipeline.picture")
    except ModuleNotFoundError as error:
        raise UsageError(f"drawing needs {error.name}: install the `notebooks` extra") from error
    codebook = read_codebook(folder / "corpus" / "codebook.yaml")
    log.info("%s: drawn", picture.draw(tables, codebook, PICTURE_TITLE, folder / PICTURE))


def draw_reliability(folder: Path) -> None:
    """Draw the reliability diagram of the model card from ``models/metrics.json``."""
    metrics = json.loads(_read(folder / "models" / "metrics.json"))
    bins = metrics["polarity"].get("cascade_held_out", {}).get("reliability")
    if bins:
        charts.save(reliability_plot(bins), folder / RELIABILITY)


def main(folder: Path, check: bool) -> int:
    """Write the generated pages, or only tell which are stale; return the exit status.

    The pictures are drawn again, that of the README where the sample run's tables stand in
    ``outputs/``; a check leaves them out, because their bytes depend on the drawing libraries.
    """
    wanted = pages(folder)
    stale = [
        path
        for path, text in wanted.items()
        if not path.exists() or path.read_bytes() != text.encode("utf-8")
    ]
    for path in stale:
        if not check:
            write_whole(path, wanted[path].encode("utf-8"))
        log.info("%s: %s", path, "stale; run `findings docs`" if check else "written")
    tables = folder / "outputs" / "tables"
    if not check:
        draw_reliability(folder)
        if tables.is_dir():
            draw_picture(folder, tables)
    return STALE_STATUS if check and stale else 0
