"""``findings tables``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage tables: the tables of the study"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.stage(parser)
    options.documents(parser)
    options.reviews(parser, "OUT")


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import tables
    from pipeline.review.store import reviews_file

    reviews = reviews_file(args.reviews, args.out)
    with options.work(args) as work:
        tables.main(args.out, params["tables"], work, reviews)
    return 0
