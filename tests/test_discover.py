"""Ofsted's pages, as we make them: what is listed, page by page, and changes that are told."""

import csv
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from web import Request, Server, answer

from pipeline import cli
from pipeline.errors import UsageError
from pipeline.fetching import discover, ofsted
from pipeline.fetching.addresses import Guard
from pipeline.fetching.client import Client
from pipeline.fetching.settings import Settings
from pipeline.params import load
from pipeline.registry import COLUMNS, read_registry

QUICK = Settings.of(load()["fetch"] | {"delay": 0, "tries": 1})
HTML = "<!doctype html><html><head><title>Find</title></head><body>{}</body></html>"
RESULT = '<li class="search-result"><h3><a href="/provider/44/{}">{}</a></h3><p>URN: {}</p></li>'
EVENT = (
    '<li class="timeline__day"><time>{date}</time><a class="publication-link other" '
    'href="{url}" target="_blank">{kind} <span class="nonvisual">{kind}, pdf - {date}</span></a>'
    "</li>"
)
NEXT = '<ul class="pagination"><li class="next"><a href="/search?start=100">Next</a></li></ul>'
FULL, VISIT = "Children's services inspection", "Children's services focused visit"
Page = Callable[[Request], bytes | Iterator[bytes]]
COUNCILS = {"80487": "Barnet", "80453": "City of York Council", "80430": "Blackburn with Darwen"}


def event(number: int, kind: str = FULL, date: str = "15 July 2024") -> str:
    url = f"https://files.ofsted.gov.uk/v1/file/{number}"
    return EVENT.format(url=url, kind=kind, date=date)


def search(councils: dict[str, str], most: int = 100) -> Callable[[Request], bytes]:
    """Return a search that gives at most so many results a page, as the address asks."""

    def page(request: Request) -> bytes:
        query = parse_qs(urlsplit(request.path).query)
        assert query["level_1_types"] == ["3"]
        assert query["level_2_types[]"] == ["12"]
        start, rows = int(query["start"][0]), int(query["rows"][0])
        assert rows <= 100
        chosen = list(councils.items())[start : start + min(rows, most)]
        body = "<ul>" + "".join(RESULT.format(urn, name, urn) for urn, name in chosen) + "</ul>"
        more = NEXT if start + len(chosen) < len(councils) else ""
        return answer(200, HTML.format(f"<nav><a href='/'>Home</a></nav>{body}{more}").encode())

    return page


def provider(*events: str) -> Callable[[Request], bytes]:
    return lambda request: answer(200, HTML.format(f"<ul>{''.join(events)}</ul>").encode())


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as listening:
        listening.pages["/search"] = search(COUNCILS)
        for number, urn in enumerate(COUNCILS):
            listening.pages[f"/provider/44/{urn}"] = provider(event(50200000 + number))
        yield listening


def run(server: Server, tmp_path: Path, known: Path | None = None) -> list[dict[str, str]]:
    target = tmp_path / "found.csv"
    guard = Guard(allow_private=True)
    discover.main(target, known, server.url(""), QUICK, guard=guard)
    with target.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_reports_become_rows_of_a_registry(server: Server, tmp_path: Path) -> None:
    rows = run(server, tmp_path)
    assert [row["council"] for row in rows] == ["Barnet", "Blackburn with Darwen", "York"]
    barnet = rows[0]
    assert list(barnet) == list(COLUMNS)
    assert {key: value for key, value in barnet.items() if value} == {
        "doc_id": "80487-2024-07-15", "council": "Barnet", "ofsted_urn": "80487", "la_code": "302",
        "gss_code": "E09000003", "region": "London", "doc_type": "inspection_report",
        "published": "2024-07-15", "url": "https://files.ofsted.gov.uk/v1/file/50200000",
        "publisher": "Ofsted", "licence": "OGL-3.0",
    }  # fmt: skip
    assert read_registry(tmp_path / "found.csv").faults == {}


@pytest.mark.parametrize(
    ("councils", "most", "pages"),
    [(230, 100, 3), (230, 40, 6), (100, 100, 2), (99, 100, 1), (1, 100, 1)],
)
def test_every_page_is_walked_once(
    server: Server, tmp_path: Path, councils: int, most: int, pages: int
) -> None:
    many = {str(90000 + number): f"Council {number}" for number in range(councils)}
    server.pages["/search"] = search(many, most)
    client = Client(QUICK, Guard(allow_private=True), tmp_path)
    found = discover.find_providers(client, server.url(""))
    client.close()
    assert [(p.urn, p.name) for p in found] == list(many.items())
    asked = [r.path for r in server.requests if r.path.startswith("/search")]
    assert len(asked) == len(set(asked)) == pages


