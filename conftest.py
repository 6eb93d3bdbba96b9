"""What the tests and the examples in docstrings have in common."""

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


@pytest.fixture(autouse=True)
def names_of_examples(doctest_namespace):
    """Names that an example may use without an import, as the first lines of a notebook have them."""
    doctest_namespace.update(dv=dupviz, np=np, pd=pd)
    yield
    plt.close("all")
