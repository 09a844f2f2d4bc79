"""``findings record``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage record: what the run came from and wrote, beside its tables"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.stage(parser)
    options.reviews(parser, "OUT")


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import record
    from pipeline.review.store import reviews_file

    record.main(args.out, params, reviews_file(args.reviews, args.out))
    return 0
