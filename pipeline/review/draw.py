"""Draw the sentences that a person should look at: at random, and where the model is unsure."""

import hashlib
from collections.abc import Set as AbstractSet
from typing import Any

import pandas as pd

from pipeline.review.store import PLACE, keyed

Place = tuple[str, str, int]
# What a cell of a workbook holds.
MOST_CHARACTERS = 32_767


def population(
    sentences: pd.DataFrame, documents: pd.DataFrame, never_findings: list[str]
) -> pd.DataFrame:
    """Return the sentences to draw from, keyed, with the sentence before each.

    Left out: sections that are never findings, sentences without words, and documents that repeat
    another one.
    """
    everything = keyed(sentences)
    everything["before"] = everything.groupby("doc_id", sort=False)["text"].shift(1).fillna("")
    facts = documents[["doc_id", "council", "doc_type", "published", "duplicate_of"]]
    joined = everything.merge(facts, on="doc_id", validate="many_to_one")
    asked = (
        ~joined["section"].isin(never_findings)
        & (joined["duplicate_of"] == "")
        & joined["text"].str.contains(r"[^\W\d_]", regex=True)
        & (joined["text"].str.len() <= MOST_CHARACTERS)
    )
    return joined[asked].reset_index(drop=True)


def _rank(place: Place, seed: int) -> str:
    """Return where a sentence stands in an order that depends on nothing but it and the seed."""
    return hashlib.sha256("|".join((str(seed), *map(str, place))).encode("utf-8")).hexdigest()


def draw(sentences: pd.DataFrame, params: dict[str, Any], done: AbstractSet[Place]) -> pd.DataFrame:
    """Return the drawn sentences with the column ``sample``, in the order of the documents.

    Parameters
    ----------
    sentences
        The sentences to draw from, as :func:`population` gives them.
    params
        The block ``review`` of the parameters: how many at random, how many uncertain, the seed.
    done
        Sentences that are not drawn again.

    Notes
    -----
    The random sample is drawn first and from all sentences, so that it stands for them; the
    uncertain ones are the rest's with the lowest confidence. The order of the draw hangs on the
    seed and the words alone: another seed draws others, a larger sample holds the smaller one, and
    a new model or a document more changes little or nothing of the random part.
    """
    places = list(zip(*(sentences[name] for name in PLACE), strict=True))
    open_ = [n for n, place in enumerate(places) if place not in done]
    ranks = {n: _rank(places[n], params["seed"]) for n in open_}
    shuffled = sorted(open_, key=ranks.__getitem__)
    chosen, rest = shuffled[: params["random"]], shuffled[params["random"] :]
    confidence = sentences["confidence"].tolist()
    # Python sorts stably: equally unsure sentences stay shuffled.
    unsure = sorted(rest, key=confidence.__getitem__)[: params["uncertain"]]
    sample = dict.fromkeys(chosen, "random") | dict.fromkeys(unsure, "uncertain")
    rows = sorted(sample)
    return sentences.iloc[rows].assign(sample=[sample[n] for n in rows]).reset_index(drop=True)
