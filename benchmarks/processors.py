"""Whether other models of processor give the same bytes, by emulating them.

    .venv/bin/python -m benchmarks.processors

Needs ``qemu-x86_64`` (Debian's package ``qemu-user``). Codes sentences of the sample corpus with
the encoder alone and with the linear model alone, on this processor and on emulated ones that have
fewer vector instructions, and compares the files. The outcome goes to
``benchmarks/processors.json``.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from pipeline.paths import ROOT

TARGET = Path(__file__).with_suffix(".json")
# SandyBridge has AVX and no AVX2, Haswell AVX2 and no VNNI.
PROCESSORS = ("SandyBridge", "Haswell")
# Some versions of the emulator get AVX2 wrong, and numpy sorts with it: what comes of a processor
# that cannot sort tells nothing of a real one.
SORTS = """
import numpy as np
drawn = np.random.default_rng(1).integers(0, 300, (200, 1000))
assert all((row[np.argsort(row)] == sorted(row.tolist())).all() for row in drawn)
"""
SENTENCES = 40
TIERS = {"linear": "0", "encoder": "1"}


def emulating(processor: str) -> list[str]:
    """Return what starts a command on a processor (empty: on this one)."""
    return ["qemu-x86_64", "-cpu", processor] if processor else []


def coded(source: Path, target: Path, below: str, processor: str = "") -> str:
    """Code ``source`` on a processor (empty: this one); return the SHA-256 of what comes out."""
    command = [sys.executable, "-m", "pipeline", "label", str(source), "--out", str(target),
               "--workers", "1", "--set", f"classify.escalate_below={below}"]  # fmt: skip
    subprocess.run([*emulating(processor), *command], check=True, cwd=ROOT)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def main() -> None:
    """Compare every processor with this one and write the outcome."""
    rows = pd.read_csv(ROOT / "corpus" / "sample_labels.csv", dtype=str, keep_default_na=False)
    drawn = rows.sample(SENTENCES, random_state=1)[["sentence", "previous", "section"]]
    sorts = {name: subprocess.run([*emulating(name), sys.executable, "-c", SORTS],
                                  capture_output=True, check=False).returncode == 0
             for name in PROCESSORS}  # fmt: skip
    outcome: dict[str, object] = {"sentences": SENTENCES, "emulator_sorts": sorts}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.csv"), Path(folder, "out.csv")
        drawn.to_csv(source, index=False)
        for tier, below in TIERS.items():
            here = coded(source, target, below)
            outcome[tier] = {name: coded(source, target, below, name) == here
                             for name in PROCESSORS}  # fmt: skip
    TARGET.write_text(json.dumps(outcome, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(outcome, indent=2))


if __name__ == "__main__":
    main()
