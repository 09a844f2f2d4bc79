"""``findings classify``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage classify: the polarity of every sentence"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.stage(parser)
    options.documents(parser)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import classify

    with options.work(args) as work:
        classify.main(args.out, params["classify"], work)
    return 0
