"""``findings export`` and ``findings import-qdpx``: write a run for other tools, read one back."""

import logging
from pathlib import Path

from pipeline import frames
from pipeline.codebook import read_codebook
from pipeline.errors import UsageError
from pipeline.export import datapackage
from pipeline.export.present import read_record, read_tables
from pipeline.frames import write_whole
from pipeline.review.store import FILE_NAME, add_reviews
from pipeline.schema import CORRECTIONS

# The file that each format writes below DIR/exports/, where no other is named.
FILES = {
    "xlsx": "findings.xlsx", "sqlite": "findings.db", "qdpx": "findings.qdpx",
    "qdc": "codebook.qdc", "datapackage": "",
}  # fmt: skip
LEFT_OUT_STATUS = 3
log = logging.getLogger("findings")


def export(out: Path, form: str, target: Path | None, reviews: Path, councils: list[str]) -> None:
    """Write a run in one format.

    Parameters
    ----------
    out
        Outputs of a run.
    form
        One of :data:`FILES`.
    target
        The file to write; the data package always stands beside its tables.
    reviews
        What people coded; only the project takes it.
    councils
        Only these councils; none for all. Only the project can be of a part.

    Raises
    ------
    UsageError
        If tables are missing, or an option does not go with the format.
    """
    if councils and form != "qdpx":
        raise UsageError(f"--council: goes with --format qdpx, not {form}")
    if form == "datapackage":
        if target is not None:
            raise UsageError("--out: a data package stands beside its tables; leave --out away")
        log.info("%s: written", datapackage.write(out / "tables"))
        return
    path = target or out / "exports" / FILES[form]
    if path.is_dir():
        raise UsageError(f"{path}: is a folder; name a file with --out")
    for name, data in _files(out, form, path, reviews, councils).items():
        write_whole(name, data)
        log.info("%s: written (%.1f MB)", name, len(data) / 1e6)


def _files(
    out: Path, form: str, path: Path, reviews: Path, councils: list[str]
) -> dict[Path, bytes]:
    # Each format loads its own libraries, and only when it is asked for.
    codebook = read_codebook()
    if form == "xlsx":
        from pipeline.export.workbook import export_workbook

        return {path: export_workbook(read_tables(out), read_record(out), codebook)}
    if form == "sqlite":
        from pipeline.export.database import export_database
        from pipeline.export.datasette import metadata_text

        tables = read_tables(out)
        data, dictionary = export_database(tables, codebook)
        text = metadata_text(tables, dictionary, path.stem)
        return {path: data, path.with_suffix(".metadata.json"): text.encode("utf-8")}
    if form == "qdpx":
        from pipeline.export.project import export_project
        from pipeline.export.study import read_study

        return {path: export_project(read_study(out, reviews, councils), codebook)}
    from pipeline.export.refi import export_codebook

    return {path: export_codebook(codebook)}


def import_project(out: Path, source: Path, reviews: Path, coder: str, report: Path) -> int:
    """Keep what a person changed in a project as reviews; return the exit status.

    Parameters
    ----------
    out
        The run that was exported.
    source
        The corrected ``.qdpx``.
    reviews
        The file of the reviews, which is made or added to.
    coder
        Who made the changes that bear no name; may be empty.
    report
        The CSV file that tells what changed.

    Raises
    ------
    UsageError
        If the file is no project, is of another run, or it is not known who changed it.
    """
    from pipeline.export.corrections import corrections
    from pipeline.export.qdpx import read_project
    from pipeline.export.study import read_study

    codebook = read_codebook()
    project = read_project(source, codebook)
    study = read_study(out, reviews, [])
    rows, changes, problems = corrections(project, study, codebook, coder)
    for problem in problems:
        log.warning("%s: %s", source, problem)
    if not len(rows) and problems:
        raise UsageError(f"{source}: nothing was taken over; the lines above say why")
    frames.write_csv(changes, CORRECTIONS, report)
    if len(rows):
        add_reviews(reviews, rows)
    counts = changes["changed"].value_counts()
    log.info(
        "%d sentences by %d coders: polarity changed in %d, themes in %d, both in %d, none in %d",
        len(changes), changes["coder"].nunique(),
        *(counts.get(kind, 0) for kind in ("polarity", "themes", "both", "nothing")),
    )  # fmt: skip
    log.info("%s: what changed", report)
    if len(rows):
        log.info("%s: kept; `findings tables` puts them into the tables", reviews)
    return LEFT_OUT_STATUS if problems else 0


def reviews_of(given: Path | None, out: Path) -> Path:
    """Return the file of the reviews: the one that was given, else that of the run."""
    return given or out / FILE_NAME
