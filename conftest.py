"""What the tests and the examples in docstrings have in common."""

import shutil
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import dupviz


@pytest.fixture(autouse=True, scope="session")
def own_folders(tmp_path_factory):
    """Keep the tests, and the processes that they start, away from the user's own store and decisions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUPVIZ_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("DUPVIZ_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def place_of_examples(tmp_path_factory):
    """A folder with a copy of the sample, where examples write and move what they like."""
    place = tmp_path_factory.mktemp("examples")
    shutil.copytree(Path(__file__).with_name("data"), place / "data")
    return place


@pytest.fixture(autouse=True)
def examples(request, monkeypatch, doctest_namespace):
    """Names that an example may use without an import, as the first lines of a notebook have them; and its folder."""
    if isinstance(request.node, pytest.DoctestItem):
        monkeypatch.chdir(request.getfixturevalue("place_of_examples"))
        doctest_namespace.update(dv=dupviz, np=np, pd=pd)
    yield
    plt.close("all")
