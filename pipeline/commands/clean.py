"""``findings clean``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage clean: files to texts, facts and sentences"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.corpus(parser)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import clean, frames, registry

    frames.require_writable(args.out)
    known = args.registry or registry.default_registry(args.corpus)
    with options.work(args) as work:
        clean.main(args.corpus, args.out, known, params["clean"], work)
    registry.note_registry(known, args.out)
    return 0
