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
# Nehalem has SSE4.2 and no AVX, Haswell AVX2 and no VNNI.
PROCESSORS = ("Nehalem", "Haswell")
SENTENCES = 40
TIERS = {"linear": "0", "encoder": "1"}


def coded(source: Path, target: Path, below: str, processor: str = "") -> str:
    """Code ``source`` on a processor (empty: this one); return the SHA-256 of what comes out."""
    emulator = ["qemu-x86_64", "-cpu", processor] if processor else []
    command = [sys.executable, "-m", "pipeline", "label", str(source), "--out", str(target),
               "--workers", "1", "--set", f"classify.escalate_below={below}"]  # fmt: skip
    subprocess.run([*emulator, *command], check=True, cwd=ROOT)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def main() -> None:
    """Compare every processor with this one and write the outcome."""
    rows = pd.read_csv(ROOT / "corpus" / "sample_labels.csv", dtype=str, keep_default_na=False)
    drawn = rows.sample(SENTENCES, random_state=1)[["sentence", "previous", "section"]]
    outcome: dict[str, object] = {"sentences": SENTENCES}
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
