"""``findings cache``."""

import argparse
from pathlib import Path

from pipeline.params import Params

HELP = "show and prune what is kept: of documents that were read, and charts"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--out", type=Path, default=Path(), help="folder of the outputs")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="folder of what is kept "
                        "(default: FINDINGS_CACHE, else OUT/.cache)")  # fmt: skip
    parser.add_argument("--prune", type=float, metavar="DAYS", help="remove what no run has used "
                        "for so many days; 0 removes everything")  # fmt: skip
    parser.set_defaults(set=[])


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import cache
    from pipeline.errors import UsageError

    folder = cache.place(args.out, args.cache)
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; nothing is kept there")
    kept = cache.Cache(folder)
    if args.prune is not None:
        count, size = kept.prune(args.prune)
        print(f"removed {count} entries, {size / 1e6:.1f} MB")
    print(f"{folder}")
    for entry in kept.show():
        print(f"{entry.stage:<10}{entry.entries:>8} entries{entry.bytes / 1e6:>10.1f} MB"
              f"   last used {entry.days:.1f} days ago")  # fmt: skip
    return 0
