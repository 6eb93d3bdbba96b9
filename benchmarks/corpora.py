"""Labelled sets of pictures for quality.py: photos with 66 kinds of copy, and look-alikes that are no copies.

Each function writes pictures to a folder and returns their truth: (file name, source, kind) of each. Files of one
source show the same picture; look-alikes are all of different sources.
"""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps
from retaken import RETAKEN

Truth = list[tuple[str, str, str]]

LANCZOS = Image.Resampling.LANCZOS


def _scaled(share: float) -> Callable[[Image.Image], Image.Image]:
    return lambda im: im.resize((max(1, round(share * im.width)), max(1, round(share * im.height))), LANCZOS)


def _cropped(left: float, top: float, right: float, bottom: float) -> Callable[[Image.Image], Image.Image]:
    def crop(im: Image.Image) -> Image.Image:
        w, h = im.size
        return im.crop((round(left * w), round(top * h), w - round(right * w), h - round(bottom * h)))

    return crop


def _light(brightness: float = 1, contrast: float = 1) -> Callable[[Image.Image], Image.Image]:
    return lambda im: ImageEnhance.Contrast(ImageEnhance.Brightness(im).enhance(brightness)).enhance(contrast)


def _gamma(gamma: float) -> Callable[[Image.Image], Image.Image]:
    return lambda im: im.point([round(255 * (value / 255) ** gamma) for value in range(256)] * 3)


def _white_balance(im: Image.Image) -> Image.Image:
    return Image.merge("RGB", [ImageEnhance.Brightness(b).enhance(g) for b, g in zip(im.split(), (1.12, 1, 0.86))])


def _sepia(im: Image.Image) -> Image.Image:
    return im.convert("RGB", (0.393, 0.769, 0.189, 0, 0.349, 0.686, 0.168, 0, 0.272, 0.534, 0.131, 0))


def _noisy(sigma: float) -> Callable[[Image.Image], Image.Image]:
    def add(im: Image.Image) -> Image.Image:
        noise = np.random.default_rng(im.width).normal(0, sigma, (im.height, im.width, 3))
        return Image.fromarray((np.asarray(im) + noise).round().clip(0, 255).astype(np.uint8))

    return add


def _bordered(share: float, colour: str) -> Callable[[Image.Image], Image.Image]:
    return lambda im: ImageOps.expand(im, round(share * max(im.size)), colour)


def _letterboxed(im: Image.Image) -> Image.Image:
    return ImageOps.expand(im, (0, round(0.12 * im.height)), "black")


def _to_square(im: Image.Image) -> Image.Image:
    return ImageOps.fit(im, (min(im.size),) * 2)


def _marked(size: float, x: float, y: float, opacity: float = 1) -> Callable[[Image.Image], Image.Image]:
    def mark(im: Image.Image) -> Image.Image:
        over = im.copy()
        font = ImageFont.load_default(max(8, size * im.height))
        ImageDraw.Draw(over).text((x * im.width, y * im.height), "© example", "white", font, "mm", stroke_width=1)
        return Image.blend(im, over, opacity)

    return mark


def _captioned(im: Image.Image) -> Image.Image:
    captioned = im.copy()
    w, h = im.size
    draw = ImageDraw.Draw(captioned)
    draw.rectangle((0.05 * w, 0.8 * h, 0.95 * w, 0.95 * h), "white")
    draw.text((0.5 * w, 0.87 * h), "one does not simply", "black", ImageFont.load_default(0.08 * h), "mm")
    return captioned


def _patched(im: Image.Image) -> Image.Image:
    patched = im.copy()
    w, h = im.size
    patch = im.crop((round(0.1 * w), round(0.1 * h), round(0.22 * w), round(0.24 * h)))
    patched.paste(patch, (round(0.6 * w), round(0.55 * h)))
    return patched


def _turned(*steps: Callable[[Image.Image], Image.Image]) -> Callable[[Image.Image], Image.Image]:
    def all_steps(im: Image.Image) -> Image.Image:
        for step in steps:
            im = step(im)
        return im

    return all_steps


