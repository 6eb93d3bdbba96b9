"""Every notebook runs from top to bottom with every exercise solved; as a reader finds it, it runs in JupyterLab."""

import re
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def name(path):
    return path.stem


def is_exercise(cell):
    return "exercise" in cell.metadata.get("tags", [])


def solve(notebook):
    """Put the folded solutions into the cells of the exercises."""
    for cell, after in zip(notebook.cells, notebook.cells[1:]):
        if is_exercise(cell):
            assert after.source.startswith("<details>")
            cell.source = re.search(r"```python\n(.*?)```", after.source, re.DOTALL)[1]
    return notebook


def run(notebook, path):
    """Run a notebook in its folder; what it prints to stderr, or warns, is an error."""
    start = time.perf_counter()
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert time.perf_counter() - start < 120  # 60 s where no other test runs
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr", output.text
    return notebook


def feedback(cell):
    return "".join(output.data["text/html"] for output in cell.outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_outputs_are_stored(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_runs_with_its_solutions_and_all_are_right(path):
    notebook = run(solve(nbformat.read(path, as_version=4)), path)
    for cell in filter(is_exercise, notebook.cells):
        assert "✓ Right" in feedback(cell)
