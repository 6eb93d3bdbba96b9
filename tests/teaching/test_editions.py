"""Students get no solutions, teachers right ones; slides lose nothing; nbgrader gets a grade for each exercise."""

import re
import shutil
from pathlib import Path

import editions
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import SlidesExporter

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
    patterns = dict.fromkeys(("student", "teacher", "slides"), "*.ipynb") | {"nbgrader": "source/*/*.ipynb"}
    return {
        name: {path.name: nbformat.read(path, as_version=4) for path in sorted((folder / name).glob(pattern))}
        for name, pattern in patterns.items()
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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_slides_run_what_the_notebook_runs_and_their_notes_say_what_it_says(made, path):
    whole, slides = nbformat.read(path, as_version=4), made["slides"][path.name]
    code, shown = ([cell.source for cell in notebook.cells if cell.cell_type == "code"] for notebook in (whole, slides))
    assert [source.replace("../../data/", "../data/") for source in shown] == code
    kinds = [cell.metadata["slideshow"]["slide_type"] for cell in slides.cells]
    assert kinds[0] == "slide"
    headings = re.findall(
        r"^#+ .*", "\n".join(cell.source for cell in whole.cells if cell.cell_type == "markdown"), re.M
    )
    assert kinds.count("slide") == len(headings)
    everything = "\n\n".join(cell.source for cell in slides.cells).replace("../../data/", "../data/")
    for cell in whole.cells:
        assert all(paragraph.strip() in everything for paragraph in cell.source.split("\n\n"))


def test_a_slide_shows_the_first_sentence_and_what_is_to_be_seen():
    text = "## A heading\n\nOne: two, 3.5, and\nfour. Five.\n\nSix.\n\n- a\n- b\n\n$$x$$\n\n**Predict.** What?"
    shown, said = editions.shown_and_said(text)
    assert shown == "## A heading\n\nOne: two, 3.5, and\nfour.\n\n- a\n- b\n\n$$x$$\n\n**Predict.** What?"
    assert said == text.removeprefix("## A heading\n\n")


def test_slides_become_a_page_with_notes_for_the_speaker(made):
    page, _ = SlidesExporter().from_notebook_node(made["slides"]["00_nine_numbers.ipynb"])
    assert "<h1" in page
    assert page.count('<aside class="notes">') > 5


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
