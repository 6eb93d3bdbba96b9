"""Which files are images: opened by their content, or the reason why not."""

import contextlib
import ctypes
import logging
import os
import re
import stat
import struct
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image, TiffImagePlugin, UnidentifiedImageError
from PIL.ImageFile import _Tile

from dupviz._disk.companions import APPLE_DOUBLE
from dupviz._disk.contents import opened, stat_of
from dupviz._disk.names import IMAGE_EXTENSIONS
from dupviz.images import raw
from dupviz.images.corrected import CORRECTED
from dupviz.images.depth import bits_in_header

with contextlib.suppress(ImportError):  # the extra "heif"
    from pillow_heif import register_heif_opener

    register_heif_opener()
with contextlib.suppress(ImportError):  # the extra "jxl", which registers itself
    import pillow_jxl  # noqa: F401

__all__ = [
    "BITS",
    "FORMATS",
    "HEAD",
    "SEPARATE_PLANES",
    "DecodeError",
    "NotAnImage",
    "may_be_picture",
    "pixel_bytes",
    "reading",
    "too_many_pixels",
]

BITS = "bits"  # under which `reading` notes them with an image

Image.init()  # here, and not in the threads: it imports every plugin of Pillow

# What is wrong with a file is the reason in its error row; libtiff and Pillow would print it once more, on stderr.
with contextlib.suppress(AttributeError, OSError):  # where Pillow is built without libtiff, or hides it
    _pillow = ctypes.CDLL(Image.core.__file__)  # type: ignore[attr-defined]
    _pillow.TIFFSetErrorHandler(None)
    _pillow.TIFFSetWarningHandler(None)
logging.getLogger("PIL").addHandler(logging.NullHandler())


# The formats that start with a signature. Left out are those that run a program (EPS) and those that Pillow only
# recognises (BUFR, GRIB, HDF5, MPEG, PDF, WMF).
# fmt: off
SIGNED_FORMATS = (
    "JPEG", "PNG", "WEBP", "GIF", "TIFF", "AVIF", "HEIF", "BMP", "JPEG2000", "PPM", "ICO", "PSD", "DDS", "ICNS",
    "QOI", "SGI", "SUN", "CUR", "DCX", "FITS", "FTEX", "BLP", "MCIDAS", "MSP", "PCD", "PIXAR", "XBM", "XPM",
    "XVTHUMB", "JXL",
)
# fmt: on
FORMATS = [name for name in SIGNED_FORMATS if name in Image.OPEN]

# The formats whose first bytes mean little: text, zeros or sensor data can pass for them. Believed by extension only.
# fmt: off
FORMAT_OF_EXTENSION = {
    ".dib": "DIB", ".flc": "FLI", ".fli": "FLI", ".gbr": "GBR", ".icb": "TGA", ".iim": "IPTC", ".im": "IM",
    ".pcx": "PCX", ".spi": "SPIDER", ".spider": "SPIDER", ".tga": "TGA", ".vda": "TGA", ".vst": "TGA",
}
# fmt: on

# A file that cannot be opened is an error if it bears one of these names or signatures. Anything else is not an image.
HEIF_SIGNATURE = re.compile(rb".{4}ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL)

JXL_SIGNATURE = re.compile(rb"\0\0\0\x0cJXL \r\n\x87\n", re.DOTALL)  # without this box, two bytes: the name counts
EPS_SIGNATURE = re.compile(rb"%!PS-Adobe-\d\.\d EPSF|\xc5\xd0\xd3\xc6", re.DOTALL)
EXR_SIGNATURE = re.compile(rb"v/1\x01", re.DOTALL)

SIGNATURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|II[*+]\0|MM\0[*+]|RIFF.{4}WEBP|.{4}ftypavi[fs]|\0\0\0\x0cjP  |8BPS|"
    + rb"qoif|"
    + b"|".join(each.pattern for each in (HEIF_SIGNATURE, JXL_SIGNATURE, EPS_SIGNATURE, EXR_SIGNATURE)),
    re.DOTALL,
)

ZERO_SIZE = re.compile(  # PNG, GIF and BMP with a width or height of 0
    rb"\x89PNG.{12}(\0{4}|.{4}\0{4})|GIF8[79]a(\0\0|..\0\0)|BM.{16}(\0{4}|.{4}\0{4})", re.DOTALL
)

