"""The picture of the README: weakness share by inspection and theme, with its uncertainty.

Needs matplotlib, from the extra ``notebooks``; nothing but ``findings docs`` imports this module.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pipeline import frames, schema
from pipeline.codebook import Codebook

# Blue, grey and orange are told apart in the common kinds of colour blindness.
COLOURS = LinearSegmentedColormap.from_list(
    "share", ["#0b559f", "#8ab4d8", "#dedede", "#e9a36a", "#a34c00"]
)
INK = "#333333"
DPI = 130
# Lengths in inches.
CELL = 0.34
LEFT, RIGHT, TOP, BOTTOM = 2.25, 1.05, 2.55, 1.25
# Gap between the named themes and the others, in cells.
GAP = 0.6
LEGEND_WIDTHS = (0.25, 0.5, 0.75)


def side(width: float) -> float:
    """Return the side of a cell's square: 1 for an interval of no width, 0 for the whole scale."""
    return max(0.0, min(1.0, 1.0 - width))


def inspections(documents: pd.DataFrame, councils: pd.DataFrame) -> pd.DataFrame:
    """Return the inspection reports from the best overall grade to the worst, by council and date.

    Columns ``doc_id``, ``grade`` and ``label``.
    """
    reports = documents[documents["doc_id"].isin(set(councils["doc_id"]))]
    rank = {grade: place for place, grade in enumerate((*schema.GRADES, ""))}
    ordered = reports.assign(rank=reports["overall"].map(rank)).sort_values(
        ["rank", "council", "published", "doc_id"], kind="stable"
    )
    label = [
        f"{council} {published[:4]}".strip()
        for council, published in zip(ordered["council"], ordered["published"], strict=True)
    ]
    return pd.DataFrame(
        {"doc_id": ordered["doc_id"].tolist(), "grade": ordered["overall"].tolist(), "label": label}
    )


@dataclass(frozen=True)
class _Grid:
    """Where inspections and themes stand, and how large the figure has to be."""

    reports: pd.DataFrame
    codebook: Codebook

    @property
    def places(self) -> dict[str, float]:
        """The column of every theme: the named ones, a gap, the others."""
        named = self.codebook.named
        return {
            code: place + (0.0 if code in named else GAP)
            for place, code in enumerate(self.codebook.codes)
        }

    @property
    def wide(self) -> float:
        return max(self.places.values()) + 1.2

    @property
    def high(self) -> float:
        return len(self.reports) + 0.2

    @property
    def size(self) -> tuple[float, float]:
        return LEFT + CELL * self.wide + RIGHT, TOP + CELL * self.high + BOTTOM

    def axes(self, figure: Figure, x: float, y: float, wide: float, high: float) -> Axes:
        """Add axes of a size in cells, its lower left corner in inches."""
        across, up = self.size
        axes = figure.add_axes((x / across, y / up, CELL * wide / across, CELL * high / up))
        axes.set(xlim=(0, wide), ylim=(0, high))
        axes.tick_params(length=0, pad=5)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return axes


def _square(axes: Axes, x: float, y: float, width: float, colour: Any) -> None:
    size = side(width)
    corner = (x - size / 2, y - size / 2)
    axes.add_patch(Rectangle(corner, size, size, facecolor=colour, edgecolor=INK, linewidth=0.5))


def _cross(axes: Axes, x: float, y: float) -> None:
    axes.plot(x, y, marker="x", markersize=4, color=INK)


def _cells(axes: Axes, cells: pd.DataFrame, grid: _Grid) -> None:
    rows = {doc_id: row for row, doc_id in enumerate(grid.reports["doc_id"])}
    for cell in cells.to_dict("records"):
        x, y = grid.places[cell["theme"]], rows[cell["doc_id"]]
        if cell["findings"]:
            width = cell["weakness_share_high"] - cell["weakness_share_low"]
            _square(axes, x, y, width, COLOURS(cell["weakness_share"]))
        else:
            _cross(axes, x, y)


def _labels(axes: Axes, grid: _Grid) -> None:
    names = {theme.id: theme.label for theme in grid.codebook.themes}
    axes.set_xticks(list(grid.places.values()), [names[code] for code in grid.places])
    axes.tick_params(axis="x", top=True, labeltop=True, bottom=False, labelbottom=False)
    for tick in axes.get_xticklabels():
        tick.set(rotation=45, ha="left", va="bottom", rotation_mode="anchor", fontsize=9)
    axes.set_yticks(range(len(grid.reports)), grid.reports["label"].tolist(), fontsize=9)
    for grade, group in grid.reports.groupby("grade", sort=False):
        first, last = group.index[0], group.index[-1]
        if first:
            axes.axhline(first - 0.5, color=INK, linewidth=0.6)
        axes.annotate(str(grade).replace(" ", "\n") or "no grade", (0.15, (first + last) / 2),
                      xycoords=("figure points", "data"), xytext=(10, 0),
                      textcoords="offset points", rotation=90, ha="left", va="center",
                      fontsize=9, fontweight="bold", annotation_clip=False)  # fmt: skip


def _legend(figure: Figure, grid: _Grid) -> None:
    bar = figure.colorbar(
        ScalarMappable(cmap=COLOURS), cax=grid.axes(figure, LEFT, 0.55, 6.6, 0.5),
        orientation="horizontal",
    )  # fmt: skip
    bar.set_ticks([0, 0.5, 1], labels=["0\nonly strengths", "0.5\nas many", "1\nonly weaknesses"])
    bar.ax.tick_params(labelsize=8, length=2, pad=3)
    bar.ax.set_title("colour: weakness share", fontsize=9)
    axes = grid.axes(figure, LEFT + 8.4 * CELL, 0.4, 12, 2)
    axes.axis("off")
    axes.text(0, 1.62, "size: the larger, the narrower the 95 % interval", fontsize=9, va="center")
    for place, width in enumerate(LEGEND_WIDTHS):
        x = 0.4 + 2.9 * place
        _square(axes, x, 0.5, width, COLOURS(0.5))
        axes.text(x + 0.6, 0.5, f"{width} wide", fontsize=8, va="center")
    _cross(axes, 9.2, 0.5)
    axes.text(9.6, 0.5, "no finding", fontsize=8, va="center")


def draw(tables: Path, codebook: Codebook, title: str, target: Path) -> Path:
    """Draw the weakness share of every inspection and theme as a PNG; return its path.

    Parameters
    ----------
    tables
        Folder of the tables of a run.
    codebook
        The codebook, for the order and the names of the themes.
    title
        What stands above the picture.
    target
        The file to write.

    Notes
    -----
    Colour is the weakness share, from only strengths to only weaknesses. A square is the larger,
    the narrower the share's interval: what is hardly known is hardly seen. The same tables and
    the same version of matplotlib give the same bytes.
    """
    cells = frames.read(schema.COUNCIL_THEMES, tables)
    reports = inspections(frames.read(schema.DOCUMENTS, tables), cells)
    grid = _Grid(reports, codebook)
    with matplotlib.rc_context():
        # A reader's own settings must not change the picture.
        matplotlib.rcdefaults()
        figure = Figure(figsize=grid.size, dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        axes = grid.axes(figure, LEFT, BOTTOM, grid.wide, grid.high)
        axes.set(xlim=(-0.6, grid.wide - 0.6), ylim=(grid.high - 0.6, -0.6))
        _cells(axes, cells, grid)
        _labels(axes, grid)
        _legend(figure, grid)
        figure.text(
            0.015, 1 - 0.25 / grid.size[1], title, fontsize=11, fontweight="bold", va="center"
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(target, format="png", metadata={"Software": None})
    return target
