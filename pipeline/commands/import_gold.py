"""``findings import-gold``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "turn coded sentences into stand-off labels"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    parser.add_argument("gold", type=Path, help="CSV of coded sentences, or, with "
                        "--run, a reviews.csv")  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, help="CSV of labels to write")
    parser.add_argument("--run", type=Path, metavar="DIR",
                        help="outputs of the run that the reviews are of")  # fmt: skip
    parser.add_argument("--labels", type=Path, metavar="FILE",
                        help="with --run: labels to add the reviews to; reviews win")  # fmt: skip


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline.errors import UsageError
    from pipeline.review import labels
    from pipeline.training import gold

    if args.run:
        labels.main(args.gold, args.out, args.run, args.labels)
    elif args.labels:
        raise UsageError("--labels: goes with --run, which says where the reviews are from")
    else:
        gold.main(args.gold, args.out)
    return 0
