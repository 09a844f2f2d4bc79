"""``findings train-encoder``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "train the encoder from stand-off labels"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.labelled(parser)
    parser.add_argument("--work", type=Path, required=True, help="folder for what the training of "
                        "the linear models needs")  # fmt: skip


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline.errors import UsageError

    try:
        from pipeline.training import encoder_train
    except ModuleNotFoundError as error:
        raise UsageError("training the encoder needs the extra `train`: "
                         "pip install -e .[train]") from error  # fmt: skip
    encoder_train.main(args.cleaned, args.labels, args.models, args.work)
    return 0
