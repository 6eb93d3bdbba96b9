"""The student's edition has no solutions; the teacher's has them, and is right; nbgrader's has a grade for each."""

import re
import shutil
from pathlib import Path

import editions
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture
def made(tmp_path, monkeypatch):
    """All editions, in a folder of their own."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    shutil.copytree(FOLDER.parent / "data", tmp_path / "data")
    monkeypatch.setattr(editions, "FOLDER", folder)
    for path in NOTEBOOKS:
        (folder / path.name).write_bytes(path.read_bytes())
    editions.main()
    editions.main()  # again, over what is there
    return {
        name: {path.name: nbformat.read(path, as_version=4) for path in sorted((folder / name).glob(pattern))}
        for name, pattern in {"student": "*.ipynb", "teacher": "*.ipynb", "nbgrader": "source/*/*.ipynb"}.items()
    }


def test_all_editions_are_whole_notebooks(made):
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


def test_nbgrader_gets_an_answer_and_a_grade_for_each_exercise(made):
    for path in NOTEBOOKS:
        whole, graded = nbformat.read(path, as_version=4), made["nbgrader"][path.name]
        marked = [cell for cell in graded.cells if "nbgrader" in cell.metadata]
        answers, grades = marked[::2], marked[1::2]
        exercises = [cell for cell in whole.cells if editions.is_exercise(cell)]
        assert len(answers) == len(grades) == len(exercises)
        assert len({cell.metadata["nbgrader"]["grade_id"] for cell in marked}) == len(marked)
        for exercise, answer, grade in zip(exercises, answers, grades):
            assert answer.metadata["nbgrader"]["solution"]
            assert grade.metadata["nbgrader"]["points"] == 2
            assert exercise.source.splitlines()[-1] in grade.source
            assert not any("exercises.check" in line for line in answer.source.splitlines())
            left = re.sub(r"(?s) *### BEGIN SOLUTION\n.*### END SOLUTION\n?", "", answer.source)
            assert set(left.splitlines()) <= set(exercise.source.splitlines())


def test_what_nbgrader_gets_has_its_pictures_and_is_right(made, tmp_path):
    folder = tmp_path / "notebooks" / "nbgrader" / "source"
    for name in ("00_nine_numbers", "02_measuring_difference"):
        notebook = made["nbgrader"][f"{name}.ipynb"]
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(folder / name)}}).execute()
        assert all((folder / name / link).is_file() for link in re.findall(r"\]\((\.\./[^)]*)\)", str(notebook)))
    wrong = made["nbgrader"]["00_nine_numbers.ipynb"]
    for cell in wrong.cells:
        cell.source = cell.source.replace("(9 + 36)", "(9 + 35)")
    with pytest.raises(CellExecutionError, match="subtract, square, add up"):
        NotebookClient(wrong, timeout=120, resources={"metadata": {"path": str(folder)}}).execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_says_the_time_that_is_estimated_for_it(path):
    notebook = nbformat.read(path, as_version=4)
    said = {10: "About ten minutes.", 30: "About half an hour."}[editions.minutes(notebook)]
    assert said in notebook.cells[0].source
