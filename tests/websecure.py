"""The local web server over TLS, with a certificate of its own; it speaks HTTP/2 where told."""

import datetime
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived
from web import Request, Server

# Headers of HTTP/1.1 that HTTP/2 forbids.
_FORBIDDEN = ("connection", "transfer-encoding")


def certificate(path: Path, name: str) -> Path:
    """Write a key and a certificate of a host that it has signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "crl_sign", "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), False)
        .add_extension(x509.BasicConstraints(True, 0), True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .sign(key, hashes.SHA256())
    )
    written = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )  # fmt: skip
    path.write_bytes(written + made.public_bytes(serialization.Encoding.PEM))
    return path


@dataclass
class SecureServer(Server):
    """Speaks TLS and what is agreed on in it (ALPN): HTTP/2, else HTTP/1.1.

    Parameters
    ----------
    certificate
        File of a key and its certificate.
    offers
        The protocols that are offered, the best first.
    agreed
        What was agreed on, for each connection; empty where nothing was.
    """

    certificate: Path = Path()
    offers: tuple[str, ...] = ("h2", "http/1.1")
    agreed: list[str] = field(default_factory=list)

    def __enter__(self) -> "SecureServer":
        """Begin to listen."""
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(self.certificate)
        if self.offers:
            self._context.set_alpn_protocols(list(self.offers))
        super().__enter__()
        return self

    def _answer(self, connection: socket.socket) -> None:
        try:
            secure = self._context.wrap_socket(connection, server_side=True)
        except OSError:
            # The client does not trust the certificate.
            return
        self.agreed.append(secure.selected_alpn_protocol() or "")
        if self.agreed[-1] == "h2":
            with secure:
                _Conversation(secure, self._reply).hold()
        else:
            super()._answer(secure)

    def _reply(self, path: str, headers: dict[str, str]) -> bytes:
        with self._lock:
            request = Request(path, headers, len(self.asked(path)))
            self.requests.append(request)
        reply = self.pages[path](request)
        return reply if isinstance(reply, bytes) else b"".join(reply)


class _Conversation:
    """One connection of HTTP/2: each page's answer, written for HTTP/1.1, as its frames."""

    def __init__(
        self, connection: ssl.SSLSocket, reply: Callable[[str, dict[str, str]], bytes]
    ) -> None:
        self._connection = connection
        self._reply = reply
        self._state = H2Connection(H2Configuration(client_side=False))
        self._waiting: dict[int, bytes] = {}

    def hold(self) -> None:
        """Answer until the client leaves."""
        self._state.initiate_connection()
        try:
            self._connection.sendall(self._state.data_to_send())
            while data := self._connection.recv(65536):
                for event in self._state.receive_data(data):
                    self._hear(event)
                self._send()
                self._connection.sendall(self._state.data_to_send())
        except OSError:
            return

    def _hear(self, event: object) -> None:
        if isinstance(event, RequestReceived) and event.stream_id:
            headers = {n.decode(): v.decode() for n, v in event.headers or ()}
            head, _, body = self._reply(headers[":path"], headers).partition(b"\r\n\r\n")
            self._state.send_headers(event.stream_id, list(_headers(head.decode("latin-1"))))
            self._waiting[event.stream_id] = body

    def _send(self) -> None:
        """Send of every body as much as the client's window takes."""
        for stream in list(self._waiting):
            while room := self._state.local_flow_control_window(stream):
                size = min(room, self._state.max_outbound_frame_size)
                piece, rest = self._waiting[stream][:size], self._waiting[stream][size:]
                self._state.send_data(stream, piece, end_stream=not rest)
                self._waiting[stream] = rest
                if not rest:
                    del self._waiting[stream]
                    break


def _headers(head: str) -> Iterator[tuple[str, str]]:
    """Yield the pseudo-header and the headers of a head written for HTTP/1.1."""
    first, *lines = head.split("\r\n")
    yield ":status", first.split(" ")[1]
    for line in lines:
        name, _, value = line.partition(":")
        if name.strip().lower() not in _FORBIDDEN:
            yield name.strip().lower(), value.strip()
