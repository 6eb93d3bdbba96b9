"""Folders import only from folders before them, for types too: the data goes one way."""

import ast
from pathlib import Path

import pytest

import dupviz

ROOT = Path(dupviz.__file__).parent
LAYERS = ["metrics", "images", "search", "inventory", "look", "proposers", "groups", "threshold", "cleanup", "show"]
LAYERS += ["plots", "duplicates", "one_call", "review", "cluster", "widgets", "teaching", "app", "cli"]


def imports(node):
    """The modules of dupviz that a module imports, wherever that is."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom) and child.module and child.module.startswith("dupviz."):
            yield child.module
        yield from imports(child)


def layer(module):
    """The place of a module in the order; private helpers at the top come before all."""
    part = module.split(".")[1]
    return -1 if part.startswith("_") else LAYERS.index(part)


@pytest.mark.parametrize("file", sorted(ROOT.rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_module_imports_from_a_later_layer(file):
    module = ".".join(["dupviz", *file.relative_to(ROOT).with_suffix("").parts])
    if module == "dupviz.__init__":
        return
    for imported in imports(ast.parse(file.read_text(encoding="utf-8"))):
        assert layer(imported) <= layer(module) or module == "dupviz.__main__", f"{module} imports {imported}"