# Bytes that Pillow takes for a pixel while it decodes: measured with pictures of 36 megapixels. Others take about 4.
PIXEL_BYTES = {"WEBP": 16, "JPEG2000": 20, "AVIF": 10, "HEIF": 10}
MOST_BYTES = 2**30

# Decoders that Pillow has in Python, and to which a few bytes may stand for all pixels: 0.2 µs a pixel, and in FITS 31
# bytes. 160 million pixels of a BMP of 17 kB took 37 s. They count as if a pixel took 64 bytes: 17 million are 4 s.
SLOW_DECODERS = {"bmp_rle": 64, "fits_gzip": 64}
SLOW_SECONDS = 0.23e-6
VP8X, VP8L, VP8 = b"VP8X", b"VP8L", b"VP8 "  # of WebP: extended, lossless, lossy

DNG_VERSION = 50706  # TIFF tag of raw data
SEPARATE_PLANES = 2  # of red, green and blue in a TIFF


HEAD = 32  # bytes by which a file is known


class NotAnImage(Exception):
    """The file is of another kind: nothing to report."""


class DecodeError(Exception):
    """The file should be an image, but cannot be decoded; the message is the reason."""


@contextlib.contextmanager
def reading(path: str | os.PathLike[str]) -> Iterator[tuple[Image.Image, os.stat_result]]:
    """Open an image file, with its `os.stat`; every error inside the block becomes NotAnImage or DecodeError."""
    try:
        status = stat_of(path)  # before the file is read: if it changes meanwhile, this is out of date and shows it
        if not stat.S_ISREG(status.st_mode):  # opening a FIFO would wait for its writer
            raise DecodeError("not a regular file")
        with opened(path) as file:
            image = _open_image(file, Path(path))
            # Now: to read the pixels, or the next frame, makes Pillow forget it.
            vars(image)[BITS] = bits_in_header(image, file)
            yield image, status
    except (DecodeError, NotAnImage):
        raise
    except Exception as error:  # hostile files make Pillow raise almost any
        raise DecodeError(_reason(error)) from error


def may_be_picture(name: str, head: bytes) -> bool:
    """Whether a file has the name of a picture, or begins as one: `reading` says of no other that it is one.

    Parameters
    ----------
    name : str
    head : bytes
        Its first `HEAD` bytes.
    """
    extension = os.path.splitext(name)[1].lower()
    is_named = extension in IMAGE_EXTENSIONS | FORMAT_OF_EXTENSION.keys() or Image.EXTENSION.get(extension) in FORMATS
    begins = raw.is_raw(head, extension) or SIGNATURE.match(head) or any(_accepts(kind, head) for kind in FORMATS)
    return is_named or bool(begins)


def _accepts(kind: str, head: bytes) -> bool:
    """Whether Pillow would try to open a file as of this format."""
    accept = Image.OPEN[kind][1]
    with contextlib.suppress(IndexError, TypeError, ValueError, struct.error, SyntaxError):
        return accept is not None and bool(accept(head[:16]))
    return False


def _open_image(file: BinaryIO, path: Path) -> Image.Image:
    """Open an image by its content; its pixels are not read yet."""
    extension = path.suffix.lower()
    own_format = FORMAT_OF_EXTENSION.get(extension)
    head = file.read(HEAD)
    if head and raw.is_raw(head, extension):
        return _open_raw(file, path)
    _refuse_too_large("WEBP", *_webp_size(head))  # of which Pillow already decodes on opening
    try:
        # The file, not its path: given a path Pillow maps some into memory, and Python dies if such a file shrinks.
        formats = [*FORMATS, own_format] if own_format else FORMATS
        image = Image.open(file, formats=[CORRECTED.get(name, name) for name in formats])
    except Exception as error:
        signed = SIGNATURE.match(head)
        if not (signed or extension in IMAGE_EXTENSIONS) or head.startswith(APPLE_DOUBLE):
            raise NotAnImage from error
        if not head:
            raise DecodeError("empty file") from error
        if "HEIF" not in Image.OPEN and HEIF_SIGNATURE.match(head):
            raise DecodeError('HEIC: install it with pip install "dupviz[heif]"') from error
        if "JXL" not in Image.OPEN and (JXL_SIGNATURE.match(head) or extension == ".jxl"):
            raise DecodeError('JPEG XL: install it with pip install "dupviz[jxl]"') from error
        if EPS_SIGNATURE.match(head) or extension == ".eps":
            raise DecodeError("EPS: a program that draws a picture, which is not run") from error
        if EXR_SIGNATURE.match(head) or extension in (".dcm", ".exr"):
            kind = "DICOM" if extension == ".dcm" else "OpenEXR"
            raise DecodeError(f"{kind}: not read by dupviz; save it as TIFF or PNG to compare it") from error
        if not isinstance(error, UnidentifiedImageError):
            raise
        if ZERO_SIZE.match(head):
            raise DecodeError("zero pixels wide or high") from error
        if signed:
            raise DecodeError(
                "corrupt or unsupported: the header is damaged, or its kind is unknown to Pillow"
            ) from error
        raise DecodeError(f"not an image, although it is named {extension}") from error
    if image.format in PIXEL_BYTES or _decoder(image) in SLOW_DECODERS:
        _refuse_too_large(image.format or "", *image.size, _decoder(image))
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        image.info.pop("xmp", None)  # else Pillow would turn the picture as that says, see `orientation_of`
        if DNG_VERSION in image.tag_v2:
            return _open_raw(file, path)
        if image.tag_v2.get(TiffImagePlugin.PLANAR_CONFIGURATION) == SEPARATE_PLANES:
            _leave_to_libtiff(image)
    return image


