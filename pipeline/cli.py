"""The command line ``findings``."""

import argparse
import errno
import gc
import importlib
import logging
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn

from pipeline import __version__
from pipeline.commands import COMMANDS
from pipeline.errors import UsageError
from pipeline.params import load, override

USAGE_STATUS = 2
FAILURE_STATUS = 1
# What the machine refuses is no failure of the program: there is no room, or no right to write.
REFUSALS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM)
log = logging.getLogger("findings")


class _Parser(argparse.ArgumentParser):
    """A parser that tells a fault in one line."""

    def error(self, message: str) -> NoReturn:
        """Leave with the status for unusable arguments."""
        self.exit(USAGE_STATUS, f"findings: {message}; see `{self.prog} --help`\n")


class _Plain(logging.Formatter):
    """Lines without control characters: the name of a file may hold any."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        return plain(super().format(record))


def plain(text: str) -> str:
    """Return text with line ends, terminal codes and marks of direction written as escapes."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text
    )


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(prog="findings", description=__doc__)
    top.add_argument("--version", action="version", version=f"findings {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = _module(name)
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(command)
    return top


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"pipeline.commands.{name.replace('-', '_')}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status (0, 1, 2 or 3, as the contract says)."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Plain("%(message)s"))
    log.setLevel(logging.INFO)
    args = parser().parse_args(argv)
    # Tables are many objects and hardly a cycle: to look for cycles among them as often as Python
    # does takes a twentieth of the time.
    gc.set_threshold(20_000)
    try:
        return int(_module(args.command).run(args, override(load(), args.set)))
    except UsageError as error:
        print(f"findings: {_one_line(error)}", file=sys.stderr)
        return USAGE_STATUS
    except KeyboardInterrupt:
        print("findings: stopped; run the same command again to go on from here", file=sys.stderr)
        return FAILURE_STATUS
    except Exception as error:
        if isinstance(error, OSError) and error.errno in REFUSALS:
            print(f"findings: {_one_line(error)}; make room or another folder", file=sys.stderr)
            return USAGE_STATUS
        log.debug("", exc_info=True)
        print(f"findings: failed: {type(error).__name__}: {_one_line(error)}; please report this",
              file=sys.stderr)  # fmt: skip
        return FAILURE_STATUS


def _one_line(error: Exception) -> str:
    return plain(" ".join(str(error).split()))
