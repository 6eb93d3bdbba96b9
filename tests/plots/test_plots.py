"""The figures show the data: what is drawn equals what was given."""

from base64 import b64decode
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import select_figure_formats
from IPython.display import display
from IPython.utils.capture import capture_output
from made_up import find_by_mse
from matplotlib.colors import to_hex, to_rgba
from naive import TURNS, naive_distance, naive_mse, naive_transform
from PIL import Image

from dupviz import (
    Copies,
    distance,
    find_label_conflicts,
    find_pairs,
    load_images,
    mse_histogram,
    plots,
    squared_error_map,
    threshold_curve,
    transform,
    window_map,
)
from dupviz._words.words import COLOURS
from dupviz.images.imageset import ImageSet
from dupviz.plots.alt import _written
from dupviz.plots.axes import INK
from dupviz.threshold.copies import strength_words

mpl.use("agg")
RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def drawn_without_traces():
    """Every figure can be drawn, and no setting of matplotlib is changed."""
    settings = mpl.rcParams.copy()
    yield
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
    plt.close("all")
    assert mpl.rcParams == settings


def random_tensor(size=5):
    return RNG.integers(0, 256, (size, size, 3), dtype=np.uint8)


def image_set(tensors, names=None):
    n = len(tensors)
    files = pd.DataFrame(
        {
            "path": pd.Series([f"folder/{i}.jpg" for i in range(n)] if names is None else names, dtype=object),
            "width": 640,
            "height": 480,
            "bytes": np.arange(n, 0, -1) * 1000,
            "format": "JPEG",
            "modified": pd.Timestamp("2020", tz="UTC"),
            "contrast": 50.0,
            "flat": False,
        }
    )
    return ImageSet(np.asarray(tensors), files, pd.DataFrame({"path": [], "reason": []}))


def copies(n, names=None):
    """Duplicates of n images: all of them one picture, turned further and further, and darker and darker."""
    base = RNG.integers(60, 256, (6, 6, 3), dtype=np.uint8)
    tensors = [transform(base - np.uint8(min(i, 5)), rotation=90 * (i % 4)) for i in range(n)]
    return find_by_mse(image_set(tensors, names), progress=False)


def drawn(ax):
    return [np.asarray(image.get_array()) for image in ax.images]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_tensor_is_drawn_with_its_three_matrices_and_all_their_numbers():
    tensor = random_tensor()
    ax = plots.plot_tensor(tensor)
    picture, blue, green, red = drawn(ax)
    np.testing.assert_array_equal(picture, tensor)
    np.testing.assert_array_equal(red + green + blue, tensor)
    for channel, matrix in enumerate((red, green, blue)):
        np.testing.assert_array_equal(matrix[..., channel], tensor[..., channel])
    numbers = [int(text) for text in texts(ax) if text.isdigit()]
    assert sorted(numbers) == sorted(tensor.ravel().tolist())
    assert {"5 rows", "5 columns"} <= set(texts(ax))


def test_numbers_are_left_out_where_they_would_not_fit():
    assert not any(text.isdigit() for text in texts(plots.plot_tensor(random_tensor(50))))


def test_channels_are_drawn_with_their_numbers_in_place():
    tensor = random_tensor()
    for channel, ax in enumerate(plots.plot_channels(tensor)):
        assert ax.get_title() == ("red", "green", "blue")[channel]
        for text in ax.texts:
            column, row = text.get_position()
            assert int(text.get_text()) == tensor[int(row), int(column), channel]
        assert len(ax.texts) == 25


