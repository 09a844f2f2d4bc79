"""``dvc.yaml`` held against the code: what a stage imports and reads is what it declares.

A stage runs ``pipeline.cli`` and its module of ``pipeline.commands``, which imports the stage. From
there every import is followed, also those inside functions. Data files are told by their names in
the code, models by the calls that load them.
"""

import ast
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import provenance, registry, schema
from pipeline.cache import FOLDER
from pipeline.params import load
from pipeline.paths import ROOT

Stages = dict[str, dict[str, Any]]
STAGES = (
    "clean", "classify", "themes", "tables", "compare", "groups", "keyness", "press", "suggest",
    "record", "report", "notebooks",
)  # fmt: skip
CONSTANTS = {
    "CODEBOOK": "corpus/codebook.yaml",
    "MODELS": "models/index.json",
    "METRICS": "models/metrics.json",
    "GOLD_LABELS": "models/gold_labels.csv",
    "GOLD_PREDICTIONS": "models/gold_predictions.csv",
}
# The stage that runs last in a run writes its record.
LAST = "record"
HALVES = {"compare": ("councils", "grades")}
# What `findings run` leaves to commands of their own, because people look at it and no table does.
AFTER = ("report", "notebooks")
FOLDER_OF_NOTEBOOKS = "notebooks"
NOTEBOOKS = "\n".join(
    p.read_text(encoding="utf-8") for p in sorted((ROOT / FOLDER_OF_NOTEBOOKS).glob("*.py"))
)


def files_of(root: Path, name: str) -> list[Path]:
    """Return the file of a module of the project and those of the packages above it."""
    parts = name.split(".")
    packages = [root.joinpath(*parts[:n], "__init__.py") for n in range(1, len(parts) + 1)]
    module = root.joinpath(*parts).with_suffix(".py")
    return [path for path in (*packages, module) if path.exists()]


