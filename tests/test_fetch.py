"""Fetching from a server that misbehaves: what is kept, what is refused, what the log says."""

import csv
import gzip
import hashlib
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas
from web import Request, Server, answer, as_public, steps

from pipeline import cli
from pipeline.errors import UsageError
from pipeline.fetching import fetch
from pipeline.fetching.addresses import Guard, Refused
from pipeline.fetching.answer import Fault, decoded, retry_after
from pipeline.fetching.client import Client
from pipeline.fetching.gates import Stopped
from pipeline.fetching.partial import Partial
from pipeline.fetching.settings import Settings
from pipeline.params import load
from pipeline.registry import COLUMNS, read_registry

QUICK = load()["fetch"] | {
    "delay": 0, "backoff": 0.01, "max_megabytes": 0.2, "contact": "research@example.org",
}  # fmt: skip
Rows = list[dict[str, str]]


def settings(**changes: float) -> Settings:
    return Settings.of(QUICK | changes)


def pdf(text: str = "Leaders know their services.") -> bytes:
    stream = BytesIO()
    canvas = Canvas(stream, invariant=1)
    canvas.drawString(60, 700, text)
    canvas.save()
    return stream.getvalue()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


REPORT, OTHER = pdf(), pdf("Leaders did not know their services.")
PAGE = b"<!doctype html><html><head><title>%s</title></head><body>%s</body></html>"
ARTICLE = PAGE % (b"News", b"<h1>Services improve</h1><p>Plans are clear.</p>")
LOGIN = PAGE % (b"Sign in", b"<form><input type='password' name='p'></form>")


