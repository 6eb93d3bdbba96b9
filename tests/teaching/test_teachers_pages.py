"""The pages for teachers say of each exercise what its checker says, and leave no question without an answer."""

import io
import json
import re
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import dupviz as dv
from dupviz.teaching.exercises import clean_up, difference, first, labels, look_alikes, tensors, threshold

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "site" / "teachers"
NOTEBOOKS = {path.stem: path for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
EXERCISES = [first, tensors, difference, threshold, labels, clean_up, look_alikes]
ROW = re.compile(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def saved(picture, quality):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return dv.mse(np.asarray(picture), np.asarray(Image.open(file)))


MSE = [5.0, 60, 150, 170, 250, 999.5, 1000, 1400, 1500]
SAME = [True, True, True, False, True, False, False, False, False]
GROUPS = pd.DataFrame({"action": ["keep", "remove", "remove", "remove", "keep", "review", "remove"]})
NAMES = {
    "dv": dv,
    "np": np,
    "saved": saved,
    "first": [[10, 20, 30]] * 3,
    "second": [[10, 20, 30], [13, 20, 30], [10, 14, 30]],
    "photo": np.random.default_rng(1).integers(0, 256, (50, 50, 3), dtype=np.uint8),
    "c": np.array([[5, 5], [8, 0]]),
    "d": np.array([[7, 5], [4, 2]]),
    "labelled": pd.DataFrame({"mse": MSE, "same": SAME}),
    "copies": SimpleNamespace(
        table=pd.DataFrame(
            {"kind": "brightness", "strength": [0.05] * 4 + [0.1] * 2, "mse": [9, 90, 190, 290, 300, 400]}
        )
    ),
    "duplicates": SimpleNamespace(pairs=pd.DataFrame({"mse": MSE}), groups=GROUPS),
    "plan": SimpleNamespace(table=pd.DataFrame({"bytes": [10, 20], "keeper_bytes": [40, 50]})),
    "split": SimpleNamespace(cleaned=pd.DataFrame({"split": ["train", "test", "train"]})),
    "conflicts": pd.DataFrame({"a": [0, 0, 1], "b": [1, 2, 3]}),
    "error": np.array([[50.0, 900], [300, 20]]),
    "allowed": np.array([[100.0, 1000], [120, 110]]),
    "looked": pd.DataFrame(
        {"mse": [1, 50, 90, 150, 199, 200], "verdict": ["same", "edited", "different", "same", "edited", "different"]}
    ),
}


def page(name):
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def section(text, title):
    return re.split(r"(?m)^## ", text.split(f"## {title}\n")[1])[0]


def cells(name):
    return ["".join(cell["source"]) for cell in json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))["cells"]]


def exercises(name):
    """The call of the checker for each exercise of a notebook, by its heading: all but what it is asked about."""
    found, heading = {}, ""
    for source in cells(name):
        heading = (re.findall(r"(?m)^### Exercise: (.*)$", source) or [heading])[-1]
        call = re.match(r"exercises\.(check_\w+)\(\w+(.*)\)$", source.splitlines()[-1])
        if call and not source.startswith("<details>"):
            found[heading] = call.groups()
    return found


def wrong_answers():
    for (name, _), module in zip(NOTEBOOKS.items(), EXERCISES, strict=True):
        for heading, table in re.findall(r"(?ms)^### (.*?)$(.*?)(?=^##|\Z)", page(name)):
            for row in ROW.findall(table):
                yield pytest.param(name, module, heading, *row, id=f"{name[:2]} {heading} {row[0]}"[:60])


@pytest.mark.parametrize(("name", "module", "heading", "answer", "shows", "hint"), list(wrong_answers()))
def test_the_checker_gives_the_hint_that_the_page_gives(name, module, heading, answer, shows, hint):
    check, arguments = exercises(name)[heading]
    feedback = eval(f"module.{check}(({answer}){arguments})", {"module": module, **NAMES})
    assert not feedback.right
    assert hint in feedback.text
    assert shows


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_exercise_has_its_misconceptions(name):
    assert re.findall(r"(?m)^### (.*)$", page(name)) == list(exercises(name))
    for heading in exercises(name):
        assert len(ROW.findall(page(name).split(f"### {heading}\n")[1].split("\n#")[0])) >= 2


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_question_is_answered(name):
    [asked] = [source.split("## On your own\n")[1] for source in cells(name) if "## On your own\n" in source]
    answers = section(page(name), "On your own: answers")
    assert answers.count("\n- ") == asked.split("\n## ")[0].count("\n- ")
    quiz, _, key = section(page(name), "Quiz").partition(":::{dropdown} Answers\n")
    for part in (quiz, key):
        assert re.findall(r"(?m)^(\d)\. ", part) == list("12345")
    assert section(page(name), "To predict and to explain").count("\n- ") >= 3


def test_the_exercises_and_the_marks_add_up():
    assert sum(len(exercises(name)) for name in NOTEBOOKS) == 31  # "thirty-one" in the index
    *marks, whole = map(int, re.findall(r"(?m) \**(\d+)\** \|$", section(page("capstone"), "Marks")))
    assert sum(marks) == whole
    plans = page("plans")
    for length in (45, 90):
        spans = [tuple(map(int, span)) for span in re.findall(r"(?m)^\| (\d+)–(\d+) \|", section_of(plans, length))]
        assert spans[0][0] == 0
        assert spans[-1][1] == length
        assert all(before[1] == after[0] for before, after in pairwise(spans))


def section_of(plans, length):
    return re.search(rf"(?ms)^## {length} minutes.*?(?=^## )", plans)[0]
