"""Sentences with the context that coding needs, by document or in pieces of a fixed size."""

from typing import Any

import pandas as pd

CHUNK = 500


def with_context(sentences: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Return sentence_id, text, previous (the sentence before), section, doc_type and bullet."""
    kinds = dict(zip(documents["doc_id"], documents["doc_type"], strict=True))
    previous = sentences.groupby("doc_id", sort=False)["text"].shift(1).fillna("")
    return pd.DataFrame(
        {
            "sentence_id": sentences["sentence_id"],
            "text": sentences["text"],
            "previous": previous.to_numpy(dtype=object),
            "section": sentences["section"],
            "doc_type": sentences["doc_id"].map(kinds),
            "bullet": sentences["bullet"],
        }
    )


def of_document(parts: dict[str, Any]) -> pd.DataFrame:
    """Return the columns of :func:`with_context` for one document.

    Parameters
    ----------
    parts
        ``doc_type``, and as ``sentences`` an Arrow table with sentence_id, text, section, bullet.
    """
    columns = parts["sentences"].to_pydict()
    texts = columns["text"]
    return pd.DataFrame(
        {
            "sentence_id": pd.Series(columns["sentence_id"], dtype=object),
            "text": pd.Series(texts, dtype=object),
            "previous": pd.Series(["", *texts[:-1]] if texts else [], dtype=object),
            "section": pd.Series(columns["section"], dtype=object),
            "doc_type": pd.Series([parts["doc_type"]] * len(texts), dtype=object),
            "bullet": pd.Series(columns["bullet"], dtype=bool),
        }
    )


def chunks(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut a frame into pieces of a fixed size, whatever the number of workers."""
    return [frame.iloc[i : i + CHUNK].reset_index(drop=True) for i in range(0, len(frame), CHUNK)]
