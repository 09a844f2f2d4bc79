"""``findings fetch``: a registry in; its files, a registry of what is here and the log out."""

import hashlib
import logging
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from pipeline.delimited import csv_lines
from pipeline.fetching.addresses import Guard, parts_of
from pipeline.fetching.answer import Answer, Fault
from pipeline.fetching.client import Client
from pipeline.fetching.log import Log
from pipeline.fetching.mirror import Mirror
from pipeline.fetching.rows import Wanted, read_wanted
from pipeline.fetching.settings import Settings
from pipeline.fetching.store import Store
from pipeline.fetching.transport import Dial, dial
from pipeline.fetching.verify import verify
from pipeline.frames import require_writable, write_whole
from pipeline.registry import COLUMNS, FILE_NAME

INCOMPLETE_STATUS = 3
THREADS = 16
log = logging.getLogger("findings")


@dataclass(frozen=True)
class Outcome:
    """What became of one row: an outcome of the log, and a line where it is not plain."""

    doc_id: str
    outcome: str
    detail: str = ""


@dataclass(frozen=True)
class Place:
    """Where a fetch writes: its files and its log."""

    store: Store
    log: Log

    def expected(self, wanted: Wanted) -> str:
        """Return the content that a row is known by: the registry's, else the first that came."""
        if wanted.sha256:
            return wanted.sha256
        came = (row for row in self.log.rows if row["doc_id"] == wanted.doc_id and row["file"])
        return next(came, {}).get("sha256", "")

    def keep(self, wanted: Wanted, answer: Answer, number: int, plain: str, suffix: str) -> Outcome:
        """Keep a file that came, log it and say whether it is another than the one expected."""
        expected = self.expected(wanted)
        sha256, file = self.store.put(answer.data, wanted.name(suffix))
        detail, outcome = "", plain
        if expected and sha256 != expected:
            outcome = "changed"
            kept = "both are kept" if self.store.find(expected) else "the former is not here"
            detail = f"the content was {expected[:8]}, it is now {sha256[:8]}; {kept}"
        elif any(r["doc_id"] == wanted.doc_id and r["file"] == file for r in self.log.rows):
            outcome = "unchanged"
        self.log.add(
            doc_id=wanted.doc_id, url=wanted.url, final_url=answer.url, status=answer.status,
            outcome=outcome, bytes=len(answer.data), sha256=sha256, media_type=answer.media_type,
            etag=answer.etag, last_modified=answer.last_modified, file=file, detail=detail,
            **{"try": number},
        )  # fmt: skip
        return Outcome(wanted.doc_id, outcome, detail)

    def fail(self, wanted: Wanted, fault: Fault, number: int = 1, more: bool = False) -> Outcome:
        """Log a try that brought no file."""
        came = fault.answer or Answer(fault.status, "")
        self.log.add(
            doc_id=wanted.doc_id, url=wanted.url, final_url=came.url, status=came.status,
            outcome="retry" if more else "failed", reason=fault.reason, bytes=len(came.data),
            sha256=hashlib.sha256(came.data).hexdigest() if came.data else "",
            media_type=came.media_type, detail=fault.detail, **{"try": number},
        )  # fmt: skip
        return Outcome(wanted.doc_id, "failed", fault.detail)


