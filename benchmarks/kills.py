"""Kill ``findings run`` at random moments, look at what stands, and run it again.

    .venv/bin/python -m benchmarks.kills --corpus corpus/sample --kills 30 --seed 1

A few documents of the corpus are run undisturbed. Then the same run is started and killed
(``SIGKILL``), in turn with all of its processes or its main process alone, and in turn into an
empty folder or over the outputs of a finished run of other documents. After each kill every file
under a final name must be whole: the undisturbed run's, or the earlier run's. Then the run is
started once more, and must end with the undisturbed run's bytes. The figures go to
``benchmarks/kills.json``; the exit status is 1 where a kill did harm.
"""

import argparse
import csv
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.cache import FOLDER, is_alive
from pipeline.corpus import SUFFIXES
from pipeline.entries import unseal
from pipeline.frames import write_whole
from pipeline.paths import RECORD, ROOT
from pipeline.registry import COLUMNS, FILE_NAME

TARGET = Path(__file__).with_suffix(".json")
DOCUMENTS = 6
# What a run may take, and how soon its other processes must be gone after the main one.
PATIENCE, GRACE = 600, 10
WAYS = ("all processes", "the main process")
STARTS = ("an empty folder", "a finished run")


@dataclass(frozen=True)
class Found:
    """What stood after a kill, and what the next run made of it.

    Parameters
    ----------
    moment
        When the run was killed, as a share of the time of the undisturbed run.
    killed, start
        One of ``WAYS`` and of ``STARTS``.
    new, earlier, absent
        Files with the undisturbed run's bytes, with the earlier run's, and not there.
    broken
        Files under a final name with the bytes of neither, damaged entries of the cache, and a
        record of the run that is of other files than those that stand.
    aside
        Half-written files under names of their own.
    outlived
        Processes of the run that were still there a while after the kill.
    differ
        Files in which the next run differs from the undisturbed one; it should be none.
    """

    moment: float
    killed: str
    start: str
    new: int
    earlier: int
    absent: int
    broken: list[str]
    aside: int
    outlived: int
    differ: list[str]

    @property
    def harmless(self) -> bool:
        """Whether nothing was half written and the next run had the right bytes."""
        return not (self.broken or self.outlived or self.differ)


