"""Multiply a corpus: copies of its documents, with other bytes and with names of their own.

Run ``python -m benchmarks.multiply CORPUS TO NUMBER``. Documents are taken in the order of their
names, again and again, until there are as many as asked for. A copy of a PDF carries a remark
behind its end, which readers pass over; a copy of a text or a page a last line. So every copy has
to be read and coded like a new document. Word files are left out: a remark would damage them.
"""

import argparse
import sys
from itertools import cycle, islice
from pathlib import Path

KINDS = (".pdf", ".txt", ".html", ".htm")


def altered(data: bytes, suffix: str, number: int) -> bytes:
    """Return a document's bytes, changed where it does not matter."""
    if suffix == ".pdf":
        return data + b"\n%% copy %d\n" % number
    if suffix == ".txt":
        return data + b"\n\nCopy %d.\n" % number
    return data + b"\n<!-- copy %d -->\n" % number


def multiply(corpus: Path, to: Path, number: int) -> int:
    """Write ``number`` documents into a folder and return how many there were at first."""
    files = sorted(p for p in corpus.rglob("*") if p.is_file() and p.suffix.lower() in KINDS)
    to.mkdir(parents=True, exist_ok=True)
    for place, path in enumerate(islice(cycle(files), number)):
        data = altered(path.read_bytes(), path.suffix.lower(), place)
        (to / f"{place:06d}-{path.name}").write_bytes(data)
    return len(files)


def main() -> int:
    """Multiply a corpus as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("to", type=Path)
    parser.add_argument("number", type=int)
    args = parser.parse_args()
    first = multiply(args.corpus, args.to, args.number)
    print(f"{args.to}: {args.number} documents made of {first}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
