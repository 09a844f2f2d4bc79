"""Measure what discovery rests on: its lemmas, its factors, and what a tenth of documents changes.

Run ``python benchmarks/discovery.py DIR`` on the outputs of ``findings run``. It measures how
often the lemma by table is that of spaCy's tagger; how stable and how coherent the topics of four
matrices are, coherence on documents that the topics were not made from; and how well the
suggestions are found again when a tenth of the documents, drawn by their names, is taken away. The
figures go to ``benchmarks/discovery.json``. simplemma is optional.
"""

import argparse
import hashlib
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from pipeline import frames, params, schema  # noqa: E402
from pipeline.codebook import read_codebook  # noqa: E402
from pipeline.discovery.factors import (  # noqa: E402
    association,
    bootstrap_weights,
    consensus,
    factorise,
)
from pipeline.discovery.lemmas import MODEL, Lemmas  # noqa: E402
from pipeline.discovery.measures import coherence  # noqa: E402
from pipeline.discovery.solve import choose, solve  # noqa: E402
from pipeline.discovery.stability import matched, members, stability  # noqa: E402
from pipeline.discovery.suggestions import Suggested  # noqa: E402
from pipeline.discovery.terms import Terms, read_terms  # noqa: E402
from pipeline.suggest import OTHER  # noqa: E402

RESULTS = ROOT / "benchmarks" / "discovery.json"
CONTENT = ("NOUN", "VERB", "ADJ", "ADV")
TAGGED = 3000
TOPICS = 40
SAMPLES = 5
Fit = Callable[[sp.csr_matrix, np.ndarray, np.ndarray], np.ndarray]


def drawn(name: str, draw: str, share: float) -> bool:
    """Tell whether a name is among the share that a draw takes, whatever the other names are."""
    number = int.from_bytes(hashlib.sha256(f"{draw}|{name}".encode()).digest()[:7], "big")
    return number / 2**56 < share


def lemma_agreement(texts: list[str]) -> dict[str, Any]:
    """Return how often lemmas by table are those of spaCy's tagger and lemmatizer."""
    import spacy

    nlp = spacy.load(MODEL, exclude=["parser", "ner"])
    sample = [texts[i] for i in np.linspace(0, len(texts) - 1, TAGGED).astype(int)]
    began = time.process_time()
    tokens = [t for doc in nlp.pipe(sample, batch_size=256) for t in doc
              if t.is_alpha and t.pos_ in CONTENT]  # fmt: skip
    spent = time.process_time() - began
    ways: dict[str, Callable[[str], str]] = {"tables": Lemmas().of, "none": str}
    try:
        simplemma = importlib.import_module("simplemma")
        ways["simplemma"] = lambda word: str(simplemma.lemmatize(word, lang="en"))
    except ModuleNotFoundError:
        print("simplemma is not installed: left out")
    same = {
        name: round(float(np.mean([way(t.lower_) == t.lemma_.lower() for t in tokens])), 4)
        for name, way in ways.items()
    }
    return {"words": len(tokens), "same_lemma_as_tagger": same,
            "tagger_sentences_a_second": round(len(sample) / spent)}  # fmt: skip


def _tf_idf(counts: sp.csr_matrix, frequency: np.ndarray) -> sp.csr_matrix:
    weighted = (counts @ sp.diags(np.log(1 + counts.shape[0] / np.maximum(frequency, 1)))).tocsr()
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return (sp.diags(1 / np.maximum(length, 1e-9)) @ weighted).tocsr()


