"""Options that several commands share."""

import argparse
from pathlib import Path

from pipeline.work import default_workers


def whole(text: str) -> int:
    """Return the whole number from 1 that an argument gives."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; give a whole number from 1")
    return int(text)


def shared(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command."""
    parser.add_argument("--workers", type=whole, default=default_workers(), metavar="N",
                        help="processes (default: the cores)")  # fmt: skip
    settings(parser)


def settings(parser: argparse.ArgumentParser) -> None:
    """Add the option that changes a parameter."""
    parser.add_argument("--set", action="append", default=[], metavar="STAGE.KEY=VALUE",
                        help="change a parameter of params.yaml")  # fmt: skip


def network(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that asks servers."""
    parser.add_argument("--allow-private", action="store_true", help="ask private and loopback "
                        "addresses too; only public ones are asked otherwise")  # fmt: skip
    settings(parser)


def stage(parser: argparse.ArgumentParser) -> None:
    """Add the options of a stage that reads what others wrote below ``--out``."""
    shared(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the outputs")


def corpus(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that reads a folder of documents."""
    parser.add_argument("corpus", type=Path, help="folder of documents")
    parser.add_argument("--out", type=Path, required=True, help="folder for the outputs")
    parser.add_argument("--registry", type=Path, help="CSV of what is known of the files "
                        "(default: CORPUS/registry.csv if there is one)")  # fmt: skip
    shared(parser)


def reviews(parser: argparse.ArgumentParser, folder: str) -> None:
    """Add the option of a command that reads or writes what people coded."""
    parser.add_argument("--reviews", type=Path, metavar="FILE", help="what people coded (default: "
                        f"{folder}/reviews.csv)")  # fmt: skip


def neighbours(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the statistical neighbours of councils."""
    parser.add_argument("--neighbours", type=Path, metavar="FILE", help="CSV of statistical "
                        "neighbours: council, neighbour (names or GSS codes)")  # fmt: skip


def labelled(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that trains from stand-off labels."""
    shared(parser)
    parser.add_argument("cleaned", type=Path, help="outputs of `findings clean` over the corpus")
    parser.add_argument("--labels", type=Path, required=True, help="stand-off labels (CSV)")
    parser.add_argument("--models", type=Path, required=True, help="folder for the models")
