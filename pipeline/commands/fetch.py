"""``findings fetch``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "get the files that a registry lists, with a log of every try"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--registry", type=Path, required=True,
                        help="CSV with a column `url` and what is known of each file")  # fmt: skip
    parser.add_argument("--to", type=Path, required=True, metavar="DIR",
                        help="folder for the files, registry.csv and fetch_log.csv")  # fmt: skip
    parser.add_argument("--mirror", type=Path, metavar="DIR", help="take the files from a local "
                        "folder, by content or by name, and ask no server")  # fmt: skip
    options.network(parser)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline.fetching import fetch
    from pipeline.fetching.addresses import Guard
    from pipeline.fetching.settings import Settings

    settings = Settings.of(params["fetch"])
    guard = Guard(args.allow_private)
    return fetch.main(args.registry, args.to, args.mirror, settings, guard=guard)
