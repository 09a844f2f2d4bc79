"""``findings review``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "write the sentences most worth a human look to a workbook, or read it back"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    options.reviews(parser, "RUN")
    parser.add_argument("run", type=Path, help="outputs of a run")
    parser.add_argument("--out", type=Path, help="workbook to write (default: RUN/review.xlsx)")
    parser.add_argument("--show-model", action="store_true",
                        help="write the model's codes beside the sentences")  # fmt: skip
    parser.add_argument("--read", type=Path, metavar="FILE", help="workbook to read back")
    parser.add_argument("--coder", default="", metavar="NAME", help="who filled it in; without "
                        "--read: leave out what NAME coded before")  # fmt: skip


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline.errors import UsageError
    from pipeline.review import session, store

    kept = args.reviews or args.run / store.FILE_NAME
    if args.read is None:
        target = args.out or args.run / session.FILE_NAME
        session.write(args.run, target, kept, params, coder=args.coder, shown=args.show_model)
        return 0
    if args.out or args.show_model:
        raise UsageError("--read: goes with --coder and --reviews only")
    if not args.coder:
        raise UsageError("--read: say who filled it in with --coder NAME")
    session.read(args.run, args.read, kept, args.coder, params["tables"]["interval"])
    return 0
