"""Find documents that say the same: saved twice, reprinted, or kept as PDF and as text."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from pipeline.structure.patterns import plain

MIN_WORDS = 6
_MOST_HOLDERS = 6


def prints(texts: Iterable[str]) -> np.ndarray:
    """Return what tells a document's sentences from others, ascending: 64 bits of a hash for each.

    Sentences of fewer than six words are left out. Two sentences of a hundred million share
    their bits by chance once in thousands of corpora, and a document is never linked by one.
    """
    words = {plain(text) for text in texts}
    found = {
        int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())
        for text in words
        if text.count(" ") >= MIN_WORDS - 1
    }
    return np.array(sorted(found), dtype=np.uint64)


def link(documents: pd.DataFrame, told: list[np.ndarray], share: float) -> list[str]:
    """Return, for every document, the ``doc_id`` of the one that it repeats (empty if none).

    Two documents say the same where at least ``share`` of the sentences of the shorter one, of
    six words or more, stand word for word in the other (containment; Broder 1997, with sentences
    as shingles), unless they tell of different councils or inspections, as the reports on two
    councils that share one service do. The original is the inspection report before the press
    text, the PDF before other files, the earlier before the later, then the first in order.

    Parameters
    ----------
    documents
        The table ``documents`` of stage ``clean``.
    told
        :func:`prints` of every document, in the same order.
    share
        The least share that counts, 0 to 1.
    """
    rows: list[dict[str, object]] = [
        {str(name): value for name, value in row.items()} for row in documents.to_dict("records")
    ]
    original: dict[int, int] = {}
    for a, b, count in _shared(told):
        enough = count >= share * min(len(told[a]), len(told[b]))
        if enough and not _differ(rows[a], rows[b]):
            first, second = sorted((a, b), key=lambda n: _precedence(rows[n]))
            known = original.get(second)
            if known is None or _precedence(rows[first]) < _precedence(rows[known]):
                original[second] = first
    return [str(rows[original[n]]["doc_id"]) if n in original else "" for n in range(len(rows))]


def _shared(told: list[np.ndarray]) -> list[tuple[int, int, int]]:
    """Return the pairs of documents that share sentences, with the number of these."""
    holders = np.repeat(np.arange(len(told)), [len(one) for one in told])
    every = np.concatenate([*told, np.array([], dtype=np.uint64)])
    order = np.lexsort((holders, every))
    holders, every = holders[order], every[order]
    starts = np.flatnonzero(np.diff(every, prepend=~every[:1]))
    sizes = np.diff(starts, append=len(every))
    pairs = [np.empty((0, 2), dtype=np.int64)]
    # A sentence of many documents is boilerplate, and says nothing about repetition.
    for size in range(2, _MOST_HOLDERS + 1):
        at = starts[sizes == size]
        pairs += [
            np.stack([holders[at + i], holders[at + j]], axis=1)
            for i in range(size) for j in range(i + 1, size)
        ]  # fmt: skip
    found, counts = np.unique(np.concatenate(pairs), axis=0, return_counts=True)
    return [(int(a), int(b), int(n)) for (a, b), n in zip(found, counts, strict=True)]


def _differ(a: dict[str, object], b: dict[str, object]) -> bool:
    """Tell whether two documents name different councils or inspections."""
    return any(a[key] and b[key] and a[key] != b[key] for key in ("council", "start_date"))


def _precedence(row: dict[str, object]) -> tuple[bool, bool, str, str]:
    report = row["doc_type"] == "inspection_report"
    pdf = str(row["file"]).lower().endswith(".pdf")
    return (not report, not pdf, str(row["published"] or "9999"), str(row["doc_id"]))
