"""The reliability diagram of the model card: how often a code is right, by the confidence given."""

from typing import Any

import pandas as pd

from pipeline.charts import BLUE, GREY, Chart, marks, quantity, rounded

SIDE = 320


def reliability_plot(bins: list[dict[str, Any]]) -> Chart:
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
    x, y = (quantity(name, scale={"domain": [0, 1]}) for name in ("confidence", "accuracy"))
    diagonal = pd.DataFrame({"confidence": [0.0, 1.0], "accuracy": [0.0, 1.0]})
    line = marks("line", diagonal, {"x": x, "y": y}, color=GREY, strokeDash=[4, 4])
    points = marks("circle", frame, {
        "x": x | {"title": "mean confidence"},
        "y": y | {"title": "share with the gold polarity"},
        "size": quantity("sentences", scale={"range": [30, 700]}, title="sentences"),
    }, color=BLUE, opacity=0.9)  # fmt: skip
    title = "Confidence and accuracy on councils kept aside"
    return {"layer": [line, points], "width": SIDE, "height": SIDE, "title": title}
