"""``findings export``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "write a run as workbook, database, REFI-QDA project or data package"
FORMATS = ("xlsx", "sqlite", "qdpx", "qdc", "datapackage")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    options.reviews(parser, "RUN")
    parser.add_argument("run", type=Path, help="outputs of a run")
    parser.add_argument("--format", choices=FORMATS, required=True, help="what to write")
    parser.add_argument("--out", type=Path, help="file to write (default: below RUN/exports/)")
    parser.add_argument("--council", action="append", default=[], metavar="NAME",
                        help="qdpx: only this council; may be given again")  # fmt: skip


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline.export import session

    reviews = session.reviews_of(args.reviews, args.run)
    session.export(args.run, args.format, args.out, reviews, args.council)
    return 0
