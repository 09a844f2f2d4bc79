"""Measure what a run costs, beside the floor and a plain script, on the same documents in one go.

Run ``make bench``, or ``python -m benchmarks.bench --corpus DIR --documents N --scale N``. Every
figure is of a command started cold in a process of its own; wall time and the memory of the whole
tree of processes (proportional set size where the system tells it) are measured from outside. The
figures go to ``benchmarks/results.json`` with the machine, and into a plot.
"""

import argparse
import contextlib
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq

from benchmarks.multiply import KINDS, multiply

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks"
FAST = ("--set", "classify.escalate_below=0")
BY_DOCUMENT = ("clean", "classify", "themes", "tables")
STAGES = (*BY_DOCUMENT, "compare", "groups", "keyness", "press", "suggest", "record")
FLOOR = """
import sys, pypdfium2
for path in sys.argv[1:]:
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.get_textpage().get_text_range()
    document.close()
"""
_LOOK = 0.2


def _memory(process: psutil.Process) -> int:
    """Return the bytes of a process and all that it started; shared memory counts once."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            full = one.memory_full_info()
            total += getattr(full, "pss", full.uss)
        except psutil.Error:
            continue
    return total


def _processor() -> float:
    """Return the seconds of processor that ended child processes, and theirs, have taken."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def measured(command: Sequence[str]) -> dict[str, float]:
    """Run a command; return its wall and processor seconds and its peak of memory in MB."""
    before = _processor()
    begun = time.perf_counter()
    process = psutil.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    most = 0
    while process.poll() is None:
        with contextlib.suppress(psutil.Error):
            most = max(most, _memory(process))
        time.sleep(_LOOK)
    wall = time.perf_counter() - begun
    if process.returncode not in (0, 3):
        raise SystemExit(f"{' '.join(command)}: failed\n{process.stderr.read().decode()}")
    spent = _processor() - before
    return {"seconds": round(wall, 3), "cpu_seconds": round(spent, 3),
            "peak_mb": round(most / 1e6, 1)}  # fmt: skip


def findings(*arguments: object) -> dict[str, float]:
    """Measure a command of the project."""
    return measured([sys.executable, "-m", "pipeline", *map(str, arguments)])


def floor(files: list[Path], processes: int) -> dict[str, float]:
    """Return what PDFium alone takes for the text of PDFs, start-up left out."""
    parts = [[str(f) for f in files[n::processes]] for n in range(processes)]

    def once(lists: list[list[str]]) -> tuple[float, float]:
        begun, before = time.perf_counter(), _processor()
        for running in [subprocess.Popen([sys.executable, "-c", FLOOR, *names]) for names in lists]:
            running.wait()
        return time.perf_counter() - begun, _processor() - before

    full, empty = once(parts), once([[] for _ in parts])
    return {"seconds": round(full[0] - empty[0], 3), "cpu_seconds": round(full[1] - empty[1], 3)}


