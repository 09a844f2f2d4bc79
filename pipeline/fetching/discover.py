"""``findings discover``: Ofsted's public pages in, rows of a registry out."""

import logging
import tempfile
from collections import Counter
from pathlib import Path

from pipeline.delimited import csv_lines
from pipeline.errors import UsageError
from pipeline.facts.councils import resolve
from pipeline.fetching import ofsted
from pipeline.fetching.addresses import Guard
from pipeline.fetching.answer import Fault
from pipeline.fetching.client import Client
from pipeline.fetching.ofsted import Provider, Publication
from pipeline.fetching.settings import Settings
from pipeline.fetching.transport import Dial, dial
from pipeline.frames import require_writable, write_whole
from pipeline.registry import COLUMNS, read_rows

INCOMPLETE_STATUS = 3
MAX_PAGES = 100
log = logging.getLogger("findings")


def _page(client: Client, url: str) -> bytes:
    try:
        return client.fetch(url)[1].data
    except Fault as fault:
        raise UsageError(f"{url}: {fault.detail}") from fault


def find_providers(client: Client, site: str) -> list[Provider]:
    """Return every council that the search lists, page by page, until a page brings no new one.

    Raises
    ------
    UsageError
        If a page cannot be had, the first page lists no council, a page that should go on does
        not, or there is no end.
    """
    known = ofsted.structure()
    found: dict[str, Provider] = {}
    start = 0
    for _ in range(MAX_PAGES):
        url = site + known["search"].format(start=start, rows=known["rows"])
        page = _page(client, url)
        listed = ofsted.providers(page, url)
        if not listed and not found:
            raise UsageError(
                f"{url}: lists no provider; the site seems to be built otherwise now: mend "
                "pipeline/data/ofsted.yaml"
            )
        new = [provider for provider in listed if provider.urn not in found]
        found |= {provider.urn: provider for provider in new}
        more = ofsted.has_next(page, url)
        if more and not new:
            raise UsageError(f"{url}: says that there are more pages, but lists nobody new")
        if not new or (not more and len(listed) < known["rows"]):
            return list(found.values())
        start += len(listed)
    raise UsageError(f"{site}: more than {MAX_PAGES} pages of providers; is this the right site?")


def registry_row(provider: Provider, publication: Publication) -> dict[str, str]:
    """Return a report as a row of a registry, with the codes of its council."""
    council = resolve(provider.name, publication.published)
    return dict.fromkeys(COLUMNS, "") | {
        "doc_id": f"{provider.urn}-{publication.published}",
        "council": council.name,
        "ofsted_urn": provider.urn,
        "la_code": council.la_code,
        "gss_code": council.gss_code,
        "region": council.region,
        "doc_type": "inspection_report",
        "published": publication.published,
        "url": publication.url,
        "publisher": "Ofsted",
        "licence": "OGL-3.0",
    }


def new_rows(found: list[tuple[Provider, Publication]], known: set[str]) -> list[dict[str, str]]:
    """Return the reports whose files are not known, sorted by council and date.

    Parameters
    ----------
    found
        The reports.
    known
        Numbers of the files that are known, or addresses that have none.
    """
    rows: dict[str, dict[str, str]] = {}
    for provider, publication in found:
        number = ofsted.file_number(publication.url)
        if number not in known:
            rows.setdefault(number, registry_row(provider, publication) | {"number": number})
    ordered = sorted(rows.values(), key=lambda r: (r["council"], r["published"], r["number"]))
    names = Counter(row["doc_id"] for row in ordered)
    for row in ordered:
        if names[row["doc_id"]] > 1:
            row["doc_id"] += f"-{row['number']}"
    return [{name: row[name] for name in COLUMNS} for row in ordered]


def _known(registry: Path | None) -> set[str]:
    if registry is None:
        return set()
    columns, rows = read_rows(registry)
    if "url" not in columns:
        raise UsageError(f"{registry}: no column `url`; without it no address is known")
    return {ofsted.file_number(row["url"]) for _, row in rows if row["url"]}


def main(
    target: Path,
    registry: Path | None,
    site: str | None,
    settings: Settings,
    *,
    guard: Guard | None = None,
    connect: Dial = dial,
) -> int:
    """Write the inspection reports that Ofsted lists as a registry and return the exit status.

    Parameters
    ----------
    target
        The registry to write.
    registry
        What is known already; None for nothing.
    site
        Another site than Ofsted's, with pages of the same structure.
    settings
        Limits and delays.
    guard
        Which addresses may be asked; only public ones if it is not given.
    connect
        How a connection to a checked address is made.

    Returns
    -------
    int
        3 where a kind of publication is not known, or a provider lists nothing; else 0.

    Raises
    ------
    UsageError
        If a page cannot be had or is built otherwise than is known.
    """
    known = _known(registry)
    require_writable(target.parent)
    found: list[tuple[Provider, Publication]] = []
    unknown: Counter[str] = Counter()
    bare = []
    with tempfile.TemporaryDirectory() as parts:
        client = Client(settings, guard or Guard(), Path(parts), connect)
        try:
            root = (site or ofsted.structure()["site"]).rstrip("/")
            providers = find_providers(client, root)
            log.info("discover: %d providers", len(providers))
            for provider in providers:
                listed = ofsted.publications(_page(client, provider.url), provider.url)
                reports = [p for p in listed if ofsted.is_report(p.kind)]
                found += [(provider, publication) for publication in reports]
                unknown.update(p.kind for p in listed if ofsted.is_report(p.kind) is None)
                if not listed:
                    bare.append(provider.name)
        finally:
            client.close()
    if len(bare) == len(providers):
        raise UsageError(f"{root}: no provider lists a publication; the site seems to be built "
                         "otherwise now: mend pipeline/data/ofsted.yaml")  # fmt: skip
    rows = new_rows(found, known)
    text = csv_lines(COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    write_whole(target, text.encode("utf-8"))
    for kind, count in sorted(unknown.items()):
        log.warning("left out %d of an unknown kind: %s; name it in pipeline/data/ofsted.yaml",
                    count, kind)  # fmt: skip
    for name in bare:
        log.warning("no publication: %s", name)
    log.info("%d reports, %d of them new: %s", len(found), len(rows), target)
    return INCOMPLETE_STATUS if unknown or bare else 0
