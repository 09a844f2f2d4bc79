"""``findings label``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "code sentences that you bring in a CSV file"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    parser.add_argument("sentences", type=Path, help="CSV with a column `sentence`")
    parser.add_argument("--out", type=Path, required=True, help="CSV to write")


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import label

    label.main(args.sentences, args.out, params, args.workers)
    return 0
