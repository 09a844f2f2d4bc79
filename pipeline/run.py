"""``findings run``: every stage that codes and compares, over one corpus folder, and the record.

What takes longer than the tables and serves to look further is asked for: the pages (``findings
report``) and themes beyond the codebook (``findings suggest``).
"""

import logging
import sys
from functools import partial
from itertools import chain
from pathlib import Path

from pipeline import arrow, charts, classify, clean, frames, schema, tables, themes
from pipeline.cache import sweep
from pipeline.comparison.differences import Neighbours, read_neighbours
from pipeline.frames import require_writable
from pipeline.params import Params
from pipeline.paths import COMPARED, RECORD
from pipeline.registry import default_registry, note_registry
from pipeline.review.store import read_reviews, reviews_file
from pipeline.work import Work, each

log = logging.getLogger("findings")
REJECTED_STATUS = 3
# The longest first, so that no process waits long for another.
LATER = ("councils", "keyness", "press", "grades", "groups")
# Where a run that was killed can have left something half written.
FOLDERS = ("", "tables", "text", *(f"stages/{name}" for name in ("clean", "classify", "themes")))


def _later(out: Path, near: Neighbours, params: Params, stage: str) -> list[Path]:
    """Run a stage that reads the tables alone, in a process of its own where there are several.

    Each is imported where it runs: what they are built on takes seconds to load. The charts are
    returned that are to be drawn.
    """
    described: list[Path] = []
    if stage == "councils":
        from pipeline import councils

        described = councils.main(out, near, params["compare"])
    elif stage == "grades":
        from pipeline import grades

        described = grades.main(out, params["compare"])
    elif stage == "keyness":
        from pipeline import keyness

        described = keyness.main(out, params["keyness"], params["compare"]["period_starts"])
    elif stage == "groups":
        from pipeline import groups

        described = groups.main(out, params["groups"])
    else:
        from pipeline import press

        press.main(out, params["press"])
    # The next stage may run in this process.
    arrow.give_back()
    return described


def _forget_suggestions(out: Path) -> None:
    """Remove what ``findings suggest`` made of earlier findings: it would pass for this run's."""
    tables = [table.name for table in schema.TABLES_OF["suggest"]]
    files = [p for p in (out / "tables").glob("*.*") if p.stem in tables]
    for path in (*files, *(out / "plots" / "suggest").glob("*")):
        path.unlink()


def summarise(out: Path) -> int:
    """Log what was written where; return the exit status (3 where files were rejected)."""
    documents = frames.read(schema.DOCUMENTS, out / "tables")
    rejected = frames.read(schema.REJECTED, out / "tables")
    for row in rejected.to_dict("records"):
        log.warning("rejected %s: %s", row["file"], row["detail"])
    log.info(
        "%d documents read, %d rejected; %d sentences, %d findings",
        len(documents), len(rejected), documents["sentences"].sum(), documents["findings"].sum(),
    )  # fmt: skip
    log.info("tables:  %s (%s)", out / "tables", ", ".join(t.name for t in schema.RUN_TABLES))
    log.info("plots:   %s", out / "plots")
    log.info("texts:   %s", out / "text")
    log.info("record:  %s", out / RECORD)
    log.info("pages:   findings report %s", out)
    log.info("more:    findings suggest --out %s (themes beyond the codebook)", out)
    return REJECTED_STATUS if len(rejected) else 0


def main(
    corpus: Path,
    out: Path,
    registry: Path | None,
    params: Params,
    work: Work,
    *,
    reviews: Path | None = None,
    neighbours: Path | None = None,
) -> int:
    """Run the stages in order and return the exit status."""
    require_writable(out)
    for folder in FOLDERS:
        sweep(out / folder)
    coded = reviews_file(reviews, out)
    # A file that is unusable is told before the work, not after it.
    read_reviews(coded)
    near = read_neighbours(neighbours)
    known = registry or default_registry(corpus)
    clean.main(corpus, out, known, params["clean"], work)
    note_registry(known, out)
    classify.main(out, params["classify"], work)
    themes.main(out, params["themes"], work)
    tables.main(out, params["tables"], work, coded)
    _forget_suggestions(out)
    work.note_reuse()
    # The library that draws keeps threads of its own, which a copy of this process would wait for.
    workers = 1 if "vl_convert" in sys.modules else work.workers
    # Two processes fill it.
    charts.empty(out / COMPARED)
    later = partial(_later, out, near, params)
    arrow.give_back()
    described = chain.from_iterable(each(later, LATER, "comparisons", workers, "part"))
    # Apart from the comparisons: what draws takes as much memory as they do.
    each(partial(charts.draw, cache=work.cache), list(described), "charts", workers, "chart")
    from pipeline import record

    record.main(out, params, coded)
    return summarise(out)
