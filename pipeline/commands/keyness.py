"""``findings keyness``: as a stage, and for two groups that the user names."""

import argparse
from pathlib import Path

from pipeline.commands import options
from pipeline.params import Params

HELP = "stage keyness: the words that set groups apart; with DIR, --a and --b: any two groups"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    options.shared(parser)
    options.kept(parser)
    parser.add_argument("run", nargs="?", type=Path, metavar="DIR",
                        help="folder of a run whose sentences are compared")  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, help="CSV to write, with the plot "
                        "beside it; without DIR the folder of the outputs")  # fmt: skip
    for option, meaning in (("--a", "the first group"), ("--b", "the second group"),
                            ("--within", "both groups as well")):  # fmt: skip
        parser.add_argument(option, action="append", default=[], metavar="COLUMN=VALUE",
                            help=f"what the sentences of {meaning} have, such as "
                            "overall=inadequate or year=2019-2021; may stand several times: of one "
                            "column either holds, of several all")  # fmt: skip
    parser.add_argument("--all-sentences", action="store_true",
                        help="also the sentences without a finding")  # fmt: skip


def run(args: argparse.Namespace, params: Params) -> int:
    """Run the command and return its exit status."""
    from pipeline import charts, keyness
    from pipeline.errors import UsageError

    own, starts = params["keyness"], params["compare"]["period_starts"]
    conditions = {"--a": args.a, "--b": args.b, "--within": args.within}
    if args.run is None:
        given = [option for option, texts in conditions.items() if texts]
        if given or args.all_sentences:
            first = (*given, "--all-sentences")[0]
            raise UsageError(f"{first}: name the folder of a run as well: "
                             "findings keyness DIR --a … --b … --out FILE.csv")  # fmt: skip
        described = keyness.main(args.out, own, starts)
        charts.draw_all(described, options.cache(args, args.out))
        return 0
    if not (args.a and args.b):
        raise UsageError("--a and --b: give both, such as --a overall=inadequate --b overall=good")
    facts = keyness.read_facts(args.run, starts, findings_only=not args.all_sentences)
    keyness.write_contrast(facts, args.out, conditions, own)
    return 0
