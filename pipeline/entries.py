"""What goes into the work on one document and comes out: tables, texts and facts, as bytes.

The same bytes travel to a worker process, to a cluster and into the cache, so that a document's
result does not depend on where it was made.
"""

import hashlib
import json
from typing import Any

import pyarrow as pa

_CODEC = "zstd"
_DIGEST = 32
_SIZE = 8


def _table_bytes(rows: pa.Table) -> bytes:
    # A slice of a longer table can carry bits of its neighbours; taken rows are rows alone.
    own = rows.take(pa.array(range(rows.num_rows), pa.int64())).combine_chunks()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, own.schema) as stream:
        stream.write_table(own)
    return bytes(sink.getvalue())


def _encode(part: Any) -> tuple[str, bytes]:
    if isinstance(part, pa.Table):
        return "table", _table_bytes(part)
    if isinstance(part, bytes):
        return "bytes", part
    if isinstance(part, str):
        return "text", part.encode("utf-8", "surrogatepass")
    return "facts", json.dumps(part, ensure_ascii=True).encode("ascii")


def _decode(kind: str, data: memoryview) -> Any:
    if kind == "table":
        # Of its own, or one row that is kept would keep all that it was packed with.
        return pa.ipc.open_stream(pa.py_buffer(bytes(data))).read_all()
    if kind == "bytes":
        return bytes(data)
    if kind == "text":
        return bytes(data).decode("utf-8", "surrogatepass")
    return json.loads(bytes(data))


def pack(parts: dict[str, Any]) -> bytes:
    """Return named parts as bytes: the same bytes from the same parts.

    Parameters
    ----------
    parts
        Arrow tables, texts, bytes and what JSON can hold, by name.
    """
    encoded = {name: _encode(part) for name, part in parts.items()}
    head = json.dumps([[name, kind, len(data)] for name, (kind, data) in encoded.items()])
    body = len(head).to_bytes(_SIZE, "big") + head.encode("ascii")
    return body + b"".join(data for _, data in encoded.values())


def unpack(data: bytes | memoryview) -> dict[str, Any]:
    """Return the parts that :func:`pack` was given."""
    view = memoryview(data)
    start = _SIZE + int.from_bytes(view[:_SIZE], "big")
    parts: dict[str, Any] = {}
    for name, kind, length in json.loads(bytes(view[_SIZE:start])):
        parts[name] = _decode(kind, view[start : start + length])
        start += length
    return parts


def seal(data: bytes) -> bytes:
    """Return an entry for keeping: compressed, with its length and SHA-256 before it."""
    small: bytes = pa.compress(data, codec=_CODEC, asbytes=True)
    body = len(data).to_bytes(_SIZE, "big") + small
    return hashlib.sha256(body).digest() + body


def unseal(kept: bytes) -> bytes | None:
    """Return what :func:`seal` was given; None where the bytes are not whole."""
    body = memoryview(kept)[_DIGEST:]
    if len(body) < _SIZE or hashlib.sha256(body).digest() != kept[:_DIGEST]:
        return None
    size = int.from_bytes(body[:_SIZE], "big")
    data: bytes = pa.decompress(body[_SIZE:], size, codec=_CODEC, asbytes=True)
    return data
