"""``findings review``: write a workbook of sentences to code, and read it back."""

import logging
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from pipeline import frames, schema
from pipeline.codebook import read_codebook
from pipeline.errors import UsageError
from pipeline.params import Params
from pipeline.paths import DATA
from pipeline.review.agreement import agreement_table
from pipeline.review.draw import draw, population
from pipeline.review.filled import read_workbook
from pipeline.review.store import PLACE, add_reviews, coder_name, matched, read_reviews
from pipeline.review.workbook import write_workbook

FILE_NAME = "review.xlsx"
log = logging.getLogger("findings")


def write(
    out: Path, target: Path, reviews: Path, params: Params, *, coder: str = "", shown: bool = False
) -> pd.DataFrame:
    """Write a workbook of sentences of the run below ``out``, and return what was drawn.

    Parameters
    ----------
    out
        Outputs of a run.
    target
        The workbook; never written over, since it may hold a person's work.
    reviews
        The file of the reviews.
    params
        The parameters; ``review`` and ``classify.never_findings`` matter.
    coder
        A person whose earlier reviews are not drawn again; empty for all sentences.
    shown
        Whether the model's codes stand beside the sentences.

    Raises
    ------
    UsageError
        If the run's tables are missing, nothing is left to draw, or the file is there already.
    """
    if target.exists():
        raise UsageError(f"{target}: is there already, perhaps with somebody's codes; name another "
                         "file with --out")  # fmt: skip
    known = read_reviews(reviews)
    done = known[known["coder"] == coder_name(coder)] if coder else known.iloc[:0]
    sentences = population(
        frames.read(schema.SENTENCES, out / "tables"),
        frames.read(schema.DOCUMENTS, out / "tables"),
        params["classify"]["never_findings"],
    )
    drawn = draw(sentences, params["review"], set(zip(*(done[n] for n in PLACE), strict=True)))
    if not len(drawn):
        raise UsageError(f"{out / 'tables'}: no sentence is left to review; raise review.random "
                         "or review.uncertain, or name no --coder")  # fmt: skip
    texts = yaml.safe_load((DATA / "review.yaml").read_text(encoding="utf-8"))
    frames.write_whole(target, write_workbook(drawn, read_codebook(), texts["how_to"], shown))
    counts = drawn["sample"].value_counts()
    log.info("%s: %d sentences, %d drawn at random and %d that the model is least sure of",
             target, len(drawn), counts.get("random", 0), counts.get("uncertain", 0))  # fmt: skip
    return drawn


def read(out: Path, source: Path, reviews: Path, coder: str, level: float) -> pd.DataFrame:
    """Keep what a person filled in and return it; log how far they agree with the model and others.

    Raises
    ------
    UsageError
        If the workbook has faults (each is logged; nothing is kept), holds no codes, or is of
        other documents than those of the run below ``out``.
    """
    rows, faults = read_workbook(source, coder_name(coder), read_codebook())
    for fault in faults:
        log.error("%s, %s", source, fault)
    if faults:
        raise UsageError(f"{source}: has faults, listed above ({len(faults)}); correct them and "
                         "read it again (nothing was kept)")  # fmt: skip
    if not len(rows):
        raise UsageError(f"{source}: no row has a polarity; fill it in first")
    model = _model(out)
    found = matched(rows, model[0])
    if not len(found):
        raise UsageError(f"{source}: none of its sentences is in {out}; give the run that it was "
                         "drawn from")  # fmt: skip
    if len(found) < len(rows):
        log.warning("%d of its sentences are not in %s; their codes are kept for when they are",
                    len(rows) - len(found), out)  # fmt: skip
    everyone = add_reviews(reviews, rows)
    log.info("%s: %d sentences coded by %s; `findings tables` puts them into the tables",
             reviews, len(rows), rows["coder"].iloc[0])  # fmt: skip
    theirs = everyone.merge(rows[PLACE], on=PLACE)
    _tell(agreement_table(theirs, *model, level), rows["coder"].iloc[0])
    return rows


def _tell(agreement: pd.DataFrame, coder: str) -> None:
    """Log the figures of one person for all codes together."""
    for row in agreement[agreement["code"] == schema.ALL].to_dict("records"):
        if coder in (row["first"], row["second"]):
            log.info(
                "%s and %s on %s, sample %s: %d sentences of %d documents; "
                "agreement %s, kappa %s, alpha %s",
                *(row[name] for name in
                  ("first", "second", "variable", "sample", "sentences", "documents")),
                *(_interval(row, name) for name in ("agreement", "kappa", "alpha")),
            )  # fmt: skip


def _model(out: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    stages = out / "stages"
    return (
        frames.read(schema.CLEAN_SENTENCES, stages / "clean"),
        frames.read(schema.POLARITY, stages / "classify"),
        frames.read(schema.THEMES, stages / "themes"),
    )


def _interval(row: dict[Any, Any], name: str) -> str:
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if pd.isna(value):
        return "undefined"
    return f"{value:.3f}" + ("" if pd.isna(low) else f" ({low:.3f} to {high:.3f})")
