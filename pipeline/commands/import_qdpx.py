"""``findings import-qdpx``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "read a corrected REFI-QDA project back as reviews"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    options.reviews(parser, "RUN")
    parser.add_argument("run", type=Path, help="outputs of the run that was exported")
    parser.add_argument("project", type=Path, help="the corrected .qdpx")
    parser.add_argument("--coder", default="", metavar="NAME",
                        help="who made changes that bear no name")  # fmt: skip
    parser.add_argument("--out", type=Path, help="report of what changed (default: "
                        "RUN/exports/corrections.csv)")  # fmt: skip


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline.export import session

    reviews = session.reviews_of(args.reviews, args.run)
    report = args.out or args.run / "exports" / "corrections.csv"
    return session.import_project(args.run, args.project, reviews, args.coder, report)
