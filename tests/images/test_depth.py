"""How many bits a value has: said by the file, whatever Pillow keeps."""

import struct

import numpy as np
import pytest
from PIL import Image
from pngs import png
from tiffs import grey_tiff, planar_tiff

from dupviz.images.depth import bits_in_header
from dupviz.images.formats import reading
from dupviz.images.inside import bits

SIZE = 24
DEEP = np.random.default_rng(0).integers(0, 65536, (SIZE, SIZE, 3), dtype=np.uint16)
SHALLOW = Image.fromarray((DEEP >> 8).astype(np.uint8))


def packed(*numbers):
    """Numbers and how many bits each has, the lowest first, as JPEG XL packs them."""
    whole, place = 0, 0
    for number, length in numbers:
        whole |= number << place
        place += length
    return b"\xff\x0a" + whole.to_bytes(40, "little")


SMALL = [(1, 1), (2, 5), (1, 3)]  # 24 rows, square
LARGE = [(0, 1), (0, 2), (23, 9), (0, 3), (1, 2), (23, 13)]  # 24 rows and columns, spelled out
TURNED = [
    (1, 1),
    (5, 3),
    (1, 1),
    *SMALL,
    (1, 1),
    (1, 1),
    (0, 2),
    (0, 3),
    (1, 2),
]  # with a size to show it, and a preview
MOVING = [(1, 1), (0, 2), (3, 2), (255, 10), (1, 2), (7, 3), (1, 1)]  # an animation
JPEG_XL = {
    "all as usual": (8, [*SMALL, (1, 1)]),
    "8 bits": (8, [*SMALL, (0, 1), (0, 1), (0, 1), (0, 2)]),
    "10 bits": (10, [*SMALL, (0, 1), (0, 1), (0, 1), (1, 2)]),
    "14 bits, a size of its own": (14, [*LARGE, (0, 1), (0, 1), (0, 1), (3, 2), (13, 6)]),
    "half floats": (16, [*SMALL, (0, 1), (0, 1), (1, 1), (1, 2)]),
    "a preview and an animation": (12, [*SMALL, (0, 1), *TURNED, *MOVING, (0, 1), (2, 2)]),
}


@pytest.mark.parametrize("what", JPEG_XL)
@pytest.mark.parametrize(
    "box", [b"", b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\0jxlc", b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\0jxlp\0\0\0\0"]
)
def test_a_jpeg_xl_says_so_in_its_first_bits(tmp_path, what, box):
    expected, numbers = JPEG_XL[what]
    (tmp_path / "a.jxl").write_bytes(box + packed(*numbers))
    image = Image.new("RGB", (1, 1))
    image.format = "JXL"
    with (tmp_path / "a.jxl").open("rb") as file:
        assert bits_in_header(image, file) == expected


def colours(channels):
    return np.concatenate([DEEP, DEEP[..., :1]], axis=2)[..., :channels]


def saved(picture, name, **options):
    return lambda path: picture.save(path.with_name(name), **options) or path.with_name(name)


def written(content, name):
    return lambda path: path.with_name(name).write_bytes(content) and path.with_name(name)


def heif(depth):
    def make(path):
        pillow_heif = pytest.importorskip("pillow_heif")
        data = DEEP.tobytes()
        pillow_heif.encode("RGB;16", (SIZE, SIZE), data, path.with_name("a.heic"), bit_depth=depth)
        return path.with_name("a.heic")

    return make


def avif(flags, depth):
    """An AVIF whose header says so: only that is asked."""

    def make(path):
        path = path.with_name("a.avif")
        SHALLOW.save(path)
        content = path.read_bytes().replace(b"\x03\x08\x08\x08", bytes([3, depth, depth, depth]))
        place = content.index(b"av1C") + 6
        path.write_bytes(content[:place] + bytes([content[place] & 0x9F | flags]) + content[place + 1 :])
        return path

    return make


