"""Findings as terms: lemmas without stop words, each finding counted once, rare terms left out."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import yaml
from spacy.lang.en.stop_words import STOP_WORDS

from pipeline.discovery.lemmas import lemmas
from pipeline.paths import DATA

# A possessive ending belongs to its word; a mark other than a hyphen parts phrases.
_TOKEN = re.compile(r"([^\W\d_]{2,})(?:['’]s\b)?|[^\s'’-]")
_BREAK = -1
# A theme recurs from council to council: what stands in few documents is a name or a local matter.
SHARE_OF_DOCUMENTS = 0.1
SHARE_OF_FINDINGS = 0.0005
LEAST = 5


@dataclass(frozen=True)
class Terms:
    """What stands in which finding.

    Parameters
    ----------
    words, phrases
        The terms in alphabetical order: lemmas, and pairs of lemmas side by side.
    with_word, with_phrase
        1 where a finding has the term; shape (findings, terms), whole numbers.
    document
        The number of the finding's document; shape (findings,).
    unique
        Whether no finding before has the same lemmas; shape (findings,).
    """

    words: list[str]
    phrases: list[str]
    with_word: sp.csr_matrix
    with_phrase: sp.csr_matrix
    document: np.ndarray
    unique: np.ndarray


def stop_lemmas() -> frozenset[str]:
    """Return the words that are never terms, with their lemmas."""
    listed = yaml.safe_load((DATA / "discovery.yaml").read_text(encoding="utf-8"))
    words = STOP_WORDS.union(*listed.values())
    return frozenset(words | {lemmas().of(word) for word in words})


def read_terms(texts: Sequence[str], documents: Sequence[str]) -> Terms:
    """Turn findings into terms.

    Parameters
    ----------
    texts
        The findings.
    documents
        The document of each.

    Notes
    -----
    A term is kept if it stands in a tenth of the documents, in one finding of 2,000, and in at
    least five of each. Reports repeat themselves in their summaries, and phrases of the
    inspectorate return word by word: ``unique`` marks the first finding with the same lemmas in the
    same order, and only those are counted, here and wherever terms are weighed.
    """
    row, lemma, names = _lemma_numbers(texts)
    document = np.unique(np.asarray(documents, dtype=object), return_inverse=True)[1]
    unique = _first_of_each(row, lemma, len(texts))
    word = lemma != _BREAK
    words, with_word = _kept(row[word], lemma[word], unique, document, len(texts))
    pair = word[:-1] & word[1:] & (row[:-1] == row[1:])
    codes = lemma[:-1][pair] * len(names) + lemma[1:][pair]
    pairs, with_phrase = _kept(row[:-1][pair], codes, unique, document, len(texts))
    spelt = [f"{names[code // len(names)]} {names[code % len(names)]}" for code in pairs]
    return Terms(
        *_alphabetical([names[code] for code in words], spelt, with_word, with_phrase),
        document=document,
        unique=unique,
    )


def _lemma_numbers(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return the finding and the lemma's number of every token, and the lemmas by number."""
    of, stops = lemmas().of, stop_lemmas()
    numbers: dict[str, int] = {}
    by_form: dict[str, int] = {"": _BREAK}
    lengths, found = [], []
    for text in texts:
        tokens = [token.lower() for token in _TOKEN.findall(text)]
        for token in tokens:
            if token not in by_form:
                lemma = of(token)
                stop = token in stops or lemma in stops
                by_form[token] = _BREAK if stop else numbers.setdefault(lemma, len(numbers))
        found += [by_form[token] for token in tokens]
        lengths.append(len(tokens))
    row = np.repeat(np.arange(len(texts)), lengths)
    return row, np.array(found, dtype=np.int64), list(numbers)


def _first_of_each(row: np.ndarray, lemma: np.ndarray, findings: int) -> np.ndarray:
    """Tell which findings have lemmas, in an order that no finding before them has."""
    kept = lemma != _BREAK
    words = lemma[kept]
    ends = np.searchsorted(row[kept], np.arange(findings), side="right")
    seen: set[bytes] = {b""}
    unique = np.zeros(findings, dtype=bool)
    start = 0
    for finding, end in enumerate(ends):
        key = words[start:end].tobytes()
        unique[finding] = key not in seen
        seen.add(key)
        start = end
    return unique


def _kept(
    row: np.ndarray, code: np.ndarray, unique: np.ndarray, document: np.ndarray, findings: int
) -> tuple[np.ndarray, sp.csr_matrix]:
    """Return the codes that stand in enough findings and documents, and where they stand."""
    codes, column = np.unique(code, return_inverse=True)
    shape = (findings, len(codes))
    there = sp.csr_matrix((np.ones(len(row), dtype=np.int64), (row, column)), shape=shape)
    there.data[:] = 1
    counted = there[unique]
    in_findings = np.asarray(counted.sum(axis=0)).ravel()
    documents = int(document.max(initial=-1)) + 1
    member = sp.csr_matrix(
        (np.ones(len(counted.indptr) - 1, dtype=np.int64),
         (document[unique], np.arange(len(counted.indptr) - 1))),
        shape=(documents, len(counted.indptr) - 1),
    )  # fmt: skip
    in_documents = np.asarray((member @ counted > 0).sum(axis=0)).ravel()
    enough = (in_findings >= max(LEAST, SHARE_OF_FINDINGS * unique.sum())) & (
        in_documents >= max(LEAST, SHARE_OF_DOCUMENTS * documents)
    )
    return codes[enough], there[:, np.flatnonzero(enough)]


def _alphabetical(
    words: list[str], phrases: list[str], with_word: sp.csr_matrix, with_phrase: sp.csr_matrix
) -> tuple[list[str], list[str], sp.csr_matrix, sp.csr_matrix]:
    """Sort the terms, so that no result depends on which finding comes first."""
    by_word = sorted(range(len(words)), key=words.__getitem__)
    by_phrase = sorted(range(len(phrases)), key=phrases.__getitem__)
    return (
        [words[i] for i in by_word], [phrases[i] for i in by_phrase],
        with_word[:, by_word], with_phrase[:, by_phrase],
    )  # fmt: skip
