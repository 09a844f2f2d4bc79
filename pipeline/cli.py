"""The command line ``findings``."""

# Each command imports its own stage, so that a stage depends on no other stage's code (dvc.yaml)
# and `findings --help` loads none.

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from pipeline import __version__
from pipeline.errors import UsageError
from pipeline.params import Params, load, override
from pipeline.work import default_workers

USAGE_STATUS = 2
FAILURE_STATUS = 1
log = logging.getLogger("findings")


def _run(args: argparse.Namespace, params: Params) -> int:
    from pipeline import run

    return run.main(args.corpus, args.out, args.registry, params, args.workers)


def _clean(args: argparse.Namespace, params: Params) -> int:
    from pipeline import clean, frames, registry

    frames.require_writable(args.out)
    known = args.registry or registry.default_registry(args.corpus)
    clean.main(args.corpus, args.out, known, params["clean"], args.workers)
    registry.note_registry(known, args.out)
    return 0


def _classify(args: argparse.Namespace, params: Params) -> int:
    from pipeline import classify

    classify.main(args.out, params["classify"], args.workers)
    return 0


def _themes(args: argparse.Namespace, params: Params) -> int:
    from pipeline import themes

    themes.main(args.out, params["themes"], args.workers)
    return 0


def _tables(args: argparse.Namespace, params: Params) -> int:
    from pipeline import provenance, tables

    tables.main(args.out, params["tables"], args.workers)
    provenance.write_record(args.out, params)
    return 0


def _label(args: argparse.Namespace, params: Params) -> int:
    from pipeline import label

    label.main(args.sentences, args.out, params, args.workers)
    return 0


def _docs(args: argparse.Namespace, params: Params) -> int:
    from pipeline import reference

    return reference.main(args.folder, args.check)


def _train(args: argparse.Namespace, params: Params) -> int:
    from pipeline.training import train

    train.main(args.cleaned, args.labels, args.models, args.folds)
    return 0


def _train_encoder(args: argparse.Namespace, params: Params) -> int:
    try:
        from pipeline.training import encoder_train
    except ModuleNotFoundError as error:
        raise UsageError("training the encoder needs the extra `train`: "
                         "pip install -e .[train]") from error  # fmt: skip
    encoder_train.main(args.cleaned, args.labels, args.models, args.hold_out)
    return 0


def _import_gold(args: argparse.Namespace, params: Params) -> int:
    from pipeline.training import gold

    gold.main(args.gold, args.out)
    return 0


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; give a whole number from 1")
    return int(text)


def _shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=_whole, default=default_workers(), metavar="N",
                        help="processes (default: the cores)")  # fmt: skip
    parser.add_argument("--set", action="append", default=[], metavar="STAGE.KEY=VALUE",
                        help="change a parameter of params.yaml")  # fmt: skip


def _corpus(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("corpus", type=Path, help="folder of documents")
    parser.add_argument("--out", type=Path, required=True, help="folder for the outputs")
    parser.add_argument("--registry", type=Path, help="CSV of what is known of the files "
                        "(default: CORPUS/registry.csv if there is one)")  # fmt: skip


def _labelled(parser: argparse.ArgumentParser) -> None:
    _shared(parser)
    parser.add_argument("cleaned", type=Path, help="outputs of `findings clean` over the corpus")
    parser.add_argument("--labels", type=Path, required=True, help="stand-off labels (CSV)")
    parser.add_argument("--models", type=Path, required=True, help="folder for the models")


class _Parser(argparse.ArgumentParser):
    """A parser that tells a fault in one line."""

    def error(self, message: str) -> NoReturn:
        """Leave with the status for unusable arguments."""
        self.exit(USAGE_STATUS, f"findings: {message}; see `{self.prog} --help`\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = _Parser(prog="findings", description=__doc__)
    top.add_argument("--version", action="version", version=f"findings {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(
        name: str,
        function: Callable[[argparse.Namespace, Params], int],
        help_: str,
        *options: Callable[[argparse.ArgumentParser], None],
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help_, description=help_)
        for option in options:
            option(command)
        command.set_defaults(function=function)
        return command

    run = add("run", _run, "all stages over any folder of documents", _corpus, _shared)
    run.add_argument("--no-cache", action="store_true", help="read every document again; "
                     "this version keeps no cache, so it always does")  # fmt: skip
    run.add_argument("--cluster", metavar="ADDRESS", help="not available in this version")
    add("clean", _clean, "stage clean: files to texts, facts and sentences", _corpus, _shared)
    for name, function, help_ in (
        ("classify", _classify, "stage classify: the polarity of every sentence"),
        ("themes", _themes, "stage themes: the themes of every finding"),
        ("tables", _tables, "stage tables: the tables of the study"),
    ):
        stage = add(name, function, help_, _shared)
        stage.add_argument("--out", type=Path, required=True, help="folder of the outputs")
    label = add("label", _label, "code sentences that you bring in a CSV file", _shared)
    label.add_argument("sentences", type=Path, help="CSV with a column `sentence`")
    label.add_argument("--out", type=Path, required=True, help="CSV to write")
    _maintenance(add)
    return top


def _maintenance(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands that maintain the project's own models and pages."""
    train = add("train", _train, "train the linear models from stand-off labels", _labelled)
    encoder = add("train-encoder", _train_encoder, "train the encoder from stand-off labels",
                  _labelled)  # fmt: skip
    encoder.add_argument("--hold-out", action="store_true", help="keep a fifth of the councils "
                         "aside and write the figures on them, not the encoder")  # fmt: skip
    train.add_argument("--folds", type=_whole, default=5, help="folds of the cross-validation")
    gold = add("import-gold", _import_gold, "turn coded sentences into stand-off labels", _shared)
    gold.add_argument("gold", type=Path, help="CSV of coded sentences")
    gold.add_argument("--out", type=Path, required=True, help="CSV of labels to write")
    docs = add("docs", _docs, "write the generated pages of docs/ and the README", _shared)
    docs.add_argument("--folder", type=Path, default=Path(), help="root of the project")
    docs.add_argument("--check", action="store_true", help="only tell which pages are stale")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status (0, 1, 2 or 3, as the contract says)."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    log.setLevel(logging.INFO)
    args = parser().parse_args(argv)
    try:
        if getattr(args, "cluster", None):
            raise UsageError("--cluster: this version has no cluster runs; use --workers")
        return int(args.function(args, override(load(), args.set)))
    except UsageError as error:
        print(f"findings: {_one_line(error)}", file=sys.stderr)
        return USAGE_STATUS
    except KeyboardInterrupt:
        print("findings: stopped; nothing half-written is left", file=sys.stderr)
        return FAILURE_STATUS
    except Exception as error:
        log.debug("", exc_info=True)
        print(f"findings: failed: {type(error).__name__}: {_one_line(error)}; please report this",
              file=sys.stderr)  # fmt: skip
        return FAILURE_STATUS


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
