"""Make the editions of the notebooks for a class: ``python notebooks/editions.py``.

``notebooks/student`` has no solutions. ``notebooks/teacher`` has them filled in, and says before each notebook what it
is for, how long it may take, and how many marks its exercises give. ``notebooks/slides`` is to be shown: each section
is a slide, and its text is in the notes of the speaker. ``notebooks/nbgrader`` is a course for nbgrader: of each
exercise there is a cell to answer in and a cell that grades it, with the same marks.
"""

import re
import shutil
from itertools import takewhile
from pathlib import Path

import nbformat

FOLDER = Path(__file__).parent
MARKS = 2  # of each exercise
WORDS_A_MINUTE, MINUTES_A_CELL, MINUTES_AN_EXERCISE = 150, 1 / 4, 3  # estimates, see `minutes`

# Where a section begins; a paragraph that a slide shows as it is, as a formula, a list, a table, a picture or a line in
# bold; the first sentence of others.
HEADINGS = re.compile(r"^(?=#)", re.MULTILINE)
SHOWN = re.compile(r"\$\$|[-|!]|\d+\. |\*\*|```|<")
SENTENCE = re.compile(r"(?:[^.?!]|[.?!](?!\s))*[.?!]*", re.DOTALL)

SOLUTION = re.compile(r"<details>.*?</details>\s*", re.DOTALL)
CODE = re.compile(r"```python\n(.*?)\n?```", re.DOTALL)


def main():
    """Write all editions, in place of what is there."""
    for edition, make in (("student", student), ("teacher", teacher), ("slides", slides)):
        folder = FOLDER / edition
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for path in sorted(FOLDER.glob("*.ipynb")):
            notebook = make(nbformat.read(path, as_version=4))
            for cell in notebook.cells:
                cell.source = cell.source.replace("../data/", "../../data/")  # one folder deeper
            nbformat.write(notebook, folder / path.name)
    write_course(FOLDER / "nbgrader")


def write_course(course):
    """Write each notebook as an assignment, with the pictures that it needs beside it."""
    shutil.rmtree(course, ignore_errors=True)
    for path in sorted(FOLDER.glob("*.ipynb")):
        notebook = graded(nbformat.read(path, as_version=4))
        assignment = course / "source" / path.stem
        assignment.mkdir(parents=True)
        if any("../data/" in cell.source for cell in notebook.cells):
            shutil.copytree(FOLDER.parent / "data", assignment / "data")
        for cell in notebook.cells:
            cell.source = cell.source.replace("../data/", "data/")
            cell.source = re.sub(r"\]\((\w+)\.ipynb\)", r"](../\1/\1.ipynb)", cell.source)
        nbformat.write(notebook, assignment / path.name)