@pytest.mark.parametrize("symmetries", ["rotations", "dihedral"])
def test_every_turn_is_drawn_with_its_mse_and_the_smallest_is_framed(symmetries):
    a, b = random_tensor(), random_tensor()
    axes = plots.plot_rotations(a, b, symmetries=symmetries)
    np.testing.assert_array_equal(drawn(axes[0])[0], a)
    assert len(axes) == 1 + len(TURNS[symmetries])
    for ax, turn in zip(axes[1:], TURNS[symmetries]):
        turned = naive_transform(b.tolist(), *turn)
        assert drawn(ax)[0].tolist() == turned
        assert ax.get_xlabel().startswith(f"MSE {naive_mse(a.tolist(), turned):,.1f}")
        framed = to_hex(ax.spines["left"].get_edgecolor()) == COLOURS["keep"].lower()
        assert framed == (turn == naive_distance(a, b, symmetries)[1:])


def test_pair_is_drawn_as_it_matches_and_the_mean_of_its_map_is_the_mse():
    a = random_tensor()
    b = transform(a, rotation=90).copy()
    b[0, 0] ^= 3
    left, right, errors = (drawn(ax)[0] for ax in plots.plot_pair(a, b))
    value, rotation, _ = distance(a, b)
    np.testing.assert_array_equal(left, a)
    np.testing.assert_array_equal(right, transform(b, rotation=rotation))
    np.testing.assert_array_equal(errors, squared_error_map(left, right))
    assert errors.mean() == value


@pytest.mark.parametrize("threshold", [0, 0.5, 1, 200, 1e6])
def test_histogram_counts_every_pair_once_in_the_colour_of_its_side(threshold):
    values = np.concatenate([[0, 0, threshold, 3 * 255**2], RNG.uniform(0, 1000, 500)])
    ax = plots.plot_mse_histogram(values, threshold=threshold)
    heights = dict.fromkeys(COLOURS.values(), 0)
    for bar in ax.patches:
        heights[to_hex(bar.get_facecolor()).upper()] += bar.get_height()
    below = (values < threshold).sum()
    assert heights[COLOURS["remove"]] == below
    assert heights[COLOURS["review"]] == len(values) - below
    assert ax.lines[0].get_xdata()[0] == threshold
    assert any(text.strip() == f"{threshold:g}" for text in texts(ax))


def test_histogram_of_no_pairs_is_drawn():
    plots.plot_mse_histogram([])


def test_group_starts_with_the_kept_file_and_all_are_turned_to_match_it():
    duplicates = copies(4)
    ax = plots.plot_group(duplicates, 0)
    kept, *gone = drawn(ax)
    np.testing.assert_array_equal(kept, duplicates.images.tensors[0])
    for file, picture in zip(duplicates.groups[1:].itertuples(), gone):
        assert naive_mse(kept.tolist(), picture.tolist()) == pytest.approx(file.mse)
    words = " ".join(texts(ax))
    assert words.count("keep") == 1
    assert words.count("can go") == 3
    assert "640 × 480, 4.0 kB" in words
    assert f"MSE {duplicates.groups['mse'][1]:,.1f}, turned" in words


def test_large_group_says_how_many_are_not_drawn():
    ax = plots.plot_group(copies(2000), 0)
    assert len(ax.images) == 12
    assert "and 1,988 more" in texts(ax)


def test_hostile_names_are_drawn_as_text():
    ax = plots.plot_group(copies(3, ["a/$\\frac$.jpg", "a/\udcff\n.jpg", "a/" + "x" * 300]), 0)
    assert any("$\\frac$.jpg" in text for text in texts(ax))


def test_gallery_shows_each_group_on_one_page():
    tensors = [tensor for _ in range(5) for tensor in [random_tensor()] * 2]
    duplicates = find_by_mse(image_set(tensors), progress=False)
    pages = [plots.plot_gallery(duplicates, page=page, groups_per_page=2) for page in (1, 2, 3)]
    assert [len(ax.images) for ax in pages] == [4, 4, 2]
    np.testing.assert_array_equal([image for ax in pages for image in drawn(ax)], tensors)
    assert pages[2].get_title(loc="left") == "5 groups below 200: page 3 of 3"


def test_gallery_without_groups_is_drawn():
    plots.plot_gallery(find_by_mse(image_set([random_tensor()]), progress=False))


