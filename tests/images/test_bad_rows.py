"""A row without a picture is an error with its number, and the others are compared."""

import io

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dupviz import find_duplicates

PICTURE = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)


def encoded():
    file = io.BytesIO()
    Image.fromarray(PICTURE).save(file, "PNG")
    return file.getvalue()


class Rows:
    """A data set as torchvision's."""

    def __init__(self, items):
        self._items = items

    def __len__(self):
        return len(self._items)

    def __getitem__(self, row):
        return self._items[row], row


BAD = {"truncated": encoded()[:2000], "none": None, "nan": float("nan"), "missing path": "there/is/none.png"}
CONTAINERS = {
    "list": list,
    "table": lambda items: pd.DataFrame({"image": pd.Series(items, dtype=object)}),
    "structs": lambda items: pd.DataFrame({"image": [each if each != each else stored(each) for each in items]}),
    "data set": Rows,
    "dicts": lambda items: [{"image": each} for each in items],
    "splits": lambda items: {"train": Rows(items[:2]), "test": Rows(items[2:])},
}


def stored(item):
    return {"bytes": None, "path": item} if isinstance(item, str) else {"bytes": item, "path": None}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_an_error_with_its_number(kind, container):
    found = find_duplicates(CONTAINERS[container]([encoded(), BAD[kind], encoded()]), cache=False, progress=False)
    assert found.images.errors["row"].tolist() == [1]
    assert found.images.files["row"].tolist() == [0, 2]
    assert found.to_remove["row"].tolist() == [2]
    assert found.keep_rows().tolist() == [0]


def test_where_all_rows_are_bad_the_reason_is_said():
    with pytest.raises(ValueError, match="no row has a picture; row 0: no picture: None"):
        find_duplicates([None, None], progress=False)
