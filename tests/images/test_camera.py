import pytest
from PIL import ExifTags, Image

from dupviz.images.camera import camera_words

GPS = ExifTags.GPS


@pytest.fixture
def photo(tmp_path):
    """Save a photo with what its camera says."""

    def photo(make="", model="", gps=None, name="a.jpg"):
        exif = Image.Exif()
        exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = make, model
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps or {})
        Image.new("RGB", (20, 20)).save(tmp_path / name, exif=exif)
        return tmp_path / name

    return photo


@pytest.mark.parametrize(
    ("make", "model", "words"),
    [
        ("Canon", "Canon EOS 5D", ["Canon EOS 5D"]),
        ("NIKON CORPORATION", "NIKON D850", ["NIKON D850"]),
        ("Google", "Pixel 8", ["Google Pixel 8"]),
        ("", "", []),
        ("Evil\x1b[2J", "camera", ["Evil\\x1b[2J camera"]),
    ],
)
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif"])
def test_a_camera_is_named_once(photo, make, model, words, name):
    assert camera_words(photo(make, model, name=name)) == words


PLACE = {GPS.GPSLatitudeRef: "S", GPS.GPSLatitude: (33.0, 51.0, 24.0), GPS.GPSLongitudeRef: "E"}


@pytest.mark.parametrize(
    ("gps", "words"),
    [
        ({**PLACE, GPS.GPSLongitude: (151.0, 12.0, 55.5)}, ["33.8567° S, 151.2154° E"]),
        (PLACE, []),
        ({**PLACE, GPS.GPSLongitude: (151.0, 12.0, 55.5), GPS.GPSLatitudeRef: ""}, []),
    ],
)
def test_a_place_is_said_only_if_it_is_whole(photo, gps, words):
    assert camera_words(photo(gps=gps)) == words


def test_what_is_no_picture_says_nothing(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff nothing")
    assert camera_words(tmp_path / "a.jpg") == camera_words(tmp_path / "missing.jpg") == []
