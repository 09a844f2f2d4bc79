"""A browser that opens pages from disk and keeps what went wrong in them."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Names the browser that must be there: without it the tests fail instead of being left out.
WANTED = "FINDINGS_BROWSER"
PATIENCE = 30
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation',
  (event) => window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
"""


def found_browser() -> str:
    """Return the path of a browser, or skip the test and say so."""
    wanted = os.environ.get(WANTED)
    if wanted:
        return shutil.which(wanted) or pytest.fail(f"{WANTED}={wanted}: not found")
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    pytest.skip("no browser here, so the report is not opened; install chromium to test it")


@contextmanager
def launched() -> Iterator[Any]:
    """Return a browser of this machine, without a window."""
    path = found_browser()
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    # Chromium refuses to run as root within its sandbox.
    arguments = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A page of a report, open in a browser."""

    page: Any
    folder: Path
    faults: list[str] = field(default_factory=list)

    def open(self, address: str) -> "Tab":
        """Open a page of the report by its address below the folder."""
        name, _, fragment = address.partition("#")
        # Another fragment alone would not load the page again.
        self.page.goto("about:blank")
        uri = (self.folder / name).absolute().as_uri()
        self.page.goto(uri + (f"#{fragment}" if fragment else ""))
        return self

    def until(self, expression: str) -> None:
        """Wait until an expression holds; the waiting of playwright's own needs ``eval``."""
        deadline = time.monotonic() + PATIENCE
        while not self.page.evaluate(expression):
            assert time.monotonic() < deadline, f"never held: {expression}"
            self.page.wait_for_timeout(30)

    def ready(self, findings: int | None = None) -> None:
        """Wait until the findings page has what was asked for."""
        wanted = "!== ''" if findings is None else f"=== '{findings}'"
        self.until(f"(document.body.dataset.ready || '') {wanted}")

    def violations(self) -> list[str]:
        """Return what the policy of the open page has blocked."""
        found: list[str] = self.page.evaluate("window.violations")
        return found


@contextmanager
def tab(browser: Any, folder: Path, **settings: Any) -> Iterator[Tab]:
    """Return a tab that keeps errors, dialogs and every request that leaves the disk."""
    context = browser.new_context(**{"viewport": DESKTOP, "offline": True, **settings})
    context.add_init_script(WATCH)
    page = context.new_page()
    opened = Tab(page, folder)
    page.on("console", lambda m: opened.faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: opened.faults.append(str(error)))
    page.on("dialog", lambda d: opened.faults.append(f"dialog {d.message}"))
    page.on("request", lambda r: opened.faults.append(r.url)
            if r.url.split(":")[0] in ("http", "https", "ws", "wss") else None)  # fmt: skip
    try:
        yield opened
    finally:
        context.close()
