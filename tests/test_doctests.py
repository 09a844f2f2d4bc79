"""The worked examples in the docstrings of every module of the pipeline."""

import doctest
import importlib
import pkgutil

import pytest

import pipeline

MODULES = [
    module.name
    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline.")
    if module.name != "pipeline.__main__"
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


def test_there_are_examples() -> None:
    finder = doctest.DocTestFinder()
    examples = [
        t for name in MODULES for t in finder.find(importlib.import_module(name)) if t.examples
    ]
    assert len(examples) >= 3
