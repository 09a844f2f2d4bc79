"""``findings docs``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "write the generated pages of docs/ and the README"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    parser.add_argument("--folder", type=Path, default=Path(), help="root of the project")
    parser.add_argument("--check", action="store_true", help="only tell which pages are stale")


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import reference

    return reference.main(args.folder, args.check)
