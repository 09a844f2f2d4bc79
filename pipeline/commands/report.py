"""``findings report``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.errors import UsageError
from pipeline.params import Params

HELP = "stage report: static pages that open from disk, with the sentences behind every figure"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    options.kept(parser)
    parser.add_argument("run", type=Path, nargs="?", metavar="DIR", help="outputs of a run")
    parser.add_argument("--out", type=Path, metavar="DIR", help="the same")


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import report

    if (args.run is None) == (args.out is None):
        raise UsageError("report: name the outputs of one run, as in `findings report outputs`")
    out = args.run or args.out
    report.main(out, params["tables"]["interval"], options.cache(args, out))
    return 0
