"""Be polite: few connections to a host, a delay between requests, pauses where a host asks."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(Exception):  # noqa: N818 - a wish of the user, not a fault
    """The user has stopped the work."""


class _Gate:
    def __init__(self, connections: int, delay: float) -> None:
        self.slots = threading.BoundedSemaphore(connections)
        self.turn = threading.Lock()
        self.delay = delay
        self.next = 0.0


class Gates:
    """A gate for each host, which lets requests through one after another.

    Parameters
    ----------
    connections
        Requests under way at once to one host, at most.
    delay
        Seconds between the beginnings of two requests to one host.
    """

    def __init__(self, connections: int, delay: float) -> None:
        self._connections = connections
        self._delay = delay
        self._gates: dict[str, _Gate] = {}
        self._lock = threading.Lock()
        self.stop = threading.Event()

    def _gate(self, host: str) -> _Gate:
        with self._lock:
            return self._gates.setdefault(host, _Gate(self._connections, self._delay))

    @contextmanager
    def through(self, host: str) -> Iterator[None]:
        """Wait for the host's turn and hold one of its connections meanwhile.

        Raises
        ------
        Stopped
            If the work was stopped while waiting.
        """
        gate = self._gate(host)
        with gate.slots:
            with gate.turn:
                # A pause may be asked for while this request waits its turn.
                while (left := gate.next - time.monotonic()) > 0 and not self.stop.is_set():
                    self.stop.wait(min(left, 0.5))
                if self.stop.is_set():
                    raise Stopped
                gate.next = time.monotonic() + gate.delay
            yield

    def pause(self, host: str, seconds: float) -> None:
        """Let nothing through to a host for so long."""
        gate = self._gate(host)
        gate.next = max(gate.next, time.monotonic() + seconds)

    def slow(self, host: str, delay: float) -> None:
        """Keep at least this delay between requests to a host."""
        gate = self._gate(host)
        gate.delay = max(gate.delay, delay)
