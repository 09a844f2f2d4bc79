"""``findings compare``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage compare: councils beside one another, with intervals"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.stage(parser)
    options.kept(parser)
    options.neighbours(parser)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import charts, compare

    described = compare.main(args.out, args.neighbours, params["compare"])
    charts.draw_all(described, options.cache(args, args.out))
    return 0
