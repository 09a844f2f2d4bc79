"""Take files from a local folder instead of the network: by content, else by name."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pipeline.corpus import SUFFIXES, sha256_of
from pipeline.errors import UsageError
from pipeline.fetching.rows import Wanted


@dataclass
class Mirror:
    """The files of a local folder.

    Parameters
    ----------
    folder
        The folder; links that lead out of it are not followed.

    Raises
    ------
    UsageError
        If there is no such folder.
    """

    folder: Path
    _by_name: dict[str, list[Path]] = field(default_factory=dict)
    _by_sha256: dict[str, Path] | None = None

    def __post_init__(self) -> None:
        """List the folder."""
        if not self.folder.is_dir():
            raise UsageError(f"{self.folder}: no such folder; give the folder that holds the files")
        root = self.folder.resolve()
        for path in sorted(self.folder.rglob("*")):
            inside = path.is_file() and path.resolve().is_relative_to(root)
            if inside and path.suffix.lower() in SUFFIXES:
                self._by_name.setdefault(path.name.lower(), []).append(path)

    def find(self, wanted: Wanted) -> Path | None:
        """Return the file of a row: one with its content, else one with a name of the row.

        Names are, in this order, the registry's path and name, ``doc_id``, the last part of the
        address, and ``<ofsted_urn>-<published>``, which is how Ofsted's reports are often kept.
        """
        if wanted.sha256:
            if self._by_sha256 is None:
                paths = [path for same in self._by_name.values() for path in same]
                self._by_sha256 = {sha256_of(path): path for path in reversed(paths)}
            if wanted.sha256 in self._by_sha256:
                return self._by_sha256[wanted.sha256]
        for name in self.names(wanted):
            found = self._by_name.get(name.lower(), [])
            exact = [path for path in found if path == self.folder / wanted.row["file"]]
            if found:
                return (exact or found)[0]
        return None

    def names(self, wanted: Wanted) -> list[str]:
        """Return the file names under which a row may be kept."""
        row = wanted.row
        stems = [wanted.doc_id]
        if row["ofsted_urn"] and row["published"]:
            stems.append(f"{row['ofsted_urn']}-{row['published']}")
        given = [PurePosixPath(row["file"]).name, PurePosixPath(row["url"].partition("?")[0]).name]
        suffixes = (wanted.suffix,) if wanted.suffix else SUFFIXES
        return [name for name in given if name] + [s + x for s in stems for x in suffixes]