def fetch_address(client: Client, place: Place, docs: list[Wanted]) -> list[Outcome]:
    """Fetch one address for the rows that name it."""
    url = docs[0].url
    last = place.log.last(url)
    here = bool(last) and bool(place.store.find(last["sha256"]))
    suffixes: list[str] = []

    def check(answer: Answer) -> None:
        if answer.status == 304:
            if not here:
                raise Fault("server", "the server sends nothing though nothing is here", 304)
            return
        verdict = verify(answer.data, docs[0], answer.media_type)
        if verdict.reason:
            again = verdict.reason == "incomplete"
            raise Fault(verdict.reason, verdict.detail, answer.status, again, answer=answer)
        suffixes[:] = [verdict.suffix]

    def told(number: int, fault: Fault, more: bool) -> None:
        for wanted in docs:
            place.fail(wanted, fault, number, more)

    try:
        number, answer = client.fetch(
            url, last.get("etag", "") if here else "",
            last.get("last_modified", "") if here else "", check, told,
        )  # fmt: skip
    except Fault as fault:
        return [Outcome(wanted.doc_id, "failed", fault.detail) for wanted in docs]
    if answer.status == 304:
        return [_unchanged(place, wanted, answer, number, last) for wanted in docs]
    return [place.keep(wanted, answer, number, "fetched", suffixes[0]) for wanted in docs]


def _unchanged(
    place: Place, wanted: Wanted, answer: Answer, number: int, last: dict[str, str]
) -> Outcome:
    expected = place.expected(wanted)
    changed = bool(expected) and expected != last["sha256"]
    outcome = "changed" if changed else "unchanged"
    detail = f"the content was {expected[:8]}, it is {last['sha256'][:8]}" if changed else ""
    place.log.add(
        doc_id=wanted.doc_id, url=wanted.url, final_url=answer.url, status=304, outcome=outcome,
        bytes=0, sha256=last["sha256"], etag=answer.etag or last["etag"],
        last_modified=answer.last_modified or last["last_modified"], file=last["file"],
        detail=detail, **{"try": number},
    )  # fmt: skip
    return Outcome(wanted.doc_id, outcome, detail)


def fetch_all(client: Client, place: Place, wanted: list[Wanted]) -> list[Outcome]:
    """Fetch every address, several hosts at a time, each address once."""
    addresses: dict[str, list[Wanted]] = {}
    outcomes = []
    for row in wanted:
        if row.url:
            addresses.setdefault(row.url, []).append(row)
        else:
            fault = Fault("no_address", "the registry gives no address; find it and add it")
            outcomes.append(place.fail(row, fault))
    hosts = {parts_of(url).netloc.lower() for url in addresses}
    log.info("fetch: %d addresses of %d hosts", len(addresses), len(hosts))
    with ThreadPoolExecutor(THREADS) as pool:
        under_way = [pool.submit(fetch_address, client, place, docs)
                     for docs in _in_turn(addresses)]  # fmt: skip
        try:
            done = tqdm(as_completed(under_way), total=len(under_way), desc="fetch", unit="file",
                        leave=False, disable=not sys.stderr.isatty())  # fmt: skip
            for future in done:
                outcomes.extend(future.result())
        except BaseException:
            client.gates.stop.set()
            pool.shutdown(cancel_futures=True)
            raise
    return outcomes


def _in_turn(addresses: dict[str, list[Wanted]]) -> Iterable[list[Wanted]]:
    """Return the addresses host by host in turn, so that one host does not hold up the others."""
    lanes: dict[str, list[list[Wanted]]] = {}
    for url, docs in addresses.items():
        lanes.setdefault(parts_of(url).netloc.lower(), []).append(docs)
    longest = max(map(len, lanes.values()), default=0)
    return [lane[n] for n in range(longest) for lane in lanes.values() if n < len(lane)]


def mirror_all(mirror: Mirror, place: Place, wanted: list[Wanted]) -> list[Outcome]:
    """Take every row's file from a local folder."""
    return [_from_mirror(mirror, place, row) for row in wanted]


def _from_mirror(mirror: Mirror, place: Place, wanted: Wanted) -> Outcome:
    path = mirror.find(wanted)
    if path is None:
        names = ", ".join(dict.fromkeys(mirror.names(wanted)[:4]))
        detail = f"not in {mirror.folder}, neither by its content nor as {names}"
        return place.fail(wanted, Fault("missing", detail))
    name = path.relative_to(mirror.folder).as_posix()
    try:
        answer = Answer(0, name, path.read_bytes())
    except OSError as error:
        detail = f"{name} cannot be read ({error.strerror}); check its permissions"
        return place.fail(wanted, Fault("unreadable", detail))
    verdict = verify(answer.data, wanted)
    if verdict.reason:
        return place.fail(wanted, Fault(verdict.reason, verdict.detail, answer=answer))
    return place.keep(wanted, answer, 1, "mirrored", verdict.suffix)