def registry(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "wanted.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, COLUMNS)
        writer.writeheader()
        for row in rows:
            writer.writerow(dict.fromkeys(COLUMNS, "") | row)
    return path


def report(url: str, **cells: str) -> dict[str, str]:
    return {"doc_id": "one", "doc_type": "inspection_report", "url": url} | cells


def table(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def run(
    tmp_path: Path, *rows: dict[str, str], mirror: Path | None = None, **changes: float
) -> tuple[int, Rows]:
    """Fetch rows into ``tmp_path/to`` and return the exit status and the log."""
    to = tmp_path / "to"
    guard = Guard(allow_private=True)
    status = fetch.main(registry(tmp_path, *rows), to, mirror, settings(**changes), guard=guard)
    return status, table(to / "fetch_log.csv")


def kept(tmp_path: Path) -> list[str]:
    to = tmp_path / "to"
    return sorted(p.relative_to(to).as_posix() for p in (to / "files").rglob("*") if p.is_file())


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as listening:
        yield listening


def cut(body: bytes, part: int) -> bytes:
    return answer(200, body)[: -len(body) + part]


def drip(request: Request) -> Iterator[bytes]:
    yield answer(200, b"", content_length="100000")
    for _ in range(100):
        time.sleep(0.2)
        yield b"%"


def drip_head(request: Request) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(100):
        time.sleep(0.2)
        yield b"x-%d: y\r\n" % number


def flood(request: Request) -> Iterator[bytes]:
    yield answer(200, b"", connection="close").replace(b"content-length: 0\r\n", b"")
    for _ in range(100):
        yield b"%PDF" * 4096


BOMB = gzip.compress(b"%PDF-1.4 " + b"0" * 30_000_000)
Page = Callable[[Request], bytes | Iterator[bytes]]


@pytest.mark.parametrize(
    ("page", "outcomes", "reasons"),
    [
        (steps(answer(429, retry_after="1"), answer(200, REPORT)), "retry fetched", "server"),
        (steps(answer(503), answer(200, REPORT)), "retry fetched", "server"),
        (steps(answer(500), answer(502), answer(504), answer(200, REPORT)),
         "retry retry retry fetched", "server server server"),
        (steps(answer(503)), "retry retry retry failed", "server server server server"),
        (steps(answer(429, retry_after="9999")), "failed", "server"),
        (steps(cut(REPORT, 200), answer(200, REPORT)), "retry fetched", "broken"),
        (steps(b"", answer(200, REPORT)), "retry fetched", "broken"),
        (steps(b"SSH-2.0-OpenSSH\r\n\r\n"), "retry retry retry failed", "broken " * 4),
        (steps(answer(302, location="/file")), "failed", "redirects"),
        (steps(answer(302, location="http://127.0.0.1:99999/")), "failed", "refused"),
        (steps(answer(301, location="file:///etc/passwd")), "failed", "refused"),
        (steps(answer(302, location="ftp://127.0.0.1/a.pdf")), "failed", "refused"),
        (steps(answer(302, location="http://169.254.169.254/latest")), "failed", "refused"),
        (steps(answer(302, location="http://user:word@127.0.0.1/")), "failed", "refused"),
        (steps(answer(302, location="http://[x/a.pdf")), "failed", "refused"),
        (steps(answer(302, location="http://a\xb5\xfe\xad/a.pdf")), "failed", "refused"),
        (steps(answer(302, location="//a.example:port/")), "failed", "refused"),
        (steps(answer(302)), "failed", "redirects"),
        (flood, "failed", "too_large"),
        (steps(answer(200, REPORT, content_length="999999999")), "failed", "too_large"),
        (steps(answer(200, REPORT, content_length=str(len(REPORT) + 50))),
         "retry retry retry failed", "broken " * 4),
        (steps(answer(200, REPORT, content_length=str(len(REPORT) - 50)), answer(200, REPORT)),
         "retry fetched", "incomplete"),
        (steps(answer(200, ARTICLE, content_type="text/html")), "failed", "not_a_pdf"),
        (steps(answer(200, ARTICLE, content_type="application/pdf")), "failed", "not_a_pdf"),
        (steps(answer(200, PAGE % (b"Page not found", b"Sorry"))), "failed", "not_found_page"),
        (steps(answer(200, LOGIN)), "failed", "login_page"),
        (steps(answer(200, b"Please try again later, our service is busy.")), "failed",
         "not_the_document"),
        (steps(answer(200, b"")), "failed", "empty"),
        (steps(answer(200, BOMB, content_encoding="gzip")), "failed", "too_large"),
        (steps(answer(200, gzip.compress(REPORT), content_encoding="gzip")), "fetched", ""),
        (steps(answer(200, gzip.compress(REPORT)[:-9], content_encoding="gzip")),
         "retry retry retry failed", "broken " * 4),
        (steps(answer(200, b"\x28\xb5\x2f\xfd", content_encoding="zstd")), "failed", "encoding"),
        (steps(answer(404)), "failed", "http_status"),
        (steps(answer(403)), "failed", "http_status"),
        (steps(answer(304)), "failed", "server"),
        (steps(answer(206, REPORT, content_range=f"bytes 0-{len(REPORT) - 1}/{len(REPORT)}"),
               answer(200, REPORT)), "retry fetched", "server"),
    ],
)  # fmt: skip
def test_a_server_that_misbehaves(
    server: Server, tmp_path: Path, page: Page, outcomes: str, reasons: str
) -> None:
    server.pages["/file"] = page
    status, log = run(tmp_path, report(server.url("/file")))
    assert [row["outcome"] for row in log] == outcomes.split()
    assert [row["reason"] for row in log if row["reason"]] == reasons.split()
    came = outcomes.endswith("fetched")
    assert status == (0 if came else 3)
    assert kept(tmp_path) == ([f"files/{sha(REPORT)}/one.pdf"] if came else [])
    assert all(row["detail"] for row in log if row["outcome"] != "fetched")
    assert not (tmp_path / "to" / ".partial").exists() or not came


@pytest.mark.parametrize("page", [drip, drip_head])
def test_a_server_that_never_ends(server: Server, tmp_path: Path, page: Page) -> None:
    server.pages["/file"] = page
    begin = time.monotonic()
    status, log = run(tmp_path, report(server.url("/file")), tries=1, time_limit=1)
    assert (status, log[0]["reason"]) == (3, "timeout")
    assert time.monotonic() - begin < 15


def test_a_document_is_fetched_and_can_be_run(server: Server, tmp_path: Path) -> None:
    server.pages["/old"] = steps(answer(301, location="/new"))
    server.pages["/new"] = steps(answer(200, REPORT, content_type="application/pdf; x=y"))
    status, log = run(tmp_path, report(server.url("/old"), council="Fenmoor"))
    assert status == 0
    row = log[0]
    assert (row["status"], row["bytes"], row["sha256"]) == ("200", str(len(REPORT)), sha(REPORT))
    assert (row["media_type"], row["final_url"]) == ("application/pdf", server.url("/new"))
    assert row["time"].endswith("+00:00")
    assert row["file"] == f"files/{sha(REPORT)}/one.pdf"
    found = read_registry(tmp_path / "to" / "registry.csv").by_file[row["file"]]
    assert (found["doc_id"], found["council"]) == ("one", "Fenmoor")
    agent = server.asked("/new")[0].headers["user-agent"]
    assert agent.startswith("inspection-findings/")
    assert "contact: research@example.org" in agent


def test_a_second_fetch_asks_on_condition_and_keeps_one_file(
    server: Server, tmp_path: Path
) -> None:
    def page(request: Request) -> bytes:
        same = request.headers.get("if-none-match") == '"v1"'
        return answer(304) if same else answer(200, REPORT, etag='"v1"')

    server.pages["/file"] = page
    wanted = report(server.url("/file"))
    run(tmp_path, wanted)
    status, log = run(tmp_path, wanted)
    assert [(r["outcome"], r["status"]) for r in log] == [("fetched", "200"), ("unchanged", "304")]
    assert status == 0
    assert len(kept(tmp_path)) == 1
    # What was changed or lost here is asked for again.
    (tmp_path / "to" / kept(tmp_path)[0]).write_bytes(b"%PDF-")
    assert run(tmp_path, wanted)[1][-1]["status"] == "200"


def test_the_date_of_the_file_serves_as_condition_too(server: Server, tmp_path: Path) -> None:
    server.pages["/file"] = steps(
        answer(200, REPORT, last_modified="Mon, 02 Nov 2020 09:00:00 GMT")
    )
    run(tmp_path, report(server.url("/file")))
    _, log = run(tmp_path, report(server.url("/file")))
    second = server.asked("/file")[1].headers
    assert second["if-modified-since"] == "Mon, 02 Nov 2020 09:00:00 GMT"
    # The server did not heed it; the same content is no change all the same.
    assert [row["outcome"] for row in log] == ["fetched", "unchanged"]


def test_a_changed_file_is_told_and_both_are_kept(server: Server, tmp_path: Path) -> None:
    server.pages["/file"] = steps(answer(200, REPORT), answer(200, OTHER))
    wanted = report(server.url("/file"))
    run(tmp_path, wanted)
    for _ in range(2):
        status, log = run(tmp_path, wanted)
        assert status == 3
        assert log[-1]["outcome"] == "changed"
        assert "both are kept" in log[-1]["detail"]
    assert len(kept(tmp_path)) == 2
    rows = table(tmp_path / "to" / "registry.csv")
    assert [(r["doc_id"], r["sha256"]) for r in rows] == [
        ("one", sha(REPORT)), (f"one-{sha(OTHER)[:8]}", sha(OTHER)),
    ]  # fmt: skip


def test_the_registrys_sha256_is_what_counts(server: Server, tmp_path: Path) -> None:
    server.pages["/file"] = steps(answer(200, OTHER))
    status, log = run(tmp_path, report(server.url("/file"), sha256=sha(REPORT)))
    assert (status, log[0]["outcome"]) == (3, "changed")
    rows = table(tmp_path / "to" / "registry.csv")
    assert [(r["doc_id"], bool(r["file"])) for r in rows] == [
        ("one", False), (f"one-{sha(OTHER)[:8]}", True),
    ]  # fmt: skip


def test_a_broken_download_goes_on_where_it_broke(server: Server, tmp_path: Path) -> None:
    def page(request: Request) -> bytes:
        first, _, _ = request.headers.get("range", "").removeprefix("bytes=").partition("-")
        if not first:
            return answer(200, REPORT, etag='"v1"')[: -len(REPORT) + 700]
        assert request.headers["if-range"] == '"v1"'
        where = f"bytes {first}-{len(REPORT) - 1}/{len(REPORT)}"
        return answer(206, REPORT[int(first) :], content_range=where, etag='"v1"')

    server.pages["/file"] = page
    status, log = run(tmp_path, report(server.url("/file")))
    assert (status, [row["outcome"] for row in log]) == (0, ["retry", "fetched"])
    assert server.requests[-1].headers["range"] == "bytes=700-"
    assert kept(tmp_path) == [f"files/{sha(REPORT)}/one.pdf"]


def test_an_interrupted_fetch_goes_on_too(server: Server, tmp_path: Path) -> None:
    server.pages["/file"] = steps(
        answer(200, REPORT, etag='"v1"')[: -len(REPORT) + 700], answer(200, OTHER, etag='"v2"')
    )
    run(tmp_path, report(server.url("/file")), tries=1)
    # It has changed meanwhile: the server sends it whole, and no part of the former is in it.
    _, log = run(tmp_path, report(server.url("/file")))
    assert server.requests[-1].headers["range"] == "bytes=700-"
    assert log[-1]["sha256"] == sha(OTHER)


@pytest.mark.parametrize(
    ("where", "again"),
    [("bytes 0-99/2000", '"v1"'), ("bytes 700-999/2000", '"v1"'), ("none", '"v1"')],
)
def test_a_part_that_was_not_asked_for_is_not_joined(
    server: Server, tmp_path: Path, where: str, again: str
) -> None:
    server.pages["/file"] = steps(
        answer(200, REPORT, etag='"v1"')[: -len(REPORT) + 700],
        answer(206, b"0" * 100, content_range=where, etag=again),
        answer(200, REPORT, etag='"v1"'),
    )
    status, log = run(tmp_path, report(server.url("/file")))
    assert (status, [row["reason"] for row in log]) == (0, ["broken", "server", ""])
    assert kept(tmp_path) == [f"files/{sha(REPORT)}/one.pdf"]


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ("User-agent: *\nDisallow: /", "robots"),
        ("User-agent: *\nDisallow: /*.pdf$", "robots"),
        ("User-agent: inspection-findings\nDisallow: /a\n\nUser-agent: *\nAllow: /", "robots"),
        ("User-agent: *\nDisallow: /a\nAllow: /a.pdf", ""),
        ("User-agent: another\nDisallow: /", ""),
        ("User-agent: *\nCrawl-delay: 9999", "robots"),
        ("<html>no rules at all", ""),
    ],
)
def test_robots_txt_is_heeded(server: Server, tmp_path: Path, rules: str, reason: str) -> None:
    server.pages["/robots.txt"] = steps(answer(200, rules.encode()))
    server.pages["/a.pdf"] = steps(answer(200, REPORT))
    _, log = run(tmp_path, report(server.url("/a.pdf")))
    assert log[0]["reason"] == reason
    assert len(server.asked("/a.pdf")) == (not reason)
    assert len(server.asked("/robots.txt")) == 1


