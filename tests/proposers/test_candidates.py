"""Candidates: one table, whatever proposed them; and the one call, which is the steps and nothing else."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import image_set, made_up_pairs
from PIL import Image, ImageFilter, ImageOps
from strategies import SYMMETRIES

from dupviz import Candidates, find_duplicates, find_pairs, group_duplicates, load_images, propose, second_look
from dupviz.look.boxes import WHOLE, inverse, turned_box
from dupviz.look.second_look import Looks
from dupviz.metrics import undone
from dupviz.proposers.candidates import Proposals

TYPES = {
    "a": "int64",
    "b": "int64",
    "mse": "float64",
    "rotation": "int16",
    "mirrored": "bool",
    "box_left": "float64",
    "box_top": "float64",
    "box_right": "float64",
    "box_bottom": "float64",
    "far": "float64",
    "by": "category",
}


def scene(seed, width=240, height=180):
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for radius, weight in ((2, 0.2), (8, 0.4), (30, 1.0)):
        noise = Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8))
        layer = np.asarray(noise.filter(ImageFilter.BoxBlur(radius)), np.float32)
        total += weight * (layer - layer.mean()) / layer.std()
    return Image.fromarray(np.clip(120 + 40 * total, 0, 255).astype(np.uint8))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Copies of every kind that somebody proposes."""
    folder = tmp_path_factory.mktemp("copies")
    first, second, third, fourth = map(scene, range(4))
    first.save(folder / "first.png")
    first.save(folder / "first.jpg", quality=85)
    first.rotate(90, expand=True).save(folder / "first turned.png")
    ImageOps.mirror(first).save(folder / "first mirrored.png")
    second.save(folder / "second.png")
    second.point(lambda value: value * 0.6).save(folder / "second darker.jpg", quality=90)
    third.save(folder / "third.png")
    third.crop((30, 20, 220, 170)).save(folder / "third cropped.jpg", quality=90)
    seen = fourth.copy()
    seen.putalpha(Image.linear_gradient("L").resize(fourth.size).point(lambda value: 255 * (value > 128)))
    seen.save(folder / "fourth.png")
    on_black = Image.new("RGB", seen.size)
    on_black.paste(seen, mask=seen)
    on_black.save(folder / "fourth on black.jpg", quality=92)
    return folder


@pytest.fixture(scope="module")
def images(folder):
    return load_images(folder, progress=False)


def test_each_proposer_offers_its_copies_under_its_name(images):
    table = propose(images, by=["mse", "light", "ground", "part"], symmetries="dihedral").table()
    names = images.files["path"].str.rpartition("/")[2].tolist()
    found = {(row.by, *sorted([names[row.a], names[row.b]])) for row in table.itertuples()}
    assert {
        ("mse", "first.jpg", "first.png"),
        ("mse", "first mirrored.png", "first.png"),
        ("mse", "first turned.png", "first.png"),
        ("light", "second darker.jpg", "second.png"),
        ("ground", "fourth on black.jpg", "fourth.png"),
        ("part", "third cropped.jpg", "third.png"),
    } <= found
    assert table.dtypes.astype(str).to_dict() == TYPES
    whole = table[["box_left", "box_top", "box_right", "box_bottom"]].eq(list(WHOLE)).all(axis=1)
    assert whole[table["by"] != "part"].all()
    assert not whole[table["by"] == "part"].all()


@pytest.mark.parametrize("stack", [np.zeros((0, 50, 50, 3), np.uint8), np.full((3, 50, 50, 3), 9, np.uint8)])
def test_the_table_has_its_types_when_it_is_empty_or_all_is_identical(stack):
    images = image_set(stack)
    images.files["transparent"] = True
    table = propose(images, by=["mse", "light", "ground", "part"]).table()
    assert table.dtypes.astype(str).to_dict() == TYPES
    assert table[["a", "b"]].to_numpy().tolist() == [[0, row] for row in range(1, len(stack))]


