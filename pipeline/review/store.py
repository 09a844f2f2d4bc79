"""What people coded, kept as a file of its own and found again in any later run.

``reviews.csv`` names a sentence by its document, the hash of its words and, where a document has
the same words twice, by which of them it is. Names of sentences change when documents are cleaned
again; these do not.
"""

import re
from pathlib import Path

import pandas as pd

from pipeline import frames
from pipeline.codebook import read_codebook
from pipeline.errors import UsageError
from pipeline.schema import MODEL, REVIEWS
from pipeline.standoff import sentence_hash

FILE_NAME = "reviews.csv"
# What several coders settled on; overrides each of them.
AGREED = "agreed"
PLACE = ["doc_id", "sentence_hash", "occurrence"]
ORDER = ["doc_id", "sentence_id", "sentence_hash", "occurrence", "coder"]
_NAME = re.compile(r"\w[\w .\-]{0,49}")


def no_reviews() -> pd.DataFrame:
    """Return the table ``reviews`` of a study in which nobody coded anything."""
    return frames.build([], REVIEWS).astype({"occurrence": "int64"})


def coder_name(text: str) -> str:
    """Return a coder's name without blanks around it.

    Raises
    ------
    UsageError
        If it could not stand in a table: it is empty, longer than 50 characters, is ``model`` or
        holds anything but letters, digits, blanks and ``. _ -``.
    """
    name = " ".join(text.split())
    if not _NAME.fullmatch(name) or name.casefold() == MODEL:
        raise UsageError(f"--coder {text!r}: give a name of letters, digits, blanks or . _ - (at "
                         f"most 50 characters; not `{MODEL}`)")  # fmt: skip
    return name


def keyed(sentences: pd.DataFrame) -> pd.DataFrame:
    """Return sentences with what names them for ever: ``sentence_hash`` and ``occurrence``.

    Parameters
    ----------
    sentences
        Columns ``doc_id`` and ``text``, whole documents in their order.

    Returns
    -------
    DataFrame
        The same rows with ``sentence_hash`` and ``occurrence``: 1 for the first sentence of the
        document with these words, 2 for the second.
    """
    hashed = sentences.assign(sentence_hash=[sentence_hash(text) for text in sentences["text"]])
    hashed["occurrence"] = hashed.groupby(["doc_id", "sentence_hash"], sort=False).cumcount() + 1
    return hashed


def matched(reviews: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Return the reviews whose sentence is there, under the name that it has now.

    Rows are in the order of ``sentences``, then of coders. A review of a sentence whose words were
    changed by another cleaning is left out.
    """
    theirs = sentences[sentences["doc_id"].isin(set(reviews["doc_id"]))]
    present = keyed(theirs)[["sentence_id", *PLACE]].reset_index(drop=True)
    found = reviews.drop(columns="sentence_id").merge(
        present.assign(position=range(len(present))), on=PLACE, validate="many_to_one"
    )
    return found.sort_values(["position", "coder"])[REVIEWS.names].reset_index(drop=True)


def reviews_file(given: Path | None, out: Path) -> Path:
    """Return the file of the reviews: the one that was given, else that of the run.

    Raises
    ------
    UsageError
        If one was given that does not exist.
    """
    if given is not None and not given.is_file():
        raise UsageError(f"--reviews {given}: no such file")
    return given or out / FILE_NAME


def read_reviews(path: Path) -> pd.DataFrame:
    """Read what people coded; an absent file holds nothing.

    Raises
    ------
    UsageError
        If the file cannot be read, is not the table ``reviews``, or has a theme that the codebook
        does not know or has retired.
    """
    if not path.exists():
        return no_reviews()
    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        whole = rows.assign(occurrence=rows["occurrence"].astype("int64"))
        frames.check(whole, REVIEWS)
    except KeyError as error:
        raise UsageError(f"{path}: no reviews; the columns are {', '.join(REVIEWS.names)}"
                         ) from error  # fmt: skip
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as reviews ({error})") from error
    if whole["themes"].any():
        read_codebook().require_themes(whole["themes"], path)
    return whole.sort_values(ORDER).reset_index(drop=True)


def add_reviews(path: Path, rows: pd.DataFrame) -> pd.DataFrame:
    """Add rows to the file and return all that it holds now; a coder's newer row replaces an older.

    Raises
    ------
    UsageError
        If the file is unusable or cannot be written.
    """
    both = pd.concat([read_reviews(path), rows[REVIEWS.names]], ignore_index=True)
    kept = both.drop_duplicates(list(REVIEWS.key), keep="last").sort_values(ORDER)
    frames.write_csv(kept, REVIEWS, path)
    return kept.reset_index(drop=True)