@pytest.mark.parametrize(("status", "reason"), [(404, ""), (403, ""), (503, "robots")])
def test_a_robots_txt_that_cannot_be_had(
    server: Server, tmp_path: Path, status: int, reason: str
) -> None:
    server.pages["/robots.txt"] = steps(answer(status))
    server.pages["/a.pdf"] = steps(answer(200, REPORT))
    assert run(tmp_path, report(server.url("/a.pdf")))[1][0]["reason"] == reason


def test_a_host_gets_two_connections_and_a_delay(server: Server, tmp_path: Path) -> None:
    under_way: list[str] = []
    most: list[int] = []

    def page(request: Request) -> bytes:
        under_way.append(request.path)
        most.append(len(under_way))
        time.sleep(0.1)
        under_way.remove(request.path)
        return answer(200, pdf(request.path))

    names = [f"/{number}.pdf" for number in range(8)]
    server.pages |= dict.fromkeys(names, page)
    begin = time.monotonic()
    rows = [report(server.url(name), doc_id=name[1:2]) for name in names]
    status, log = run(tmp_path, *rows, delay=0.08)
    assert (status, len(log)) == (0, 8)
    assert time.monotonic() - begin >= 0.08 * 8
    assert max(most) <= 2


def public(host: str, port: int) -> list[str]:
    return {"reports.example": ["93.184.216.34"], "inside.example": ["10.0.0.7"]}.get(host, [host])


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/a.pdf", "http://169.254.169.254/latest", "http://[::1]/",
        "http://inside.example/a.pdf", "http://[::ffff:10.0.0.7]/", "http://10.0.0.7:8080/",
        "file:///etc/passwd", "gopher://reports.example/",
    ],
)  # fmt: skip
def test_no_redirect_leads_inside(server: Server, tmp_path: Path, location: str) -> None:
    server.pages["/a.pdf"] = steps(answer(302, location=location))
    dialled: list[str] = []
    status = fetch.main(
        registry(tmp_path, report("http://reports.example/a.pdf")), tmp_path / "to", None,
        settings(), guard=Guard(lookup=public), connect=as_public(server, dialled),
    )  # fmt: skip
    assert status == 3
    assert table(tmp_path / "to" / "fetch_log.csv")[0]["reason"] == "refused"
    assert set(dialled) == {"93.184.216.34"}