def bmp_of_565():
    """A pixel of 16 bits, of which red has 5, green 6 and blue 5."""
    masks = struct.pack("<3I", 0xF800, 0x07E0, 0x001F)
    sizes = struct.pack("<I2i2H6I", 40, 1, 1, 1, 16, 3, 4, 0, 0, 0, 0)
    return b"BM" + struct.pack("<4xII", 0, 14 + 40 + 12)[:12] + sizes + masks + b"\x1f\xf8\0\0"


def jxl(picture):
    def make(path):
        pytest.importorskip("pillow_jxl")
        try:
            return saved(picture, "a.jxl", lossless=True)(path)
        except NotImplementedError:
            pytest.skip("this version writes 8 bits only")

    return make


plane = np.moveaxis(DEEP, 2, 0)
FILES = {
    "PNG, grey": (16, written(png(colours(1)), "a.png")),
    "PNG, grey and transparent": (16, written(png(colours(2)), "a.png")),
    "PNG, colours": (16, written(png(colours(3)), "a.png")),
    "PNG, transparent": (16, written(png(colours(4)), "a.png")),
    "PNG of 8 bits": (8, saved(SHALLOW, "a.png")),
    "PNG, palette": (8, saved(SHALLOW.quantize(16), "a.png")),
    "PNG, black and white": (8, saved(SHALLOW.convert("1"), "a.png")),
    "JPEG": (8, saved(SHALLOW, "a.jpg")),
    "TIFF, planes": (16, written(planar_tiff(plane, "<"), "a.tif")),
    "TIFF, planes, big-endian, by libtiff": (16, written(planar_tiff(plane, ">", compression=8), "a.tif")),
    "TIFF, 12 bits": (12, written(grey_tiff(12, bytes(SIZE * SIZE * 3 // 2), SIZE, SIZE), "a.tif")),
    "TIFF, floats": (32, saved(Image.fromarray(DEEP[..., 0] / np.float32(65535)), "a.tif")),
    "TIFF of 8 bits": (8, saved(SHALLOW, "a.tif")),
    "PPM": (16, written(b"P6 24 24 65535\n" + DEEP.astype(">u2").tobytes(), "a.ppm")),
    "PPM, 10 bits": (10, written(b"P6 24 24 1023\n" + (DEEP >> 6).astype(">u2").tobytes(), "a.ppm")),
    "PGM, in words": (12, written(b"P2 2 1 4095\n4095 0\n", "a.pgm")),
    "PPM of 7 bits": (8, written(b"P5 2 1 127\n\x01\x02", "a.pgm")),
    "BMP, three values in 16 bits": (8, written(bmp_of_565(), "a.bmp")),
    "SGI": (16, saved(SHALLOW, "a.sgi", bpc=2)),
    "JPEG 2000": (16, saved(Image.fromarray(DEEP[..., 0]), "a.jp2")),
    "JPEG 2000 of 8 bits": (8, saved(SHALLOW, "a.j2k")),
    "HEIC, 10 bits": (10, heif(10)),
    "HEIC, 12 bits": (12, heif(12)),
    "AVIF": (8, avif(0, 8)),
    "AVIF, 10 bits": (10, avif(0x40, 10)),
    "AVIF, 12 bits": (12, avif(0x60, 12)),
    "JPEG XL": (16, jxl(Image.fromarray(DEEP[..., 0]))),
    "JPEG XL of 8 bits": (8, jxl(SHALLOW)),
}


@pytest.mark.parametrize("what", FILES)
def test_bits_are_those_of_the_file_before_and_after_its_pixels_are_read(tmp_path, what):
    expected, make = FILES[what]
    path = make(tmp_path / "a")
    assert bits(path) == expected
    with reading(path) as (image, _):
        if "AVIF, " not in what:  # whose pixels are not as its header says
            image.load()
        assert bits(image) == expected


def test_the_next_frame_does_not_forget_it(tmp_path):
    SHALLOW.save(tmp_path / "a.png", save_all=True, append_images=[SHALLOW.rotate(90)])
    with reading(tmp_path / "a.png") as (image, _):
        image.seek(1)
        image.seek(0)
        assert bits(image) == 8
