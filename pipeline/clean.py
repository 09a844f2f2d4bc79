"""Stage ``clean``: files in; the cleaned texts, the facts of each document and its sentences out.

Reads the files of a corpus folder and its registry; writes ``text/<doc_id>.txt`` and the tables
``documents``, ``rejected`` and ``sentences`` (the columns that are known before coding).
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pipeline import arrow, frames, schema
from pipeline.corpus import Item, find_items, read_item
from pipeline.documents import read_facts_and_sentences
from pipeline.duplicates import link, prints
from pipeline.entries import pack, unpack
from pipeline.errors import Rejected
from pipeline.paths import RECORD
from pipeline.processes import Known, Limits, Lost
from pipeline.registry import default_registry, read_registry
from pipeline.streams import ParquetWriter, writing
from pipeline.work import Job, Task, Work

Row = dict[str, Any]


def clean_document(params: Row, given: tuple[bytes, str, str, dict[str, str]]) -> bytes:
    """Read one file: its document row, sentences, text and what tells repeated sentences.

    A file that cannot be read gives the reason and the detail of a ``rejected`` row.

    Parameters
    ----------
    params
        None that change the result.
    given
        The file's bytes, the document's name in the tables, the file's name and its row of the
        registry.
    """
    data, doc_id, name, registered = given
    try:
        document, sentences, text = read_facts_and_sentences(data, doc_id, name, registered)
    except Rejected as error:
        return pack({"rejected": {"reason": error.reason, "detail": error.detail}})
    rows = arrow.of_rows(sentences, schema.CLEAN_SENTENCES)
    told = prints(str(sentence["text"]) for sentence in sentences)
    return pack({"document": document, "sentences": rows, "text": text, "prints": told.tobytes()})


def _tasks(items: list[Item], hashes: list[str]) -> Iterator[Task]:
    """Yield the work on every item that can be opened, noting the SHA-256 of its bytes."""
    for item in items:
        try:
            data = read_item(item)
        except Rejected as error:
            hashes.append(item.sha256)
            yield Task(b"", Known(Lost(error.reason, error.detail)))
            continue
        hashes.append(hashlib.sha256(data).hexdigest())
        told = json.dumps([hashes[-1], item.doc_id, item.path.name, item.registered])
        yield Task(told.encode(), (data, item.doc_id, item.path.name, item.registered))


def _write_text(path: Path, text: str) -> None:
    data = text.encode("utf-8")
    if not (path.exists() and path.read_bytes() == data):
        frames.write_whole(path, data)


def _remove_others(folder: Path, doc_ids: set[str]) -> None:
    for path in folder.glob("*.txt"):
        if path.stem not in doc_ids:
            path.unlink()


def main(corpus: Path, out: Path, registry: Path | None, params: Row, work: Work) -> None:
    """Run the stage on a corpus folder and write its outputs below ``out``."""
    items = find_items(corpus, read_registry(registry or default_registry(corpus)))
    items.sort(key=lambda item: item.doc_id)
    # From here on what stands is not what an earlier run has recorded.
    (out / RECORD).unlink(missing_ok=True)
    stage = out / "stages" / "clean"
    documents: list[Row] = []
    rejected: list[Row] = []
    told: list[np.ndarray] = []
    hashes: list[str] = []
    limits = Limits(params["max_seconds"], params["max_megabytes"])
    job = Job("clean", clean_document, {}, limits=limits)
    with writing(ParquetWriter(schema.CLEAN_SENTENCES, stage)) as (sentences,):
        results = work.attempts(job, _tasks(items, hashes), len(items))
        for number, result in enumerate(results):
            item = items[number]
            facts = {"file": item.file, "sha256": hashes[number]}
            parts: Row = {"rejected": vars(result)} if isinstance(result, Lost) else unpack(result)
            if "rejected" in parts:
                rejected.append(facts | parts["rejected"])
                continue
            documents.append(parts["document"] | facts | {"doc_id": item.doc_id})
            sentences.add(parts["sentences"])
            told.append(np.frombuffer(parts["prints"], dtype=np.uint64))
            _write_text(out / "text" / f"{item.doc_id}.txt", parts["text"])
    _remove_others(out / "text", {row["doc_id"] for row in documents})
    read = frames.build(documents, schema.CLEAN_DOCUMENTS)
    read["duplicate_of"] = link(read, told, params["duplicate_share"])
    frames.write_parquet(read, schema.CLEAN_DOCUMENTS, stage)
    rejected.sort(key=lambda row: row["file"])
    frames.write_parquet(frames.build(rejected, schema.REJECTED), schema.REJECTED, stage)
