"""``findings run``: every stage over one corpus folder, with the record of what was done."""

import logging
from pathlib import Path

from pipeline import (
    classify,
    clean,
    compare,
    frames,
    groups,
    keyness,
    press,
    record,
    report,
    schema,
    tables,
    themes,
)
from pipeline.frames import require_writable
from pipeline.params import Params
from pipeline.registry import default_registry, note_registry
from pipeline.review.store import read_reviews, reviews_file

log = logging.getLogger("findings")
REJECTED_STATUS = 3


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
    log.info("tables:  %s (%s)", out / "tables", ", ".join(t.name for t in schema.RESULT_TABLES))
    log.info("plots:   %s", out / "plots")
    log.info("texts:   %s", out / "text")
    log.info("record:  %s", out / "run.json")
    return REJECTED_STATUS if len(rejected) else 0


def main(
    corpus: Path,
    out: Path,
    registry: Path | None,
    params: Params,
    workers: int,
    *,
    reviews: Path | None = None,
    neighbours: Path | None = None,
) -> int:
    """Run the stages in order and return the exit status."""
    require_writable(out)
    coded = reviews_file(reviews, out)
    # A file that is unusable is told before the work, not after it.
    read_reviews(coded)
    known = registry or default_registry(corpus)
    clean.main(corpus, out, known, params["clean"], workers)
    note_registry(known, out)
    classify.main(out, params["classify"], workers)
    themes.main(out, params["themes"], workers)
    tables.main(out, params["tables"], workers, coded)
    compare.main(out, neighbours, params["compare"])
    groups.main(out, params["groups"])
    keyness.main(out, params["keyness"], params["compare"]["period_starts"])
    press.main(out, params["press"])
    report.main(out, params["tables"]["interval"])
    record.main(out, params, coded)
    return summarise(out)
