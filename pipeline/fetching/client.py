"""Ask for one file: checked addresses, redirects by hand, limits of size and time, resuming."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from pipeline.fetching.addresses import Guard, Refused, next_address
from pipeline.fetching.answer import (
    Answer,
    Fault,
    by_status,
    decoded,
    media_type,
    too_large,
)
from pipeline.fetching.gates import Gates
from pipeline.fetching.partial import Partial
from pipeline.fetching.robots import MAX_BYTES, Robots
from pipeline.fetching.settings import Settings
from pipeline.fetching.transport import DEADLINE, NETWORK_FAULTS, Dial, GuardedTransport, dial

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
# Told of every try that failed: its number, the fault, and whether another try follows.
Told = Callable[[int, Fault, bool], None]
# Takes an answer and raises a fault where it is not what was wanted.
Check = Callable[[Answer], None]


def _quiet(number: int, fault: Fault, more: bool) -> None:
    """Tell nobody."""


def _content(answer: Answer) -> None:
    """Take any answer."""


class Client:
    """Fetches files, one host at a time as politely as the settings say.

    Parameters
    ----------
    settings
        Limits, delays and the name that is given.
    guard
        Which addresses may be asked.
    parts
        Folder for broken downloads.
    connect
        How a connection to a checked address is made.
    """

    def __init__(self, settings: Settings, guard: Guard, parts: Path, connect: Dial = dial) -> None:
        self.settings = settings
        self.gates = Gates(settings.connections, settings.delay)
        self._guard = guard
        self._parts = parts
        self._robots = Robots(self._robots_file)
        # No proxies of the environment: behind one, nobody could check the address.
        self._http = httpx.Client(
            transport=GuardedTransport(guard, connect),
            timeout=settings.timeout,
            trust_env=False,
            follow_redirects=False,
            # Compression would make parts of a file meaningless.
            headers={"user-agent": settings.user_agent, "accept-encoding": "identity"},
        )

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def fetch(
        self,
        url: str,
        etag: str = "",
        last_modified: str = "",
        check: Check = _content,
        told: Told = _quiet,
    ) -> tuple[int, Answer]:
        """Return the number of the try that brought a file, and the file.

        Parameters
        ----------
        url
            Its address.
        etag, last_modified
            What the server said of the file that is here; then it may answer that it is the same.
        check
            Raises a fault where an answer is not what was wanted.
        told
            Called with every try that failed.

        Raises
        ------
        Fault
            If the last try brought no file.
        UsageError
            If the disk cannot take it.
        """
        headers = {"if-none-match": etag} if etag else {}
        if last_modified:
            headers["if-modified-since"] = last_modified

        def once() -> Answer:
            answer = self._follow(url, headers, True)
            check(answer)
            return answer

        return self._tries(url, once, told)

    def _tries(self, url: str, once: Callable[[], Answer], told: Told) -> tuple[int, Answer]:
        limit = self.settings
        for number in range(1, limit.tries + 1):
            try:
                return number, once()
            except Fault as fault:
                wait = max(fault.wait, limit.backoff * 2 ** (number - 1))
                more = fault.again and number < limit.tries and wait <= limit.max_wait
                told(number, fault, more)
                if not more:
                    raise
                self.gates.pause(httpx.URL(url).host, wait)
        raise AssertionError("the last try returns or raises")

    def _robots_file(self, url: str) -> tuple[int, bytes]:
        try:
            _, answer = self._tries(url, lambda: self._follow(url, {}, False), _quiet)
        except Fault as fault:
            # A host that may not be asked is told as such by the request itself.
            return (404 if fault.reason == "refused" else fault.status), fault.detail.encode()
        return answer.status, answer.data

    def _follow(self, url: str, headers: dict[str, str], heed: bool) -> Answer:
        """Ask for a file and go where the server sends, checking every step."""
        seen: list[str] = []
        at = url
        while len(seen) <= self.settings.redirects:
            if at in seen:
                raise Fault("redirects", "its redirects lead in a circle; find its new address")
            seen.append(at)
            self._require_allowed(at, heed)
            result = self._ask(at, url, headers, heed)
            if isinstance(result, Answer):
                return result
            at = result
        detail = f"more than {self.settings.redirects} redirects; find its new address"
        raise Fault("redirects", detail)

    def _require_allowed(self, url: str, heed: bool) -> None:
        try:
            self._guard.require_address(url)
        except Refused as error:
            raise Fault("refused", f"{url[:200]}: {error}") from error
        if heed:
            verdict = self._robots.verdict(url)
            if verdict.reason:
                raise Fault(verdict.reason, f"{url[:200]}: {verdict.detail}")
            if verdict.delay > self.settings.max_wait:
                detail = f"its robots.txt asks for {verdict.delay:g} seconds between requests"
                raise Fault("robots", f"{url[:200]}: {detail}")
            self.gates.slow(httpx.URL(url).host, verdict.delay)

    def _ask(self, at: str, url: str, headers: dict[str, str], keep: bool) -> Answer | str:
        """Return the answer of one server, or the address to which it sends."""
        part = Partial(self._parts, url)
        validator = part.validator() if keep else ""
        if validator:
            # What is here in part is no longer asked for on a condition.
            headers = {"range": f"bytes={part.size()}-", "if-range": validator}
        try:
            with (
                self.gates.through(httpx.URL(at).host),
                self._in_time(),
                self._http.stream("GET", at, headers=headers) as response,
            ):
                if response.status_code in (301, 302, 303, 307, 308):
                    return next_address(at, response.headers.get("location", ""))
                return self._read(response, at, part, keep)
        except Refused as error:
            raise Fault("refused", f"{at[:200]}: {error}") from error
        except httpx.RemoteProtocolError as error:
            # Of what httpx itself makes of an answer: all else is told by what it is built on.
            detail = f"{at[:200]}: it sends on to what is no address; find its new address"
            raise Fault("refused", detail) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Fault("refused", f"{at[:200]}: no address; mend it in the registry") from error
        except NETWORK_FAULTS as error:
            late = "Timeout" in type(error).__name__
            what = "took too long" if late else "broke the connection or cannot be reached"
            reason = "timeout" if late else "broken"
            told = " ".join(str(error).split())[:120] or type(error).__name__
            raise Fault(reason, f"the server {what} ({told}); try again", again=True) from error

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        token = DEADLINE.set(time.monotonic() + self.settings.time_limit)
        try:
            yield
        finally:
            DEADLINE.reset(token)

    def _read(self, response: httpx.Response, at: str, part: Partial, keep: bool) -> Answer:
        status, limit = response.status_code, self.settings.max_bytes
        etag = str(response.headers.get("etag", ""))[:200]
        modified = str(response.headers.get("last-modified", ""))[:100]
        if status == 304:
            return Answer(304, at, etag=etag, last_modified=modified)
        if status == 416:
            part.forget()
            raise Fault("server", "the server has no more of the file", status, again=True)
        if status not in (200, 206):
            raise by_status(response)
        add = status == 206
        asked = "range" in response.request.headers
        if add and not (asked and _continues(response, part.size())):
            part.forget()
            raise Fault("server", "the server sent another part than asked", status, again=True)
        stated = str(response.headers.get("content-length", ""))
        if stated.isdigit() and int(stated[:18]) > limit:
            raise too_large(limit)
        encoding = str(response.headers.get("content-encoding", "")).strip().lower()
        pieces = decoded(response.iter_raw(), encoding, limit)
        if not keep:
            data = b""
            for piece in pieces:
                data += piece
                if len(data) >= MAX_BYTES:
                    break
            return Answer(200, at, data)
        # A weak ETag does not promise the same bytes, and parts of compressed files do not fit.
        strong = etag if etag and not etag.startswith("W/") else modified
        data = part.receive(pieces, "" if encoding else strong, add, limit)
        return Answer(200, at, data, media_type(response), etag, modified)


def _continues(response: httpx.Response, size: int) -> bool:
    """Tell whether a partial answer is the rest of the file, from the byte that was asked."""
    match = _RANGE.fullmatch(str(response.headers.get("content-range", "")).strip())
    return bool(match and int(match[1]) == size and int(match[2]) + 1 == int(match[3]))
