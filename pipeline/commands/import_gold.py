"""``findings import-gold``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "turn coded sentences into stand-off labels"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    parser.add_argument("gold", type=Path, help="CSV of coded sentences")
    parser.add_argument("--out", type=Path, required=True, help="CSV of labels to write")


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline.training import gold

    gold.main(args.gold, args.out)
    return 0
