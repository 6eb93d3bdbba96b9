"""The numbers in the README and the site are those that are computed, and none changes unseen."""

from pathlib import Path

import answers
import editions
import numpy as np
import pandas as pd
import pytest
import stated
from PIL import Image

import dupviz as dv
from dupviz.look.picture import SIDE
from dupviz.look.small import SMALLEST
from dupviz.proposers.candidates import EVIDENT
from dupviz.threshold.copies import KINDS

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def known():
    """What the expressions in the sentences may name."""
    truth = pd.read_csv(DATA / "truth.csv").query("file != 'notes.txt' and pair.notna()")
    france, reunion = (np.asarray(Image.open(DATA / f"photos/flags/{name}.png")) for name in ("france", "reunion"))
    difference = np.abs(france.astype(int) - reunion)
    return {
        "dv": dv,
        "answers": answers,
        "editions": editions,
        "black": np.zeros((50, 50, 3), np.uint8),
        "white": np.full((50, 50, 3), 255, np.uint8),
        "EVIDENT": EVIDENT,
        "SIDE": SIDE,
        "SMALLEST": SMALLEST,
        "KINDS": KINDS,
        "files": [path for path in (DATA / "photos").rglob("*") if path.is_file()],
        "copies_known": truth[truth["pair"] == truth["source"]],
        "look_alikes": truth[truth["pair"] != truth["source"]],
        "changed": int(difference.any(axis=2).sum()),
        "by": int(difference.max()),
    }


@pytest.mark.parametrize("name", [name for name in stated.TEXTS if not name.endswith(".ipynb")])
def test_numbers_are_those_that_are_computed_and_each_digit_counts(name, known):
    sentences, given, prose = stated.evaluated(name, known), stated.given_numbers()[name], stated.prose(name)
    assert stated.wrong(prose, sentences, given) == ([], {})
    for changed in stated.changed_digits(prose):
        assert stated.wrong(changed, sentences, given) != ([], {})


@pytest.mark.parametrize("name", [name for name in stated.TEXTS if name.endswith(".ipynb")])
def test_no_number_of_a_notebook_changes_unseen(name):
    assert stated.wrong(stated.prose(name), [], stated.given_numbers()[name]) == ([], {})


def test_every_text_is_counted_and_no_other():
    assert list(stated.given_numbers()) == stated.TEXTS
    assert set(stated.SENTENCES) <= set(stated.TEXTS)
