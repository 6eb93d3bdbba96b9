"""An output replaces what dupviz has written, and nothing else."""

import os

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from dupviz import find_duplicates, find_label_conflicts, to_page, to_spreadsheet
from dupviz._disk.marks import refuse_foreign
from dupviz._disk.write import write_parquet
from dupviz.cli import commands as cli
from dupviz.review.split import SplitReview
from dupviz.widgets import PairExplorer

OPTIONS = ("--json", "--csv", "--parquet", "--pairs", "--plan", "--report")
# What is anybody's own, by the names that it has.
FOREIGN = {
    "a.png.xmp": b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>",
    "a.png.json": b'{"title": "a.png", "description": "grandmother"}',
    "notes.md": b'# To do\n\npip install "dupviz[heif]"\n',
    "labels.csv": b"path,label\na.png,cat\n",
    "quoted.csv": b'"path","label"\n"a.png","cat"\n',
    "index.html": b'<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>dupviz</title>',
    "accounts.fods": b'<?xml version="1.0" encoding="UTF-8"?>\n\n<office:document xmlns:office="urn:oasis">',
    "settings.json": b'{"threshold": 200.0}',
    "plan.txt": b"path,keeper,mse,rotation,mirrored,bytes",
    "pipe.py": b"import dupviz",
    "data.parquet": b"PAR1 damaged PAR1",
}


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for name in ("cat/a.png", "dog/b.png"):
        (folder / name).parent.mkdir()
        Image.linear_gradient("L").save(folder / name)
    return folder


@pytest.fixture(scope="module")
def outputs(photos, tmp_path_factory):
    """Each kind of output, once."""
    folder = tmp_path_factory.mktemp("outputs")
    found = find_duplicates(photos, progress=False, cache=False)
    found.to_json(folder / "all.json")
    found.to_csv(folder / "groups.csv")
    found.to_parquet(folder / "groups.parquet")
    found.plan().save(folder / "plan.csv")
    found.to_html(folder / "report.html")
    to_page(PairExplorer(found.images), folder / "page.html")
    to_spreadsheet(*found.images.tensors[:2], folder / "pair.fods")
    conflicts = find_label_conflicts(found.images, found.near)
    SplitReview(found.images, conflicts, file=folder / "splits").to_csv(folder / "labels.csv")
    assert cli.main(["scan", str(photos), "--pairs", str(folder / "pairs.csv"), "--quiet"]) == 0
    (folder / "splits").unlink(missing_ok=True)
    return sorted(folder.iterdir())


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize("option", OPTIONS)
def test_no_output_replaces_what_is_anybodys_own(option, name, photos, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(cli, "_search", lambda *_: pytest.fail("said after the search"))
    (tmp_path / name).write_bytes(FOREIGN[name])
    assert cli.main(["scan", str(photos), option, str(tmp_path / name)]) == 1
    said = capsys.readouterr().err
    assert f"cannot write {tmp_path / name}: that is a file of another kind, which dupviz has not written" in said
    assert (tmp_path / name).read_bytes() == FOREIGN[name]
    assert list(tmp_path.iterdir()) == [tmp_path / name]


def test_each_output_may_be_written_again(photos, tmp_path):
    command = ["scan", str(photos), "--quiet"]
    for option in OPTIONS:
        command += [option, str(tmp_path / option)]
    for _ in range(2):
        assert cli.main(command) == 0
    assert len(list(tmp_path.iterdir())) == len(OPTIONS)


def test_each_output_is_known_and_no_other_file_by_a_part_of_it(outputs, tmp_path):
    assert len(outputs) == 9
    for output in outputs:
        refuse_foreign(output)
        content = output.read_bytes()
        (tmp_path / "other").write_bytes(b"x" + content)
        with pytest.raises(FileExistsError, match="another kind"):
            refuse_foreign(tmp_path / "other")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_differs_in_a_letter_of_its_beginning_is_another_file(data, outputs, tmp_path):
    output = data.draw(st.sampled_from([each for each in outputs if each.suffix == ".csv"]))
    content = bytearray(output.read_bytes())
    place = data.draw(st.integers(0, 11))
    content[place] = (content[place] + data.draw(st.integers(1, 255))) % 256
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(FileExistsError):
        refuse_foreign(tmp_path / "other")


def test_the_parquet_of_others_is_not_replaced(tmp_path):
    table = pd.DataFrame({"dupviz": [1]})
    table.to_parquet(tmp_path / "theirs.parquet")
    before = (tmp_path / "theirs.parquet").read_bytes()
    with pytest.raises(FileExistsError, match="another kind"):
        write_parquet(table, tmp_path / "theirs.parquet")
    assert (tmp_path / "theirs.parquet").read_bytes() == before
    for number in (1, 2):
        write_parquet(table * number, tmp_path / "ours.parquet")
    assert pd.read_parquet(tmp_path / "ours.parquet")["dupviz"].tolist() == [2]


def test_a_plan_that_a_spreadsheet_has_written_anew_is_a_persons_work(outputs, photos, tmp_path, capsys):
    (plan,) = [each for each in outputs if each.name == "plan.csv"]
    pd.read_csv(plan).to_csv(tmp_path / "plan.csv", index=False)
    assert cli.main(["scan", str(photos), "--plan", str(tmp_path / "plan.csv")]) == 1
    assert "another kind" in capsys.readouterr().err


def test_a_list_of_labels_replaces_none_of_others(outputs, photos, tmp_path):
    found = find_duplicates(photos, progress=False, cache=False)
    review = SplitReview(found.images, find_label_conflicts(found.images, found.near), file=tmp_path / "splits")
    (tmp_path / "labels.csv").write_bytes(FOREIGN["labels.csv"])
    with pytest.raises(FileExistsError):
        review.to_csv(tmp_path / "labels.csv")
    for _ in range(2):
        review.to_csv(tmp_path / "ours.csv")
    assert pd.read_csv(tmp_path / "ours.csv")["label"].tolist() == ["cat", "dog"]


@pytest.mark.parametrize("option", ["--plan", "--report", "--pairs", "--parquet"])
def test_what_cannot_go_to_standard_output_is_no_file_of_that_name(option, photos, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["scan", str(photos), option, "-"]) == 2
    assert f"{option} needs the name of a file: only --json and --csv can be -" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_two_outputs_of_one_name_are_refused_but_a_device_takes_all(photos, tmp_path, capsys):
    (tmp_path / "link").symlink_to("out")
    command = ["scan", str(photos), "--json", str(tmp_path / "out"), "--report", str(tmp_path / "link")]
    assert cli.main(command) == 2
    assert "--json and --report name one file" in capsys.readouterr().err
    assert cli.main(["scan", str(photos), "--json", os.devnull, "--csv", os.devnull]) == 0


def test_an_empty_file_and_what_is_not_there_may_be_replaced(tmp_path):
    refuse_foreign(tmp_path / "new")
    (tmp_path / "empty").touch()
    refuse_foreign(tmp_path / "empty")
