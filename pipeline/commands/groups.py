"""``findings groups``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage groups: the themes by year, grade, region and layout"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.stage(parser)
    options.kept(parser)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import charts, groups

    charts.draw_all(groups.main(args.out, params["groups"]), options.cache(args, args.out))
    return 0