def stages(corpus: Path, out: Path, more: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return what each stage's command takes, cold, with one worker."""
    given = ("--out", out, "--workers", 1, *more)
    taken = {}
    for stage in STAGES:
        own = ("--no-cache",) if stage in BY_DOCUMENT else ()
        place = (corpus,) if stage == "clean" else ()
        taken[stage] = findings(stage, *place, *given, *own)
    return taken


def machine() -> dict[str, Any]:
    """Describe the machine and what runs on it."""
    names = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo")
             if line.startswith("model name")]  # fmt: skip
    packages = ("pypdfium2", "numpy", "pandas", "pyarrow", "onnxruntime", "spacy", "scikit-learn",
                "distributed")  # fmt: skip
    return {
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "load_before": os.getloadavg()[0],
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def same(first: Path, second: Path) -> bool:
    """Tell whether two runs wrote the same files with the same bytes."""
    files = [{p.relative_to(run): p.read_bytes() for p in run.rglob("*") if p.is_file()}
             for run in (first, second)]  # fmt: skip
    return files[0] == files[1]


def one_new(corpus: Path, folder: Path, more: Sequence[str]) -> dict[str, Any]:
    """Return the seconds of a run of all documents but one, and of one with that document too."""
    grown = folder / "grown"
    shutil.copytree(corpus, grown)
    last = sorted(grown.iterdir())[-1]
    aside = last.rename(folder / last.name)
    out = folder / "one_new"
    number = len(list(grown.iterdir()))
    full = findings("run", grown, "--out", out, "--workers", 2, *more)
    aside.rename(last)
    new = findings("run", grown, "--out", out, "--workers", 2, *more)
    return {"documents": number, "full": full, "one_new": new,
            "share": round(new["seconds"] / full["seconds"], 4),
            "cpu_share": round(new["cpu_seconds"] / full["cpu_seconds"], 4)}  # fmt: skip


def classifier(folder: Path, taken: dict[str, float]) -> dict[str, float]:
    """Return the sentences a second of stage ``classify``, start-up included."""
    rows = pq.read_metadata(folder / "tables" / "sentences.parquet").num_rows
    return {"sentences": rows, "a_second": round(rows / taken["seconds"], 1),
            "a_cpu_second": round(rows / taken["cpu_seconds"], 1)}  # fmt: skip


def measure(corpus: Path, larger: Path, folder: Path, scale: list[int]) -> Iterator[dict[str, Any]]:
    """Measure everything on the documents of one folder; yield what is known after each part.

    What one new document costs is measured on top of the documents of ``larger``.
    """
    files = sorted(corpus.iterdir())
    pdfs = [f for f in files if f.suffix.lower() == ".pdf"]
    found: dict[str, Any] = {"machine": machine(), "documents": len(files), "pdfs": len(pdfs)}
    found["floor"] = {f"workers_{n}": floor(pdfs, n) for n in (1, 2)}
    for name, more in (("fast", FAST), ("default", ())):
        run = {
            f"workers_{n}": findings("run", corpus, "--out", folder / f"{name}{n}", "--no-cache",
                                     "--workers", n, *more) for n in (1, 2)
        }  # fmt: skip
        run["cluster_local"] = findings("run", corpus, "--out", folder / f"{name}c", "--no-cache",
                                        "--cluster", "local", "--workers", 2, *more)  # fmt: skip
        two, bare = run["workers_2"], found["floor"]["workers_2"]
        by_stage = stages(corpus, folder / f"{name}s", more)
        found[name] = {
            "run": run,
            "stages": by_stage,
            "classifier": classifier(folder / f"{name}s", by_stage["classify"]),
            "seconds_a_document": round(two["seconds"] / len(files), 4),
            "cpu_seconds_a_document": round(two["cpu_seconds"] / len(files), 4),
            "times_the_floor": round(two["seconds"] / bare["seconds"], 2) if pdfs else None,
            "cpu_times_the_floor": round(two["cpu_seconds"] / bare["cpu_seconds"], 2)
            if pdfs
            else None,
            "one_new": one_new(larger, folder / f"{name}n", more),
        }
        found[name]["same_bytes"] = same(folder / f"{name}1", folder / f"{name}2") and same(
            folder / f"{name}1", folder / f"{name}c"
        )
        yield found
    script = measured([sys.executable, str(HERE / "plain_script.py"), str(corpus)])
    found["plain_script"] = script
    found["scale"] = []
    yield found
    for number in scale:
        found["scale"].append(_scaled(corpus, folder, number))
        yield found


def _scaled(corpus: Path, folder: Path, number: int) -> dict[str, float]:
    many, out = folder / f"many{number}", folder / f"many{number}_out"
    multiply(corpus, many, number)
    taken = findings("run", many, "--out", out, "--no-cache", "--workers", 2, *FAST)
    for done in (many, out):
        shutil.rmtree(done)
    return {"documents": number, **taken}


def plot(found: dict[str, Any], path: Path) -> None:
    """Draw seconds a document, and how time and memory grow with the number of documents."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, (cost, time_taken, memory) = plt.subplots(1, 3, figsize=(13, 4), layout="constrained")
    count = found["documents"]
    bars = {"PDFium's text alone": found["floor"]["workers_2"]["seconds"],
            "fast tier": found["fast"]["run"]["workers_2"]["seconds"],
            "default": found["default"]["run"]["workers_2"]["seconds"],
            "plain script (one process)": found["plain_script"]["seconds"]}  # fmt: skip
    drawn = cost.barh(list(bars), [seconds / count for seconds in bars.values()])
    cost.bar_label(drawn, fmt="%.3g", padding=3)
    cost.margins(x=0.15)
    cost.invert_yaxis()
    cost.set_title(f"seconds a document, of {count}, two workers")
    grown = found["scale"]
    documents = [g["documents"] for g in grown]
    first = grown[0]["seconds"] / documents[0]
    time_taken.plot(documents, [g["seconds"] for g in grown], "o", label="measured")
    time_taken.plot(documents, [first * n for n in documents], ":", label="linear in the first")
    time_taken.legend()
    time_taken.set_title("seconds of a whole run, fast tier")
    memory.plot(documents, [g["peak_mb"] for g in grown], "o-")
    memory.set_title("peak of memory, MB, all processes")
    for panel in (time_taken, memory):
        panel.set_xlabel("documents")
        panel.set_ylim(bottom=0)
    for panel in (cost, time_taken, memory):
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120, metadata={"Software": None})


def main() -> int:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus" / "sample")
    parser.add_argument("--documents", type=int, default=153, help="how many of them, at most")
    parser.add_argument("--scale", type=int, nargs="*", default=[100, 200, 400])
    parser.add_argument("--results", type=Path, default=HERE / "results.json")
    args = parser.parse_args()
    files = sorted(p for p in args.corpus.rglob("*") if p.suffix.lower() in KINDS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        larger, corpus = folder / "larger", folder / "corpus"
        for place, chosen in ((larger, files), (corpus, files[: args.documents])):
            place.mkdir()
            for path in chosen:
                shutil.copy(path, place)
        for found in measure(corpus, larger, folder, args.scale):
            args.results.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    plot(found, args.results.with_suffix(".png"))
    print(args.results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
