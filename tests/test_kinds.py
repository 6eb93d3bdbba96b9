"""Of files of many kinds, each has an action that is right for its kind, and no file goes for another picture."""

import kinds
import pandas as pd
import pytest

from dupviz import find_duplicates


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """One row per file: source, kind and right as they were made; action, beside and reason as they were found."""
    folder = tmp_path_factory.mktemp("kinds")
    made = pd.DataFrame(kinds.make(folder)).set_index("file")
    duplicates = find_duplicates(folder, parts=True, progress=False, cache=False)
    assert len(duplicates.images) == len(made)
    names = duplicates.images.files["path"].str.removeprefix(f"{folder}/")
    groups = duplicates.groups
    groups = groups.assign(beside=names[groups["keeper"]].to_numpy()).set_index(names[groups["image"]].to_numpy())
    found = made.join(groups[["action", "beside", "reason"]])
    return found.fillna({"action": "none"})


def wrong(table):
    """The rows whose action is not among those that are right for their kind."""
    return table[[action not in right for action, right in zip(table["action"], table["right"])]]


def test_each_file_has_an_action_that_is_right_for_its_kind(table):
    found = wrong(table)
    assert found.empty, found.drop(columns="right").to_string()


def test_no_file_goes_but_for_one_of_the_same_picture_that_stays(table):
    gone = table[table["action"] == "remove"]
    beside = table.loc[gone["beside"]]
    assert len(gone) > 150
    assert (beside["source"].to_numpy() == gone["source"].to_numpy()).all()
    assert (beside["action"] != "remove").all()