def _transposed(method: Image.Transpose) -> Callable[[Image.Image], Image.Image]:
    return lambda im: im.transpose(method)


ROT90, ROT180, ROT270, MIRROR = (
    _transposed(method)
    for method in (
        Image.Transpose.ROTATE_90,
        Image.Transpose.ROTATE_180,
        Image.Transpose.ROTATE_270,
        Image.Transpose.FLIP_LEFT_RIGHT,
    )
)


def _same(im: Image.Image) -> Image.Image:
    return im


# Of each kind of copy: what it is called by the second look, how it is made, and how it is stored.
JPEG = (".jpg", {"quality": 90})
KINDS: dict[str, tuple[str, Callable[[Image.Image], Image.Image], tuple[str, dict]]] = {
    "png": ("same pixels", _same, (".png", {})),
    "bmp": ("same pixels", _same, (".bmp", {})),
    "tiff lzw": ("same pixels", _same, (".tif", {"compression": "tiff_lzw"})),
    "webp q80": ("re-encoded", _same, (".webp", {"quality": 80})),
    "avif q60": ("re-encoded", _same, (".avif", {"quality": 60})),
    "jpeg q70": ("re-encoded", _same, (".jpg", {"quality": 70})),
    "jpeg q30": ("re-encoded", _same, (".jpg", {"quality": 30})),
    "gif": ("fewer colours", _same, (".gif", {})),
    "half": ("resized", _scaled(0.5), JPEG),
    "three quarters": ("resized", _scaled(0.75), JPEG),
    "quarter q70": ("resized", _scaled(0.25), (".jpg", {"quality": 70})),
    "rot90": ("turned", ROT90, JPEG),
    "rot180": ("turned", ROT180, JPEG),
    "rot270 half": ("turned", _turned(ROT270, _scaled(0.5)), JPEG),
    "mirror": ("mirrored", MIRROR, JPEG),
    "bright +15": ("light", _light(1.15), JPEG),
    "bright +30": ("light", _light(1.3), JPEG),
    "bright -30": ("light", _light(0.7), JPEG),
    "contrast +30": ("light", _light(contrast=1.3), JPEG),
    "contrast -30": ("light", _light(contrast=0.7), JPEG),
    "gamma 0.7": ("light", _gamma(0.7), JPEG),
    "gamma 1.4": ("light", _gamma(1.4), JPEG),
    "grey": ("colour", lambda im: im.convert("L").convert("RGB"), JPEG),
    "saturation 0.5": ("colour", lambda im: ImageEnhance.Color(im).enhance(0.5), JPEG),
    "white balance": ("colour", _white_balance, JPEG),
    "sharpened": ("sharper", lambda im: im.filter(ImageFilter.UnsharpMask(1.5, 80, 0)), JPEG),
    "blurred": ("softer", lambda im: im.filter(ImageFilter.GaussianBlur(1)), JPEG),
    "median": ("softer", lambda im: im.filter(ImageFilter.MedianFilter(5)), JPEG),
    "noise 4": ("noisier", _noisy(4), (".png", {})),
    "noise 8": ("noisier", _noisy(8), JPEG),
    "64 colours": ("fewer colours", lambda im: im.quantize(64), (".png", {})),
    "sepia": ("colour", _sepia, JPEG),
    "crop 2": ("cropped", _cropped(0.01, 0.01, 0.01, 0.01), JPEG),
    "crop 10": ("cropped", _cropped(0.05, 0.05, 0.05, 0.05), JPEG),
    "crop 20 corner": ("cropped", _cropped(0.2, 0.2, 0, 0), JPEG),
    "to square": ("cropped", _to_square, JPEG),
    "border 5 white": ("border", _bordered(0.05, "white"), JPEG),
    "letterbox": ("border", _letterboxed, JPEG),
    "mark small": ("edited", _marked(0.05, 0.85, 0.95), JPEG),
    "mark large": ("edited", _marked(0.15, 0.5, 0.5, 0.5), JPEG),
    "caption": ("edited", _captioned, JPEG),
    "patch moved": ("edited", _patched, JPEG),
    "rot90 crop 5": ("cropped", _turned(ROT90, _cropped(0.025, 0.025, 0.025, 0.025)), JPEG),
    "rot180 gamma half": ("light", _turned(ROT180, _gamma(0.8), _scaled(0.5)), JPEG),
    "bright crop half": ("cropped", _turned(_light(1.15), _cropped(0.03, 0.03, 0.03, 0.03), _scaled(0.5)), JPEG),
    **RETAKEN,
}


