"""Do the same work on many documents, in order, with one process or several, and never twice."""

import gc
import logging
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from tqdm import tqdm

from pipeline.cache import Cache
from pipeline.processes import Known, Limits, Lost, stream

Given = TypeVar("Given")
Result = TypeVar("Result")

log = logging.getLogger("findings")


def _show(results: Iterable[Result], total: int, stage: str, unit: str) -> Iterator[Result]:
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
    made = (
        map(function, items) if min(workers, len(items)) <= 1
        else stream(function, items, workers, None)
    )  # fmt: skip
    results = list(_show(made, len(items), stage, unit))
    if any(isinstance(result, Lost) for result in results):
        raise RuntimeError(f"{stage}: a worker process was lost; is there enough memory?")
    return results


@dataclass(frozen=True)
class Task:
    """The work on one document: what tells it from any other, and what the function is given.

    A document whose result needs no work is given as :class:`~pipeline.processes.Known`.
    """

    identity: bytes
    given: Any


@dataclass(frozen=True)
class Job:
    """The work of a stage on every document.

    Parameters
    ----------
    stage
        Its name, in messages and in the cache.
    function
        Takes ``(params, given)`` and returns bytes, see :func:`pipeline.entries.pack`. It stands in
        the module whose code decides whether a kept result is still good.
    params
        What it takes of the parameters: what changes its results, and nothing else.
    prepare
        Loads what all documents need, once, before processes are started that share it.
    limits
        What one document may take. With limits the work is done in processes of its own even where
        there is one worker, and a document that is lost stands as
        :class:`~pipeline.processes.Lost`.
    """

    stage: str
    function: Callable[[dict[str, Any], Any], bytes]
    params: dict[str, Any]
    prepare: Callable[[], object] = bool
    limits: Limits | None = None


class Crew(Protocol):
    """Where work is done: processes of this machine, or a cluster."""

    def stream(
        self, function: Callable[[Any], Any], items: Iterable[Any], limits: Limits | None
    ) -> Iterator[Any]:
        """Yield the results in order; see :func:`pipeline.processes.stream`."""

    def close(self) -> None:
        """Leave it."""


@dataclass
class Work:
    """Who does the work on documents, and where results are kept.

    Parameters
    ----------
    workers
        Processes of this machine.
    cache
        Where results are kept; None keeps nothing and reuses nothing.
    cluster
        A cluster that does the work instead.
    reused
        By stage, how many documents were reused, of how many.
    """

    workers: int = 1
    cache: Cache | None = None
    cluster: Crew | None = None
    reused: dict[str, tuple[int, int]] = field(default_factory=dict)

    def documents(self, job: Job, tasks: Iterable[Task], total: int) -> Iterator[bytes]:
        """Yield what comes of every task, in the order of the tasks, reusing what is kept."""
        for result in self.attempts(job, tasks, total):
            if isinstance(result, Lost):
                raise RuntimeError(f"{job.stage}: {result.detail}; is there enough memory?")
            yield result

    def attempts(self, job: Job, tasks: Iterable[Task], total: int) -> Iterator[bytes | Lost]:
        """Yield what comes of every task, as :meth:`documents` does, also what was lost."""
        keys: deque[str] = deque()
        self.reused[job.stage] = (0, total)
        results = self._stream(job, self._asked(job, tasks, keys))
        for result in _show(results, total, job.stage, "document"):
            key = keys.popleft()
            if key and self.cache and isinstance(result, bytes):
                self.cache.put(job.stage, key, result)
            yield result

    def _asked(self, job: Job, tasks: Iterable[Task], keys: deque[str]) -> Iterator[Any]:
        """Yield what has to be worked out, and what is known in its place; note the keys."""
        module = job.function.__module__
        ready = False
        for task in tasks:
            if isinstance(task.given, Known):
                keys.append("")
                yield task.given
                continue
            key = self.cache.key(module, job.params, task.identity) if self.cache else ""
            kept = self.cache.get(job.stage, key) if self.cache else None
            keys.append("" if kept is not None else key)
            if kept is not None:
                count, total = self.reused[job.stage]
                self.reused[job.stage] = (count + 1, total)
                yield Known(kept)
                continue
            if not ready and self.cluster is None:
                job.prepare()
                # What was loaded stays: the collector need not look at it again and again, and
                # processes that share it do not copy it by being looked at.
                gc.freeze()
            ready = True
            yield task.given

    def _stream(self, job: Job, items: Iterable[Any]) -> Iterator[Any]:
        function = partial(job.function, job.params)
        if self.cluster is not None:
            return self.cluster.stream(function, items, job.limits)
        if self.workers > 1 or job.limits is not None:
            return stream(function, items, self.workers, job.limits)
        return (item.value if isinstance(item, Known) else function(item) for item in items)

    def __enter__(self) -> "Work":
        """Return the work."""
        return self

    def __exit__(self, *fault: object) -> None:
        """Leave the cluster, if there is one."""
        if self.cluster is not None:
            self.cluster.close()

    def note_reuse(self) -> None:
        """Log in one line what was reused."""
        told = [f"{stage} {count} of {total}" for stage, (count, total) in self.reused.items()]
        if any(count for count, _ in self.reused.values()):
            log.info("reused:  %s", ", ".join(told))
