"""Do the same work on many documents, in order, with one process or several."""

import logging
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from tqdm import tqdm

I = TypeVar("I")
O = TypeVar("O")

log = logging.getLogger("findings")


def default_workers() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _show(results: Iterable[O], total: int, stage: str) -> Iterable[O]:
    """Show a progress bar on a terminal; elsewhere a line at the stage's beginning."""
    if sys.stderr.isatty():
        yield from tqdm(results, total=total, desc=stage, unit="doc", leave=False)
        return
    log.info("%s: %d documents", stage, total)
    yield from results


def each(
    function: Callable[[I], O],
    items: Sequence[I],
    stage: str,
    workers: int,
    initializer: Callable[..., None] | None = None,
    initargs: tuple[object, ...] = (),
) -> list[O]:
    """Return ``function`` of every item, in the items' order whatever the number of workers."""
    workers = min(workers, len(items))
    if workers <= 1:
        if initializer is not None:
            initializer(*initargs)
        return list(_show(map(function, items), len(items), stage))
    context = multiprocessing.get_context("spawn" if sys.platform == "darwin" else "fork")
    with ProcessPoolExecutor(workers, context, initializer, initargs) as pool:
        chunk = max(1, min(8, len(items) // (workers * 4)))
        return list(_show(pool.map(function, items, chunksize=chunk), len(items), stage))
