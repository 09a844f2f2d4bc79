"""``findings train-encoder``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "train the encoder from stand-off labels"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.labelled(parser)
    parser.add_argument("--pretrained", type=Path, required=True, metavar="DIR",
                        help="folder of the pretrained model that teaches the encoder: "
                        "config.json, model.safetensors and tokenizer.json")  # fmt: skip
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
    if not (args.pretrained / "config.json").is_file():
        raise UsageError(f"--pretrained {args.pretrained}: no config.json in it; unpack the model "
                         "that docs/model-card.md names there")  # fmt: skip
    encoder_train.main(args.cleaned, args.labels, args.pretrained, args.models, args.work)
    return 0
