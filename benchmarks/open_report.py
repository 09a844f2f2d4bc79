"""How fast the report opens: seconds until pages can be used, in Chromium, from disk.

Opens each page of a report several times and writes the medians to ``open_report.json``::

    python -m benchmarks.open_report my-results/report
"""

import argparse
import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().with_suffix(".json")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The page has been drawn and its scripts have run.
DRAWN = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))"


def main(arguments: list[str] | None = None) -> int:
    """Open the pages and write the figures; return the exit status."""
    parser = argparse.ArgumentParser(description="How fast the report opens.")
    parser.add_argument("report", type=Path)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--out", type=Path, default=RESULTS, help="file for the figures")
    options = parser.parse_args(arguments)
    figures = measure(options.report.absolute(), options.times)
    options.out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=2))
    return 0


def measure(folder: Path, times: int) -> dict[str, Any]:
    """Return the medians in seconds, and how much data there is."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise SystemExit("open_report: no browser here; install chromium")
    shards = sorted((folder / "data" / "findings").glob("*.js"))
    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=path, args=["--no-sandbox"])
        version = browser.version

        def timed(address: str, done: Callable[[Any], bool]) -> float:
            found = []
            for _ in range(times):
                # A context of its own: nothing is kept from the time before.
                context = browser.new_context(viewport={"width": 1280, "height": 900})
                page = context.new_page()
                name, _, fragment = address.partition("#")
                start = time.perf_counter()
                page.goto((folder / name).as_uri() + (f"#{fragment}" if fragment else ""))
                page.evaluate(DRAWN)
                while not done(page):
                    page.wait_for_timeout(5)
                found.append(time.perf_counter() - start)
                context.close()
            return round(statistics.median(found), 2)

        def ready(page: Any) -> bool:
            return bool(page.evaluate("!!document.body.dataset.ready"))

        seconds = {
            "first page": timed("index.html", lambda page: True),
            "heat map": timed("heatmap.html", lambda page: True),
            "sentences of a document": timed(f"findings.html#doc={shards[0].stem}", ready),
            "search over everything": timed("findings.html#q=supervision", ready),
        }
        browser.close()
    megabytes = round(sum(path.stat().st_size for path in shards) / 1e6, 1)
    return {"browser": f"Chromium {version}", "times": times, "documents": len(shards),
            "megabytes": megabytes, "seconds": seconds}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
