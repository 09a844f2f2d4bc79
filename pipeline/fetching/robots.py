"""Heed robots.txt (RFC 9309)."""

import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

AGENT = "inspection-findings"
MAX_BYTES = 512 * 1024
# A status and a body; status 0 where the host could not be reached.
Ask = Callable[[str], tuple[int, bytes]]


class Robots:
    """What each host's robots.txt lets this program fetch; asked once a host.

    Parameters
    ----------
    ask
        Fetches an address and returns its status and body.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[str, Protego | None] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def _rules(self, url: str) -> Protego | None:
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
                else:
                    self._known[origin] = None
            return self._known[origin]

    def verdict(self, url: str) -> tuple[str, float]:
        """Return why an address may not be fetched (empty: it may) and the delay that is asked."""
        rules = self._rules(url)
        if rules is None:
            return "its robots.txt cannot be had, which forbids everything; try again later", 0
        if not rules.can_fetch(url, AGENT):
            return "its robots.txt forbids it; ask the publisher for the file", 0
        return "", float(rules.crawl_delay(AGENT) or 0)
