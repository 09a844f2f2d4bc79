"""Heed robots.txt (RFC 9309)."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego

AGENT = "inspection-findings"
MAX_BYTES = 512 * 1024
_NOT_HAD = "its robots.txt cannot be had, which forbids everything; try again later"
# A status and a body; where the host could not be reached, 0 and why.
Ask = Callable[[str], tuple[int, bytes]]


@dataclass(frozen=True)
class Verdict:
    """Whether an address may be fetched: why not (empty: it may), and the delay that is asked."""

    reason: str = ""
    detail: str = ""
    delay: float = 0


class Robots:
    """What each host's robots.txt lets this program fetch; asked once a host.

    Parameters
    ----------
    ask
        Fetches an address and returns its status and body.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[str, Protego | Verdict] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def _rules(self, url: str) -> Protego | Verdict:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            lock = self._locks.setdefault(origin, threading.Lock())
        with lock:
            if origin not in self._known:
                status, body = self._ask(f"{origin}/robots.txt")
                # RFC 9309: no file lets everything through, a server that fails nothing.
                if 200 <= status < 300:
                    text = body[:MAX_BYTES].decode("utf-8", "replace")
                    self._known[origin] = Protego.parse(text)
                elif 400 <= status < 500 and status != 429:
                    self._known[origin] = Protego.parse("")
                elif status == 0:
                    self._known[origin] = Verdict("unreachable", body.decode("utf-8", "replace"))
                else:
                    self._known[origin] = Verdict("robots", _NOT_HAD)
            return self._known[origin]

    def verdict(self, url: str) -> Verdict:
        """Return whether an address may be fetched."""
        rules = self._rules(url)
        if isinstance(rules, Verdict):
            return rules
        if not rules.can_fetch(url, AGENT):
            return Verdict("robots", "its robots.txt forbids it; ask the publisher for the file")
        return Verdict(delay=float(rules.crawl_delay(AGENT) or 0))
