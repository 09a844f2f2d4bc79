"""Plot of a contrast: the terms with the most evidence for either group, by their log ratio."""

import numpy as np
import pandas as pd

from pipeline.charts import BLUE, GREY, ORANGE, Chart, marks, nominal, quantity, rounded

SHOWN = 20
ROW = 15
_NOT_KEY = "not told apart"
_NUMBERS = ("log_ratio", "log_ratio_low", "log_ratio_high")


def key_chart(rows: pd.DataFrame, title: str) -> Chart:
    """Return the first terms of either group with the intervals of their log ratios.

    Parameters
    ----------
    rows
        Rows of ``keyness``, of one contrast.
    title
        What stands above the chart.

    Notes
    -----
    Terms stand in the order of the evidence, group a above group b. Parts of longer terms are left
    out. The axis counts doublings: 1 is twice as frequent in group a.
    """
    whole = rows[rows["part_of"] == ""]
    kept = whole.groupby("key_to", sort=True).head(SHOWN)
    labels = {"a": _label(rows, "group_a"), "b": _label(rows, "group_b")}
    sides = kept["key_to"].map(labels).where(kept["key"].astype(bool), _NOT_KEY)
    data = rounded(kept[["term", *_NUMBERS]].assign(side=sides))
    farthest = data[list(_NUMBERS)].abs().max().max()
    edge = 1.0 if pd.isna(farthest) else float(np.ceil(farthest))
    data = data.fillna({"log_ratio_low": -edge, "log_ratio_high": edge})
    # By number, since the library that draws takes some words in a list, such as "if", for code.
    data = data.assign(place=range(len(data)))
    names = [labels["a"], labels["b"], _NOT_KEY]
    term = {
        "y": nominal("term", sort={"field": "place", "op": "min"}, title=None),
        "color": nominal("side", title="more frequent with",
                         legend={"labelLimit": 600, "direction": "vertical"},
                         scale={"domain": names, "range": [ORANGE, BLUE, GREY]}),
    }  # fmt: skip
    lines = marks("rule", data, term | {
        "x": quantity("log_ratio_low", title="log ratio (doublings), 95 % interval by documents",
                      scale={"domain": [-edge, edge]}),
        "x2": {"field": "log_ratio_high"},
    })  # fmt: skip
    points = marks("point", data, term | {"x": quantity("log_ratio")},
                   filled=True, size=40, opacity=1)  # fmt: skip
    zero = marks("rule", pd.DataFrame({"at": [0]}), {"x": quantity("at")},
                 color=GREY, strokeDash=[4, 3])  # fmt: skip
    subtitle = (
        f"The {SHOWN} terms of each group with the most evidence, strongest first; "
        "a line to the edge has no end"
    )
    return {"layer": [zero, lines, points], "width": 420, "height": ROW * max(len(data), 1),
            "title": {"text": title, "subtitle": subtitle}}  # fmt: skip


def _label(rows: pd.DataFrame, column: str) -> str:
    return str(rows[column].iloc[0]) if len(rows) else column.replace("_", " ")
