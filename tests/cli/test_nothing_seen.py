"""A check that saw nothing is never green."""

import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from dupviz.cli.commands import main

CHECK = ["--fail-on-duplicates", "--strict", "--no-cache"]
PICTURE = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)


def encoded():
    file = io.BytesIO()
    Image.fromarray(PICTURE).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("kind", ["empty folder", "links", "another table"])
def test_where_no_picture_is_the_status_says_so(kind, tmp_path, capsys):
    (tmp_path / "photos").mkdir()
    (tmp_path / "a.png").write_bytes(encoded())
    if kind == "links":
        (tmp_path / "photos" / "b.png").symlink_to(tmp_path / "a.png")
    if kind == "another table":
        (tmp_path / "photos" / "notes.txt").write_text("no picture")
    assert main(["scan", str(tmp_path / "photos"), *CHECK]) == 1
    assert "no picture was found in" in capsys.readouterr().err


def test_of_several_folders_each_has_to_hold_a_picture(tmp_path, capsys):
    for name in ("train", "test"):
        (tmp_path / name).mkdir()
    (tmp_path / "train" / "a.png").write_bytes(encoded())
    folders = [str(tmp_path / name) for name in ("train", "test")]
    assert main(["scan", *folders, *CHECK]) == 1
    assert "no picture was found in" in capsys.readouterr().err
    assert main(["scan", *folders, "--no-cache"]) == 0
    (tmp_path / "test" / "b.png").write_bytes(encoded())
    assert main(["scan", *folders, *CHECK]) == 3


@pytest.mark.parametrize("kind", ["Parquet", "shards"])
def test_tables_and_shards_are_read(kind, tmp_path):
    if kind == "Parquet":
        arrow = pytest.importorskip("pyarrow")
        table = arrow.table({"image": [encoded()] * 2})
        __import__("pyarrow.parquet").parquet.write_table(table, tmp_path / "a.parquet")
        source = tmp_path / "a.parquet"
    else:
        for number in range(2):
            with tarfile.open(tmp_path / f"{number}.tar", "w") as file:
                info = tarfile.TarInfo("a.png")
                info.size = len(encoded())
                file.addfile(info, io.BytesIO(encoded()))
        source = f"{tmp_path}/{{0..1}}.tar"
    assert main(["scan", str(source), *CHECK]) == 3
