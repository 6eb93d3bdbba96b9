"""What exiftool finds after a clean-up that carries over: no field of a file that went is missing."""

import shutil

import pytest
from assigned import check_assigned, write_assigned


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_no_field_of_a_file_that_went_is_missing(tmp_path):
    write_assigned(tmp_path / "photos", 40)
    went, stayed, sidecars = check_assigned(tmp_path / "photos", tmp_path / "out")
    assert went > 20
    assert stayed > 20
    assert sidecars > 10
