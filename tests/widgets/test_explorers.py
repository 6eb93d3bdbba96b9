"""The explorers of pictures, from Python."""

import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image
from traitlets import TraitError

from dupviz import load_images, mse, to_page, transform
from dupviz.images.decode import decode
from dupviz.metrics import SYMMETRIES
from dupviz.widgets import PairExplorer, TensorExplorer
from dupviz.widgets.pictures import Pictures

RNG = np.random.default_rng(0)
NAMES = ["first", "second", "<b>third</b>"]
TENSORS = dict(zip(NAMES, RNG.integers(1, 256, (3, 50, 50, 3), dtype=np.uint8)))


@pytest.fixture
def tensor_explorer():
    return TensorExplorer(TENSORS)


@pytest.fixture
def pair_explorer():
    a = TENSORS["first"]
    return PairExplorer({"a": a, "b": transform(a[:, ::-1], rotation=90), "c": TENSORS["second"]})


@pytest.mark.parametrize("size", [2, 7, 49, 50])
def test_tensor_explorer_has_what_is_shown_at_each_size(tensor_explorer, size):
    tensor_explorer.size = size
    np.testing.assert_array_equal(tensor_explorer.original, tensor_explorer._pictures.at(0, size))
    np.testing.assert_array_equal(tensor_explorer.tensor, tensor_explorer.original)
    assert (tensor_explorer.row, tensor_explorer.column) == (min(25, size - 1),) * 2


def test_changed_values_are_those_of_the_tensor_until_the_picture_or_its_size_is_another(tensor_explorer):
    changes = [[1, 2, 1, 0], [3, 3, 0, 255]]
    expected = TENSORS["first"].copy()
    expected[1, 2, 1], expected[3, 3, 0] = 0, 255
    for name, value in {"picture": "second", "size": 40}.items():
        tensor_explorer.changed = changes
        np.testing.assert_array_equal(tensor_explorer.tensor, expected)
        np.testing.assert_array_equal(tensor_explorer.original, TENSORS["first"])
        before = getattr(tensor_explorer, name)
        setattr(tensor_explorer, name, value)
        assert tensor_explorer.changed == []
        setattr(tensor_explorer, name, before)


def test_channel_that_is_off_is_dark_and_comes_back(tensor_explorer):
    tensor_explorer.channels = [False, True, True]
    np.testing.assert_array_equal(tensor_explorer.tensor, TENSORS["first"] * np.uint8([0, 1, 1]))
    tensor_explorer.channels = [True, True, True]
    np.testing.assert_array_equal(tensor_explorer.tensor, TENSORS["first"])


def test_another_picture_is_chosen_by_name():
    explorer = TensorExplorer(TENSORS, picture="second")
    np.testing.assert_array_equal(explorer.tensor, TENSORS["second"])
    explorer.picture = "first"
    np.testing.assert_array_equal(explorer.tensor, TENSORS["first"])


@pytest.mark.parametrize(
    "change", [[40, 0, 0, 1], [0, 40, 0, 1], [0, 0, 3, 1], [0, 0, 0, 256], [0, 0, 0, -1], [0, 0, 0]]
)
def test_what_is_no_value_of_the_tensor_cannot_be_changed(tensor_explorer, change):
    tensor_explorer.size = 40
    with pytest.raises(TraitError):
        tensor_explorer.changed = [change]
    assert tensor_explorer.changed == []


def test_the_page_of_a_tensor_has_the_picture_at_many_sizes_and_at_its_own(tensor_explorer, tmp_path):
    tensor_explorer.size = 33
    to_page(tensor_explorer, tmp_path / "page.html")
    data = data_of(tmp_path / "page.html")
    for row, name in enumerate(NAMES):
        tensors = [b64decode(size) for size in data["tensors"][name]]
        sizes = [round((len(tensor) / 3) ** 0.5) for tensor in tensors]
        assert {2, 3, 4, 6, 10, 33, 50} < set(sizes)
        assert sizes == sorted(sizes)
        assert tensors == [tensor_explorer._pictures.at(row, size).tobytes() for size in sizes]


def test_pictures_of_an_image_set_are_decoded_at_each_size_and_named_from_their_common_folder(tmp_path):
    (tmp_path / "below").mkdir()
    for name in ("a.png", "below/b.png"):
        Image.fromarray(RNG.integers(0, 256, (90, 60, 3), dtype=np.uint8)).save(tmp_path / name)
    images = load_images(tmp_path, progress=False)
    pictures = Pictures(images)
    assert pictures.names == ["a.png", "below/b.png"]
    np.testing.assert_array_equal(pictures.at(0, 7), decode(tmp_path / "a.png", 7).tensor)
    (tmp_path / "a.png").unlink()
    assert pictures.at(0, 8).shape == (8, 8, 3)  # from the tensor


def test_a_file_that_is_written_again_is_shown_as_it_is_now(tmp_path):
    path = tmp_path / "a.png"
    pictures = []
    for _ in range(2):
        Image.fromarray(RNG.integers(0, 256, (9, 9, 3), dtype=np.uint8)).save(path)
        images = load_images(tmp_path, progress=False)
        pictures.append(Pictures(images).at(0, 9))
        np.testing.assert_array_equal(pictures[-1], decode(path, 9).tensor)
    assert (pictures[0] != pictures[1]).any()


def test_pictures_may_come_from_absolute_and_relative_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        Image.fromarray(RNG.integers(0, 256, (9, 9, 3), dtype=np.uint8)).save(tmp_path / folder / "a.png")
    images = load_images([tmp_path / "one", "two"], progress=False)
    assert Pictures(images).names == ["one/a.png", "two/a.png"]