def photo_copies(photos: list[Path], out: Path, kinds: tuple[str, ...] = tuple(KINDS)) -> Truth:
    """Photos, and a copy of each of every kind; a byte copy as well."""
    out.mkdir(parents=True, exist_ok=True)
    truth = []
    for photo in photos:
        source = photo.stem
        for name, kind in ((photo.name, "original"), (f"{source} (1){photo.suffix}", "byte copy")):
            shutil.copy2(photo, out / name)
            truth.append((name, source, kind))
        with Image.open(photo) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
        for kind in kinds:
            _, make, (extension, options) = KINDS[kind]
            name = f"{source}_{kind.replace(' ', '-')}{extension}"
            make(picture).save(out / name, **options)
            truth.append((name, source, kind))
    return truth


def _noisy(sigma: float) -> Callable[[Image.Image], Image.Image]:
    def add(im: Image.Image) -> Image.Image:
        noise = np.random.default_rng(im.width * im.height).normal(0, sigma, (im.height, im.width, 3))
        return Image.fromarray((np.asarray(im) + noise).round().clip(0, 255).astype(np.uint8))

    return add


def _blurred(radius: float) -> Callable[[Image.Image], Image.Image]:
    return lambda im: im.filter(ImageFilter.GaussianBlur(radius))


def _of_quality(quality: int) -> Callable[[Image.Image], Image.Image]:
    return lambda im: reencoded(im, quality)


def _palette(im: Image.Image) -> Image.Image:
    return im.quantize(256)


PNG, FINE = (".png", {}), (".jpg", {"quality": 99})
ON_ITS_SIDE = Image.Exif()
ON_ITS_SIDE[ExifTags.Base.Orientation] = 6

# What is made from a camera's file, which should stay: what is done to it, and how that is stored.
COPIES: dict[str, tuple[Callable[[Image.Image], Image.Image], tuple[str, dict]]] = {
    "png": (_same, PNG),
    "webp q80": (_same, (".webp", {"quality": 80})),
    "jpeg q30": (_same, (".jpg", {"quality": 30})),
    "half": (_scaled(0.5), JPEG),
    "quarter q70": (_scaled(0.25), (".jpg", {"quality": 70})),
    "rot90": (ROT90, JPEG),
    "rot180": (ROT180, JPEG),
    "rot270 half": (_turned(ROT270, _scaled(0.5)), (".jpg", {"quality": 85})),
    "exif orientation 6": (ROT90, (".jpg", {"quality": 92, "exif": ON_ITS_SIDE})),
    "brighter 5": (_light(1.05), JPEG),
    "watermark": (_marked(0.05, 0.85, 0.95), JPEG),
    "crop 2": (_cropped(0.02, 0.02, 0.02, 0.02), JPEG),
    "mirror": (MIRROR, JPEG),
}
DERIVED: dict[str, tuple[Callable[[Image.Image], Image.Image], tuple[str, dict]]] = {
    "bmp": (_same, (".bmp", {})),
    "tiff": (_same, (".tif", {"compression": "tiff_lzw"})),
    "webp lossless": (_same, (".webp", {"lossless": True})),
    "noise 4": (_noisy(4), PNG),
    "noise 12": (_noisy(12), PNG),
    "noise 4 q95": (_noisy(4), (".jpg", {"quality": 95})),
    "blur 1": (_blurred(1), PNG),
    "blur 2 q99": (_blurred(2), FINE),
    "palette png": (_palette, PNG),
    "palette gif": (_same, (".gif", {})),
    "double q90": (_scaled(2), JPEG),
    "double png": (_scaled(2), PNG),
    "q15 png": (_of_quality(15), PNG),
    "q15 q99": (_of_quality(15), FINE),
    "q40 bmp": (_of_quality(40), (".bmp", {})),
    "q95": (_same, (".jpg", {"quality": 95})),
    "frame": (_bordered(0.04, "white"), JPEG),
    "edited": (_gamma(0.8), (".jpg", {"quality": 95})),
}


