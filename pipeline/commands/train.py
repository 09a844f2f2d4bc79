"""``findings train``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "train the linear models from stand-off labels"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.labelled(parser)
    parser.add_argument("--folds", type=options.whole, default=5,
                        help="folds of the cross-validation")  # fmt: skip
    parser.add_argument("--teacher", type=Path, help="what `findings train-encoder` left below "
                        "its --work: teach the linear models what the encoder knows, and measure "
                        "both")  # fmt: skip


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline.training import train

    train.main(args.cleaned, args.labels, args.models, args.folds, args.teacher)
    return 0
