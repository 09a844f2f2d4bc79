"""Carry requests to addresses that were checked, within a time limit, by HTTP/1.1 or HTTP/2."""

import ssl
import time
import typing
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from functools import cache

import httpcore
import httpx

from pipeline.fetching.addresses import Guard

# Until when, by the monotonic clock, the request of this thread must be through.
DEADLINE: ContextVar[float | None] = ContextVar("deadline", default=None)
# What a request can die of below HTTP: each may go better the next time.
NETWORK_FAULTS = (
    httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException,
    httpcore.ConnectionNotAvailable, OSError,
)  # fmt: skip
Dial = Callable[[str, int, float | None], httpcore.NetworkStream]
Options = Iterable[
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
]


def dial(address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
    """Connect to an address."""
    return httpcore.SyncBackend().connect_tcp(address, port, timeout=timeout)


def remaining(timeout: float | None) -> float | None:
    """Return the shorter of a timeout and the time that is left.

    Raises
    ------
    httpcore.ReadTimeout
        If no time is left.
    """
    until = DEADLINE.get()
    if until is None:
        return timeout
    left = until - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time limit for one file has passed")
    return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore.NetworkStream):
    """A connection on which no single read outlasts the time that is left.

    A timeout for each read alone never ends a server that sends one byte a second.
    """

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, remaining(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: typing.Any,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, remaining(timeout))
        return _TimedStream(inner)

    def get_extra_info(self, info: str) -> typing.Any:
        return self._inner.get_extra_info(info)


class _GuardedBackend(httpcore.NetworkBackend):
    """Connections to checked addresses only; certificates are still checked by the host's name."""

    def __init__(self, guard: Guard, connect: Dial) -> None:
        self._guard = guard
        self._connect = connect

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Options | None = None,
    ) -> httpcore.NetworkStream:
        address = self._guard.resolve(host.strip("[]"), port)
        return _TimedStream(self._connect(address, port, remaining(timeout)))


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: typing.Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


class GuardedTransport(httpx.BaseTransport):
    """httpx's way to the network, through a guard; HTTP/2 where the server offers it.

    Parameters
    ----------
    guard
        Which addresses may be asked.
    connect
        How a connection to a checked address is made.
    """

    def __init__(self, guard: Guard, connect: Dial = dial) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_certificates(),
            http2=True,
            max_connections=None,
            max_keepalive_connections=20,
            keepalive_expiry=15,
            network_backend=_GuardedBackend(guard, connect),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body is read as the caller iterates over it."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=typing.cast(httpx.SyncByteStream, request.stream),
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer.stream),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
