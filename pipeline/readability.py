"""Readability of documents by textstat's measures."""

import warnings
from collections.abc import Callable

import pandas as pd
import textstat

from pipeline import frames, schema
from pipeline.work import each

# Written with a hyphen, the language has textstat count syllables by pyphen's British patterns,
# which come with it; as en_GB it would fetch a pronouncing dictionary at run time.
LANGUAGE = "en-GB"
MIN_SMOG_SENTENCES = 30
_MEASURES: dict[str, Callable[[str], float]] = {
    "flesch_reading_ease": textstat.flesch_reading_ease,
    "flesch_kincaid_grade": textstat.flesch_kincaid_grade,
    "gunning_fog": textstat.gunning_fog,
    "coleman_liau_index": textstat.coleman_liau_index,
    "automated_readability_index": textstat.automated_readability_index,
}


def readability(sentences: pd.DataFrame, documents: pd.DataFrame, workers: int = 1) -> pd.DataFrame:
    """Return textstat's measures of every document that has sentences.

    Notes
    -----
    The measures count syllables (by British hyphenation patterns, which find somewhat fewer than
    a pronouncing dictionary), words and sentences; they know nothing of meaning, layout or the
    reader. They suit running formal prose: read a report's score beside other reports of the
    same framework. Do not compare a report with a press release of twenty sentences by SMOG
    (which needs thirty), and do not read a school year as the age of a reader.
    """
    texts = sentences.groupby("doc_id", sort=False)["text"].apply(list).to_dict()
    work = [(doc_id, texts[doc_id]) for doc_id in documents["doc_id"] if doc_id in texts]
    return frames.build(each(_measure, work, "readability", workers), schema.READABILITY)


def _measure(work: tuple[str, list[str]]) -> dict[str, object]:
    doc_id, sentences = work
    textstat.set_lang(LANGUAGE)
    text = " ".join(s if s[-1] in ".!?" else f"{s}." for s in sentences)
    words = textstat.lexicon_count(text)
    row: dict[str, object] = {
        **dict.fromkeys(schema.READABILITY.names, float("nan")),
        "doc_id": doc_id,
        "words": words,
        "sentences": len(sentences),
    }
    # Of no words textstat makes zeros, which would read as measured.
    if words == 0:
        return row
    row["words_per_sentence"] = words / len(sentences)
    row["syllables_per_word"] = textstat.syllable_count(text) / words
    row["long_words"] = textstat.polysyllabcount(text) / words
    with warnings.catch_warnings():
        # Gunning fog has one list of easy words for all kinds of English, and says so.
        warnings.simplefilter("ignore")
        row |= {name: float(function(text)) for name, function in _MEASURES.items()}
    if len(sentences) >= MIN_SMOG_SENTENCES:
        row["smog_index"] = float(textstat.smog_index(text))
    return row
