"""The whole path in one call: bad arguments are refused before a file is read."""

import numpy as np
import pytest
from made_up import find_by_mse, image_set

import dupviz.duplicates
from dupviz import TooManyPairsError, cli


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"threshold": -1}, ValueError, "threshold must be a number from 0 up, got -1"),
        ({"threshold": float("nan")}, ValueError, "threshold must be a number from 0 up, got nan"),
        ({"max_mse": -1}, ValueError, "max_mse must be 0 or more, got -1"),
        ({"symmetries": "turns"}, ValueError, "symmetries must be one of .*, got 'turns'"),
        ({"keep": "largest"}, ValueError, "keep must be one of .*, got 'largest'"),
        ({"protect": "nowhere"}, FileNotFoundError, "no such file or folder: 'nowhere'"),
        ({"protect": [b"nowhere"]}, FileNotFoundError, "no such file or folder: 'nowhere'"),
    ],
)
def test_bad_arguments_are_refused_before_a_file_is_read(tmp_path, monkeypatch, arguments, error, words):
    monkeypatch.setattr(dupviz.duplicates, "load_images", None)
    with pytest.raises(error, match=words):
        find_by_mse(tmp_path, **arguments)


def test_another_threshold_gives_the_groups_of_a_new_call():
    stack = np.array([np.full((4, 4, 3), 10 * i, np.uint8) for i in range(5)])
    images = image_set(stack)
    for threshold in (0, 200, 500, 5000):
        wider = find_by_mse(images, max_mse=5000, progress=False).at(threshold)
        assert wider.groups.equals(find_by_mse(images, threshold=threshold, progress=False).groups)
    with pytest.raises(ValueError, match=r"from 0 to max_mse \(5000\), got 6000"):
        wider.at(6000)


@pytest.mark.parametrize(("command", "option"), [("scan", "--max-mse"), ("clean", "--threshold")])
def test_too_many_pairs_are_status_1_with_advice_that_the_terminal_has(tmp_path, monkeypatch, capsys, command, option):
    def search(images, *, max_mse, **_):
        raise TooManyPairsError(20_000_000, max_mse)

    monkeypatch.setattr(dupviz.duplicates, "search", search)
    arguments = [command, str(tmp_path), *(["--to", str(tmp_path / "out")] if command == "clean" else [])]
    assert cli.main(arguments) == 1
    error = capsys.readouterr().err
    limit = "1000" if command == "scan" else "200"
    assert error == f"dupviz: more than 20,000,000 pairs lie below {limit}: use a smaller {option}\n"
    with pytest.raises(SystemExit):
        cli.main([command, "--help"])
    assert option in capsys.readouterr().out