def student(notebook):
    """The notebook without its solutions."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = SOLUTION.sub("", cell.source)
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    return notebook


def teacher(notebook):
    """The notebook solved, with a page for the teacher before it."""
    for cell, after in zip(notebook.cells, notebook.cells[1:]):
        if is_exercise(cell):
            cell.source = CODE.search(after.source)[1]
    page = nbformat.v4.new_markdown_cell(teachers_page(notebook), id="for-the-teacher")
    notebook = student(notebook)
    notebook.cells.insert(0, page)
    return notebook


def slides(notebook):
    """The notebook as slides for ``jupyter nbconvert --to slides``: a section is one, its steps are below it."""
    cells = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            is_setup = cell.source.startswith("import") and not any(made.cell_type == "code" for made in cells)
            cells.append(on_slide(cell, "skip" if is_setup else "-"))
            continue
        is_solution = bool(SOLUTION.match(cell.source))
        for number, text in enumerate(filter(str.strip, HEADINGS.split(cell.source))):
            shown, said = (text, "") if is_solution or is_task(text) else shown_and_said(text)
            for kind, source in ("slide" if text.startswith("#") else "subslide", shown), ("notes", said):
                if source:
                    made = nbformat.v4.new_markdown_cell(source, id=f"{cell.id}-{number}-{kind}")
                    cells.append(on_slide(made, kind))
    notebook.cells = cells
    return notebook


def on_slide(cell, kind):
    """The cell with its place in the slides: see nbconvert."""
    cell.metadata["slideshow"] = {"slide_type": kind}
    return cell


def is_task(text):
    """Whether a section is an exercise: what is asked for is shown as a whole."""
    return text.startswith("### Exercise")


def shown_and_said(text):
    """What a slide shows of a section: its heading, its first sentence, lists and formulas; and all that it says."""
    paragraphs = [each for each in text.strip().split("\n\n") if each]
    heading, prose = (paragraphs[:1], paragraphs[1:]) if text.startswith("#") else ([], paragraphs)
    shown = [
        each if SHOWN.match(each) else SENTENCE.match(each)[0] * (number == 0) for number, each in enumerate(prose)
    ]
    return "\n\n".join(filter(None, heading + shown)), "\n\n".join(prose)


def graded(notebook):
    """The notebook with its solutions marked as nbgrader asks for, and a cell after each that grades the answer."""
    cells = []
    for cell, after in zip(notebook.cells, [*notebook.cells[1:], None]):
        cells.append(cell)
        if is_exercise(cell):
            stub, (*solution, call) = cell.source.splitlines(), CODE.search(after.source)[1].splitlines()
            cell.source = marked(stub[:-1], solution)
            cell.metadata["nbgrader"] = nbgrader(cell.id, solution=True)
            test = nbformat.v4.new_code_cell(
                f"feedback = {call}\nassert feedback.right, feedback.text", id=f"{cell.id}-grade"
            )
            test.metadata["nbgrader"] = nbgrader(test.id, points=MARKS, grade=True, locked=True)
            cells.append(test)
    notebook.cells = cells
    return student(notebook)


def marked(stub, solution):
    """The lines of a solution, of which those that the stub has not are what students write."""
    lines = alike(stub, solution)
    same = alike(stub[lines:][::-1], solution[lines:][::-1])
    end = len(solution) - same
    indent = re.match(" *", solution[lines])[0]
    own = [f"{indent}### BEGIN SOLUTION", *solution[lines:end], f"{indent}### END SOLUTION"]
    return "\n".join([*solution[:lines], *own, *solution[end:]]).strip()


def alike(a, b):
    """How many lines two texts begin with that are the same in both."""
    return len(list(takewhile(lambda lines: lines[0] == lines[1], zip(a, b))))


def nbgrader(grade_id, **of_cell):
    """What nbgrader wants to know of a cell."""
    return {
        "grade_id": grade_id,
        "schema_version": 3,
        "grade": False,
        "locked": False,
        "solution": False,
        "task": False,
    } | of_cell


def is_exercise(cell):
    """Whether a cell waits for an answer."""
    return "exercise" in cell.metadata.get("tags", [])


def minutes(notebook):
    """How long a notebook may take one person up to *On your own*, to five minutes. It is an estimate."""
    prose = "\n".join(SOLUTION.sub("", cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    words = re.findall(r"\w+", prose.partition("## On your own")[0])
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    exercises = MINUTES_AN_EXERCISE * len(names_of_exercises(notebook))
    return 5 * round((len(words) / WORDS_A_MINUTE + MINUTES_A_CELL * cells + exercises) / 5)


def names_of_exercises(notebook):
    """What the headings of its exercises call them."""
    return re.findall(r"^### Exercise: (.*)$", "\n".join(cell.source for cell in notebook.cells), re.MULTILINE)


def teachers_page(notebook):
    """Aims, time and marks, from what the notebook says itself."""
    first = notebook.cells[0].source
    title = first.splitlines()[0].lstrip("# ")
    aims = re.search(r"\*\*What you'll learn\*\*\n(.*?)\n\n", first, re.DOTALL)[1]
    exercises = names_of_exercises(notebook)
    rows = "\n".join(f"| {name} | {MARKS} |" for name in exercises)
    return f"""> **Teacher's edition of “{title}”.** The exercises are solved.
>
> **Time.** About {minutes(notebook)} minutes for someone who works alone; in class, allow half as much again.
> This is an estimate, not a measurement: {WORDS_A_MINUTE} words a minute, {60 * MINUTES_A_CELL:.0f} seconds for each
> cell of code, and {MINUTES_AN_EXERCISE} minutes for each exercise.
>
> **Aims.** What the students learn:

{aims}

| exercise | marks |
|---|---|
{rows}
| **in all** | **{MARKS * len(exercises)}** |

An exercise gives half of its marks if the answer is right after the hint."""


if __name__ == "__main__":
    main()
