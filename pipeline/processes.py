"""Worker processes that can be killed: one task at a time each, under a time and memory limit.

The standard library's pools take no limit for a task and break as a whole with one lost worker.
"""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

TRIES = 2
_WINDOW = 8
_MEBIBYTE = 1 << 20
_DIE_WITH_PARENT = 1
_REASONS = {
    "too_slow": "took more than {seconds} seconds; look at the file, or raise clean.max_seconds",
    "too_large": "took more than {megabytes} MB of memory; look at the file, or raise "
                 "clean.max_megabytes",
    "too_slow_or_crashed": "its worker was lost {tries} times: it took more than {seconds} "
                           "seconds, or its reader crashed; look at the file",
    "crashed": "the program that reads it crashed, {tries} times; look at the file",
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What one task may take: seconds, and MB of memory beyond what its worker began with."""

    seconds: float
    megabytes: int


@dataclass(frozen=True)
class Known:
    """A result that needs no work; it keeps its place among the others."""

    value: Any


@dataclass(frozen=True)
class Lost:
    """What stands for a result whose worker had to be killed or was lost."""

    reason: str
    detail: str


def lost(reason: str, limits: Limits | None) -> Lost:
    """Return what stands for a result that was lost for a reason."""
    given = {"seconds": f"{limits.seconds:g}", "megabytes": limits.megabytes} if limits else {}
    return Lost(reason, _REASONS[reason].format(tries=TRIES, **given))


@contextlib.contextmanager
def _below(megabytes: int) -> Iterator[None]:
    """Limit the memory of this process for a while where the system can (Linux)."""
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource
    from pathlib import Path

    pages = int(Path("/proc", "self", "statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + megabytes * _MEBIBYTE
    before, hard = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, hard))


def limited(function: Callable[[Any], Any], given: Any, limits: Limits | None) -> Any:
    """Return ``function`` of what is given, or a :class:`Lost` if it takes too much memory."""
    if limits is None:
        return function(given)
    try:
        with _below(limits.megabytes):
            return function(given)
    except MemoryError:
        return lost("too_large", limits)


def _end_with(parent: int) -> None:
    """Have the system end this process when its parent is killed, where it can (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _serve(
    pipe: Connection,
    others: list[Connection],
    function: Callable[[Any], Any],
    limits: Limits | None,
    parent: int,
) -> None:
    """Answer every task on the pipe until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with(parent)
    for other in others:
        other.close()
    while True:
        try:
            given = pipe.recv()
        except EOFError:
            return
        answer: Any
        try:
            answer = limited(function, given, limits)
        except Exception as error:
            answer = error
        try:
            pipe.send(answer)
        except OSError:
            return
        except Exception:
            pipe.send(RuntimeError(f"{type(answer).__name__}: {answer}"))


class _Worker:
    """One process, its pipe, and the task that it has."""

    def __init__(
        self, function: Callable[[Any], Any], limits: Limits | None, pipes: list[Connection]
    ) -> None:
        context: Any = multiprocessing.get_context("spawn" if sys.platform == "darwin" else "fork")
        self.pipe, theirs = context.Pipe()
        others = [*pipes, self.pipe] if context.get_start_method() == "fork" else []
        arguments = (theirs, others, function, limits, os.getpid())
        self.process = context.Process(target=_serve, args=arguments, daemon=True)
        self.process.start()
        theirs.close()
        self.limits = limits
        self.place = -1
        self.given: Any = None
        self.tries = 0
        self.deadline = float("inf")

    def take(self, place: int, given: Any, tries: int) -> None:
        """Send the worker a task."""
        self.place, self.given, self.tries = place, given, tries
        self.deadline = time.monotonic() + self.limits.seconds if self.limits else float("inf")
        # A worker that is gone is found by its closed pipe, like one that is lost at work.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(given)

    def end(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


class _Crew:
    """The workers of one stage."""

    def __init__(self, function: Callable[[Any], Any], most: int, limits: Limits | None) -> None:
        self.function = function
        self.most = most
        self.limits = limits
        self.idle: list[_Worker] = []
        self.busy: list[_Worker] = []

    def free(self) -> bool:
        """Tell whether a further task can be given."""
        return len(self.busy) < self.most

    def give(self, place: int, given: Any, tries: int = 1) -> None:
        """Give a task to an idle worker, else to a new one."""
        if self.idle:
            worker = self.idle.pop()
        else:
            worker = _Worker(self.function, self.limits, [w.pipe for w in self.busy])
        self.busy.append(worker)
        worker.take(place, given, tries)

    def answers(self) -> Iterator[tuple[int, Any]]:
        """Wait for an answer, a loss or a deadline; yield the places that are done."""
        left = min(worker.deadline for worker in self.busy) - time.monotonic()
        ready = wait([w.pipe for w in self.busy], None if left == float("inf") else max(left, 0))
        for worker in list(self.busy):
            late = worker.deadline <= time.monotonic()
            if worker.pipe not in ready and not late:
                continue
            self.busy.remove(worker)
            try:
                answer = worker.pipe.recv() if worker.pipe in ready else None
            except (EOFError, OSError):
                answer = None
            if answer is not None:
                self.idle.append(worker)
                yield worker.place, answer
                continue
            worker.end()
            if late:
                yield worker.place, lost("too_slow", self.limits)
            elif worker.tries < TRIES:
                self.give(worker.place, worker.given, worker.tries + 1)
            else:
                yield worker.place, lost("crashed", self.limits)

    def end(self) -> None:
        """End all workers at once."""
        for worker in [*self.busy, *self.idle]:
            worker.end()


def stream(
    function: Callable[[Any], Any], items: Iterable[Any], workers: int, limits: Limits | None
) -> Iterator[Any]:
    """Yield ``function`` of every item, in order, worked out by at most ``workers`` processes.

    Items are taken as they are needed, a few for each worker, so that neither they nor the results
    gather. Processes begin when there is work for them.

    Parameters
    ----------
    function
        A function of a module, of what can be pickled. It never returns None.
    items
        What it is given; a :class:`Known` is passed on without work.
    workers
        Processes, at most.
    limits
        Time and memory for one item; a worker that goes beyond is killed, and a :class:`Lost`
        stands for the result. The time is the wall clock's: on a much slower machine a document
        at the edge may be lost. The memory is limited on Linux alone.

    Raises
    ------
    Exception
        What ``function`` raises. A worker that is lost is replaced, and its item is tried once
        more; after that a :class:`Lost` stands for the result.
    """
    crew = _Crew(function, workers, limits)
    source = enumerate(items)
    done: dict[int, Any] = {}
    at, taken, more = 0, 0, True
    try:
        while more or at < taken:
            while more and crew.free() and taken - at < _WINDOW * workers:
                place, item = next(source, (-1, None))
                more = place >= 0
                if isinstance(item, Known):
                    done[place] = item.value
                elif more:
                    crew.give(place, item)
                taken += more
                if at in done:
                    break
            if at not in done and crew.busy:
                done.update(crew.answers())
            while at in done:
                result = done.pop(at)
                at += 1
                if isinstance(result, Exception):
                    raise result
                yield result
    finally:
        crew.end()
