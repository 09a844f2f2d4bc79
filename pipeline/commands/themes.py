"""``findings themes``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage themes: the themes of every finding"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.stage(parser)
    options.documents(parser)
    # The same command as `findings suggest`; no import, as a stage runs no other stage's code.
    parser.add_argument("--discover", dest="command", action="store_const", const="suggest",
                        default=argparse.SUPPRESS,
                        help="the same as `findings suggest`: suggest further themes")  # fmt: skip


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import themes

    with options.work(args) as work:
        themes.main(args.out, params["themes"], work)
    return 0