def derived(photo: Path, out: Path, kinds: Iterable[str]) -> Truth:
    """A photo, a byte copy of it, and what was made from it; of the names only those of what was edited say so."""
    out.mkdir(parents=True, exist_ok=True)
    source = photo.stem
    truth = [(photo.name, source, "original"), (f"bytes-{source}{photo.suffix}", source, "byte copy")]
    for name, _, _ in truth:
        shutil.copy2(photo, out / name)
    with Image.open(photo) as opened:
        picture = opened.convert("RGB")
    for kind in kinds:
        make, (extension, options) = (COPIES | DERIVED)[kind]
        slug = kind.replace(" ", "-")
        name = f"{source}_edited{extension}" if kind == "edited" else f"{slug}-{source}{extension}"
        make(picture).save(out / name, **options)
        truth.append((name, source, kind))
    return truth


def pdf_pages(pdfs: list[Path], out: Path, pages: int, dpi: int = 60) -> Truth:
    """The first pages of PDF files, by poppler's ``pdftoppm``."""
    out.mkdir(parents=True, exist_ok=True)
    for number, pdf in enumerate(pdfs):
        command = ["pdftoppm", "-r", str(dpi), "-l", str(pages), "-png", str(pdf), str(out / f"{number:03}-{pdf.stem}")]
        subprocess.run(command, check=False, capture_output=True)
    return _all_different(out)


def plots(out: Path, number: int = 300, seed: int = 0) -> Truth:
    """Line charts, scatter plots and bars of one look, with different data."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    mpl.use("agg")
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for i in range(number):
        figure, ax = plt.subplots(figsize=(5, 3.5), dpi=100)
        x = np.arange(40)
        match i % 3:
            case 0:
                ax.plot(x, rng.normal(size=40).cumsum())
            case 1:
                ax.scatter(*rng.normal(size=(2, 60)), s=8)
            case _:
                ax.bar(x[:12], rng.uniform(1, 10, 12))
        ax.set_title(f"Series {i}")
        figure.savefig(out / f"{i:04}.png")
        plt.close(figure)
    return _all_different(out)


def receipts(out: Path, number: int = 200, seed: int = 0) -> Truth:
    """Scans of receipts: narrow grey text on white paper, slightly turned, stored as JPEG."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    font = ImageFont.load_default(15)
    for i in range(number):
        paper = Image.new("RGB", (360, 640), "white")
        draw = ImageDraw.Draw(paper)
        draw.text((180, 40), "SUPERMARKET", "black", ImageFont.load_default(26), "mm")
        for row in range(24):
            item = "".join(rng.choice(list("ABCDEFGHIJKLMNOPRSTUVW "), rng.integers(6, 14)))
            draw.text((30, 80 + 21 * row), item, "black", font)
            draw.text((330, 80 + 21 * row), f"{rng.uniform(0.5, 99):.2f}", "black", font, "ra")
        scan = paper.rotate(rng.uniform(-0.4, 0.4), Image.Resampling.BICUBIC, fillcolor="white")
        noise = Image.effect_noise(scan.size, 12).convert("RGB")
        ImageChops.multiply(scan, ImageChops.add(noise, Image.new("RGB", scan.size, (120,) * 3))).save(
            out / f"{i:04}.jpg", quality=int(rng.integers(70, 92))
        )
    return _all_different(out)


def icons(sources: list[Path], out: Path) -> Truth:
    """Icons of a theme, as they are: files of one name are one source, as are names of equal pixels."""
    out.mkdir(parents=True, exist_ok=True)
    truth = []
    one_name: dict[str, str] = {}  # a name → the first name of the same picture
    drawn: dict[tuple, str] = {}
    for source in sources:
        with Image.open(source) as opened:
            pixels = opened.convert("RGBA")
        first = drawn.setdefault((pixels.size, pixels.tobytes()), source.name)
        a, b = _first(one_name, source.name), _first(one_name, first)
        one_name[a] = b
        name = f"{source.parent.parent.name}-{source.parent.name}-{source.name}"
        shutil.copy2(source, out / name)
        truth.append((name, source.name))
    return [(name, _first(one_name, source), "icon") for name, source in truth]