def test_pairs_are_drawn_side_by_side_as_they_match():
    tensors = [random_tensor() for _ in range(3)]
    images = image_set([*tensors, *(transform(tensor, rotation=90) for tensor in tensors)])
    pairs = find_pairs(images, max_mse=200)
    pages = [plots.plot_pairs(images, pairs, page=page, pairs_per_page=2) for page in (1, 2)]
    shown = [image for ax in pages for image in drawn(ax)]
    np.testing.assert_array_equal(shown, [tensor for tensor in tensors for _ in range(2)])
    assert pages[1].get_title(loc="left") == "3 pairs: page 2 of 2"
    ax = plots.plot_pairs(images, find_label_conflicts(images, pairs, labels=["$a", "b\n", "c", "d", "e", "f"]))
    assert {"$a", r"b\n", "f"} <= set(texts(ax))
    plots.plot_pairs(images, pairs[:0])


def test_pairs_are_taken_by_the_names_of_the_columns_wherever_they_stand():
    images = image_set([random_tensor() for _ in range(4)])
    pairs = pd.DataFrame({"mse": 1.0, "mirrored": False, "note": 9, "b": [3], "rotation": 0, "a": [1]})
    for table in (pairs, pairs.rename(columns={"a": "test", "b": "train"})):
        np.testing.assert_array_equal(drawn(plots.plot_pairs(images, table)), images.tensors[[1, 3]])
    with pytest.raises(ValueError, match="needs a column 'rotation'; it has 'mse', 'mirrored', 'note', 'b', 'a'"):
        plots.plot_pairs(images, pairs.drop(columns="rotation"))
    with pytest.raises(ValueError, match="needs a column 'train'"):
        plots.plot_pairs(images, pairs.rename(columns={"a": "test"}))


def test_threshold_curve_equals_the_groups_at_each_threshold():
    duplicates = copies(8)
    thresholds = [0, 3, 13, 200, 1000]
    counts, freed = plots.plot_threshold_curve(duplicates, thresholds=thresholds)
    curves = {line.get_label(): line.get_ydata() for line in counts.lines}
    for i, threshold in enumerate(thresholds):
        at = duplicates.at(threshold)
        assert curves["pairs"][i] == (duplicates.pairs["mse"] < threshold).sum()
        assert curves["groups"][i] == at.groups["group"].nunique()
        assert curves["files that can go"][i] == len(at.to_remove)
        assert freed.lines[0].get_ydata()[i] == at.to_remove["bytes"].sum()


def labelled_pairs(n=200):
    """Labelled pairs, of which some were not found."""
    mse = np.append(RNG.uniform(0, 3000, n), [np.inf, np.inf])
    return pd.DataFrame({"mse": mse, "same": RNG.random(n + 2) < 0.5, "kind": "crop"})


def test_populations_count_the_found_pairs_of_each():
    labelled = labelled_pairs()
    ax = plots.plot_populations(labelled)
    found = labelled[np.isfinite(labelled["mse"])]
    counts = {patch.get_label(): patch.get_data().values.sum() for patch in ax.patches}
    assert counts == {"the same picture": found["same"].sum(), "different pictures": (~found["same"]).sum()}


def test_quality_draws_the_whole_and_no_kind():
    curve = threshold_curve(labelled_pairs(), thresholds=[10, 200, 1000])
    lines = {line.get_label(): line for line in plots.plot_quality(curve).lines}
    whole = curve[curve["kind"] == "all"]
    for name, column in {"precision": "precision", "recall": "recall", "F₁": "f1"}.items():
        np.testing.assert_array_equal(lines[name].get_xydata(), whole[["threshold", column]])