def test_a_name_that_changes_its_address_is_asked_at_the_checked_one(
    server: Server, tmp_path: Path
) -> None:
    answers = iter([["93.184.216.34"], ["93.184.216.34"], ["127.0.0.1"]])
    dialled: list[str] = []
    server.pages["/robots.txt"] = steps(answer(404))
    server.pages["/a.pdf"] = steps(answer(503), answer(200, REPORT))
    fetch.main(
        registry(tmp_path, report("http://reports.example/a.pdf")), tmp_path / "to", None,
        settings(), guard=Guard(lookup=lambda host, port: next(answers)),
        connect=as_public(server, dialled),
    )  # fmt: skip
    # robots.txt and the first try went to the public address; then the name pointed inside.
    assert dialled == ["93.184.216.34"] * 2
    log = table(tmp_path / "to" / "fetch_log.csv")
    assert [row["reason"] for row in log] == ["server", "refused"]


@pytest.mark.parametrize(
    ("address", "allowed", "private"),
    [
        ("93.184.216.34", True, True), ("2a00:1450:4009::200e", True, True),
        ("127.0.0.1", False, True), ("::1", False, True), ("10.1.2.3", False, True),
        ("192.168.0.1", False, True), ("172.16.0.1", False, True), ("fd00::1", False, True),
        ("::ffff:127.0.0.1", False, True), ("64:ff9b::7f00:1", False, True),
        ("2002:7f00:1::", False, True), ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False), ("fe80::1", False, False),
        ("0.0.0.0", False, False), ("224.0.0.1", False, False), ("ff02::1", False, False),
    ],
)  # fmt: skip
def test_addresses(address: str, allowed: bool, private: bool) -> None:
    for guard, fits in ((Guard(), allowed), (Guard(allow_private=True), private)):
        try:
            guard.require_public(address, "host")
            assert fits
        except Refused:
            assert not fits


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    guard = Guard(lookup=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Refused, match="no public address"):
        guard.resolve("host", 80)


