"""``findings notebooks``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.errors import UsageError
from pipeline.params import Params

HELP = "stage notebooks: execute the notebooks on a run and write them as HTML into it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    parser.add_argument("run", type=Path, nargs="?", help="outputs of a run")
    parser.add_argument("--out", type=Path, help="the same, as the stages name it")


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    folder = args.run or args.out
    if folder is None:
        raise UsageError("name the outputs of a run: findings notebooks DIR")
    try:
        from pipeline import notebooks
    except ModuleNotFoundError as error:
        raise UsageError(
            f"the notebooks need {error.name}: install the `notebooks` extra"
        ) from error
    notebooks.main(folder)
    return 0
