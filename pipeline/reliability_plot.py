"""The reliability diagram of the model card: how often a code is right, by the confidence given."""

from typing import Any

import altair as alt
import pandas as pd

from pipeline.charts import BLUE, GREY, rounded

SIDE = 320


def reliability_plot(bins: list[dict[str, Any]]) -> alt.TopLevelMixin:
    """Return the reliability diagram (DeGroot and Fienberg 1983) of some bins.

    Parameters
    ----------
    bins
        ``sentences``, ``confidence`` and ``accuracy`` of every bin, as ``metrics.json`` has them.

    Notes
    -----
    Points below the line are sentences of which the model was surer than it was right. The size
    of a point is its number of sentences: small ones say little.
    """
    frame = rounded(pd.DataFrame(bins))
    scale = alt.Scale(domain=[0, 1])
    line = (
        alt.Chart(pd.DataFrame({"confidence": [0.0, 1.0], "accuracy": [0.0, 1.0]}))
        .mark_line(color=GREY, strokeDash=[4, 4])
        .encode(x=alt.X("confidence", scale=scale), y=alt.Y("accuracy", scale=scale))
    )
    points = (
        alt.Chart(frame)
        .mark_circle(color=BLUE, opacity=0.9)
        .encode(
            x=alt.X("confidence", scale=scale, title="mean confidence"),
            y=alt.Y("accuracy", scale=scale, title="share with the gold polarity"),
            size=alt.Size("sentences", scale=alt.Scale(range=[30, 700]), title="sentences"),
        )
    )
    title = "Confidence and accuracy on councils kept aside"
    return alt.layer(line, points).properties(width=SIDE, height=SIDE, title=title)
