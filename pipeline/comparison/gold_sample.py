"""The gold sentences that were drawn at random, with the codes of models that never saw them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.comparison.cells import VALUES
from pipeline.errors import UsageError
from pipeline.schema import ALL_THEMES, MEASURES, POLARITIES
from pipeline.standoff import sentence_hash
from pipeline.training.gold import read_labels

# Draws from every part of a report that can hold findings. The other strata were drawn because an
# earlier model was unsure, or by words: their chances of being drawn are not known.
STRATA = ("ten_per_report", "five_per_report", "three_per_report")
# Title pages and notes on method hold no findings by the codebook, and no draw covered them.
OUTSIDE = ("front", "info")
PREDICTIONS = ("doc_id", "sentence_hash", *(f"p_{code}" for code in POLARITIES))


def read_predictions(path: Path) -> pd.DataFrame | None:
    """Read what models that never saw a council said of its gold sentences.

    Columns ``doc_id``, ``sentence_hash``, the probabilities ``p_strength``, ``p_weakness``,
    ``p_mixed``, ``p_none`` as a run would give them, and optionally ``themes`` (codes joined with
    ``;``). Returns ``None`` where the file is missing or has no rows, which is no fault: then
    nothing can be corrected.

    Raises
    ------
    UsageError
        If the file cannot be read, lacks a column, repeats a sentence or holds what is no
        probability.
    """
    if not path.exists():
        return None
    text = {"doc_id": str, "sentence_hash": str, "themes": str}
    try:
        frame = pd.read_csv(path, dtype=text, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read ({error}); train the models again") from error
    missing = [name for name in PREDICTIONS if name not in frame.columns]
    if missing:
        raise UsageError(f"{path}: the columns {missing} are missing; train the models again")
    if frame.empty:
        return None
    chances = frame[list(PREDICTIONS[2:])].apply(pd.to_numeric, errors="coerce")
    if not ((chances >= 0) & (chances <= 1)).all(axis=None):
        raise UsageError(f"{path}: holds a probability that is none from 0 to 1; "
                         "train the models again")  # fmt: skip
    if frame.duplicated(["doc_id", "sentence_hash"]).any():
        raise UsageError(f"{path}: names a sentence twice; train the models again")
    given = [POLARITIES[place] for place in chances.to_numpy().argmax(axis=1)]
    kept = frame[["doc_id", "sentence_hash"]].assign(predicted=given)
    return kept.assign(predicted_themes=frame["themes"]) if "themes" in frame else kept


@dataclass(frozen=True)
class GoldSample:
    """Sentences of the reports, and those of them that are gold.

    Parameters
    ----------
    sentences
        A row for every sentence that can hold a finding: ``report`` (its number), ``polarity``
        and ``themes`` as the program gives them; for gold sentences those of models that never
        saw the council.
    gold
        The rows drawn at random, with ``gold`` and ``gold_themes`` beside, ``draw`` (how many
        sentences of its report each stands for).
    with_themes
        Whether the themes are by models that never saw the council.
    """

    sentences: pd.DataFrame
    gold: pd.DataFrame
    with_themes: bool

    def of(self, reports: np.ndarray) -> "GoldSample":
        """Return the sample of some reports, by their numbers."""
        some, gold = (f[f["report"].isin(reports)] for f in (self.sentences, self.gold))
        return GoldSample(some, gold, self.with_themes)


def labelled_documents(labels: Path) -> frozenset[str]:
    """Return the documents that gold labels are of; none where the file is missing."""
    return frozenset(read_labels(labels)["doc_id"]) if labels.exists() else frozenset()


def gold_sample(
    sentences: pd.DataFrame, reports: pd.DataFrame, labels: Path, predictions: Path
) -> GoldSample | str:
    """Return the gold sample of a corpus, or the reason why there is none.

    Every report is a stratum: a gold sentence stands for the report's sentences divided by its
    gold ones. Labels whose sentence is not in this corpus count for nothing.
    """
    known = read_labels(labels) if labels.exists() else None
    if known is None or not set(known["doc_id"]) & set(reports["doc_id"]):
        return "no_gold_labels"
    said = read_predictions(predictions)
    if said is None:
        return "no_gold_predictions"
    number = {doc_id: place for place, doc_id in enumerate(reports["doc_id"])}
    inside = sentences["doc_id"].isin(number) & ~sentences["section"].isin(OUTSIDE)
    frame = sentences.loc[inside, ["doc_id", "text", "polarity", "themes"]]
    frame = frame.assign(report=frame["doc_id"].map(number)).reset_index(drop=True)
    coded = frame["doc_id"].isin(set(known["doc_id"]))
    hashes = [sentence_hash(text) for text in frame.loc[coded, "text"]]
    frame.loc[coded, "sentence_hash"] = np.array(hashes, dtype=object)
    facts = known[["doc_id", "sentence_hash", "polarity", "themes", "stratum"]].rename(
        columns={"polarity": "gold", "themes": "gold_themes"}
    )
    keys = ["doc_id", "sentence_hash"]
    frame = frame.merge(facts, on=keys, how="left").merge(said, on=keys, how="left")
    again = frame["predicted"].notna()
    frame["polarity"] = frame["predicted"].where(again, frame["polarity"])
    with_themes = "predicted_themes" in frame
    if with_themes:
        frame["themes"] = frame["predicted_themes"].where(again, frame["themes"])
    else:
        frame["gold_themes"] = frame["themes"]
    gold = frame[again & frame["stratum"].isin(STRATA)].drop_duplicates(keys)
    if gold.empty:
        return "no_gold_labels"
    whole = frame["report"].value_counts()
    drawn = gold["report"].value_counts()
    gold = gold.assign(draw=gold["report"].map(whole) / gold["report"].map(drawn))
    names = ["report", "polarity", "themes"]
    return GoldSample(frame[names], gold[[*names, "gold", "gold_themes", "draw"]], with_themes)


def values_of(polarity: pd.Series, measure: str) -> np.ndarray:
    """Return what each sentence counts for a measure; 0 for those that are no findings."""
    strength, weakness, mixed = VALUES[measure]
    worth = {"strength": strength, "weakness": weakness, "mixed": mixed, "none": 0.0}
    return polarity.map(worth).to_numpy(dtype=float)


def totals(
    frame: pd.DataFrame, codes: tuple[str, str], weight: np.ndarray, shape: tuple[int, int],
    themes: tuple[str, ...],
) -> dict[str, np.ndarray]:  # fmt: skip
    """Sum findings and measures by report and theme.

    Parameters
    ----------
    frame, weight
        Sentences, and how many each stands for.
    codes
        The columns of polarity and of themes.
    shape, themes
        Reports and themes.

    Returns
    -------
    dict
        By ``findings`` and measure, shape (reports, themes).
    """
    polarity, listed = codes
    place = {theme: order for order, theme in enumerate(themes)}
    row = np.arange(len(frame))
    found = (frame[polarity] != "none").to_numpy()
    parts = [(row[found], np.full(int(found.sum()), place[ALL_THEMES]))]
    pairs = [
        (number, place[code])
        for number, text in zip(row[found], frame[listed].to_numpy()[found], strict=True)
        for code in (text.split(";") if text else ())
        if code in place
    ]
    if pairs:
        numbers, columns = np.array(pairs).T
        parts.append((numbers, columns))
    rows = np.concatenate([p[0] for p in parts])
    cell = frame["report"].to_numpy()[rows] * shape[1] + np.concatenate([p[1] for p in parts])
    worth = {"findings": np.ones(len(frame))}
    worth |= {measure: values_of(frame[polarity], measure) for measure in MEASURES}
    return {
        name: np.bincount(cell, (value * weight)[rows], minlength=shape[0] * shape[1]).reshape(
            shape
        )
        for name, value in worth.items()
    }
