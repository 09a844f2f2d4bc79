"""Do the same work on many documents, in order, with one process or several."""

import logging
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from tqdm import tqdm

Given = TypeVar("Given")
Result = TypeVar("Result")

log = logging.getLogger("findings")


def default_workers() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _show(results: Iterable[Result], total: int, stage: str, unit: str) -> Iterable[Result]:
    """Show a progress bar on a terminal; elsewhere a line at the stage's beginning."""
    if sys.stderr.isatty():
        yield from tqdm(results, total=total, desc=stage, unit=unit, leave=False)
        return
    log.info("%s: %d %s%s", stage, total, unit, "" if total == 1 else "s")
    yield from results


def each(
    function: Callable[[Given], Result],
    items: Sequence[Given],
    stage: str,
    workers: int,
    unit: str = "document",
) -> list[Result]:
    """Return ``function`` of every item, in the items' order whatever the number of workers."""
    workers = min(workers, len(items))
    if workers <= 1:
        return list(_show(map(function, items), len(items), stage, unit))
    context = multiprocessing.get_context("spawn" if sys.platform == "darwin" else "fork")
    with ProcessPoolExecutor(workers, context) as pool:
        chunk = max(1, min(8, len(items) // (workers * 4)))
        return list(_show(pool.map(function, items, chunksize=chunk), len(items), stage, unit))