@given(st.text(max_size=40))
def test_no_text_of_the_registry_breaks_the_check(url: str) -> None:
    try:
        Guard().require_address(url)
    except Refused as error:
        assert "\n" not in str(error)


def test_two_rows_of_one_address_are_one_request(server: Server, tmp_path: Path) -> None:
    server.pages["/a"] = steps(answer(200, REPORT))
    rows = [report(server.url("/a"), doc_id=name) for name in ("one", "two")]
    status, log = run(tmp_path, *rows)
    assert (status, len(server.asked("/a"))) == (0, 1)
    assert [row["doc_id"] for row in log] == ["one", "two"]
    assert kept(tmp_path) == [f"files/{sha(REPORT)}/one.pdf"]
    found = table(tmp_path / "to" / "registry.csv")
    assert [(r["doc_id"], bool(r["file"]), r["sha256"]) for r in found] == [
        ("one", True, sha(REPORT)), ("two", False, sha(REPORT)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"file": "reports/Fen moor.pdf"}, "Fen-moor.pdf"),
        ({"file": "a/b.txt", "doc_type": "news"}, "b.txt"),
        ({"doc_id": "pre/../x"}, "pre-..-x.pdf"),
        ({"doc_type": "news"}, "one.pdf"),
    ],
)
def test_files_are_named_by_the_registry(
    server: Server, tmp_path: Path, cells: dict[str, str], name: str
) -> None:
    server.pages["/a"] = steps(answer(200, REPORT))
    run(tmp_path, report(server.url("/a"), **cells))
    assert [Path(path).name for path in kept(tmp_path)] == [name]


