"""Keep each content once: ``files/<sha256>/<name>`` below the folder of a fetch."""

import hashlib
from pathlib import Path

from pipeline.corpus import sha256_of
from pipeline.frames import write_whole

FILES = "files"
PARTS = ".partial"


class Store:
    """The files of a fetch, by their content.

    Parameters
    ----------
    folder
        The folder that ``--to`` names.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def parts(self) -> Path:
        """Where broken downloads are kept."""
        return self.folder / PARTS

    def find(self, sha256: str) -> str:
        """Return the path, below the folder, of the file with a content; empty if there is none.

        The file is read and held against the hash: what was changed here does not count.
        """
        place = self.folder / FILES / sha256
        names = sorted(p for p in place.iterdir() if p.is_file()) if place.is_dir() else []
        for path in names:
            if not path.name.startswith(".") and sha256_of(path) == sha256:
                return path.relative_to(self.folder).as_posix()
        return ""

    def put(self, data: bytes, name: str) -> tuple[str, str]:
        """Keep a content under a name, unless it is here, and return its SHA-256 and path.

        Raises
        ------
        UsageError
            If it cannot be written.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        here = self.find(sha256)
        if not here:
            here = f"{FILES}/{sha256}/{name}"
            write_whole(self.folder / here, data)
        return sha256, here