@pytest.mark.parametrize("symmetry", SYMMETRIES["dihedral"])
def test_pair_explorer_has_the_mse_of_what_is_shown(pair_explorer, symmetry):
    a, b, c = pair_explorer._pictures.tensors
    rotation, mirrored = symmetry
    pair_explorer.set_state({"rotation": rotation, "mirrored": mirrored})
    assert pair_explorer.mse == mse(a, transform(b, rotation=rotation, mirrored=mirrored))
    pair_explorer.b = "c"
    assert pair_explorer.mse == mse(a, transform(c, rotation=rotation, mirrored=mirrored))


def test_pair_explorer_takes_no_picture_that_there_is_not_and_no_turn(pair_explorer):
    with pytest.raises(ValueError, match="no picture is named 'd': the first are 'a', 'b', 'c'"):
        pair_explorer.a = "d"
    with pytest.raises(ValueError, match="no picture is named 'd'"):
        pair_explorer.set_state({"a": "d", "rotation": 90})
    with pytest.raises(TraitError):
        pair_explorer.rotation = 45
    with pytest.raises(TraitError):
        pair_explorer.curtain = 101
    assert (pair_explorer.a, pair_explorer.rotation, pair_explorer.curtain) == ("a", 0, 50)


def test_pictures_of_a_pair_are_square_and_of_one_size():
    for shape in ((50, 40, 3), (40, 40, 3)):
        with pytest.raises(ValueError, match="must all be square and of the same size"):
            PairExplorer({"a": TENSORS["first"], "b": np.zeros(shape, np.uint8)})


def answer(explorer, **message):
    """What an explorer answers to a message of the browser."""
    sent = []
    explorer.send = lambda *parts: sent.append(parts)
    explorer._on_message(explorer, {"id": 1, **message}, [])
    return sent[0]


def test_a_browser_asks_for_names_and_for_pictures_at_any_size(pair_explorer):
    assert answer(pair_explorer, do="names", text="") == ({"id": 1, "names": ["a", "b", "c"]}, [])
    assert answer(pair_explorer, do="names", text="C") == ({"id": 1, "names": ["c"]}, [])
    content, [tensor] = answer(pair_explorer, do="tensor", picture="b", size=0)
    assert content == {"id": 1}
    assert tensor == pair_explorer._pictures.tensors[1].tobytes()
    _, [small] = answer(pair_explorer, do="tensor", picture="b", size=7)
    assert small == pair_explorer._pictures.at(1, 7).tobytes()
    assert "refused" in answer(pair_explorer, do="tensor", picture="b", size=51)[0]
    assert "refused" in answer(pair_explorer, do="tensor", picture="d", size=0)[0]


def data_of(page):
    """What a page holds."""
    return json.loads(re.search(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"))[1])


def test_a_page_holds_the_explorer_as_it_is(pair_explorer, tmp_path):
    pair_explorer.set_trait("rotation", 90)
    to_page(pair_explorer, tmp_path / "page.html")
    data = data_of(tmp_path / "page.html")
    assert {name: getattr(pair_explorer, name) for name in data["values"]} == data["values"]
    assert {"a", "b", "rotation", "mirrored", "threshold", "rows"} <= data["values"].keys()
    for name, tensor in zip("abc", pair_explorer._pictures.tensors):
        assert [b64decode(size) for size in data["tensors"][name]] == [tensor.tobytes()]


def test_a_page_has_at_most_100_pictures_and_those_that_are_shown(tmp_path):
    tensors = {f"picture {number}": np.full((2, 2, 3), number, np.uint8) for number in range(150)}
    to_page(PairExplorer(tensors, a="picture 149", b="picture 120"), tmp_path / "page.html")
    expected = {"picture 149", "picture 120", *(f"picture {number}" for number in range(98))}
    assert data_of(tmp_path / "page.html")["tensors"].keys() == expected


def test_no_name_ends_the_data_of_a_page(tmp_path):
    name = "</script><script>alert(1)</script>"
    to_page(PairExplorer({name: TENSORS["first"]}), tmp_path / "page.html")
    assert data_of(tmp_path / "page.html")["tensors"].keys() == {name}
    assert name not in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_only_the_script_of_a_page_may_run(pair_explorer, tmp_path):
    to_page(pair_explorer, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    script = re.search(r'<script type="module">(.*?)</script>', page, re.DOTALL)[1]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src &#39;sha256-{digest}&#39;;" in page
    assert "default-src &#39;none&#39;" in page


def test_what_is_no_explorer_has_no_page(tmp_path):
    with pytest.raises(TypeError, match="must be a TensorExplorer, PairExplorer or ThresholdExplorer, got 3"):
        to_page(3, tmp_path / "page.html")


def test_many_names_are_searched():
    names = [f"folder {number % 7}/Picture {number}.jpg" for number in range(20_000)]
    pictures = Pictures(dict.fromkeys(names, TENSORS["first"]))
    assert pictures.matching("") == names[:300]
    assert pictures.matching("PICTURE 1234")[0] == "folder 2/Picture 1234.jpg"
    assert pictures.matching("no such picture") == []


def test_explorers_work_with_a_single_picture():
    one = {"only": TENSORS["first"]}
    assert PairExplorer(one).mse == 0
    assert TensorExplorer(one).tensor.shape == (50, 50, 3)


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"no picture is named 'fourth': the first are 'first', 'second'"):
        TensorExplorer(TENSORS, picture="fourth")
    with pytest.raises(ValueError, match="at least one image"):
        PairExplorer({})
