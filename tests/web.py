"""A local web server that does what it is told, also what no server should."""

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from types import TracebackType

import httpcore

Headers = dict[str, str]


@dataclass
class Request:
    """What a client asked, and how often it asked for the same path before."""

    path: str
    headers: Headers
    number: int


@dataclass
class Server:
    """Answers each path by a function that writes what it likes to the connection.

    Used as a context; ``requests`` keeps what was asked.
    """

    pages: dict[str, Callable[[Request], bytes | Iterator[bytes]]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> "Server":
        """Begin to listen on a port of the loopback."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Stop listening."""
        self._listener.close()

    def url(self, path: str) -> str:
        """Return the address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def asked(self, path: str) -> list[Request]:
        """Return the requests for a path."""
        return [request for request in self.requests if request.path == path]

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                data = b""
                while b"\r\n\r\n" not in data:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    data += piece
                lines = data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
                path = lines[0].split(" ")[1]
                headers = {
                    name.strip().lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines[1:])
                }
                with self._lock:
                    request = Request(path, headers, len(self.asked(path)))
                    self.requests.append(request)
                page = self.pages.get(path) or self.pages.get(path.partition("?")[0])
                reply = page(request) if page else answer(404, b"<h1>Not here</h1>")
                for part in [reply] if isinstance(reply, bytes) else reply:
                    connection.sendall(part)
            except OSError:
                return


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return a whole response; ``content_length`` and others are written as headers."""
    given = {"content-length": str(len(body)), "connection": "close", "date": formatdate()}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status} x\r\n{head}\r\n".encode("latin-1") + body


def steps(*replies: bytes) -> Callable[[Request], bytes]:
    """Return a page that answers one thing after the other, and the last one from then on."""
    return lambda request: replies[min(request.number, len(replies) - 1)]


def as_public(server: Server, dialled: list[str]) -> Callable[..., httpcore.NetworkStream]:
    """Return a way to connect that leads to the server and notes the addresses that were meant."""

    def connect(address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        dialled.append(address)
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", server.port, timeout=timeout)

    return connect