def test_copies_are_dots_of_their_mse_and_those_below_are_in_colour():
    strengths = {"crop": [0.01, 0.02], "mirror": [1.0]}
    table = pd.DataFrame([(kind, s, i) for i in range(7) for kind in strengths for s in strengths[kind]])
    table = table.set_axis(["kind", "strength", "source"], axis=1)
    table["mse"] = RNG.uniform(0, 400, len(table))
    axes = plots.plot_copies(Copies(np.zeros((len(table), 2, 2, 3), np.uint8), table))
    assert [ax.get_title() for ax in axes] == list(strengths)
    for ax, kind in zip(axes, strengths):
        assert [label.get_text() for label in ax.get_xticklabels()] == [
            strength_words(kind, s) for s in strengths[kind]
        ]
        dots = np.concatenate([dots.get_offsets() for dots in ax.collections])
        colours = [to_hex(colour) for dots in ax.collections for colour in dots.get_facecolors()]
        np.testing.assert_allclose(sorted(dots[:, 1]), sorted(table.loc[table["kind"] == kind, "mse"]))
        for (_, mse), colour in zip(dots, colours):
            assert (colour == COLOURS["remove"].lower()) == (mse < 200)
        medians = table[table["kind"] == kind].groupby("strength")["mse"].median()
        np.testing.assert_allclose(ax.lines[0].get_ydata(), medians)


def test_figures_are_drawn_on_the_axes_that_are_given():
    a, b, duplicates = random_tensor(), random_tensor(), copies(3)
    _, axes = plt.subplots(3, 3)
    first = axes[0, 0]
    for function, data in {
        plots.plot_tensor: (a,),
        plots.plot_mse_histogram: ([1, 300],),
        plots.plot_group: (duplicates, 0),
        plots.plot_gallery: (duplicates,),
        plots.plot_populations: (labelled_pairs(),),
        plots.plot_quality: (threshold_curve(labelled_pairs()),),
        plots.plot_pairs: (duplicates.images, duplicates.pairs),
    }.items():
        assert function(*data, ax=first) is first
    assert list(plots.plot_channels(a, axes=axes[1])) == list(axes[1])
    assert list(plots.plot_pair(a, b, axes=axes[2])) == list(axes[2])
    assert list(plots.plot_threshold_curve(duplicates, axes=axes[0, 1:])) == list(axes[0, 1:])
    assert list(plots.plot_rotations(a, b, axes=axes.ravel()[:5])) == list(axes.ravel()[:5])
    assert len(plt.get_fignums()) == 1


def test_the_second_look_is_drawn_with_the_worst_window_in_both_pictures(tmp_path):
    pixels = RNG.integers(0, 256, (10, 20, 3), dtype=np.uint8).repeat(10, axis=0).repeat(10, axis=1)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    pixels[40:60, 100:120] = 0
    Image.fromarray(pixels).rotate(-90, expand=True).save(tmp_path / "b$.png")
    images = load_images(tmp_path, progress=False, cache=False)
    left, right, ratios = plots.plot_second_look(images, 0, 1, rotation=90, names=("a", "b$"))
    assert right.get_title() == "b$, turned 90°"
    assert ratios.get_title().startswith("R: worst ")
    for ax in (left, right):
        frames = [patch.get_bbox() for patch in ax.patches]
        assert len(frames) == 2  # white, and on it the colour
        for frame in frames:
            assert 90 < frame.x0 < frame.x1 < 130
            assert 30 < frame.y0 < frame.y1 < 70
    np.testing.assert_allclose(drawn(ratios)[0], np.clip(window_map(images, 0, 1, rotation=90).ratios, 0.02, 50))


def test_bad_arguments_are_named():
    duplicates = copies(2)
    with pytest.raises(ValueError, match="group must be from 0 to 0, got 7"):
        plots.plot_group(duplicates, 7)
    with pytest.raises(ValueError, match="page must be from 1 to 1, got 2"):
        plots.plot_gallery(duplicates, page=2)
    none = Copies(np.zeros((0, 2, 2, 3), np.uint8), pd.DataFrame(columns=["path", "kind", "strength", "source", "mse"]))
    with pytest.raises(ValueError, match="no copies to draw"):
        plots.plot_copies(none)