def test_pages_and_texts_are_kept_where_they_are_wanted(server: Server, tmp_path: Path) -> None:
    server.pages["/a"] = steps(answer(200, ARTICLE))
    server.pages["/b"] = steps(answer(200, b"Plans are clear, and children are seen."))
    rows = [
        report(server.url("/a"), doc_id="a", doc_type="press_release"),
        report(server.url("/b"), doc_id="b", doc_type="inspection_report", file="b.txt"),
        report(server.url("/a?x"), doc_id="c", doc_type="news", file="c.pdf"),
        report("", doc_id="d"),
    ]
    status, log = run(tmp_path, *rows)
    assert status == 3
    assert {row["doc_id"]: row["reason"] for row in log} == {
        "a": "", "b": "", "c": "not_a_pdf", "d": "no_address",
    }  # fmt: skip
    assert {Path(path).name for path in kept(tmp_path)} == {"a.html", "b.txt"}


def test_a_mirror_serves_by_content_and_by_name(tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    (mirror / "deep").mkdir(parents=True)
    (mirror / "deep" / "renamed.pdf").write_bytes(REPORT)
    (mirror / "80999-2021-03-04.pdf").write_bytes(OTHER)
    (mirror / "gone.pdf").write_bytes(PAGE % (b"Page not found", b""))
    (tmp_path / "outside.pdf").write_bytes(REPORT)
    (mirror / "link.pdf").symlink_to(tmp_path / "outside.pdf")
    rows = [
        report("", doc_id="a", sha256=sha(REPORT)),
        report("", doc_id="b", ofsted_urn="80999", published="2021-03-04"),
        report("", doc_id="gone"),
        report("", doc_id="link"),
        report("", doc_id="none"),
    ]
    status, log = run(tmp_path, *rows, mirror=mirror)
    assert status == 3
    assert [(r["doc_id"], r["outcome"], r["reason"]) for r in log] == [
        ("a", "mirrored", ""), ("b", "mirrored", ""), ("gone", "failed", "not_found_page"),
        ("link", "failed", "missing"), ("none", "failed", "missing"),
    ]  # fmt: skip
    assert {Path(path).name for path in kept(tmp_path)} == {"a.pdf", "b.pdf"}
    assert run(tmp_path, *rows[:2], mirror=mirror)[1][-1]["outcome"] == "unchanged"


def test_a_torn_line_of_the_log_did_not_happen(server: Server, tmp_path: Path) -> None:
    server.pages["/a"] = steps(answer(200, REPORT))
    run(tmp_path, report(server.url("/a")))
    path = tmp_path / "to" / "fetch_log.csv"
    path.write_bytes(path.read_bytes() + b"2026-01-01T00:00:00.000+00:00,one,htt")
    _, log = run(tmp_path, report(server.url("/a")))
    assert [row["outcome"] for row in log] == ["fetched", "unchanged"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("wanted.csv", "doc_id,file\na,b\n", "no column `url`"),
        ("wanted.csv", "doc_id,url,published\na,http://x,soon\n", "line 2: published 'soon'"),
        ("wanted.csv", "doc_id,url\na,http://x\na,http://y\n", "doc_id 'a' stands in line 2 too"),
        ("wanted.csv", '"', "cannot be read as a registry"),
        ("to/fetch_log.csv", "a,b\n1,2\n", "is no log of this program"),
        ("to/fetch_log.csv", "\udcff\n", "is no log of this program"),
        ("to", "a file", "cannot be written"),
        ("none", "", "none.csv: cannot be read"),
    ],
)
def test_faults_of_the_user(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, message: str
) -> None:
    registry(tmp_path, report("http://127.0.0.1:1/"))
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(content, encoding="utf-8", errors="surrogateescape")
    given = tmp_path / ("none.csv" if name == "none" else "wanted.csv")
    assert cli.main(["fetch", "--registry", str(given), "--to", str(tmp_path / "to")]) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1


