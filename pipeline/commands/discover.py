"""``findings discover``."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "list the inspection reports that Ofsted publishes, as rows of a registry"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--to", type=Path, required=True, metavar="CSV",
                        help="registry to write")  # fmt: skip
    parser.add_argument("--registry", type=Path, metavar="CSV", help="registry of what is known: "
                        "its addresses are left out")  # fmt: skip
    parser.add_argument("--site", metavar="ADDRESS", help="site to ask instead of Ofsted's")
    options.network(parser)


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline.fetching import discover
    from pipeline.fetching.addresses import Guard
    from pipeline.fetching.settings import Settings

    settings, guard = Settings.of(params["fetch"]), Guard(args.allow_private)
    return discover.main(args.to, args.registry, args.site, settings, guard=guard)