@dataclass(frozen=True)
class Trial:
    """A run to be killed: its documents, its arguments, and both finished outputs.

    Parameters
    ----------
    corpus
        The documents.
    arguments
        What the command line is given besides.
    whole, earlier
        Outputs of undisturbed runs, of these documents and of other ones.
    """

    corpus: Path
    arguments: tuple[str, ...]
    whole: Path
    earlier: Path

    def begin(self, corpus: Path, out: Path) -> subprocess.Popen[bytes]:
        """Start a run in a process group of its own."""
        command = [sys.executable, "-m", "pipeline", "run", str(corpus), "--out", str(out)]
        return subprocess.Popen(
            [*command, *self.arguments], cwd=ROOT, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def finish(self, corpus: Path, out: Path) -> float:
        """Run undisturbed and return the seconds that it took."""
        began = time.monotonic()
        status = self.begin(corpus, out).wait(PATIENCE)
        if status:
            raise RuntimeError(f"an undisturbed run ended with status {status}")
        return time.monotonic() - began

    def prepare(self, out: Path, start: str) -> None:
        """Leave in ``out`` what a run is to start from."""
        shutil.rmtree(out, ignore_errors=True)
        if start == STARTS[1]:
            shutil.copytree(self.earlier, out)

    def kill(
        self, out: Path, seconds: float, share: float, killed: str, start: str
    ) -> Found | None:
        """Kill a run into ``out`` after a share of some seconds, look, and run it again.

        Returns
        -------
        Found, optional
            None where the run had ended before it could be killed.
        """
        self.prepare(out, start)
        process = self.begin(self.corpus, out)
        time.sleep(seconds * share)
        if process.poll() is not None:
            return None
        if killed == WAYS[0]:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait(PATIENCE)
        outlived = _outlived(process.pid)
        new, earlier, absent, broken = self.look(out)
        aside = sum(_is_aside(name) for name in contents(out, everything=True))
        self.finish(self.corpus, out)
        differ = different(contents(self.whole), contents(out))
        return Found(round(share, 4), killed, start, new, earlier, absent, broken, aside,
                     outlived, differ)  # fmt: skip

    def look(self, out: Path) -> tuple[int, int, int, list[str]]:
        """Return how many files are new, earlier and absent, and the names of broken ones."""
        wanted, before, found = contents(self.whole), contents(self.earlier), contents(out)
        found = {name: data for name, data in found.items() if not _is_aside(name)}
        new = [name for name, data in found.items() if wanted.get(name) == data]
        earlier = [n for n, data in found.items() if before.get(n) == data and n not in new]
        broken = sorted(set(found) - {*new, *earlier})
        broken += [RECORD] * (not _record_holds(found))
        broken += [
            path.relative_to(out).as_posix()
            for path in sorted((out / FOLDER).glob("*/??/*"))
            if unseal(path.read_bytes()) is None
        ]
        return len(new), len(earlier), len(set(wanted) - set(found)), broken


def _record_holds(found: dict[str, bytes]) -> bool:
    """Tell whether the record of a run, where one stands, is of the files that stand."""
    told = json.loads(found[RECORD])["outputs"] if RECORD in found else {}
    return all(
        hashlib.sha256(found.get(name, b"")).hexdigest() == sha256 for name, sha256 in told.items()
    )


def _is_aside(name: str) -> bool:
    return name.rpartition("/")[2].startswith(".") and name.endswith(".part")


def contents(out: Path, everything: bool = False) -> dict[str, bytes]:
    """Return the files below a folder by name; those of the cache only where all are wanted."""
    return {
        name.as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file()
        for name in [path.relative_to(out)]
        if everything or FOLDER not in name.parts
    }


def different(first: dict[str, bytes], second: dict[str, bytes]) -> list[str]:
    """Return the names that stand in one alone, or with other bytes in the other."""
    return sorted(n for n in {*first, *second} if first.get(n) != second.get(n))


def _outlived(group: int) -> int:
    """Wait for the processes of a group to be gone; return how many are not."""
    until = time.monotonic() + GRACE
    while (left := _members(group)) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def _members(group: int) -> int:
    """Return how many processes a group has that still run (Linux: others tell one from none)."""
    if not Path("/proc/self/stat").exists():
        return int(is_alive(-group))
    count = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, of = stat.read_text(encoding="latin-1").rpartition(")")[2].split()[:3]
        except OSError:
            continue
        count += int(of) == group and state not in "ZX"
    return count


def few_documents(corpus: Path, folder: Path) -> tuple[Path, Path]:
    """Copy a few documents of a corpus, with their rows of the registry, and a slight variation.

    In the variation the last but one holds the last one's bytes, and the last is another.
    """
    files = sorted(p for p in corpus.rglob("*") if p.suffix in SUFFIXES)
    chosen = [files[len(files) * n // (DOCUMENTS + 1)] for n in range(DOCUMENTS + 1)]
    these, others = folder / "these", folder / "others"
    pairs = [(these, path, path) for path in chosen[:-1]]
    pairs += [(others, path, path) for path in (*chosen[:-3], chosen[-1])]
    pairs.append((others, chosen[-3], chosen[-2]))
    for target, name, source in pairs:
        place = target / name.relative_to(corpus)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, place)
    if (corpus / FILE_NAME).exists():
        for target in (these, others):
            _copy_registry(corpus, target)
    return these, others


def _copy_registry(corpus: Path, target: Path) -> None:
    """Copy the rows of the documents that are there."""
    with (corpus / FILE_NAME).open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if (target / row["file"]).is_file()]
    with (target / FILE_NAME).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def trial(corpus: Path, folder: Path, arguments: tuple[str, ...] = ()) -> Trial:
    """Make both undisturbed runs; return what can be killed."""
    these, others = few_documents(corpus, folder)
    made = Trial(these, arguments, folder / "whole", folder / "earlier")
    made.finish(others, made.earlier)
    made.finish(these, made.whole)
    return made


def kill_often(made: Trial, out: Path, kills: int, draw: random.Random) -> Iterator[Found]:
    """Yield what came of every kill, at moments drawn by ``draw``."""
    seconds = {}
    for start in STARTS:
        made.prepare(out, start)
        seconds[start] = made.finish(made.corpus, out)
    number = 0
    while number < kills:
        way, start = WAYS[number % 2], STARTS[number // 2 % 2]
        found = made.kill(out, seconds[start], draw.random(), way, start)
        if found is not None:
            number += 1
            yield found


def main() -> int:
    """Kill as often as the arguments say and write the figures."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--corpus", type=Path, required=True)
    arguments.add_argument("--kills", type=int, default=30)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="findings-kills-") as name:
        made = trial(given.corpus, Path(name))
        files = len(contents(made.whole))
        found = list(kill_often(made, Path(name) / "out", given.kills, random.Random(given.seed)))
    harmed = sum(not kill.harmless for kill in found)
    figures = {"seed": given.seed, "kills": len(found), "documents": DOCUMENTS, "files": files,
               "harmed": harmed, "found": [asdict(kill) for kill in found]}  # fmt: skip
    write_whole(TARGET, (json.dumps(figures, indent=1) + "\n").encode("utf-8"))
    print(f"{len(found)} kills, {harmed} did harm")
    return int(harmed > 0)


if __name__ == "__main__":
    sys.exit(main())
