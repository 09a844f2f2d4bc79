"""``findings adopt``."""

import argparse
import logging
from datetime import date
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params
from pipeline.paths import CODEBOOK

HELP = "make a suggested theme an entry of the codebook"
log = logging.getLogger("findings")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r}; write the date as YYYY-MM-DD") from error


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.stage(parser)
    parser.add_argument("suggestion", help="its name in the table `suggestions`")
    parser.add_argument("--code", required=True, help="id of the new theme (a-z, 0-9, _)")
    parser.add_argument("--label", required=True, help="the theme in words")
    parser.add_argument("--definition", default="", help="what the theme is")
    parser.add_argument("--example-strength", default="", metavar="TEXT", help="made up")
    parser.add_argument("--example-weakness", default="", metavar="TEXT", help="made up")
    parser.add_argument("--cue", action="append", default=[], metavar="PATTERN",
                        help="a cue instead of those suggested; may be given again")  # fmt: skip
    parser.add_argument("--codebook", type=Path, default=CODEBOOK, metavar="FILE",
                        help="the codebook to add it to (default: the project's)")  # fmt: skip
    parser.add_argument("--date", type=_day, default=date.today().isoformat(), metavar="DAY",
                        help="date of the codebook (default: today)")  # fmt: skip


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import frames, schema
    from pipeline.adopt import add_entry, entry_of

    entry = entry_of(
        args.suggestion,
        frames.read(schema.SUGGESTION_TERMS, args.out / "tables"),
        args.code,
        args.label,
        definition=args.definition,
        example_strength=args.example_strength,
        example_weakness=args.example_weakness,
        cues=tuple(args.cue),
    )
    version = add_entry(args.codebook, entry, args.date)
    log.info("%s: version %s, with the theme %s and %d cues; edit its texts there and run again",
             args.codebook, version, entry.code, len(entry.cues))  # fmt: skip
    return 0
