"""``findings run``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "all stages over any folder of documents"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.corpus(parser)
    options.reviews(parser, "OUT")
    options.neighbours(parser)
    parser.add_argument("--no-cache", action="store_true", help="read every document again; "
                        "this version keeps no cache, so it always does")  # fmt: skip
    parser.add_argument("--cluster", metavar="ADDRESS", help="not available in this version")


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import run as study
    from pipeline.errors import UsageError

    if args.cluster:
        raise UsageError("--cluster: this version has no cluster runs; use --workers")
    return study.main(
        args.corpus,
        args.out,
        args.registry,
        params,
        args.workers,
        reviews=args.reviews,
        neighbours=args.neighbours,
    )