def test_the_command_refuses_private_addresses_unless_told(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server.pages["/a.pdf"] = steps(answer(200, REPORT))
    path = registry(tmp_path, report(server.url("/a.pdf")))
    arguments = ["fetch", "--registry", str(path), "--to", str(tmp_path / "to"),
                 "--set", "fetch.delay=0"]  # fmt: skip
    assert cli.main(arguments) == 3
    assert "127.0.0.1 is no public address" in caplog.text
    assert server.requests == []
    assert cli.main([*arguments, "--allow-private"]) == 0


@pytest.mark.parametrize("url", ["http://[x/a.pdf", "http://a\u2100b/a.pdf", "//[", "http://[::1"])
def test_what_is_no_address_costs_its_own_row_alone(
    server: Server, tmp_path: Path, url: str
) -> None:
    server.pages["/a.pdf"] = steps(answer(200, REPORT))
    rows = report(url, doc_id="none"), report(server.url("/a.pdf"))
    status, log = run(tmp_path, *rows)
    assert status == 3
    found = {row["doc_id"]: (row["outcome"], row["reason"]) for row in log}
    assert found == {"none": ("failed", "refused"), "one": ("fetched", "")}


def test_a_full_disk_is_one_line(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(part: Partial, out: object, piece: bytes) -> None:
        raise UsageError("parts: cannot be written (No space left on device)")

    server.pages["/a.pdf"] = steps(answer(200, REPORT))
    monkeypatch.setattr(Partial, "_write", full)
    with pytest.raises(UsageError, match="No space left"):
        run(tmp_path, report(server.url("/a.pdf")))


@given(st.binary(max_size=3000), st.lists(st.integers(1, 500), max_size=8))
def test_compressed_bodies_come_out_whole_however_they_are_cut(
    data: bytes, cuts: list[int]
) -> None:
    packed = gzip.compress(data, mtime=0)
    pieces, rest = [], packed
    for size in cuts:
        pieces.append(rest[:size])
        rest = rest[size:]
    assert b"".join(decoded([*pieces, rest], "gzip", 10_000)) == data


def test_a_bomb_is_given_up_before_it_is_unpacked() -> None:
    size = 0
    with pytest.raises(Fault, match="too_large"):
        for piece in decoded([BOMB], "gzip", 3_000_000):
            size += len(piece)
    assert size <= 3_000_000


@pytest.mark.parametrize(
    ("stated", "low", "high"),
    [("7", 7, 7), ("", 0, 0), ("soon", 0, 0), ("-5", 0, 0), ("٣", 0, 0),
     ("Fri, 31 Dec 2100 23:59:59 GMT", 1e9, 1e11), ("Fri, 31 Dec 1999 23:59:59 GMT", 0, 0)],
)  # fmt: skip
def test_how_long_a_server_asks_to_wait(stated: str, low: float, high: float) -> None:
    import httpx

    response = httpx.Response(429, headers=[(b"retry-after", stated.encode())])
    assert low <= retry_after(response) <= high


def test_a_stop_reaches_those_who_wait(tmp_path: Path) -> None:
    client = Client(settings(), Guard(allow_private=True), tmp_path)
    client.gates.pause("host", 60)
    client.gates.stop.set()
    begin = time.monotonic()
    with pytest.raises(Stopped), client.gates.through("host"):
        pytest.fail("it went through")
    assert time.monotonic() - begin < 1
    client.close()
