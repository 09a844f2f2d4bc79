"""What came of asking for a file: its bytes and what the server said of them, or a fault."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_PIECE = 1 << 20


@dataclass(frozen=True)
class Answer:
    """A complete answer: status 200 with the file, or 304 without."""

    status: int
    url: str
    data: bytes = b""
    media_type: str = ""
    etag: str = ""
    last_modified: str = ""


class Fault(Exception):  # noqa: N818 - what a server did, not a fault of the program
    """A try that brought no file.

    Parameters
    ----------
    reason
        Short code of the fault, as ``fetch_log.csv`` holds it.
    detail
        One line that says what happened and what to do.
    status
        HTTP status; 0 without an answer.
    again
        Whether another try may go better.
    wait
        Seconds that the server asks to wait before it.
    answer
        What came instead of the document, where something did.
    """

    def __init__(
        self,
        reason: str,
        detail: str,
        status: int = 0,
        again: bool = False,
        *,
        wait: float = 0,
        answer: Answer | None = None,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.status = status
        self.again = again
        self.wait = wait
        self.answer = answer


def media_type(response: httpx.Response) -> str:
    """Return the media type that a server states, without its parameters."""
    stated: str = response.headers.get("content-type", "")
    return stated.partition(";")[0].strip().lower()[:100]


def retry_after(response: httpx.Response) -> float:
    """Return the seconds that ``Retry-After`` asks to wait, given in seconds or as a date."""
    stated = str(response.headers.get("retry-after", "")).strip()
    if stated.isascii() and stated.isdigit():
        return float(stated[:9])
    try:
        until = parsedate_to_datetime(stated)
    except ValueError:
        return 0
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def by_status(response: httpx.Response) -> Fault:
    """Return the fault that an HTTP status tells."""
    status = response.status_code
    if status in RETRIED:
        detail = f"the server answers {status}; try again later"
        return Fault("server", detail, status, True, wait=retry_after(response))
    if status in (401, 403):
        detail = f"the server answers {status}: access is not allowed; ask the publisher"
    elif status in (404, 410):
        detail = f"the server answers {status}: there is no such file; find its new address"
    else:
        detail = f"the server answers {status}; look at the address in a browser"
    return Fault("http_status", detail, status)


def too_large(limit: int) -> Fault:
    """Return the fault of a file that goes beyond the limit of size."""
    detail = f"more than {limit / 1e6:g} MB; raise fetch.max_megabytes if it should be so large"
    return Fault("too_large", detail)


def decoded(pieces: Iterable[bytes], encoding: str, limit: int) -> Iterator[bytes]:
    """Undo a content encoding piece by piece, never holding more than a piece of the result.

    Raises
    ------
    Fault
        If the encoding is not known, the data are damaged, or more than ``limit`` bytes come out.
    """
    if encoding in ("", "identity"):
        yield from pieces
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Fault("encoding", f"encoded as {encoding[:40]!r}, which was not asked for")
    # 32 more than the usual window: gzip or zlib, as the data begin.
    inflate = zlib.decompressobj(zlib.MAX_WBITS + 32)
    size = 0
    try:
        for piece in pieces:
            left = piece
            while left and not inflate.eof:
                plain = inflate.decompress(left, _PIECE)
                size += len(plain)
                if size > limit:
                    raise too_large(limit)
                yield plain
                left = inflate.unconsumed_tail
    except zlib.error as error:
        raise Fault("encoding", f"its compression is damaged ({error})", again=True) from error
    if not inflate.eof:
        raise Fault("broken", "the compressed file ends early; try again", again=True)
