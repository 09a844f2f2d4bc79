"""Options that several commands share."""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.cache import Cache
    from pipeline.work import Work


def default_workers() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def whole(text: str) -> int:
    """Return the whole number from 1 that an argument gives."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; give a whole number from 1")
    return int(text)


def place(text: str) -> Path | str:
    """Return a path; an fsspec address such as ``s3://bucket/folder`` stays as it is."""
    return text if "://" in text else Path(text)


def shared(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command."""
    parser.add_argument("--workers", type=whole, default=default_workers(), metavar="N",
                        help="processes (default: the cores)")  # fmt: skip
    settings(parser)


def settings(parser: argparse.ArgumentParser) -> None:
    """Add the option that changes a parameter."""
    parser.add_argument("--set", action="append", default=[], metavar="STAGE.KEY=VALUE",
                        help="change a parameter of params.yaml")  # fmt: skip


def kept(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that keeps what took long to make."""
    parser.add_argument("--cache", type=Path, metavar="DIR", help="folder of what is kept "
                        "(default: FINDINGS_CACHE, else OUT/.cache)")  # fmt: skip
    parser.add_argument("--no-cache", action="store_true",
                        help="do all work again and keep nothing")  # fmt: skip


def cache(args: argparse.Namespace, out: Path) -> "Cache | None":
    """Return where results are kept, by the options; None keeps nothing."""
    from pipeline.cache import Cache, place

    folder = place(out, args.cache)
    return None if args.no_cache else Cache(folder)


def documents(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that works document by document."""
    kept(parser)
    parser.add_argument("--cluster", metavar="ADDRESS", help="a Dask scheduler that does the work "
                        "on documents, or `local` to start one with N processes")  # fmt: skip


def work(args: argparse.Namespace) -> "Work":
    """Return who does the work, and where its results are kept, by the options."""
    from pipeline.work import Work

    store = cache(args, args.out)
    cluster = None
    if args.cluster:
        from pipeline.cluster import Cluster

        cluster = Cluster(args.cluster, args.workers)
    return Work(args.workers, store, cluster)


def network(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that asks servers."""
    parser.add_argument("--allow-private", action="store_true", help="ask private and loopback "
                        "addresses too; only public ones are asked otherwise")  # fmt: skip
    settings(parser)


def stage(parser: argparse.ArgumentParser) -> None:
    """Add the options of a stage that reads what others wrote below ``--out``."""
    shared(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the outputs")


def corpus(parser: argparse.ArgumentParser, addresses: bool = False) -> None:
    """Add the options of a command that reads a folder of documents, or one at an address."""
    kind: Callable[[str], Path | str] = place if addresses else Path
    parser.add_argument("corpus", type=kind, help="folder of documents")
    parser.add_argument("--out", type=kind, required=True, help="folder for the outputs")
    parser.add_argument("--registry", type=Path, help="CSV of what is known of the files "
                        "(default: CORPUS/registry.csv if there is one)")  # fmt: skip
    shared(parser)
    documents(parser)


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
