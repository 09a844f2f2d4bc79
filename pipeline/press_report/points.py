"""Groups the findings of a report into points, so that one said three times counts once."""

import numpy as np
import pandas as pd

from pipeline.press_report.likeness import Likeness, scores, theme_sets

# The parts of a report that sum up the others, the most binding first.
SUMMING_UP = ("improve", "summary")


def points(findings: pd.DataFrame, likeness: Likeness, least: float) -> pd.Series:
    """Return the point of every finding: the ``sentence_id`` that first states it.

    Parameters
    ----------
    findings
        Findings of one report and one direction, with ``sentence_id``, ``section``, ``text`` and
        ``themes``.
    likeness
        The likeness of words by what is rare in the report.
    least
        The score from which two findings say the same.

    Returns
    -------
    pandas.Series
        As long as ``findings``, with its index.

    Notes
    -----
    A report says a weakness in its summary, again under the areas for improvement and again,
    with details, in a section. Each area for improvement is a point of its own; a sentence of
    the summary joins the likest of them, one of a section the likest of either, if they have a
    theme in common and score at least ``least``; otherwise it is a point of its own. Sentences of
    sections never join one another: they are details, not repetitions. Joined pairs are right
    more often than all of them are found, so points are still counted somewhat too often.
    """
    alike = scores(findings, findings, likeness.between(findings["text"], findings["text"]))
    themes = theme_sets(findings["themes"])
    sections = findings["section"].to_list()
    leads: list[int] = []
    point = np.arange(len(findings))
    for section in (*SUMMING_UP, None):
        rows = [i for i, name in enumerate(sections)
                if name == section or (section is None and name not in SUMMING_UP)]  # fmt: skip
        for row in rows:
            near = [lead for lead in leads if themes[row] & themes[lead]]
            best = max(near, key=lambda lead: alike[row, lead], default=None)
            if section != "improve" and best is not None and alike[row, best] >= least:
                point[row] = best
        if section is not None:
            leads += [row for row in rows if point[row] == row]
    ids = findings["sentence_id"].to_numpy(dtype=object)
    return pd.Series(ids[point], index=findings.index, dtype=object)
