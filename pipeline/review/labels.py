"""Turn what people coded into stand-off labels, to train with."""

import logging
from pathlib import Path

import pandas as pd

from pipeline import frames, schema
from pipeline.errors import UsageError
from pipeline.review.decide import decide
from pipeline.review.store import matched, read_reviews
from pipeline.training.gold import COLUMNS, read_labels

KEY = ["doc_id", "sentence_hash"]
log = logging.getLogger("findings")


def labels_of(
    reviews: pd.DataFrame, sentences: pd.DataFrame, documents: pd.DataFrame
) -> pd.DataFrame:
    """Return stand-off labels of the sentences that people coded, one a document and hash.

    Parameters
    ----------
    reviews
        The table ``reviews``.
    sentences, documents
        Tables of a run: facts of the documents, the source, and the themes of findings to which
        people gave none.

    Returns
    -------
    DataFrame
        The columns of ``models/gold_labels.csv``. ``stratum`` is ``review_`` and the sample;
        sentences on which people are split evenly, and have not agreed, are left out.
    """
    found = matched(reviews, sentences)
    said = sentences.set_index("sentence_id")[["source", "themes"]]
    facts = documents.set_index("doc_id")[["council", "doc_type", "framework", "sentences"]]
    labels: dict[tuple[str, str], dict[str, str]] = {}
    split = 0
    for _, group in found.groupby("sentence_id", sort=False):
        made = decide([{str(k): str(v) for k, v in r.items()} for r in group.to_dict("records")])
        first = group.iloc[0]
        if made.tied:
            split += 1
            continue
        about = facts.loc[first["doc_id"]]
        own, codes = said.loc[first["sentence_id"]], ";".join(made.themes)
        label = {
            **{name: str(about[name]) for name in ("council", "doc_type", "framework")},
            "doc_id": first["doc_id"], "sentence_hash": first["sentence_hash"],
            "polarity": made.polarity, "source": own["source"],
            "themes": codes or ("" if made.polarity == "none" else own["themes"]),
            "coders": str(group["coder"].nunique()), "stratum": f"review_{first['sample']}",
            "doc_sentences": str(about["sentences"]),
        }  # fmt: skip
        labels.setdefault((label["doc_id"], label["sentence_hash"]), label)
    if split:
        log.warning("%d sentences are left out: their coders are split and have not agreed", split)
    return pd.DataFrame([labels[k] for k in sorted(labels)], columns=list(COLUMNS), dtype=str)


def added(labels: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return labels with new ones, which win; a sentence keeps the stratum that it was drawn in."""
    drawn = labels.set_index(KEY)["stratum"]
    places = pd.MultiIndex.from_frame(new[KEY])
    kept = drawn[~drawn.index.duplicated()].reindex(places)
    stratum = [
        new_ if pd.isna(old) else old for old, new_ in zip(kept, new["stratum"], strict=True)
    ]
    both = pd.concat([new.assign(stratum=stratum), labels[list(COLUMNS)]], ignore_index=True)
    return both.drop_duplicates(KEY).sort_values(KEY).reset_index(drop=True)


def main(source: Path, out: Path, run: Path, labels: Path | None) -> None:
    """Write the labels of ``reviews.csv`` and of the run below ``run``, with others if given.

    Raises
    ------
    UsageError
        If the file holds no reviews, or none of a sentence of the run.
    """
    reviews = read_reviews(source)
    if not len(reviews):
        raise UsageError(
            f"{source}: holds no reviews; read a workbook with `findings review` first"
        )
    tables = run / "tables"
    new = labels_of(
        reviews, frames.read(schema.SENTENCES, tables), frames.read(schema.DOCUMENTS, tables)
    )
    if not len(new):
        raise UsageError(f"{source}: no review gives a label for a sentence of {run}")
    whole = new if labels is None else added(read_labels(labels), new)
    frames.write_whole(out, whole.to_csv(index=False, lineterminator="\n").encode("utf-8"))
    log.info("%s: %d labels, %d of them from reviews", out, len(whole), len(new))
