"""Stage ``themes``: the codebook's themes of every finding, with what decided and the evidence.

Reads ``documents``, ``sentences`` (stage ``clean``), ``polarity`` and ``theme_readings`` (stage
``classify``); writes ``themes``, one row for every finding and theme.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline import frames, schema
from pipeline.codebook import Codebook, read_codebook
from pipeline.coding.context import chunks, of_document
from pipeline.coding.cues import CueMatcher
from pipeline.coding.evidence import Explainer
from pipeline.coding.linear import LinearModel
from pipeline.coding.models import load_model
from pipeline.entries import pack, unpack
from pipeline.streams import ParquetWriter, Rows, writing
from pipeline.work import Job, Task, Work, each

OTHER = "other"
DECIMALS = 3
CUE_THRESHOLD = 0.5


def _places(known: Iterable[str], asked: Iterable[str]) -> np.ndarray:
    """Return the number of every name among those that are known; -1 where it is not."""
    place = {name: number for number, name in enumerate(known)}
    return np.array([place.get(name, -1) for name in asked], dtype=int)


def mixed(linear: np.ndarray, encoder: np.ndarray, read: np.ndarray, weight: float) -> np.ndarray:
    """Return the linear model's probabilities, mixed with the encoder's where it has read.

    Parameters
    ----------
    linear, encoder
        Probabilities of themes, shape (sentences, themes).
    read
        Which sentences the encoder has read.
    weight
        What the encoder weighs: 0 nothing, 1 alone.
    """
    both = (1.0 - weight) * linear + weight * encoder
    return np.asarray(np.where(read[:, None], both, linear))


class ThemeCoder:
    """Code the themes of findings by the trained model together with the codebook's cues.

    A theme's score is the model's probability plus ``cue_weight`` where one of its cues stands
    in the sentence, at most 1; the theme is given where the score reaches its threshold, which
    was chosen on training folds. Where the encoder has read a sentence, its probability counts
    beside the linear model's, with ``encoder_weight``. Codes that the model does not know are
    given by their cues alone.
    """

    def __init__(self, codebook: Codebook, model: LinearModel, params: dict[str, Any]) -> None:
        self.codes = [code for code in codebook.codes if code != OTHER]
        self.model = model
        self.matcher = CueMatcher(codebook)
        self.explainer = Explainer(model, 3)
        self.weight = float(params["cue_weight"])
        self.beside = float(params["encoder_weight"])
        self.most = int(params["most"])
        # The column of every code, and what its cues add to its score.
        self.added = {
            code: (column, self.weight if code in model.codes else 1.0)
            for column, code in enumerate(self.codes)
        }
        known = dict(zip(model.codes, model.threshold.tolist(), strict=True))
        # Thresholds are stored in single precision: 0.1 must not become a little more than 0.1.
        self.thresholds = np.round([known.get(code, CUE_THRESHOLD) for code in self.codes], 6)

    def probabilities(self, frame: pd.DataFrame, read: pd.DataFrame) -> np.ndarray:
        """Return the models' probability of every code, shape (sentences, codes); 0 if unknown."""
        known = mixed(self.model.scores(frame), *self._read(frame, read), self.beside)
        column = {code: index for index, code in enumerate(self.model.codes)}
        probabilities = np.zeros((len(frame), len(self.codes)))
        for index, code in enumerate(self.codes):
            if code in column:
                probabilities[:, index] = known[:, column[code]]
        return np.asarray(np.round(probabilities, DECIMALS))

    def _read(self, frame: pd.DataFrame, read: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return what the encoder says of every code that the model knows, and what it has read."""
        rows = _places(frame["sentence_id"], read["sentence_id"])
        columns = _places(self.model.codes, read["theme"])
        said, told = np.zeros((len(frame), len(self.model.codes))), np.zeros(len(frame), dtype=bool)
        told[rows[rows >= 0]] = True
        kept = (rows >= 0) & (columns >= 0)
        said[rows[kept], columns[kept]] = read["probability"].to_numpy(dtype=float)[kept]
        return said, told

    def cued(self, cues: list[dict[str, list[str]]]) -> np.ndarray:
        """Return what the cues add to the score of every code, shape (sentences, codes)."""
        added = np.zeros((len(cues), len(self.codes)))
        for row, found in enumerate(cues):
            for code in found:
                if code in self.added:
                    column, weight = self.added[code]
                    added[row, column] = weight
        return added

    def code(self, frame: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
        """Return the themes of every sentence of a frame of findings.

        Parameters
        ----------
        frame
            The columns of :func:`pipeline.coding.context.with_context`.
        read
            The table ``theme_readings``, of these sentences or more.
        """
        ids, texts, sections = (frame[name].tolist() for name in ("sentence_id", "text", "section"))
        cues = self.matcher.match(texts, sections)
        probabilities = self.probabilities(frame, read)
        scores = np.round(np.minimum(probabilities + self.cued(cues), 1.0), DECIMALS)
        row, column, rank = self._given(scores)
        rest = np.round(1.0 - scores.max(axis=1, initial=0.0), DECIMALS)
        confidence = np.column_stack([scores, rest])[row, column]
        alone = np.column_stack([probabilities, rest])[row, column]
        enough = (alone >= np.append(self.thresholds, 0.0)[column]).tolist()
        rows = row.tolist()
        themes = [(*self.codes, OTHER)[number] for number in column.tolist()]
        words = [cues[n].get(theme, []) for n, theme in zip(rows, themes, strict=True)]
        decided = [
            "none" if theme == OTHER else "model" if not found else "both" if model else "cue"
            for theme, found, model in zip(themes, words, enough, strict=True)
        ]
        evidence = [
            ";".join(dict.fromkeys(found)) if by != "none" else ""
            for found, by in zip(words, decided, strict=True)
        ]
        asked = [n for n, by in enumerate(decided) if by == "model"]
        moved = self.explainer.words_of([texts[rows[n]] for n in asked], [themes[n] for n in asked])
        for n, found in zip(asked, moved, strict=True):
            evidence[n] = found
        columns = ([ids[n] for n in rows], themes, rank, confidence, decided, evidence)
        return pd.DataFrame(dict(zip(schema.THEMES.names, columns, strict=True)))

    def _given(self, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the row, column and rank of every theme that is given, the strongest first.

        ``other`` has the column after the last, and stands where no theme is given.
        """
        order = np.argsort(-scores, axis=1, kind="stable")
        reached = np.take_along_axis(scores >= self.thresholds, order, axis=1)
        rank = reached.cumsum(axis=1)
        given = reached & (rank <= self.most)
        row, place = np.nonzero(np.column_stack([given, ~given.any(axis=1)]))
        one, other = np.ones(len(scores), int), np.full(len(scores), len(self.codes))
        columns, ranks = np.column_stack([order, other]), np.column_stack([rank, one])
        return row, columns[row, place], ranks[row, place]


def _code_chunk(work: tuple[pd.DataFrame, pd.DataFrame, dict[str, Any]]) -> pd.DataFrame:
    frame, read, params = work
    return _coder(tuple(sorted(params.items()))).code(frame, read)


_CODERS: dict[tuple[tuple[str, Any], ...], ThemeCoder] = {}


def _coder(params: tuple[tuple[str, Any], ...]) -> ThemeCoder:
    """Build the coder once a process: its matcher takes a second."""
    if params not in _CODERS:
        _CODERS[params] = ThemeCoder(read_codebook(), load_model("themes"), dict(params))
    return _CODERS[params]


def code_themes(
    frame: pd.DataFrame, read: pd.DataFrame, params: dict[str, Any], workers: int
) -> pd.DataFrame:
    """Return the themes of a frame of findings, coded in pieces of a fixed size.

    ``read`` is the table ``theme_readings`` of these sentences.
    """
    _coder(tuple(sorted(params.items())))
    work = [
        (piece, read[read["sentence_id"].isin(piece["sentence_id"])], params)
        for piece in chunks(frame)
    ]
    pieces = each(_code_chunk, work, "themes", workers, "piece")
    return pd.concat(pieces, ignore_index=True) if pieces else frames.build([], schema.THEMES)


def code_document(params: dict[str, Any], given: bytes) -> bytes:
    """Return the themes of a document's findings, from what :func:`_tasks` packs."""
    parts = unpack(given)
    frame = of_document(parts)
    findings = frame[np.array(parts["found"], dtype=bool)].reset_index(drop=True)
    read = frames.from_arrow(parts["read"], schema.THEME_READINGS)
    coded = _coder(tuple(sorted(params.items()))).code(findings, read)
    return pack({"themes": frames.to_arrow(coded, schema.THEMES)})


def _tasks(
    documents: pd.DataFrame, sentences: Rows, polarity: Rows, readings: Rows
) -> Iterator[Task]:
    for doc_id, doc_type in zip(documents["doc_id"], documents["doc_type"], strict=True):
        rows = sentences.of(doc_id).select(["sentence_id", "text", "section", "bullet"])
        coded = polarity.of(doc_id)
        frames.same_sentences(
            rows["sentence_id"].to_pylist(), coded["sentence_id"].to_pylist(), "classify"
        )
        found = [code != "none" for code in coded["polarity"].to_pylist()]
        given = pack({
            "doc_type": doc_type, "found": found, "sentences": rows, "read": readings.of(doc_id),
        })  # fmt: skip
        yield Task(given, given)
    frames.same_sentences([], [] if polarity.ended and readings.ended else [""], "classify")


def main(out: Path, params: dict[str, Any], work: Work) -> None:
    """Run the stage on the outputs of ``clean`` and ``classify`` below ``out``."""
    clean = out / "stages" / "clean"
    documents = frames.read(schema.CLEAN_DOCUMENTS, clean)
    sentences = Rows(schema.CLEAN_SENTENCES, clean)
    polarity = Rows(schema.POLARITY, out / "stages" / "classify")
    readings = Rows(schema.THEME_READINGS, out / "stages" / "classify")
    job = Job("themes", code_document, params, lambda: _coder(tuple(sorted(params.items()))))
    with writing(ParquetWriter(schema.THEMES, out / "stages" / "themes")) as (themes,):
        tasks = _tasks(documents, sentences, polarity, readings)
        for result in work.documents(job, tasks, len(documents)):
            themes.add(unpack(result)["themes"])
