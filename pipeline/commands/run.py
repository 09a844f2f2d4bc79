"""``findings run``."""

import argparse

from pipeline.commands import options
from pipeline.params import Params

HELP = "all stages over any folder of documents"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.corpus(parser, addresses=True)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import run as study

    if "://" in f"{args.corpus} {args.out}":
        return _remote(args, params)
    with options.work(args) as work:
        return study.main(args.corpus, args.out, args.registry, params, work)


def _remote(args: argparse.Namespace, params: Params) -> int:
    """Run in a folder of this machine what is read from, or goes to, an fsspec address."""
    from pathlib import Path

    from pipeline import run as study
    from pipeline import storage

    corpus = args.corpus if isinstance(args.corpus, Path) else storage.fetch(args.corpus)
    address, args.out = args.out, storage.here(args.out)
    with options.work(args) as work:
        status = study.main(corpus, args.out, args.registry, params, work)
    if address != args.out:
        storage.send(args.out, address)
    return status
