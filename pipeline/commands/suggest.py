"""``findings suggest``, and ``findings themes --discover``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage suggest: themes beyond the codebook, as suggestions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.stage(parser)
    options.kept(parser)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import suggest

    suggest.main(args.out, params["suggest"], args.workers, options.cache(args, args.out))
    return 0
