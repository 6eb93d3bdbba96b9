"""The student's edition has no solutions; the teacher's has them, and is right."""

import re
from pathlib import Path

import editions
import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture
def made(tmp_path, monkeypatch):
    """Both editions, in a folder of their own."""
    monkeypatch.setattr(editions, "FOLDER", tmp_path)
    for path in NOTEBOOKS:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    editions.main()
    return {
        name: {path.name: nbformat.read(path, as_version=4) for path in sorted((tmp_path / name).glob("*.ipynb"))}
        for name in ("student", "teacher")
    }


def test_both_editions_are_whole_notebooks(made):
    for notebooks in made.values():
        assert list(notebooks) == [path.name for path in NOTEBOOKS]
        for notebook in notebooks.values():
            nbformat.validate(notebook)


def test_students_get_the_exercises_without_their_solutions(made):
    for path in NOTEBOOKS:
        whole, student = nbformat.read(path, as_version=4), made["student"][path.name]
        assert not any("<details>" in cell.source for cell in student.cells)
        exercises = [cell.source for cell in whole.cells if editions.is_exercise(cell)]
        assert [cell.source for cell in student.cells if editions.is_exercise(cell)] == exercises
        kept = sum(cell.cell_type == "code" for cell in student.cells)
        assert kept == sum(cell.cell_type == "code" for cell in whole.cells)


def test_teachers_get_aims_time_and_marks_and_every_solution(made):
    for path in NOTEBOOKS:
        notebook = made["teacher"][path.name]
        exercises = [cell for cell in notebook.cells if editions.is_exercise(cell)]
        assert f"**{2 * len(exercises)}**" in notebook.cells[0].source
        assert "\n- " in notebook.cells[0].source
        assert all("..." not in re.sub(r"\[\.\.\.", "[", cell.source) for cell in exercises)


def test_the_solutions_of_the_teacher_are_right(made, tmp_path):
    notebook = made["teacher"]["02_measuring_difference.ipynb"]
    for cell in notebook.cells:
        cell.source = cell.source.replace("../../data/", f"{FOLDER.parent.as_posix()}/data/")
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    for cell in filter(editions.is_exercise, notebook.cells):
        assert any("✓ Right" in str(output.get("data", "")) for output in cell.outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_the_time_that_is_estimated_for_it(path):
    notebook = nbformat.read(path, as_version=4)
    said = {10: "About ten minutes.", 30: "About half an hour."}[editions.minutes(notebook)]
    assert said in notebook.cells[0].source