def imported(tree: ast.AST) -> Iterator[str]:
    """Return the names of the project's modules that some code imports, wherever it does."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def read_files(root: Path, tree: ast.AST) -> Iterator[str]:
    """Return the data files and models that some code names."""
    models = json.loads((root / "models" / "index.json").read_text(encoding="utf-8"))["models"]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            # A text of several words is prose that happens to name a file.
            if (
                node.value.split() == [node.value]
                and (root / "pipeline/data" / node.value).is_file()
            ):
                yield f"pipeline/data/{node.value}"
        elif isinstance(node, ast.ImportFrom) and node.module == "pipeline.paths":
            yield from (CONSTANTS[a.name] for a in node.names if a.name in CONSTANTS)
        name = model_name(node)
        if name:
            yield f"models/{models[name]['file']}"


def model_name(node: ast.AST) -> str:
    """Return the model that ``load_model("x")`` or ``index["models"]["x"]`` names, if it is one."""
    argument: ast.AST | None = None
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "load_model"
    ):
        argument = node.args[0]
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Subscript):
        above = node.value.slice
        argument = (
            node.slice if isinstance(above, ast.Constant) and above.value == "models" else None
        )
    return str(argument.value) if isinstance(argument, ast.Constant) else ""


def command(root: Path, stage: str) -> ast.Module:
    """Return the module of the command line that runs a stage."""
    return ast.parse((root / "pipeline" / "commands" / f"{stage}.py").read_text(encoding="utf-8"))


def needed(root: Path, stage: str) -> set[str]:
    """Return the files of the project that a stage imports or reads."""
    cli = ast.parse((root / "pipeline" / "cli.py").read_text(encoding="utf-8"))
    found = {"pipeline/cli.py", "pipeline/__init__.py", f"pipeline/commands/{stage}.py"}
    waiting: list[ast.AST] = [cli, command(root, stage)]
    while waiting:
        tree = waiting.pop()
        found.update(read_files(root, tree))
        for path in (p for name in imported(tree) for p in files_of(root, name)):
            file = path.relative_to(root).as_posix()
            if file not in found:
                found.add(file)
                waiting.append(ast.parse(path.read_text(encoding="utf-8")))
    return found


def declared(root: Path, stage: dict[str, Any]) -> set[str]:
    """Return the code, data and model files that a stage declares, folders file by file."""
    files: set[str] = set()
    for name in stage["deps"]:
        path = root / name
        if name.startswith("pipeline/") and path.is_dir():
            inside = (p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)
            files.update(p.relative_to(root).as_posix() for p in inside)
        elif name.startswith(("pipeline/", "models/", "corpus/")) and name != "corpus/sample":
            files.add(name)
    return files


def named(root: Path, stage: dict[str, Any]) -> set[str]:
    """Return the files of the corpus folder that a stage is given as arguments."""
    words = {word for word in stage["cmd"].split() if word.startswith("corpus/")}
    return {word for word in words if (root / word).is_file()}


@pytest.fixture(scope="module")
def stages() -> Stages:
    loaded: Stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    return loaded


def test_the_stages_in_their_order(stages: Stages) -> None:
    assert tuple(stages) == STAGES
    for name, stage in stages.items():
        words = stage["cmd"].split()
        assert words[:2] == [".venv/bin/findings", name]
        assert words[-2:] == ["--out", "outputs"]
        assert stage["desc"].endswith(".")


@pytest.mark.parametrize("name", STAGES)
def test_what_a_stage_imports_and_reads_is_what_it_declares(stages: Stages, name: str) -> None:
    code = needed(ROOT, name) | named(ROOT, stages[name])
    if name == FOLDER_OF_NOTEBOOKS:
        code |= set(re.findall(r'"\.\./(models/[^"]+)"', NOTEBOOKS))
        sources = {path.relative_to(ROOT).as_posix() for path in (ROOT / name).glob("*.py")}
        assert {d for d in stages[name]["deps"] if d.startswith(name)} == sources
    page = declared(ROOT, stages[name])
    assert {"undeclared": sorted(code - page), "superfluous": sorted(page - code)} == {
        "undeclared": [], "superfluous": [],
    }  # fmt: skip


@pytest.mark.parametrize("name", STAGES)
def test_what_is_declared_exists(stages: Stages, name: str) -> None:
    missing = [
        d for d in stages[name]["deps"] if not d.startswith("outputs/") and not (ROOT / d).exists()
    ]
    assert missing == []
    assert len(set(stages[name]["deps"])) == len(stages[name]["deps"])


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_declares_the_stages_that_it_reads(stages: Stages, name: str) -> None:
    trees = [ast.parse((ROOT / "pipeline" / f"{module}.py").read_text(encoding="utf-8"))
             for module in HALVES.get(name, (name,))]  # fmt: skip
    inside = [part for tree in trees for n in tree.body
              if isinstance(n, ast.FunctionDef) and n.name == "main" for part in ast.walk(n)
              ]  # fmt: skip
    words = {n.value for n in inside if isinstance(n, ast.Constant)}
    outputs = {out for stage in stages.values() for out in stage["outs"]}
    read = {f"outputs/stages/{stage}" for stage in STAGES if stage in words} & outputs
    read -= set(stages[name]["outs"])
    if "tables" in words and name != "tables":
        tables = (n.attr for n in inside if isinstance(n, ast.Attribute)
                  and isinstance(n.value, ast.Name) and n.value.id == "schema")  # fmt: skip
        found = (getattr(schema, attribute) for attribute in tables)
        read |= {f"outputs/tables/{t.name}.parquet" for t in found if isinstance(t, schema.Table)}
    if name == FOLDER_OF_NOTEBOOKS:
        read = {f"outputs/tables/{table}.parquet"
                for table in re.findall(r'\btable\("(\w+)"\)', NOTEBOOKS)}  # fmt: skip
    if name == LAST:
        # The record holds the hashes of all that was written, and names the registry.
        read.add(f"outputs/{Path(registry.NOTE).parent.as_posix()}")
        hashed = {out for out in outputs - set(stages[name]["outs"])
                  if out.split("/")[1] in provenance.OUTPUTS}  # fmt: skip
        read |= hashed
    assert {d for d in stages[name]["deps"] if d.startswith("outputs/")} == read
    assert read <= outputs


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_declares_the_parameters_that_it_is_given(stages: Stages, name: str) -> None:
    module = command(ROOT, name)
    function = next(n for n in module.body if isinstance(n, ast.FunctionDef) and n.name == "run")
    blocks = {
        node.slice.value for node in ast.walk(function)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name)
        and node.value.id == "params" and isinstance(node.slice, ast.Constant)
    }  # fmt: skip
    # The record of the run names all parameters.
    assert set(stages[name].get("params", ())) == (set(load()) if name == LAST else blocks)


def test_every_output_is_declared_and_every_declared_output_appears(
    stages: Stages, sample_run: Path
) -> None:
    outs = [out.removeprefix("outputs/") for stage in stages.values() for out in stage["outs"]]
    assert len(set(outs)) == len(outs)
    assert [out for out in outs if not (sample_run / out).exists()] == [*AFTER]
    written = [p.relative_to(sample_run) for p in sample_run.rglob("*") if p.is_file()]
    # What is kept for the next run is no result.
    homeless = [p for p in written if not any(p.is_relative_to(out) for out in (*outs, FOLDER))]
    assert homeless == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(
        ROOT / "pipeline", tmp_path / "pipeline", ignore=shutil.ignore_patterns("*.pyc")
    )
    (tmp_path / "models").mkdir()
    shutil.copy(ROOT / "models" / "index.json", tmp_path / "models")
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "file"),
    [
        ("classify", "from pipeline import readability", "pipeline/readability.py"),
        ("classify", "import pipeline.readability", "pipeline/readability.py"),
        (
            "classify",
            "def late() -> None:\n    from pipeline.readability import x",
            "pipeline/readability.py",
        ),
        ("coding/features", "from pipeline.facts.dates import x", "pipeline/facts/dates.py"),
        ("coding/context", "NAMES = DATA / 'councils.csv'", "pipeline/data/councils.csv"),
        ("classify", "from pipeline.paths import CODEBOOK", "corpus/codebook.yaml"),
        ("classify", "load_model('themes')", "models/themes.npz"),
        ("classify", "read_index()['models']['themes']", "models/themes.npz"),
    ],
)
def test_an_import_that_is_added_is_seen(copy: Path, module: str, line: str, file: str) -> None:
    before = needed(copy, "classify")
    assert file not in before
    path = copy / "pipeline" / f"{module}.py"
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    assert file in needed(copy, "classify")


def test_an_import_that_is_taken_away_is_seen(copy: Path) -> None:
    path = copy / "pipeline" / "tables.py"
    text = path.read_text(encoding="utf-8")
    assert "pipeline/readability.py" in needed(copy, "tables")
    path.write_text(text.replace("from pipeline.readability import readability\n", ""))
    assert "pipeline/readability.py" not in needed(copy, "tables")


def test_no_stage_imports_another(stages: Stages) -> None:
    for name in STAGES:
        others = {f"pipeline/{stage}.py" for stage in (*STAGES, "run") if stage != name}
        assert needed(ROOT, name) & others == set()
