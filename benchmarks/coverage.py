"""Whether the intervals of stage ``compare`` cover, and how often its discoveries are false.

Simulates corpora with known shares, errors of coding and clustering (``simulation.py``), and
writes the figures to ``coverage.json``::

    python -m benchmarks.coverage --runs 500
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.simulation import simulate
from pipeline.work import default_workers

RESULTS = Path(__file__).resolve().with_suffix(".json")


def main(arguments: list[str] | None = None) -> int:
    """Simulate and write the figures; return the exit status."""
    parser = argparse.ArgumentParser(description="Coverage of the intervals of stage compare.")
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--councils", type=int, default=30)
    parser.add_argument("--workers", type=int, default=default_workers())
    parser.add_argument("--seed", type=int, default=20_260_101)
    parser.add_argument("--out", type=Path, default=RESULTS, help="file for the figures")
    options = parser.parse_args(arguments)
    figures = simulate(options.runs, options.councils, options.seed, options.workers)
    settings = {"runs": options.runs, "councils": options.councils, "seed": options.seed}
    text = json.dumps({**settings, "figures": figures}, indent=2) + "\n"
    options.out.write_text(text, encoding="utf-8", newline="\n")
    for name, value in figures.items():
        print(f"{name:45} {value['mean']:.4f} +- {value['standard_error']:.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