def test_a_counted_histogram_is_drawn_with_its_estimates_paler():
    images = copies(30).images
    edges = [0, 50, 100, 200, 1000, 195_075]
    counted = mse_histogram(images, bins=edges, max_images=10)
    ax = plots.plot_mse_histogram(counted)
    heights = {round(bar.get_x()): bar.get_height() for bar in ax.patches}
    assert heights == {low: number for low, number in zip(edges, counted.counts) if number}
    pale = {round(bar.get_x()) for bar in ax.patches if bar.get_alpha() < 1}
    assert pale == {low for low in heights if low >= counted.exact_below}
    below = round(counted.counts[:3].sum())
    assert any(text.strip() == f"{below:,} pairs below" for text in texts(ax))
    assert any("estimated" in text for text in texts(ax))
    exact = plots.plot_mse_histogram(mse_histogram(images, bins=[0, 200, 195_075]))
    assert not any("estimated" in text for text in texts(exact))


def test_a_bin_across_the_threshold_is_drawn_in_two_colours_and_its_count_is_about():
    images = copies(30).images
    ax = plots.plot_mse_histogram(mse_histogram(images, bins=[0, 195_075]), threshold=100)
    assert [(bar.get_x(), bar.get_height()) for bar in ax.patches] == [(0, 435), (100, 435)]
    assert any(text.strip().startswith("about 0 pairs below") for text in texts(ax))


def test_figures_have_no_ground_of_their_own_and_settings_stay_as_they_were():
    before = dict(plt.rcParams)
    ax = plots.plot_tensor(np.zeros((4, 4, 3), np.uint8))
    assert to_rgba(ax.figure.get_facecolor())[3] == 0
    assert all(to_hex(text.get_color()) == INK for text in ax.texts if text.get_text() == "the image")
    assert dict(plt.rcParams) == before


@pytest.mark.parametrize("kind", ["png", "svg", "retina"])
def test_jupyter_shows_figures_with_a_text(kind):
    shell = InteractiveShell.instance()
    try:
        select_figure_formats(shell, {kind})
        a, b = RNG.integers(0, 256, (2, 4, 4, 3), np.uint8)
        axes = plots.plot_pair(a, b, names=('"A" & <B>', "C"))
        with capture_output() as captured:
            display(axes[0].figure)
    finally:
        InteractiveShell.clear_instance()
    (shown,) = captured.outputs
    drawn, metadata = shown.data, shown.metadata
    mime = "image/svg+xml" if kind == "svg" else "image/png"
    alt = metadata[mime]["alt"]
    assert alt.startswith('Two images, and their squared errors: "A" & <B>; C')
    assert alt.endswith(f"(MSE) {distance(a, b)[0]:,.1f}")
    image = ElementTree.fromstring(drawn["text/html"].removesuffix(">") + "/>")
    assert image.get("alt") == alt
    content = b64decode(image.get("src").removeprefix(f"data:{mime};base64,"))
    assert content == (drawn[mime].encode() if kind == "svg" else b64decode(drawn[mime]))
    assert (image.get("width") is not None) == (kind == "retina")


def test_numbers_of_pixels_are_not_read_aloud():
    ax = plots.plot_tensor(np.full((4, 4, 3), 123, np.uint8))
    assert "123" in texts(ax)
    alt = [*_written(ax.figure)]
    assert "4 rows" in alt
    assert "123" not in alt
    histogram = plots.plot_mse_histogram([1, 300, 400], threshold=250)
    assert {"250", "1 pair below", "2 pairs not"} <= {*_written(histogram.figure)}


@pytest.mark.parametrize(("ground", "least"), [("#ffffff", 4.4), ("#111111", 4.1)])
def test_the_ink_can_be_read_on_light_and_dark_ground(ground, least):
    def luminance(colour):
        value = np.array(to_rgba(colour)[:3])
        return np.where(value <= 0.03928, value / 12.92, ((value + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    dark, light = sorted(map(luminance, (ground, INK)))
    assert (light + 0.05) / (dark + 0.05) >= least
