"""Fetching over TLS: HTTP/2 where the server offers it, and whom the fetch trusts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from test_fetch import REPORT, public, registry, report, settings, table
from web import answer, as_public, steps
from websecure import SecureServer, certificate

from pipeline.fetching import fetch, transport
from pipeline.fetching.addresses import Guard

HOST = "reports.example"
# More than a client's first window of HTTP/2 (64 KiB): it has to ask for the rest.
LARGE = REPORT[:-6] + b"\n" * 150_000 + REPORT[-6:]


@contextmanager
def trusting(file: Path | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have the certificates read anew, those of a file where one is given."""
    if file:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    transport._certificates.cache_clear()
    try:
        yield
    finally:
        transport._certificates.cache_clear()


def fetched(server: SecureServer, tmp_path: Path) -> tuple[int, list[dict[str, str]]]:
    server.pages |= {"/robots.txt": steps(answer(404)), "/a.pdf": steps(answer(200, LARGE))}
    status = fetch.main(
        registry(tmp_path, report(f"https://{HOST}/a.pdf")), tmp_path / "to", None,
        settings(tries=2), guard=Guard(lookup=public),
        connect=as_public(server, []),
    )  # fmt: skip
    return status, table(tmp_path / "to" / "fetch_log.csv")


@pytest.mark.parametrize(
    ("offers", "agreed"),
    [(("h2", "http/1.1"), "h2"), (("http/1.1", "h2"), "http/1.1"), (("h2",), "h2"),
     (("http/1.1",), "http/1.1"), ((), "")],
)  # fmt: skip
def test_http_2_is_spoken_where_it_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offers: tuple[str, ...], agreed: str
) -> None:
    file = certificate(tmp_path / "server.pem", HOST)
    with SecureServer(certificate=file, offers=offers) as server, trusting(file, monkeypatch):
        status, log = fetched(server, tmp_path)
    assert status == 0
    assert set(server.agreed) == {agreed}
    assert [r.path for r in server.requests] == ["/robots.txt", "/a.pdf"]
    assert server.requests[1].headers["user-agent"].startswith("inspection-findings/")
    assert [(row["outcome"], row["bytes"]) for row in log] == [("fetched", str(len(LARGE)))]
    assert (tmp_path / "to" / log[0]["file"]).read_bytes() == LARGE


@pytest.mark.parametrize(
    ("name", "trusted", "told"),
    [(HOST, False, "self-signed certificate"), ("other.example", True, "not valid for")],
)
def test_nobody_is_asked_who_cannot_show_who_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool, told: str
) -> None:
    file = certificate(tmp_path / "server.pem", name)
    with (
        SecureServer(certificate=file) as server,
        trusting(file if trusted else None, monkeypatch),
    ):
        status, log = fetched(server, tmp_path)
    assert status == 3
    assert server.requests == []
    assert {row["outcome"] for row in log} <= {"retry", "failed"}
    assert told in log[-1]["detail"]