def _open_raw(file: BinaryIO, path: Path) -> Image.Image:
    if raw.rawpy is None:
        raise DecodeError(raw.MISSING)
    file.seek(0)
    try:
        return raw.open_raw(file, path)
    except raw.RawError as error:
        raise DecodeError(f"raw data that LibRaw cannot read: {error}") from error


def _leave_to_libtiff(image: TiffImagePlugin.TiffImageFile) -> None:
    """Have libtiff read planes of 16 bits that are not compressed, which Pillow's own reader garbles."""
    tags = image.tag_v2
    if image.use_load_libtiff or tags.get(TiffImagePlugin.BITSPERSAMPLE, (1,))[0] != 16:
        return
    rawmode = f"{'RGBa' if image.mode == 'RGBA' and tags.get(TiffImagePlugin.EXTRASAMPLES) == (1,) else image.mode};16N"
    image.use_load_libtiff = True
    size = tags[TiffImagePlugin.IMAGEWIDTH], tags[TiffImagePlugin.IMAGELENGTH]
    image.tile = [_Tile("libtiff", (0, 0, *size), 0, (rawmode, False, tags.offset))]


def too_many_pixels(pixels: int, most: int) -> str:
    """Why a picture is left out that is larger than one asked for."""
    return f"{pixels:,} pixels, more than {most:,}, left out"


def pixel_bytes(image: Image.Image) -> int:
    """What an opened image, that is not loaded yet, takes for a pixel while it is decoded."""
    return SLOW_DECODERS.get(_decoder(image), PIXEL_BYTES.get(image.format or "", 4))


def _decoder(image: Image.Image) -> str:
    tiles = getattr(image, "tile", None)
    return str(tiles[0][0]) if tiles else ""


def _refuse_too_large(kind: str, width: int, height: int, decoder: str = "") -> None:
    """Refuse a picture that would take gigabytes or minutes to decode, which a file of kilobytes may ask for."""
    size = width * height * SLOW_DECODERS.get(decoder, PIXEL_BYTES.get(kind, 1))
    if size > MOST_BYTES:
        slow = f"{width * height * SLOW_SECONDS:.0f} s"
        takes = slow if decoder in SLOW_DECODERS else f"{size / 1e9:.1f} GB"
        raise DecodeError(f"too large: to decode {width * height // 10**6} megapixels of {kind} takes {takes}")


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height that the first bytes of a WebP file say; 0 for other files."""
    if not (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return 0, 0
    if head[12:16] == VP8X:
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == VP8L:
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if head[12:16] == VP8:
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return 0, 0


def _reason(error: Exception) -> str:
    """Say in plain words, on one line, why a file could not be decoded."""
    match error:
        case FileNotFoundError():
            return "vanished before it was read"
        case PermissionError():
            return "no permission to read it"
        case MemoryError():
            return "not enough memory to decode it"
        case Image.DecompressionBombError():
            return f"decompression bomb: more than {2 * (Image.MAX_IMAGE_PIXELS or 0):,} pixels"
        case OSError(errno=int()):
            return f"cannot be read: {error.strerror}"
    text = textwrap.shorten(str(error), 120, placeholder="…") or type(error).__name__
    if isinstance(error, EOFError) or "truncated" in text.lower():
        return "truncated: the file ends too early"
    return f"corrupt or unsupported: {text}"
