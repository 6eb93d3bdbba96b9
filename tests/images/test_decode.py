import io
import os
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from dupviz._parallel import one_at_a_time
from dupviz.images import decode as decode_module
from dupviz.images import formats
from dupviz.images.decode import decode, decode_picture
from dupviz.images.formats import DecodeError, NotAnImage, _webp_size
from dupviz.metrics import mse, transform

SIZE = 50
ORIENTATION = 0x0112


def halves(left, right, mode="RGB", size=(100, 60)):
    """A picture of two colours, side by side."""
    image = Image.new(mode, size, left)
    image.paste(right, (size[0] // 2, 0, *size))
    return image


def colours(path):
    """The colours of the left and the right half."""
    tensor = decode(path, SIZE).tensor
    assert tensor.dtype == np.uint8
    assert tensor.shape == (SIZE, SIZE, 3)
    left, right = tensor[:, : SIZE // 2 - 2], tensor[:, SIZE // 2 + 2 :]
    assert np.ptp(left, axis=(0, 1)).max() <= 8
    assert np.ptp(right, axis=(0, 1)).max() <= 8
    return tuple(left[0, 0].tolist()), tuple(right[0, 0].tolist())


def grey(path):
    return tuple(colour[0] for colour in colours(path))


def reason(path):
    with pytest.raises(DecodeError) as caught:
        decode(path, SIZE)
    assert str(caught.value).isprintable()
    return str(caught.value)


# Formats and modes


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        *(
            (f"a.{extension}", 0)
            for extension in ["png", "bmp", "tif", "ppm", "tga", "pcx", "jp2", "ico", "dds", "sgi"]
        ),
        *((f"a.{extension}", 6) for extension in ["jpg", "webp", "avif"]),
    ],
)
def test_every_format_gives_its_colours(save, name, tolerance):
    path = save(halves((250, 20, 30), (10, 200, 90)), name, **({"sizes": [(100, 60)]} if name == "a.ico" else {}))
    np.testing.assert_allclose(colours(path), [(250, 20, 30), (10, 200, 90)], atol=tolerance)
    decoded = decode(path, SIZE)
    assert (decoded.width, decoded.height, decoded.status.size) == (100, 60, path.stat().st_size)


def test_content_counts_and_not_the_extension(save):
    path = save(halves("red", "blue"), "picture.txt", format="PNG")
    assert decode(path, SIZE).format == "PNG"


@pytest.mark.parametrize("size", [1, 7, 64, 300])
def test_the_size_is_exact(save, photo, size):
    assert decode(save(photo, "a.png"), size).tensor.shape == (size, size, 3)


def test_one_pixel_fills_the_tensor(save):
    assert (decode(save(Image.new("RGB", (1, 1), (9, 8, 7)), "a.png"), SIZE).tensor == (9, 8, 7)).all()


@pytest.mark.parametrize(
    ("image", "name", "expected"),
    [
        (halves(0, 1, "1"), "a.png", ((0,) * 3, (255,) * 3)),
        (halves(10, 240, "L"), "a.png", ((10,) * 3, (240,) * 3)),
        (halves((0, 0, 0, 0), (0, 255, 255, 0), "CMYK"), "a.tif", ((255, 255, 255), (255, 0, 0))),
        (halves((255, 128, 128), (0, 128, 128), "LAB"), "a.tif", ((255, 255, 255), (0, 0, 0))),
        (halves((76, 85, 255), (255, 128, 128), "YCbCr"), "a.tif", ((254, 0, 0), (255, 255, 255))),
        (halves((255, 0, 0, 0), (0, 0, 255, 255), "RGBA"), "a.png", ((255, 255, 255), (0, 0, 255))),
        (halves((0, 0, 0, 128), (0, 0, 0, 255), "RGBA"), "a.png", ((127, 127, 127), (0, 0, 0))),
        (halves((0, 0), (0, 255), "LA"), "a.png", ((255,) * 3, (0,) * 3)),
    ],
    ids=["1", "L", "CMYK", "LAB", "YCbCr", "RGBA", "half transparent", "LA"],
)
def test_every_mode_gives_its_colours(save, image, name, expected):
    np.testing.assert_allclose(colours(save(image, name)), expected, atol=1)


@pytest.mark.skipif(not ImageCms.core, reason="Pillow without LittleCMS")
def test_lab_keeps_its_hue(save):
    left, _ = colours(save(halves((136, 208, 195), (0, 128, 128), "LAB"), "a.tif"))  # L 53, a 80, b 67
    np.testing.assert_allclose(left, (255, 0, 0), atol=12)


@pytest.mark.parametrize("transparency", [0, b"\x00\xff"], ids=["index", "bytes"])
def test_transparent_palette_colours_show_white(save, transparency):
    image = halves(0, 1, "P")
    image.putpalette([255, 0, 0, 0, 0, 255])
    assert colours(save(image, "a.png", transparency=transparency)) == ((255, 255, 255), (0, 0, 255))


def test_palette_with_an_alpha_channel_shows_white(save):
    image = halves(0, 1, "P")
    image.putpalette([255, 0, 0, 0, 0, 0, 255, 255], "RGBA")
    assert colours(save(image, "a.png")) == ((255, 255, 255), (0, 0, 255))


@pytest.mark.parametrize(
    ("mode", "left", "right", "key", "expected"),
    [
        ("1", 0, 1, 0, ((255,) * 3, (255,) * 3)),
        ("L", 10, 240, 10, ((255,) * 3, (240,) * 3)),
        ("RGB", (1, 2, 3), (0, 0, 255), (1, 2, 3), ((255,) * 3, (0, 0, 255))),
    ],
)
def test_the_transparent_colour_of_a_png_shows_white(save, mode, left, right, key, expected):
    assert colours(save(halves(left, right, mode), "a.png", transparency=key)) == expected


def test_the_transparent_grey_of_a_16_bit_png_shows_white(save):
    values = np.full((60, 100), 1000, np.uint16)
    values[:, 50:] = 0x8000
    assert grey(save(Image.fromarray(values), "a.png", transparency=1000)) == (255, 128)


def png_of_16_bit_colours(values, transparent):
    """A PNG of 16-bit RGB values, shape (height, width, 3), which Pillow reads but cannot write."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width, _ = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)),
            chunk(b"tRNS", struct.pack(">3H", *transparent)),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        ]
    )


def test_the_transparent_colour_of_a_16_bit_png_shows_white(write):
    values = np.full((60, 100, 3), 0x1234, np.uint16)
    values[:, 50:] = 0x8000
    path = write("a.png", png_of_16_bit_colours(values, (0x1234,) * 3))
    assert colours(path) == ((255, 255, 255), (128, 128, 128))


def test_transparency_is_composited_before_the_resize(save):
    """Stripes of opaque black and transparent black: half white, whatever colour hides under the transparency."""
    stripes = np.zeros((100, 100, 4), np.uint8)
    stripes[::2, :, 3] = 255
    tensor = decode(save(Image.fromarray(stripes), "a.png"), SIZE).tensor
    assert np.abs(tensor[5:-5].astype(int) - 127).max() <= 2


# 16 bits, 32 bits and floats


@pytest.mark.parametrize(
    ("dtype", "left", "right", "expected"),
    [
        (np.uint16, 0, 65535, (0, 255)),
        (np.uint16, 0x12FF, 0xAB00, (0x12, 0xAB)),
        (np.uint16, 0, 256, (0, 1)),
        (np.uint16, 7, 255, (7, 255)),
        (">u2", 7, 255, (7, 255)),
        (np.uint16, 7, 90, (7, 90)),
        (np.int32, 0, 200, (0, 200)),
        (np.int32, 256, 0xAB00, (1, 0xAB)),
        (np.int32, -1000, 1000, (0, 255)),
        (np.int32, 0, 10**9, (0, 255)),
        (np.float32, 0, 1, (0, 255)),
        (np.float32, 0.25, 0.5, (64, 128)),
        (np.float32, 3, 200, (3, 200)),
        (np.float32, 256, 65535, (1, 255)),
        (np.float32, -1, 1, (0, 255)),
        (np.float32, -3e38, 3e38, (0, 255)),
        (np.float32, np.nan, 1, (0, 255)),
        (np.float32, -np.inf, np.inf, (0, 255)),
        (np.float32, 100, np.inf, (100, 255)),
        (np.float32, np.nan, np.nan, (0, 0)),
        (np.float32, -5, -5, (0, 0)),
    ],
)
def test_deep_values_are_scaled_and_neither_clipped_nor_wrapped(save, dtype, left, right, expected):
    values = np.full((60, 100), left, dtype)
    values[:, 50:] = right
    assert grey(save(Image.fromarray(values), "a.tif")) == expected


def test_pgm_and_png_of_16_bits_are_equal(save):
    values = np.full((60, 100), 100, np.uint16)
    values[:, 50:] = 20_000
    png = save(Image.fromarray(values), "a.png")
    pgm = save(Image.fromarray(values.astype(np.int32)), "a.pgm")
    assert grey(pgm) == grey(png) == (0, 20_000 >> 8)


def test_depths_and_labels_below_256_are_not_all_black(save):
    values = np.full((60, 100), 100, np.uint16)
    values[:, 50:] = 200
    assert grey(save(Image.fromarray(values), "a.png")) == (100, 200)
    assert grey(save(Image.fromarray(values.astype(np.int32)), "a.pgm")) == (100, 200)


# Orientation


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.tif", "a.avif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_turned_copies_have_the_same_tensor(save, photo, name, orientation):
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the Transpose that makes upright show in each orientation
    stored = photo.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else photo
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    upright = decode(save(photo, f"upright_{name}", quality=95), SIZE)
    turned = decode(save(stored, name, exif=exif, quality=95), SIZE)
    assert mse(turned.tensor, upright.tensor) < 3
    assert (turned.width, turned.height) == (300, 200)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["photo.jpg", "photo.png"])
def test_pictures_to_look_at_are_upright_and_show_what_their_tensor_does(save, photo, name, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = save(photo.resize((1800, 1200)), name, exif=exif)
    picture = decode_picture(path, 90)
    assert picture.mode == "RGB"
    assert picture.size == ((90, 60) if orientation < 5 else (60, 90))
    small = np.asarray(picture.resize((SIZE, SIZE), Image.Resampling.BILINEAR))
    assert mse(small, decode(path, SIZE).tensor) < 50


def test_pictures_to_look_at_are_never_enlarged(save, photo):
    np.testing.assert_array_equal(decode_picture(save(photo, "photo.png"), 4000), photo)


def test_pictures_to_look_at_keep_a_pixel_however_thin_they_are(save):
    assert decode_picture(save(Image.new("RGB", (1000, 1)), "thin.png"), 10).size == (10, 1)


@pytest.mark.parametrize("exif", [1, 6])
@pytest.mark.parametrize("name", ["b.png", "b.jpg", "b.webp", "b.tif"])
def test_orientation_in_xmp_is_not_followed_as_no_viewer_does(save, photo, name, exif):
    packet = '<x tiff:Orientation="3"/>'
    options = {"xmp": packet.encode()}
    if name == "b.png":
        options = {"pnginfo": PngImagePlugin.PngInfo()}
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", packet)
    elif name == "b.tif":
        options = {"tiffinfo": {700: packet.encode(), ORIENTATION: exif}}
    stored = Image.Exif()
    if exif > 1:
        stored[ORIENTATION] = exif
    path = save(photo, name, exif=stored, **options)
    with Image.open(path) as opened:
        opened.load()
        assert name == "b.tif" or opened.getexif()[ORIENTATION] == (exif if exif > 1 else 3)
    turned = transform(np.asarray(photo.resize((SIZE, SIZE), Image.Resampling.BILINEAR)), rotation=270 * (exif == 6))
    assert mse(decode(path, SIZE).tensor, turned) < 10


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0MM\0*\xff\xff\xff\xff", b"Exif\0\0nonsense", b"\0" * 100])
def test_broken_exif_is_ignored(save, photo, exif):
    assert decode(save(photo, "a.jpg", exif=exif), SIZE).width == 300


# Drafts, bands, frames


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_drafts_hardly_move_the_tensor(save, photo, mode, progressive):
    large = photo.resize((1801, 1203)).convert(mode)
    path = save(large, "a.jpg", quality=95, progressive=progressive)
    decoded = decode(path, SIZE)
    full = Image.open(path).convert("RGB").resize((SIZE, SIZE), Image.Resampling.BILINEAR)
    assert mse(decoded.tensor, np.asarray(full)) < 3
    assert (decoded.width, decoded.height) == (1801, 1203)


@pytest.mark.parametrize("size", [(1, 30_000), (30_000, 1), (2999, 1777)])
def test_bands_hardly_move_the_tensor(save, size):
    noise = np.random.default_rng(0).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    path = save(Image.fromarray(noise), "a.png", compress_level=0)
    full = Image.fromarray(noise).resize((SIZE, SIZE), Image.Resampling.BILINEAR)
    assert mse(decode(path, SIZE).tensor, np.asarray(full)) < 20


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tif", "a.mpo"])
def test_the_first_frame_counts(save, name):
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "lime", "blue")]
    path = save(
        frames[0], name, save_all=True, append_images=frames[1:], **({} if name == "a.mpo" else {"lossless": 1})
    )
    np.testing.assert_allclose(colours(path), [(255, 0, 0)] * 2, atol=2)


def test_big_pictures_wait_for_each_other(save, photo, monkeypatch):
    monkeypatch.setattr(decode_module, "BIG_BYTES", 400)
    path = save(photo, "a.png")
    assert decode(path, SIZE).width == 300
    assert not one_at_a_time().locked()


# HEIC


@pytest.mark.parametrize("name", ["a.heic", "a.heif", "a"])
def test_heic_is_read_with_the_extra(save, photo, name):
    pytest.importorskip("pillow_heif")
    path = save(photo, name, format="HEIF", quality=95)
    decoded = decode(path, SIZE)
    assert (decoded.format, decoded.width, decoded.height) == ("HEIF", 300, 200)
    assert mse(decoded.tensor, decode(save(photo, "a.png"), SIZE).tensor) < 10


@pytest.mark.parametrize("name", ["a.heic", "a.avif"])
def test_the_brand_that_heic_and_avif_share_is_read(save, photo, name):
    pytest.importorskip("pillow_heif")
    path = save(photo, name)
    content = path.read_bytes()
    path.write_bytes(content[:8] + b"mif1" + content[12:])
    assert decode(path, SIZE).width == 300


@pytest.mark.parametrize("name", ["a.heic", "a.jpg", "a"])
def test_heic_without_the_extra_names_it(write, monkeypatch, name):
    monkeypatch.setattr(Image, "OPEN", {key: value for key, value in Image.OPEN.items() if key != "HEIF"})
    monkeypatch.setattr(formats, "FORMATS", [name for name in formats.FORMATS if name != "HEIF"])
    assert 'pip install "dupviz[heif]"' in reason(write(name, b"\0\0\0\x18ftypheic" + bytes(100)))


# What is no image, and what is a broken one


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("empty", b""),
        ("notes.txt", b"P6 is a format, BMW a car"),
        ("BMW.txt", b"BMW cars are nice and long, and have a lot of letters in them"),
        ("P3.txt", b"P3 hello"),
        ("newline.txt", b"\n\x05" * 100),
        ("numbers.dat", np.ones(1000, np.float32).tobytes()),
        ("page.pdf", b"%PDF-1.4"),
        ("._photo.jpg", b"\x00\x05\x16\x07" + bytes(100)),
        ("model.npy", b"\x93NUMPY" + bytes(100)),
    ],
)
def test_other_files_are_no_images(write, name, content):
    with pytest.raises(NotAnImage):
        decode(write(name, content), SIZE)


def test_random_and_constant_bytes_are_no_images(write):
    generator = random.Random(0)
    samples = [bytes([value]) * length for value in range(256) for length in (18, 600)]
    samples += [bytes(generator.randrange(20)) + generator.randbytes(generator.randrange(2000)) for _ in range(500)]
    for sample in samples:
        with pytest.raises(NotAnImage):
            decode(write("a.bin", sample), SIZE)


def test_formats_without_signature_need_their_extension(save, tmp_path):
    path = save(halves("red", "blue"), "a.tga")
    assert decode(path, SIZE).format == "TGA"
    with pytest.raises(NotAnImage):
        decode(path.rename(tmp_path / "a.bin"), SIZE)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jpg", b"", "empty file"),
        ("a.jpg", b"<html>not found</html>", "not an image, although it is named .jpg"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "corrupt"),
        ("a", b"\x89PNG\r\n\x1a\n", "corrupt"),
        ("a.gif", b"GIF89a" + bytes(100), "zero pixels"),
        ("a.bmp", b"BM" + struct.pack("<IHHIIiiHH", 0, 0, 0, 54, 40, 0, 7, 1, 24) + bytes(100), "zero pixels"),
        ("a.ppm", b"P6 100000 100000 255\n", "decompression bomb"),
        ("a.tif", b"II*\0" + b"\xff" * 4, "corrupt"),
    ],
)
def test_broken_images_have_a_reason(write, name, content, expected):
    assert expected in reason(write(name, content))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.gif", "a.bmp", "a.webp", "a.avif"])
def test_truncated_images_are_errors(save, photo, name):
    path = save(photo, name)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert any(word in reason(path) for word in ("truncated", "corrupt"))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FileNotFoundError(2, "No such file"), "vanished"),
        (PermissionError(13, "Permission denied"), "no permission to read it"),
        (OSError(5, "Input/output error"), "cannot be read: Input/output error"),
        (MemoryError(), "not enough memory"),
        (RecursionError("maximum\nrecursion   depth"), "corrupt or unsupported: maximum recursion depth"),
        (KeyError(), "corrupt or unsupported: KeyError"),
        (EOFError(), "truncated"),
        (ZeroDivisionError("division by zero"), "corrupt or unsupported: division by zero"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_any_exception_becomes_a_reason(save, photo, monkeypatch, error, expected):
    path = save(photo, "a.png")
    where = Path if isinstance(error, OSError) else decode_module

    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(where, "open" if where is Path else "resize", fail)
    assert expected in reason(path)


def test_ctrl_c_passes(save, photo, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    path = save(photo, "a.png")
    monkeypatch.setattr(decode_module, "resize", interrupt)
    with pytest.raises(KeyboardInterrupt):
        decode(path, SIZE)


def test_only_regular_files_are_opened(tmp_path):
    os.mkfifo(tmp_path / "fifo.jpg")
    (tmp_path / "folder.jpg").mkdir()
    assert reason(tmp_path / "fifo.jpg") == "not a regular file"
    assert reason(tmp_path / "folder.jpg") == "not a regular file"
    assert reason("/dev/null") == "not a regular file"
    assert "vanished" in reason(tmp_path / "missing.jpg")


def encoded(format_, mode):
    file = io.BytesIO()
    Image.radial_gradient("L").resize((40, 30)).convert(mode).save(file, format_)
    return file.getvalue()


ENCODED = [encoded(*kind) for kind in [("PNG", "P"), ("PNG", "RGBA"), ("JPEG", "RGB"), ("GIF", "P"), ("BMP", "RGB")]]
ENCODED += [encoded(*kind) for kind in [("WEBP", "RGB"), ("TIFF", "I;16"), ("PPM", "L"), ("ICO", "RGBA"), ("TGA", "L")]]


@pytest.mark.filterwarnings("ignore")  # of Pillow; load_images silences them for all its threads
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(ENCODED), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4)), max_size=5), st.floats(0, 1)
)
def test_damaged_files_end_as_tensor_or_reason(write, content, damages, length):
    damaged = bytearray(content[: int(len(content) * length) + 1])
    for position, data in damages:
        start = int(position * len(damaged))
        damaged[start : start + len(data)] = data
    try:
        tensor = decode(write("a.png", damaged), SIZE).tensor
    except (DecodeError, NotAnImage):
        return
    assert tensor.shape == (SIZE, SIZE, 3)


def test_broken_tiffs_print_nothing(tmp_path, capfd):
    Image.new("RGB", (64, 64), "red").save(tmp_path / "a.tif", compression="tiff_lzw")
    content = bytearray((tmp_path / "a.tif").read_bytes())
    content[8:200] = b"\xff" * 192
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(DecodeError):
        decode(tmp_path / "a.tif", 50)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("how", ["lossy", "lossless", "transparent"])
def test_a_small_file_of_a_picture_that_takes_gigabytes_is_refused_before_it_takes_them(how, tmp_path):
    mode = "RGBA" if how == "transparent" else "RGB"
    picture = Image.new(mode, (9000, 9000), (200, 100, 50, 128)[: len(mode)])
    picture.save(tmp_path / "large.webp", lossless=how == "lossless", method=0)
    assert (tmp_path / "large.webp").stat().st_size < 1_000_000
    with pytest.raises(DecodeError, match=r"too large: to decode 81 megapixels of WEBP takes 1\.3 GB"):
        decode(tmp_path / "large.webp", 50)


@pytest.mark.parametrize("how", ["lossy", "lossless", "transparent"])
def test_the_size_of_a_webp_is_read_from_its_first_bytes(how, tmp_path):
    for size in ((1, 1), (16383, 3), (77, 1234)):
        mode = "RGBA" if how == "transparent" else "RGB"
        Image.new(mode, size, (200, 100, 50, 128)[: len(mode)]).save(tmp_path / "a.webp", lossless=how == "lossless")
        assert _webp_size((tmp_path / "a.webp").read_bytes()[:32]) == size
    assert _webp_size(b"GIF89a") == (0, 0)


# What is inside


@pytest.mark.parametrize("name", ["a.gif", "a.tif", "a.png", "a.webp"])
def test_frames_and_pages_are_counted(save, name):
    pictures = [Image.new("RGB", (40, 30), (60 * number, 90, 30)) for number in range(4)]
    assert decode(save(pictures[0], name, save_all=True, append_images=pictures[1:]), SIZE).frames == 4
    assert decode(save(pictures[0], f"one_{name}"), SIZE).frames == 1


def test_a_motion_photo_has_a_video(save, photo):
    path = save(photo, "a.jpg")
    assert not decode(path, SIZE).video
    picture, film = path.read_bytes(), b"\0\0\0\x18ftypmp42" + bytes(100)
    path.write_bytes(picture + film)
    assert decode(path, SIZE).video

    announced = save(photo, "b.jpg", xmp=b'<x:xmpmeta><rdf:Description GCamera:MotionPhoto="1"/></x:xmpmeta>')
    assert not decode(announced, SIZE).video
    announced.write_bytes(announced.read_bytes() + film + b"\xff\xd9")  # a film may end as a picture does
    assert decode(announced, SIZE).video


def test_words_in_a_jpeg_are_no_video(save, photo):
    assert not decode(save(photo, "a.jpg", comment=b"seen in ftypmp42 files, often"), SIZE).video
