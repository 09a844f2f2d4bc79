"""Find documents that say the same: saved twice, reprinted, or kept as PDF and as text."""

from collections import Counter, defaultdict

import pandas as pd

from pipeline.structure.patterns import plain

MIN_WORDS = 6


def link_duplicates(documents: pd.DataFrame, sentences: pd.DataFrame, share: float) -> list[str]:
    """Return, for every document, the ``doc_id`` of the one that it repeats (empty if none).

    Two documents say the same where at least ``share`` of the sentences of the shorter one, of
    six words or more, stand word for word in the other (containment; Broder 1997, with sentences
    as shingles), unless they tell of different councils or inspections, as the reports on two
    councils that share one service do. The original is the inspection report before the press
    text, the PDF before other files, the earlier before the later, then the first in order.
    """
    prints: dict[str, set[str]] = defaultdict(set)
    holders: dict[str, set[str]] = defaultdict(set)
    for doc_id, text in zip(sentences["doc_id"], sentences["text"], strict=True):
        words = plain(text)
        if words.count(" ") >= MIN_WORDS - 1:
            prints[doc_id].add(words)
            holders[words].add(doc_id)
    shared: Counter[tuple[str, str]] = Counter()
    for ids in holders.values():
        # A sentence of many documents is boilerplate, and says nothing about repetition.
        if 1 < len(ids) <= 6:
            ordered = sorted(ids)
            shared.update((a, b) for i, a in enumerate(ordered) for b in ordered[i + 1 :])
    rows: dict[str, dict[str, object]] = {
        row["doc_id"]: {str(name): value for name, value in row.items()}
        for row in documents.to_dict("records")
    }
    rank = {doc_id: _precedence(row) for doc_id, row in rows.items()}
    original: dict[str, str] = {}
    for (a, b), count in sorted(shared.items()):
        enough = count >= share * min(len(prints[a]), len(prints[b]))
        if enough and not _differ(rows[a], rows[b]):
            first, second = sorted((a, b), key=lambda doc_id: rank[doc_id])
            known = original.get(second)
            if known is None or rank[first] < rank[known]:
                original[second] = first
    return [original.get(doc_id, "") for doc_id in documents["doc_id"]]


def _differ(a: dict[str, object], b: dict[str, object]) -> bool:
    """Tell whether two documents name different councils or inspections."""
    return any(a[key] and b[key] and a[key] != b[key] for key in ("council", "start_date"))


def _precedence(row: dict[str, object]) -> tuple[bool, bool, str, str]:
    report = row["doc_type"] == "inspection_report"
    pdf = str(row["file"]).lower().endswith(".pdf")
    return (not report, not pdf, str(row["published"] or "9999"), str(row["doc_id"]))
