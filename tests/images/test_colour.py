import numpy as np
import pytest
from PIL import Image, ImageCms
from profiles import ADOBE_RGB, cmyk_profile, from_srgb, grey_profile, rgb_profile

from dupviz import find_duplicates
from dupviz.images import colour
from dupviz.images.colour import profile_name
from dupviz.images.decode import decode, decode_picture
from dupviz.metrics import mse

SIZE = 50
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def tensor(tmp_path):
    """The tensor of pixels that are saved with a profile."""

    def tensor(pixels, name="a.png", **options):
        path = tmp_path / name
        Image.fromarray(np.asarray(pixels)).save(path, **options)
        return decode(path, SIZE).tensor

    return tensor


@pytest.fixture(scope="module")
def photo():
    y, x = np.mgrid[:240, :320]
    waves = [40 + 60 * np.sin(x / 9 + y / 31) + x / 4, 60 + y / 2, 128 + 100 * np.sin(x / 40 + y / 25)]
    return np.clip(np.stack(waves, axis=2), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg", "a.webp"])
def test_one_look_has_one_tensor_whatever_its_profile(tensor, photo, name):
    options = {"quality": 95} if name.endswith(("jpg", "webp")) else {}
    plain, wide = tensor(photo, f"plain_{name}", **options), from_srgb(photo)
    assert mse(tensor(wide, f"untagged_{name}", **options), plain) > 200
    assert mse(tensor(wide, name, icc_profile=rgb_profile(), **options), plain) < 6


def test_gamma_counts_too(tensor, photo):
    pixels = from_srgb(photo, ADOBE_RGB, gamma=1.8)
    assert mse(tensor(pixels, icc_profile=rgb_profile(gamma=1.8)), tensor(photo)) < 6


@pytest.mark.parametrize(
    "profile",
    [ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"no profile", rgb_profile()[:200], b""],
    ids=["sRGB", "text", "truncated", "empty"],
)
def test_what_says_srgb_or_nothing_leaves_every_value_as_it_is(tensor, photo, profile):
    np.testing.assert_array_equal(tensor(photo, icc_profile=profile), tensor(photo, "plain.png"))


def test_a_profile_for_other_pixels_says_nothing(tensor, photo):
    plain = tensor(photo, "plain.png")
    np.testing.assert_array_equal(tensor(photo, icc_profile=grey_profile(1.0)), plain)
    np.testing.assert_array_equal(tensor(photo, icc_profile=cmyk_profile()), plain)


@pytest.mark.parametrize("alpha", [False, True])
def test_grey_of_another_gamma(tensor, photo, alpha):
    grey = 60 + photo[..., 2] // 2  # darks are few values in linear light
    linear = np.round(255 * (grey / 255) ** 2.2).astype(np.uint8)
    mode = np.dstack([linear, np.full_like(linear, 255)]) if alpha else linear
    assert mse(tensor(mode, "linear.png"), tensor(grey, "plain.png")) > 200
    assert mse(tensor(mode, icc_profile=grey_profile(1.0)), tensor(grey, "plain.png")) < 20


def test_inks_are_what_their_profile_makes_of_them(tmp_path):
    inks = Image.new("CMYK", (60, 40), (255, 0, 0, 0))
    inks.save(tmp_path / "plain.tif")
    assert decode(tmp_path / "plain.tif", SIZE).tensor[0, 0].tolist() == [0, 255, 255]
    for name in ("profile.tif", "profile.jpg"):
        inks.save(tmp_path / name, icc_profile=cmyk_profile(), quality=100)
        tensor = decode(tmp_path / name, SIZE).tensor
        assert np.ptp(tensor) <= 4  # grey
        assert abs(int(tensor[0, 0, 0]) - 119) <= 3  # lightness 50


def test_transparent_places_stay_white(tensor, photo):
    pixels = np.dstack([photo, np.zeros(photo.shape[:2], np.uint8)])
    assert tensor(pixels, icc_profile=rgb_profile()).min() == 255


def test_pictures_to_look_at_have_the_same_colours(tmp_path, photo):
    for name, pixels, options in (("a.png", photo, {}), ("b.png", from_srgb(photo), {"icc_profile": rgb_profile()})):
        Image.fromarray(pixels).save(tmp_path / name, **options)
    a, b = (np.asarray(decode_picture(tmp_path / name, 320)) for name in ("a.png", "b.png"))
    assert mse(a, b) < 10


def test_a_profile_that_is_not_that_of_srgb_is_known_by_its_content():
    profiles = (rgb_profile(), rgb_profile(), rgb_profile(gamma=1.8), SRGB, b"", b"broken")
    found = [profile_name(profile) for profile in profiles]
    assert found[0] == found[1] != found[2]
    assert found[0][0] == "a profile"
    assert found[3:] == [None, None, None]


def test_files_of_other_colours_are_for_review_and_those_of_one_profile_go(tmp_path, photo):
    profiles = {"a": None, "b": rgb_profile(), "c": rgb_profile(), "d": rgb_profile(gamma=1.8)}
    for level, (name, profile) in enumerate(profiles.items()):
        pixels = photo if profile is None else from_srgb(photo, gamma=1.8 if name == "d" else 2.2)
        Image.fromarray(pixels).save(tmp_path / f"{name}.png", icc_profile=profile, compress_level=level)
    groups = find_duplicates(tmp_path, keep="first_path", progress=False).groups
    actions = dict(zip(groups["path"].str[-5], groups["action"]))
    assert actions == {"a": "keep", "b": "review", "c": "remove", "d": "review"}


def test_without_little_cms_colours_stay_as_they_are(tensor, photo, monkeypatch):
    def missing(*_):
        raise ImportError("no module named _imagingcms")

    monkeypatch.setattr(colour.ImageCms, "ImageCmsProfile", missing)
    profile = rgb_profile(gamma=2.1)  # which no other test has made a transform of
    np.testing.assert_array_equal(tensor(photo, icc_profile=profile), tensor(photo, "plain.png"))
