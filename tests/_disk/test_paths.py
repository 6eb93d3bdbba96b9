"""Paths as folders list them, whatever way they were typed."""

import unicodedata

import pandas as pd

from dupviz._disk.paths import true_paths
from dupviz.groups.keep import files_in


def test_a_path_is_spelled_as_its_folders_list_it(tmp_path):
    folder = tmp_path / "Caf\u00e9" / "Sub"
    folder.mkdir(parents=True)
    typed = str(tmp_path / unicodedata.normalize("NFD", "CAF\u00c9") / "sub")
    unknown = str(tmp_path / "nowhere" / "X")
    assert true_paths([typed, str(folder), unknown]) == {typed: str(folder), str(folder): str(folder), unknown: unknown}


def test_two_folders_that_differ_in_case_stay_two(tmp_path):
    for name in ("train", "Train"):
        (tmp_path / name).mkdir(exist_ok=True)
    files = pd.DataFrame({"path": [str(tmp_path / name / "a.jpg") for name in ("train", "Train")]})
    if not (tmp_path / "train").samefile(tmp_path / "Train"):
        assert files_in(files, [tmp_path / "train"]).tolist() == [True, False]


def test_files_in_a_folder_are_found_by_any_spelling_of_it(tmp_path):
    (tmp_path / "Archive" / "sub").mkdir(parents=True)
    paths = [tmp_path / "Archive" / "a.jpg", tmp_path / "Archive" / "sub" / "b.jpg", tmp_path / "Archived" / "c.jpg"]
    files = pd.DataFrame({"path": list(map(str, paths))})
    for typed in ("Archive", "archive", "ARCHIVE"):
        assert files_in(files, [tmp_path / typed]).tolist() == [True, True, False]