@given(
    st.sampled_from([0, 60, 200, 1000]),
    SYMMETRIES,
    st.sampled_from(["best", "largest_file", "first_path"]),
    st.sampled_from(["files", "parts", "mse"]),
    st.sampled_from([60, 200, 1000]),
)
def test_the_one_call_is_the_steps_and_another_threshold_a_new_call(
    folder, images, threshold, symmetries, keep, how, other
):
    options = {"verify": how != "mse", "parts": how == "parts", "symmetries": symmetries, "keep": keep}
    options = {**options, "progress": False}
    found = find_duplicates(folder, threshold=threshold, **options)
    by = ["mse", "light", "ground", "waves", *["part"] * (how == "parts")]
    candidates = propose(images, by=by, threshold=threshold, symmetries=symmetries)
    look = "mse" if how == "mse" else "files"
    steps = group_duplicates(images, candidates, threshold=threshold, keep=keep, look=look)
    pd.testing.assert_frame_equal(steps, found.groups)
    again = found.at(other).groups
    pd.testing.assert_frame_equal(again, find_duplicates(folder, threshold=other, **options).groups)


def test_the_second_look_takes_candidates_and_any_table_of_pairs(images):
    candidates = propose(images, by=["mse", "light", "part"])
    looked = second_look(images, candidates, progress=False)
    assert len(looked) == len(candidates.table())
    assert looked.loc[looked["by"] == "part", "kind"].isin(["cropped", "edited"]).any()
    table = candidates.table()
    twice = pd.concat([table, table])  # with every label of a row twice
    doubled = second_look(images, twice, progress=False)
    assert doubled["verdict"].tolist() == looked["verdict"].tolist() * 2
    assert doubled["worst"].equals(pd.concat([looked["worst"], looked["worst"]]))


def test_the_order_in_which_turns_are_asked_for_changes_nothing(images):
    names = images.files["path"].str.rpartition("/")[2].tolist()
    a, b = names.index("first.png"), names.index("first turned.png")
    verdicts = {}
    for turns in ([0, 270], [270, 0]):
        pairs = pd.DataFrame({"a": a, "b": b, "rotation": turns, "mirrored": False})
        verdicts[tuple(turns)] = dict(zip(turns, second_look(images, pairs, workers=1, progress=False)["verdict"]))
    assert verdicts[0, 270] == verdicts[270, 0] == {0: "different", 270: "same"}


def test_candidates_of_other_images_and_unknown_proposers_are_refused(images):
    with pytest.raises(ValueError, match="other images"):
        group_duplicates(image_set(images.tensors[:3]), propose(images))
    with pytest.raises(ValueError, match="by must be some of 'mse', 'ground', 'light', 'waves', 'part', got 'hash'"):
        propose(images, by=["hash"])
    with pytest.raises(TypeError, match="by must be a list of proposers, got 'mse'"):
        propose(images, by="mse")
    with pytest.raises(ValueError, match="threshold must be a number from 0 up, got nan"):
        propose(images, threshold=float("nan"))
    others = image_set(images.tensors)
    with pytest.raises(ValueError, match="other images"):
        second_look(image_set(images.tensors[::-1]), propose(images))
    with pytest.raises(ValueError, match="looks are at other images"):
        group_duplicates(images, propose(images), look=Looks(others, cache=False))
    for look in ("ssim", None, 3):
        with pytest.raises(ValueError, match=f"look must be 'files', 'mse' or Looks, got {look!r}"):
            group_duplicates(images, find_pairs(images), look=look)
    with pytest.raises(ValueError, match="max_mse must be 0 or more, got -5"):
        propose(images, max_mse=-5, threshold=0)
    with pytest.raises(TypeError, match="images must be an ImageSet, got ndarray"):
        propose(images.tensors)


SHARES = st.sampled_from([0.0, 0.1, 0.25])
PAIRS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 7), SHARES), max_size=12, unique=True)


