"""Stage ``record``: what a run came from and wrote, for people and for programs.

Reads what the other stages wrote; writes ``run.json`` (versions, parameters, SHA-256 of every file)
and ``tables/datapackage.json`` (a Frictionless Data Package).
"""

from pathlib import Path

from pipeline.export import datapackage
from pipeline.params import Params
from pipeline.provenance import write_record


def main(out: Path, params: Params, reviews: Path) -> None:
    """Run the stage on everything below ``out``."""
    datapackage.write(out / "tables")
    write_record(out, params, reviews)
