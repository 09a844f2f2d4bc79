"""What people coded wins over the model: one decision a sentence, put into polarity and themes."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline import frames
from pipeline.review.store import AGREED, matched
from pipeline.schema import MODEL, THEMES

# The code of the codebook for a finding without a theme of its own.
OTHER = "other"


@dataclass(frozen=True)
class Decision:
    """What stands for a sentence that people coded; ``themes`` is empty where they gave none."""

    polarity: str
    themes: tuple[str, ...]
    coders: tuple[str, ...]
    tied: bool


def decide(rows: Sequence[dict[str, str]], model: str = "") -> Decision:
    """Return what stands for a sentence.

    What the coder ``agreed`` gave stands. Otherwise the polarity that most people gave; where
    as many gave another, the model's if it is among them, else that of the first by name. The
    themes are those of the first, by name, who gave this polarity and any theme.

    Parameters
    ----------
    rows
        The reviews of one sentence: ``coder``, ``polarity`` and ``themes``.
    model
        The model's polarity.

    Examples
    --------
    >>> rows = [{"coder": "ann", "polarity": "mixed", "themes": "placements"},
    ...         {"coder": "ben", "polarity": "weakness", "themes": "placements;oversight"}]
    >>> decide(rows, model="weakness").coders
    ('ben',)
    >>> decide(rows).polarity
    'mixed'
    """
    by_name = sorted(rows, key=lambda row: row["coder"])
    heard = [row for row in by_name if row["coder"] == AGREED] or by_name
    votes = Counter(row["polarity"] for row in heard)
    most = [code for code, count in votes.items() if count == max(votes.values())]
    polarity = model if model in most else most[0]
    winners = [row for row in heard if row["polarity"] == polarity]
    themes = next((row["themes"].split(";") for row in winners if row["themes"]), [])
    names = tuple(row["coder"] for row in winners)
    return Decision(polarity, tuple(themes), names, len(most) > 1)


def decisions(found: pd.DataFrame, polarity: pd.DataFrame) -> dict[str, Decision]:
    """Return the decision on every sentence of :func:`pipeline.review.store.matched` reviews."""
    given = dict(zip(polarity["sentence_id"], polarity["polarity"], strict=True))
    rows: dict[str, list[dict[str, str]]] = {}
    for row in found.to_dict("records"):
        rows.setdefault(row["sentence_id"], []).append({str(k): v for k, v in row.items()})
    return {name: decide(group, given.get(name, "")) for name, group in rows.items()}


def corrected(
    sentences: pd.DataFrame, polarity: pd.DataFrame, themes: pd.DataFrame, reviews: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return polarity with the column ``coder`` and themes, with what people decided.

    Parameters
    ----------
    sentences, polarity, themes
        What the stages ``clean``, ``classify`` and ``themes`` wrote.
    reviews
        The table ``reviews``.

    Returns
    -------
    tuple of DataFrame
        Confidence and probabilities stay the model's, and so do the themes of a finding to which
        people gave none (``other`` if the model took it for no finding). The evidence is emptied
        where people gave another polarity than the model: it speaks for the model's.
    """
    made = decisions(matched(reviews, sentences), polarity) if len(reviews) else {}
    ids = list(polarity["sentence_id"])
    before = list(polarity["polarity"])
    after = [made[i].polarity if i in made else code for i, code in zip(ids, before, strict=True)]
    words = [
        evidence if old == new else ""
        for evidence, old, new in zip(polarity["evidence"], before, after, strict=True)
    ]
    coder = [";".join(made[i].coders) if i in made else MODEL for i in ids]
    given = polarity.assign(polarity=after, evidence=words, coder=coder)
    return given, _themes(themes, ids, made) if made else themes


def _themes(themes: pd.DataFrame, ids: list[str], made: dict[str, Decision]) -> pd.DataFrame:
    """Return the themes with those of people in place of the model's, in the sentences' order."""
    replaced = {name for name, d in made.items() if d.themes or d.polarity == "none"}
    touched = themes["sentence_id"].isin(set(made))
    model = {(row["sentence_id"], row["theme"]): row for row in themes[touched].to_dict("records")}
    coded = {name for name, _ in model}
    rows: list[dict[str, object]] = []
    for name, decision in made.items():
        if decision.polarity == "none":
            continue
        if name not in replaced and name not in coded:
            rows.append(_row(name, OTHER, 1, "none"))
        for rank, theme in enumerate(decision.themes, 1):
            known = model.get((name, theme), {})
            rows.append(_row(name, theme, rank, "person") | {
                key: known[key] for key in ("confidence", "evidence") if known
            })  # fmt: skip
    kept = themes[~themes["sentence_id"].isin(replaced)]
    both = pd.concat([kept, frames.build(rows, THEMES)], ignore_index=True) if rows else kept
    position = {name: number for number, name in enumerate(ids)}
    order = both.assign(position=both["sentence_id"].map(position)).sort_values(
        ["position", "rank"]
    )
    return order[THEMES.names].reset_index(drop=True)


def _row(sentence_id: str, theme: str, rank: int, decided_by: str) -> dict[str, object]:
    return {"sentence_id": sentence_id, "theme": theme, "rank": rank,
            "confidence": float("nan"), "decided_by": decided_by, "evidence": ""}  # fmt: skip