def tf_idf(with_word: sp.csr_matrix, group: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return topics of findings by TF-IDF: a row of the matrix is a finding."""
    rows = with_word[np.repeat(np.arange(len(weight)), weight)].astype(float)
    return factorise(_tf_idf(rows, np.asarray(rows.sum(axis=0)).ravel()), TOPICS, 0)


def class_tf_idf(with_word: sp.csr_matrix, group: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return topics by class-based TF-IDF: a row of the matrix is a section of a document."""
    classes = sp.csr_matrix((weight, (group, np.arange(len(group)))))
    rows = (classes @ with_word).astype(float)
    rows = rows[np.asarray(rows.sum(axis=1)).ravel() > 0]
    return factorise(_tf_idf(rows, np.asarray(rows.sum(axis=0)).ravel()), TOPICS, 0)


def npmi(with_word: sp.csr_matrix, group: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return topics of the association of terms, from the documents as they are."""
    return factorise(association(with_word, weight), TOPICS, 0)


def npmi_consensus(with_word: sp.csr_matrix, group: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the consensus of such topics over bootstrap samples: what discovery does."""
    documents = [str(name) for name in np.unique(group)]
    place = np.unique(group, return_inverse=True)[1]
    samples = [bootstrap_weights(documents, 100 + n)[place] * weight for n in range(SAMPLES * 2)]
    runs = [factorise(association(with_word, s), TOPICS, n) for n, s in enumerate(samples)]
    return consensus(runs, TOPICS)


def methods(terms: Terms, doc_ids: list[str], sections: pd.Series) -> dict[str, Any]:
    """Return stability, coherence on unseen documents and CPU seconds of each matrix."""
    used = terms.unique
    with_word, document = terms.with_word[used], terms.document[used]
    group = (pd.Series(document).astype(str) + sections[used].to_numpy()).factorize()[0]
    half = np.array([drawn(name, "half", 0.5) for name in doc_ids])[document]
    ones = np.ones(len(document), dtype=np.int64)
    found = {}
    ways: dict[str, Fit] = {f.__name__: f for f in (tf_idf, class_tf_idf, npmi, npmi_consensus)}
    for name, way in ways.items():
        began = time.process_time()
        whole = way(with_word, group, ones)
        spent = time.process_time() - began
        runs = [
            way(with_word, group, bootstrap_weights(doc_ids, n)[document]) for n in range(SAMPLES)
        ]
        stable = stability(members(with_word, whole), [members(with_word, run) for run in runs])
        unseen = coherence(with_word[~half], way(with_word[half], group[half], ones[half]))
        found[name] = {
            "stability": round(float(np.mean(stable)), 3),
            "stable_topics": int((stable >= 0.6).sum()),
            "coherence_unseen": round(float(np.mean(unseen)), 3),
            "cpu_seconds": round(spent, 1),
        }
        print(name, found[name], flush=True)
    return found


def suggest(findings: pd.DataFrame, block: dict[str, Any]) -> tuple[Suggested, list[int]]:
    """Return the topics of some findings, and which of them are suggested."""
    doc_ids = sorted(set(findings["doc_id"]))
    terms = read_terms(list(findings["text"]), list(findings["doc_id"]))
    trials = solve(terms, doc_ids, block, 1)
    themes = tuple(code for code in read_codebook().codes if code != OTHER)
    found = Suggested(terms, findings, trials[choose(trials, block["stability"])], themes)
    topics = range(len(found.topics.weights))
    return found, [t for t in topics if found.status(t, block) == "suggested"]


def removed(findings: pd.DataFrame, block: dict[str, Any], draws: int) -> list[dict[str, Any]]:
    """Return how well the suggestions are found again without a tenth of the documents."""
    whole, kept = suggest(findings, block)
    results = []
    for draw in range(draws):
        stay = np.array([not drawn(name, f"tenth {draw}", 0.1) for name in findings["doc_id"]])
        again, kept_again = suggest(findings[stay].reset_index(drop=True), block)
        before, after = whole.members[stay][:, kept], again.members
        by_topic = matched(before, after)
        results.append(
            {
                "documents": int(findings.loc[stay, "doc_id"].nunique()),
                "topics": len(again.topics.weights),
                "suggestions": len(kept_again),
                "matched_with_topics": [round(float(v), 3) for v in by_topic],
                "mean_with_topics": round(float(by_topic.mean()), 3),
                "mean_with_suggestions": round(
                    float(matched(before, after[:, kept_again]).mean()), 3
                ),
            }
        )
        print(results[-1], flush=True)
    return results


def main() -> None:
    """Measure and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="outputs of `findings run`")
    parser.add_argument("--draws", type=int, default=5, help="times a tenth is taken away")
    args = parser.parse_args()
    documents = frames.read(schema.DOCUMENTS, args.out / "tables")
    findings = frames.read(schema.FINDINGS, args.out / "tables")
    first = set(documents.loc[documents["duplicate_of"] == "", "doc_id"])
    findings = findings[findings["doc_id"].isin(first)].reset_index(drop=True)
    terms = read_terms(list(findings["text"]), list(findings["doc_id"]))
    doc_ids = sorted(first & set(findings["doc_id"]))
    block = params.load()["suggest"]
    began = time.process_time()
    suggest(findings, block)
    figures = {
        "findings": len(findings), "documents": len(doc_ids), "words": len(terms.words),
        "cpu_seconds": round(time.process_time() - began, 1),
        "lemmas": lemma_agreement(list(findings["text"])),
        "matrices": {"topics": TOPICS, "samples": SAMPLES}
        | methods(terms, doc_ids, findings["section"]),
        "a_tenth_of_documents_removed": removed(findings, block, args.draws),
    }  # fmt: skip
    frames.write_whole(RESULTS, (json.dumps(figures, indent=2) + "\n").encode("utf-8"))


if __name__ == "__main__":
    main()
