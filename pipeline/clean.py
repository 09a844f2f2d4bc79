"""Stage ``clean``: files in; the cleaned texts, the facts of each document and its sentences out.

Reads the files of a corpus folder and its registry; writes ``text/<doc_id>.txt`` and the tables
``documents``, ``rejected`` and ``sentences`` (the columns that are known before coding).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline import frames, schema
from pipeline.corpus import Item, find_items, read_item
from pipeline.documents import read_facts_and_sentences
from pipeline.duplicates import link_duplicates
from pipeline.errors import Rejected
from pipeline.registry import default_registry, read_registry
from pipeline.work import each


@dataclass(frozen=True)
class Cleaned:
    """What came of one file: a document row with its sentences and text, or a rejected row."""

    document: dict[str, Any] | None
    sentences: list[dict[str, Any]]
    text: str
    rejected: dict[str, str] | None


def clean_file(item: Item) -> Cleaned:
    """Read one file of the corpus; a file that cannot be read gives a ``rejected`` row."""
    sha256 = item.sha256
    try:
        data = read_item(item)
        document, sentences, text = read_facts_and_sentences(data, item.doc_id, item.path.name,
                                                             item.registered)  # fmt: skip
    except Rejected as error:
        row = {"file": item.file, "sha256": sha256, "reason": error.reason, "detail": error.detail}
        return Cleaned(None, [], "", row)
    document |= {"doc_id": item.doc_id, "file": item.file, "sha256": sha256}
    return Cleaned(document, sentences, text, None)


def clean(
    items: list[Item], duplicate_share: float, workers: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """Return the tables ``documents``, ``rejected``, ``sentences`` and the texts by ``doc_id``."""
    results = each(clean_file, items, "clean", workers)
    read = sorted((r for r in results if r.document is not None),
                  key=lambda r: str(r.document["doc_id"]) if r.document else "")  # fmt: skip
    documents = frames.build([r.document for r in read if r.document], schema.CLEAN_DOCUMENTS)
    sentences = frames.build([s for r in read for s in r.sentences], schema.CLEAN_SENTENCES)
    rejected = frames.build([r.rejected for r in results if r.rejected], schema.REJECTED)
    documents["duplicate_of"] = link_duplicates(documents, sentences, duplicate_share)
    texts = {str(r.document["doc_id"]): r.text for r in read if r.document}
    return documents, rejected, sentences, texts


def main(
    corpus: Path, out: Path, registry: Path | None, params: dict[str, Any], workers: int
) -> None:
    """Run the stage on a corpus folder and write its outputs below ``out``."""
    items = find_items(corpus, read_registry(registry or default_registry(corpus)))
    documents, rejected, sentences, texts = clean(items, params["duplicate_share"], workers)
    folder = out / "text"
    if folder.exists():
        for stale in folder.glob("*.txt"):
            if stale.stem not in texts:
                stale.unlink()
    for doc_id, text in texts.items():
        frames.write_whole(folder / f"{doc_id}.txt", text.encode("utf-8"))
    stage = out / "stages" / "clean"
    frames.write_parquet(documents, schema.CLEAN_DOCUMENTS, stage)
    frames.write_parquet(rejected, schema.REJECTED, stage)
    frames.write_parquet(sentences, schema.CLEAN_SENTENCES, stage)
