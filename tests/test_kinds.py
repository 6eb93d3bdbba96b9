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


def is_not_yet(table):
    return table["kind"].isin(kinds.NOT_YET) | table.index.isin(kinds.NOT_YET)


def wrong(table):
    """The rows whose action is not among those that are right for their kind."""
    return table[[action not in right for action, right in zip(table["action"], table["right"])]]


def test_each_file_has_an_action_that_is_right_for_its_kind(table):
    found = wrong(table[~is_not_yet(table)])
    assert found.empty, found.drop(columns="right").to_string()


def test_no_file_goes_but_for_one_of_the_same_picture_that_stays(table):
    gone = table[(table["action"] == "remove") & ~is_not_yet(table)]
    beside = table.loc[gone["beside"]]
    assert len(gone) > 150
    assert (beside["source"].to_numpy() == gone["source"].to_numpy()).all()
    assert (beside["action"] != "remove").all()


@pytest.mark.parametrize("what", kinds.NOT_YET)
def test_what_is_not_right_yet(table, what):
    """If it is: take it from the list."""
    assert not wrong(table[(table["kind"] == what) | (table.index == what)]).empty
