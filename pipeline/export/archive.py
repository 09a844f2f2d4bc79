"""ZIP files that are the same bytes from the same members."""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

# The earliest time that a ZIP file can tell: the clock is no part of a result.
_TIME = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


def pack(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a ZIP file of members (name and content) in the given order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members:
            info = zipfile.ZipInfo(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = _PLAIN_FILE
            info.create_system = _UNIX
            file.writestr(info, content)
    return buffer.getvalue()


def repack(path: Path) -> bytes:
    """Return a ZIP file's members as :func:`pack` writes them: no clock, no rights of files."""
    with zipfile.ZipFile(path) as file:
        return pack((name, file.read(name)) for name in file.namelist())
