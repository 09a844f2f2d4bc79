"""Stage ``report``: static pages with the sentences behind every figure.

Reads the tables of a run and the figures of the models; writes ``report/``, which opens from disk.
Tables of later stages may be missing; the pages then say so.
"""

import json
import logging
from pathlib import Path

from pipeline import frames, schema
from pipeline.cache import Cache
from pipeline.codebook import read_codebook
from pipeline.paths import METRICS
from pipeline.reporting import site
from pipeline.reporting.study import Study

log = logging.getLogger("findings")


def main(out: Path, level: float, cache: Cache | None = None) -> None:
    """Run the stage on the tables below ``out``.

    ``level`` is that of the intervals; ``cache`` keeps the pictures.
    """
    needed = (
        schema.DOCUMENTS, schema.REJECTED, schema.SENTENCES, schema.FINDINGS,
        schema.FINDING_THEMES,
    )  # fmt: skip
    later = (
        schema.COUNCIL_DIFFERENCES, schema.COUNCIL_CHANGES, schema.CRITERION_VALIDITY,
        schema.THEME_GROUPS, schema.PRESS_PAIRS, schema.PRESS_COVERAGE, schema.PRESS_OMISSIONS,
        schema.PRESS_MATCHES,
    )  # fmt: skip
    folder = out / "tables"
    missing = [t for t in later if not (folder / f"{t.name}.parquet").exists()]
    tables = {
        t.name: frames.build([], t) if t in missing else frames.read(t, folder)
        for t in (*needed, *later)
    }
    names = tuple(table.name for table in missing)
    metrics = json.loads(METRICS.read_text(encoding="utf-8"))
    study = Study(tables, names, read_codebook(), level)
    page = site.write(study, metrics, out / site.FOLDER, cache)
    log.info("report:  %s", page)