def _first(names: dict[str, str], name: str) -> str:
    while names.get(name, name) != name:
        name = names[name]
    return name


def emoji(font: Path, out: Path, number: int = 400, sizes: tuple[int, ...] = (109, 64, 32)) -> Truth:
    """Emoji of a colour font, each in several sizes: faces and people, which differ in little."""
    out.mkdir(parents=True, exist_ok=True)
    typeface = ImageFont.truetype(font, 109)
    truth = []
    seen = set()
    codes = [*range(0x1F600, 0x1F650), *range(0x1F466, 0x1F4A0), *range(0x1F300, 0x1F400)][: number // 2]
    for code in codes:
        for tone in ("", "\U0001f3fb", "\U0001f3fd", "\U0001f3ff"):
            drawn = Image.new("RGBA", (136, 128))
            ImageDraw.Draw(drawn).text((0, 0), chr(code) + tone, font=typeface, embedded_color=True)
            if drawn.tobytes() in seen:  # most have no tone
                continue
            seen.add(drawn.tobytes())
            for size in sizes:
                name = f"{code:x}{'-' + format(ord(tone), 'x') if tone else ''}-{size}.png"
                drawn.resize((size, round(size * 128 / 136)), LANCZOS).save(out / name)
                truth.append((name, chr(code) + tone, "emoji"))
    return truth


def bursts(photos: list[Path], out: Path, frames: int = 4, seed: int = 0) -> Truth:
    """Frames of bursts: the camera moves by a few pixels between them, the light and the noise change a little."""
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for photo in photos:
        with Image.open(photo) as opened:
            picture = np.asarray(opened.convert("RGB"), np.float32)
        height, width = picture.shape[:2]
        margin = max(8, round(0.04 * max(height, width)))
        for frame in range(frames):
            x, y = rng.integers(0, 2 * margin, 2)
            seen = picture[y : height - 2 * margin + y, x : width - 2 * margin + x]
            seen = seen * rng.uniform(0.97, 1.03) + rng.normal(0, 3, seen.shape)
            Image.fromarray(np.clip(seen, 0, 255).astype(np.uint8)).save(out / f"{photo.stem}_{frame}.jpg", quality=92)
    return _all_different(out)


def exposures(photos: list[Path], out: Path, frames: int = 3, seed: int = 0) -> Truth:
    """Frames of bursts from a tripod, or by a steady hand: a sensor's noise, new in each, in a camera's JPEG of 440 px.

    Every second burst has the camera's time, one second after the other; noise grows with the light, σ = 2 to 6.
    """
    out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    for number, photo in enumerate(photos):
        with Image.open(photo) as opened:
            clean = np.asarray(ImageOps.fit(opened.convert("RGB"), (440, 330), LANCZOS), np.float32)
        sigma, quality = rng.uniform(2, 6), int(rng.choice([85, 90, 92, 95]))
        for frame in range(frames):
            x, y = rng.integers(0, 7, 2) * (number % 4 > 1)
            seen = clean[y : y + 320, x : x + 430] * rng.uniform(0.99, 1.01)
            seen = seen + rng.normal(0, 1, seen.shape) * np.sqrt(2 + sigma**2 * seen / 128)
            exif = Image.Exif()
            if number % 2:
                exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = f"2020:02:02 12:00:{frame:02}"
            made = Image.fromarray(seen.round().clip(0, 255).astype(np.uint8))
            made.save(out / f"{photo.stem}_{frame}.jpg", quality=quality, exif=exif)
    return _all_different(out)


def reencoded(picture: Image.Image, quality: int) -> Image.Image:
    """A picture after it was saved as a JPEG, and read again."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def _all_different(out: Path) -> Truth:
    return [(file.name, file.name, "look-alike") for file in _files(out)]


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.iterdir()) if file.is_file())
