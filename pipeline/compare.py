"""Stage ``compare``: what can be said about councils beside one another, as tables and plots.

Its halves are :mod:`pipeline.councils` and :mod:`pipeline.grades`, which ``findings run`` runs side
by side; they write the tables of :data:`pipeline.schema.TABLES_OF` under ``compare``.
"""

from pathlib import Path
from typing import Any

from pipeline import charts, councils, grades
from pipeline.comparison.differences import read_neighbours
from pipeline.paths import COMPARED


def main(out: Path, neighbours: Path | None, params: dict[str, Any]) -> list[Path]:
    """Run the stage on the tables below ``out``; return its charts, which are to be drawn."""
    near = read_neighbours(neighbours)
    charts.empty(out / COMPARED)
    return [*councils.main(out, near, params), *grades.main(out, params)]
