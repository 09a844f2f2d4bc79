"""Results of a run as aggregate tables, pictures and a page, without any sentence.

Writes ``docs/results.md``, ``docs/results/*.csv`` and ``docs/images/results-*`` from the tables of
a run, so that no figure on the page is typed by hand::

    python -m benchmarks.results my-results
"""

import argparse
import json
import logging
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from string import Template

import pandas as pd

from benchmarks import result_tables as made
from benchmarks.result_pictures import pictures
from pipeline import charts, frames, schema
from pipeline.codebook import read_codebook
from pipeline.delimited import csv_lines
from pipeline.errors import UsageError
from pipeline.frames import write_whole
from pipeline.markdown import markdown_table
from pipeline.paths import ROOT

TEMPLATE = Path(__file__).with_suffix(".md")
NAMES = (
    schema.DOCUMENTS, schema.THEME_GROUPS, schema.NATIONAL_SHARES, schema.CRITERION_VALIDITY,
    schema.COUNCIL_CHANGES, schema.KEYNESS, schema.PRESS_PAIRS, schema.READABILITY_GROUPS,
)  # fmt: skip
PICTURES = (".png", ".svg")
log = logging.getLogger("findings")


def as_csv(frame: pd.DataFrame) -> str:
    """Return a table as CSV with four significant digits."""
    return csv_lines(list(frame.columns), [[_cell(v) for v in row] for row in frame.to_numpy()])


def _cell(value: object) -> str:
    if isinstance(value, float):
        if pd.isna(value):
            return ""
        return f"{value:.0f}" if value.is_integer() else f"{value:.4g}"
    return str(value)


def facts(run: Path) -> dict[str, str]:
    """Return the versions that a run was made with.

    Raises
    ------
    UsageError
        If it has no record.
    """
    try:
        record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{run / 'run.json'}: not found; name the outputs of a run") from error
    versions = sorted({model["version"] for model in record["models"].values()})
    return {"version": record["version"], "codebook": record["codebook"]["version"],
            "models": ", ".join(versions)}  # fmt: skip


def save(charted: Mapping[str, charts.Chart], folder: Path) -> None:
    """Write every picture as PNG and SVG."""
    for name, chart in charted.items():
        with tempfile.TemporaryDirectory() as aside:
            for path in charts.save(chart, Path(aside) / f"results-{name}"):
                if path.suffix in PICTURES:
                    write_whole(folder / path.name, path.read_bytes())


def write(run: Path, docs: Path) -> Path:
    """Write page, tables and pictures; return the page.

    Parameters
    ----------
    run
        Outputs of a run.
    docs
        Folder of the page.
    """
    tables = {table.name: frames.read(table, run / "tables") for table in NAMES}
    labels = {theme.id: theme.label for theme in read_codebook().themes} | {
        schema.ALL_THEMES: "all findings"
    }
    results = made.results(tables)
    for name, frame in results.items():
        write_whole(docs / "results" / f"{name}.csv", as_csv(frame).encode("utf-8"))
    save(pictures(results, labels, read_codebook().named), docs / "images")
    shown = {f"table_{name}": markdown_table(list(frame.columns), frame.to_numpy())
             for name, frame in made.shown(results).items()}  # fmt: skip
    text = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        **facts(run), **made.counts(tables), **shown, **made.prose(results, labels),
        least=str(made.LEAST),
    )  # fmt: skip
    page = docs / "results.md"
    write_whole(page, text.encode("utf-8"))
    return page


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="outputs of a run over the reports")
    parser.add_argument("--to", type=Path, default=ROOT / "docs", help="folder of the page")
    args = parser.parse_args(argv)
    try:
        print(write(args.run, args.to))
    except UsageError as error:
        print(f"results: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
