"""``findings run``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "all stages over any folder of documents"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.corpus(parser, addresses=True)
    options.reviews(parser, "OUT")
    options.neighbours(parser)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    if "://" in f"{args.corpus} {args.out}":
        return _remote(args, params)
    return _study(args, params)


def _study(args: argparse.Namespace, params: Params) -> int:
    from pipeline import run as study

    with options.work(args) as work:
        return study.main(
            args.corpus,
            args.out,
            args.registry,
            params,
            work,
            reviews=args.reviews,
            neighbours=args.neighbours,
        )


def _remote(args: argparse.Namespace, params: Params) -> int:
    """Run in a folder of this machine what is read from, or goes to, an fsspec address."""
    from pathlib import Path

    from pipeline import storage

    if not isinstance(args.corpus, Path):
        args.corpus = storage.fetch(args.corpus)
    address, args.out = args.out, storage.here(args.out)
    status = _study(args, params)
    if address != args.out:
        storage.send(args.out, address)
    return status