@given(PAIRS, PAIRS, st.sampled_from([40.0, 120.0, 1000.0]))
def test_each_image_has_the_neighbours_of_the_table_in_both_directions(light, part, threshold):
    images = image_set(np.random.default_rng(0).integers(0, 256, (6, 4, 4, 3), dtype=np.uint8))
    near = made_up_pairs(images, [0, 0, 2], [1, 3, 4], [30.0, 90.0, 50.0], winners=[2, 1, 8])

    def proposals(pairs, has_boxes):
        pairs = list({(min(a, b), max(a, b)): (a, b, bit, share) for a, b, bit, share in pairs if a != b}.values())
        a, b, bits, shares = (np.array([pair[i] for pair in pairs]) for i in range(4))
        boxes = np.array([[share, 0, 1, 1 - share] for share in shares]).reshape(-1, 4) if has_boxes else None
        winners = np.left_shift(1, bits.astype(int)).astype(np.uint8)
        return Proposals(a.astype(np.int64), b.astype(np.int64), winners, np.arange(len(pairs)) / 8.0, boxes)

    candidates = Candidates.join(images, near, {"light": proposals(light, False), "part": proposals(part, True)})
    rows = [row for row in candidates.table().itertuples() if row.by != "mse" or row.mse < threshold]
    for image in range(6):
        expected, known = {}, set()
        for row in rows:
            if image not in (row.a, row.b) or (row.by != "mse" and {row.a, row.b} - {image} & known):
                continue
            box, turn = (row.box_left, row.box_top, row.box_right, row.box_bottom), (row.rotation, row.mirrored)
            if image == row.a:
                turn = undone(*turn)
                box = box if box == WHOLE else turned_box(inverse(box), *turn)
            other = row.b if image == row.a else row.a
            if row.by == "mse":
                known.add(other)
            expected.setdefault(row.by, []).append((row.far, other, row.mse, *turn, box))
        found = {
            by: [tuple(neighbour) for neighbour in neighbours]
            for by, neighbours in candidates.neighbours(image, threshold)
        }
        assert {by for by, neighbours in found.items() if neighbours} == set(expected)
        for by, neighbours in expected.items():
            assert sorted(found[by]) == sorted(each[1:] for each in neighbours)
            far = {each[1:]: each[0] for each in neighbours}
            assert [far[each] for each in found[by]] == sorted(far.values())
    links = SimpleNamespace(of={row: {row} for row in range(6)})
    for row in rows:
        joined = links.of[row.a] | links.of[row.b]
        links.of.update(dict.fromkeys(joined, joined))
    number = candidates.components(threshold)
    assert all((number[a] == number[b]) == (b in links.of[a]) for a in range(6) for b in range(6))


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"a": [0.5]}, "pairs of row 0.5"),
        ({"a": [-1]}, "pairs of row -1"),
        ({"b": [float("nan")]}, "pairs of row nan"),
        ({"box_left": [0.0]}, "boxes need the columns"),
        (dict.fromkeys(["box_left", "box_top", "box_right", "box_bottom"], 0.5), "left < right"),
        (dict.fromkeys(["box_left", "box_top", "box_right", "box_bottom"], float("nan")), "left < right"),
    ],
)
def test_pairs_that_are_none_are_refused(images, columns, words):
    pairs = pd.DataFrame({"a": [0], "b": [1], "rotation": [0], "mirrored": [False]}).assign(**columns)
    with pytest.raises(ValueError, match=words):
        second_look(images, pairs, progress=False)


def test_a_table_that_was_made_by_hand_needs_no_contrast_for_the_mse_alone():
    images = image_set(np.zeros((2, 4, 4, 3), np.uint8))
    del images.files["contrast"]
    groups = find_duplicates(images, verify=False, keep="largest_file", progress=False).groups
    assert groups["action"].tolist() == ["keep", "remove"]