def registry_text(place: Place, wanted: list[Wanted]) -> str:
    """Return the registry of what is here, as CSV.

    A row keeps its name for the content that it is known by; another content of the same row
    stands under its name and the first eight digits of that content's SHA-256. A content that
    several rows name stands once as a file: the later rows give its SHA-256 alone.
    """
    rows: list[dict[str, str]] = []
    named: set[str] = set()
    present: dict[str, str] = {}
    for row in wanted:
        contents = [row.sha256] if row.sha256 else []
        contents += [r["sha256"] for r in place.log.rows
                     if r["doc_id"] == row.doc_id and r["file"]]  # fmt: skip
        for number, sha256 in enumerate(dict.fromkeys(contents) or [""]):
            if sha256 and sha256 not in present:
                present[sha256] = place.store.find(sha256)
            file = present.get(sha256, "")
            first = file not in named
            named.add(file)
            doc_id = row.doc_id if number == 0 else f"{row.doc_id}-{sha256[:8]}"
            rows.append(
                row.row | {"doc_id": doc_id, "sha256": sha256, "file": file if first else ""}
            )
    return csv_lines(COLUMNS, [[row[name] for name in COLUMNS] for row in rows])


def summarise(outcomes: list[Outcome], folder: Path) -> int:
    """Log what came of it; return the exit status (3 where a row has no file or another one)."""
    odd = [one for one in outcomes if one.outcome in ("failed", "changed")]
    for one in sorted(odd, key=lambda o: o.doc_id):
        what = "not fetched" if one.outcome == "failed" else "changed"
        log.warning("%s %s: %s", what, one.doc_id, one.detail)
    counts = {o: sum(one.outcome == o for one in outcomes)
              for o in ("fetched", "mirrored", "unchanged", "changed", "failed")}  # fmt: skip
    log.info("%s", ", ".join(f"{n} {o}" for o, n in counts.items() if n) or "nothing to fetch")
    log.info("files:    %s", folder)
    return INCOMPLETE_STATUS if odd else 0


def main(
    registry: Path,
    folder: Path,
    mirror: Path | None,
    settings: Settings,
    *,
    guard: Guard | None = None,
    connect: Dial = dial,
) -> int:
    """Fetch what a registry lists into a folder and return the exit status.

    Parameters
    ----------
    registry
        The registry, or a list of addresses.
    folder
        Where the files, ``registry.csv`` and ``fetch_log.csv`` are written.
    mirror
        A local folder to take the files from instead of the network.
    settings
        Limits and delays.
    guard
        Which addresses may be asked; only public ones if it is not given.
    connect
        How a connection to a checked address is made.

    Raises
    ------
    UsageError
        If the registry or a folder cannot be used.
    """
    wanted = read_wanted(registry)
    require_writable(folder)
    place = Place(Store(folder), Log(folder))
    try:
        if mirror is not None:
            outcomes = mirror_all(Mirror(mirror), place, wanted)
        else:
            client = Client(settings, guard or Guard(), place.store.parts, connect)
            try:
                outcomes = fetch_all(client, place, wanted)
            finally:
                client.close()
    finally:
        # What came before an interruption is of use too.
        if place.log.rows:
            text = registry_text(place, wanted)
            write_whole(folder / FILE_NAME, text.encode("utf-8"))
    if place.store.parts.is_dir() and not any(place.store.parts.iterdir()):
        place.store.parts.rmdir()
    return summarise(outcomes, folder)
