"""``findings press``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage press: press texts beside their reports, and readability by group"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.stage(parser)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import press

    press.main(args.out, params["press"])
    return 0