def test_only_reports_are_listed_and_what_is_known_is_left_out(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.pages["/provider/44/80487"] = provider(
        event(1), event(2, VISIT), event(3, "Joint targeted area inspection"),
        event(4, "Area SEND full inspection"), event(5, "Children’s services inspection"),
        event(6, date="1 March 2019"), event(7, "Something new"), event(1),
    )  # fmt: skip
    known = tmp_path / "known.csv"
    known.write_text("url,council\nhttps://files.api.ofsted.gov.uk/v1/file/6,Barnet\n")
    arguments = ["discover", "--to", str(tmp_path / "found.csv"), "--registry", str(known),
                 "--site", server.url("/"), "--allow-private",
                 "--set", "fetch.delay=0"]  # fmt: skip
    assert cli.main(arguments) == 3
    rows = [r for r in read_rows(tmp_path) if r["council"] == "Barnet"]
    assert [(r["doc_id"], r["url"][-2:]) for r in rows] == [
        ("80487-2024-07-15-1", "/1"), ("80487-2024-07-15-5", "/5"),
    ]  # fmt: skip
    assert "left out 1 of an unknown kind: Something new" in caplog.text
    assert cli.main([a for a in arguments if a != "--allow-private"]) == 2


def read_rows(tmp_path: Path) -> list[dict[str, str]]:
    with (tmp_path / "found.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("path", "page", "message"),
    [
        ("/search", HTML.format("<p>No results</p>"), "lists no provider"),
        ("/search", HTML.format('<a href="/provider/44/80487"> </a>'), "80487 has no name"),
        ("/search", HTML.format(f'<a href="/provider/44/80487">Barnet</a>{NEXT}'),
         "says that there are more pages"),
        ("/search", "", "no web page"),
        ("/provider/44/80487", HTML.format('<a href="/v1/file/9">Report</a>'),
         "without the class `publication-link`"),
        ("/provider/44/80487", HTML.format('<a class="publication-link" href="/v1/file/9">x</a>'),
         "has no `nonvisual`"),
        ("/provider/44/80487", HTML.format('<a class="publication-link" href="//[x">x</a>'),
         "its link to '//[x' leads to no address"),
        ("/provider/44/80487", HTML.format(event(1, date="31 June 2024")), "tells no kind"),
        ("/provider/44/80487", HTML.format(event(1, date="2024-06-30")), "tells no kind"),
        ("/provider/44/80487", None, "there is no such file"),
    ],
)  # fmt: skip
def test_a_change_of_structure_is_told(
    server: Server, tmp_path: Path, path: str, page: str | None, message: str
) -> None:
    status = 404 if page is None else 200
    server.pages[path] = lambda request: answer(status, (page or "").encode())
    with pytest.raises(UsageError) as caught:
        run(server, tmp_path)
    assert message in str(caught.value)
    assert server.url(path) in str(caught.value)
    assert not (tmp_path / "found.csv").exists()


def test_links_that_lead_nowhere_are_passed_over(server: Server, tmp_path: Path) -> None:
    rows = run(server, tmp_path)
    for path, page in list(server.pages.items()):
        server.pages[path] = partial(with_link, page, b'<a href="http://[x/v1/file/9">x</a>')
    known = tmp_path / "known.csv"
    known.write_text("url,council\nhttp://[x/v1/file/9,Barnet\n")
    assert run(server, tmp_path, known) == rows


def with_link(page: Page, link: bytes, request: Request) -> bytes:
    given = page(request)
    assert isinstance(given, bytes)
    body = given.partition(b"\r\n\r\n")[2]
    return answer(200, body.replace(b"</body>", link + b"</body>"))


def test_when_no_council_lists_anything_the_site_has_changed(
    server: Server, tmp_path: Path
) -> None:
    for urn in COUNCILS:
        server.pages[f"/provider/44/{urn}"] = provider()
    with pytest.raises(UsageError, match="no provider lists a publication"):
        run(server, tmp_path)


@pytest.mark.parametrize(
    ("kind", "report"),
    [
        (FULL, True), (FULL.upper(), True), ("Single inspection of children", True),
        (VISIT, False), ("Focused visit to Fenmoor", False), ("Area SEND monitoring", False),
        ("Joint area child protection inspection", False), ("Menu", None), ("", None),
    ],
)  # fmt: skip
def test_kinds_of_publication(kind: str, report: bool | None) -> None:
    assert ofsted.is_report(kind) is report
