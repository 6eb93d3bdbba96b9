"""Every notebook runs from top to bottom with every exercise solved; as a reader finds it, it runs in JupyterLab."""

import json
import re
import time
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
import stated
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
OF_CHOSEN_PICTURES = [path for path in NOTEBOOKS if "choose_pictures(" in path.read_text(encoding="utf-8")]


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


def draws(cell):
    """Whether a cell ends with a figure."""
    return cell.cell_type == "code" and bool(re.match(r"(plot_\w+|show)\(", cell.source.splitlines()[-1]))


def has_picture(cell):
    return any("image/png" in output.get("data", {}) for output in cell.outputs)


def feedback(cell):
    return "".join(output.data["text/html"] for output in cell.outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_no_outputs_are_stored(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_nothing_is_shown_in_an_output_widget(path):
    """nbclient answers these on the socket on which it waits, and may then miss the reply: 3 of 360 cells hung."""
    for cell in nbformat.read(path, as_version=4).cells:
        assert not re.search(r"interact|widgets\.Output", cell.source)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=name)
def test_runs_with_its_solutions_and_all_are_right(path):
    """And the numbers in its text are those that it has computed: a text with another digit would fail."""
    text, notebook = f"notebooks/{path.name}", solve(nbformat.read(path, as_version=4))
    notebook.cells.append(nbformat.v4.new_code_cell(stated.cell_of_sentences(text)))
    sentences = json.loads(run(notebook, path).cells.pop().outputs[-1].text)
    given, prose = stated.given_numbers()[text], stated.prose(text)
    assert stated.wrong(prose, sentences, given) == ([], {})
    for changed in stated.changed_digits(prose):
        assert stated.wrong(changed, sentences, given) != ([], {})
    for cell in filter(is_exercise, notebook.cells):
        assert "✓ Right" in feedback(cell)
    for cell in filter(draws, notebook.cells):
        assert has_picture(cell), cell.source


@pytest.mark.parametrize("path", OF_CHOSEN_PICTURES, ids=name)
def test_one_cell_takes_a_folder_of_ones_own(path, tmp_path):
    rng = np.random.default_rng(0)
    for number in range(4):
        picture = Image.fromarray(rng.integers(0, 256, (9, 12, 3), np.uint8)).resize(
            (360, 270), Image.Resampling.BICUBIC
        )
        picture.save(tmp_path / f"holiday {number}.jpg")
    for exercise in filter(is_exercise, run(with_folder(path, tmp_path), path).cells):
        assert "✓ Right" in feedback(exercise)


@pytest.mark.parametrize("path", OF_CHOSEN_PICTURES, ids=name)
def test_a_folder_without_pictures_is_said_once_and_the_lesson_goes_on(path, tmp_path):
    notebook = run(with_folder(path, tmp_path), path)
    printed = "".join(output.text for cell in notebook.cells for output in cell.get("outputs", []) if "text" in output)
    assert printed.count("no pictures in it that can be read. The lesson goes on with the sample.") == 1


def with_folder(path, folder):
    """A solved notebook with another folder in the cell that asks for it."""
    notebook = solve(nbformat.read(path, as_version=4))
    [cell] = [cell for cell in notebook.cells if cell.source.startswith(("folder =", "sample ="))]
    cell.source = re.sub(r"(?m)^folder = .*$", f"folder = {str(folder)!r}", cell.source, count=1)
    return notebook


@pytest.mark.parametrize("path", NOTEBOOKS[1:], ids=name)
def test_a_folder_of_ones_own_is_asked_for_pictures_before_it_is_used(path):
    """So each lesson goes on with the sample, after one sentence, where a folder has none."""
    sources = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    [cell] = [source for source in sources if "with_pictures(" in source and "import" not in source]
    asked = re.search(r"(?ms)^(\w+) = .*\n\1 = with_pictures\(\1, sample=", cell)
    assert asked
    assert not re.search(r"load_images|find_duplicates", cell[: asked.end()])


def test_the_table_that_closes_the_last_notebook_is_true_of_each_pair(monkeypatch):
    """Its verdicts and its truth are of the same pair, by the names of the files, and not by the number of a row."""
    path = NOTEBOOKS[-1]
    monkeypatch.chdir(path.parent)
    cells = {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}
    known = {}
    for each in ("cell-02", "cell-04", "cell-30"):
        exec(cells[each].replace("plot_pair(", "(lambda *_, **__: None)("), known)
    looked, images, folder = known["looked"], known["images"], known["folder"]
    source = (
        pd.read_csv("../data/truth.csv").drop_duplicates("file").set_index("file")["source"]
    )  # of each file: what it shows
    names = [Path(path).relative_to(folder).as_posix() for path in images.files["path"]]
    same = [source[names[a]] == source[names[b]] for a, b in zip(looked["a"], looked["b"])]
    assert looked["same"].tolist() == same
    assert len(looked) == len(known["found_pairs"])
    counts = pd.crosstab([looked["mse"] < 200, np.array(same)], looked["verdict"])
    assert counts.loc[(True, False)].to_dict() == {"different": 3, "edited": 0, "same": 0}
    assert counts["same"].xs(False, level=1).sum() == 0
