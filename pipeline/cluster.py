"""Do the work on documents on a Dask cluster: one that runs already, or one started here.

The documents' bytes travel with their tasks, so that the workers need no access to the corpus, and
a task whose worker is lost is done again elsewhere.
"""

import faulthandler
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from pipeline.dependencies import fingerprint
from pipeline.errors import UsageError
from pipeline.processes import TRIES, Known, Limits, limited, lost

LOCAL = "local"
_WAIT = 30
# Tasks given out for each thread of the cluster, and after how many to count the threads again.
_AHEAD = 4
_LOOK = 100
# A task carries a document, and a large one is no mistake in the making of a graph.
_SETTINGS = {
    "distributed.admin.large-graph-warning-threshold": "10GB",
    "distributed.scheduler.allowed-failures": TRIES,
}
log = logging.getLogger("findings")


def _run(expected: str, module: str, limits: Limits | None, function: Any, given: Any) -> Any:
    """Work on one document, if this worker has the code and the libraries of the client."""
    if fingerprint(module) != expected:
        raise UsageError("--cluster: a worker has another version of the project, its models or "
                         "its libraries; install the same on all machines")  # fmt: skip
    if limits is None:
        return function(given)
    with Path(os.devnull).open("w", encoding="ascii") as nowhere:
        # Ends this process, whatever it does; its nanny starts it anew.
        faulthandler.dump_traceback_later(limits.seconds, exit=True, file=nowhere)
        try:
            return limited(function, given, limits)
        finally:
            faulthandler.cancel_dump_traceback_later()


class Cluster:
    """A Dask cluster.

    Parameters
    ----------
    address
        Of a scheduler, such as ``tcp://10.0.0.1:8786``; ``local`` starts worker processes here.
    workers
        Number of processes for ``local``.

    Raises
    ------
    UsageError
        If ``dask.distributed`` is not installed or no scheduler answers at the address.
    """

    def __init__(self, address: str, workers: int) -> None:
        try:
            import dask
            from distributed import Client, LocalCluster
        except ModuleNotFoundError as error:
            raise UsageError("--cluster: needs dask.distributed; install "
                             "inspection-findings[cluster]") from error  # fmt: skip
        dask.config.set(_SETTINGS)
        self._own: Any = None
        if address == LOCAL:
            self._own = LocalCluster(n_workers=workers, threads_per_worker=1, processes=True,
                                     dashboard_address="127.0.0.1:0")  # fmt: skip
        try:
            self._client: Any = Client(self._own or address, timeout=_WAIT)
            self._client.wait_for_workers(1, timeout=_WAIT)
        except (OSError, ValueError, TimeoutError) as error:
            raise UsageError(f"--cluster {address}: no scheduler with workers answers there "
                             f"({type(error).__name__}); start `dask scheduler` and `dask worker`, "
                             "or give `local`") from error  # fmt: skip
        log.info("cluster: progress on %s", self._client.dashboard_link)

    def close(self) -> None:
        """Leave the cluster; end one that was started here."""
        self._client.close()
        if self._own is not None:
            self._own.close()

    def stream(self, function: Any, items: Iterable[Any], limits: Limits | None) -> Iterator[Any]:
        """Yield ``function`` of every item, in order; see :func:`pipeline.processes.stream`.

        A document that takes too long ends its worker, as one on which the reader crashes; what
        else that worker had is done again.
        """
        module = function.func.__module__
        task = partial(_run, fingerprint(module), module, limits, function)
        # The dashboard groups tasks by what stands before the number.
        name = f"{function.func.__name__}-{uuid4().hex}"
        ahead: deque[Any] = deque()
        try:
            for number, item in enumerate(items):
                if number % _LOOK == 0:
                    most = _AHEAD * max(1, sum(self._client.nthreads().values()))
                known = isinstance(item, Known)
                ahead.append(item if known else self._submit(task, item, f"{name}-{number}"))
                while ahead and (len(ahead) >= most or _is_done(ahead[0])):
                    yield self._result(ahead.popleft(), limits)
            while ahead:
                yield self._result(ahead.popleft(), limits)
        finally:
            self._client.cancel([one for one in ahead if not isinstance(one, Known)])

    def _submit(self, task: Callable[[Any], Any], item: Any, key: str) -> Any:
        return self._client.submit(task, item, key=key, pure=False)

    def _result(self, future: Any, limits: Limits | None) -> Any:
        from distributed.scheduler import KilledWorker

        if isinstance(future, Known):
            return future.value
        try:
            return future.result()
        except KilledWorker:
            return lost("crashed" if limits is None else "too_slow_or_crashed", limits)


def _is_done(one: Any) -> bool:
    return isinstance(one, Known) or bool(one.done())
