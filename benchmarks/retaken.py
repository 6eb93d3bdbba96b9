"""Further kinds of copy of a photo: what phones, editors and people make of it, beyond another file of the same."""

import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps
from scipy import ndimage

__all__ = ["RETAKEN"]

Change = Callable[[Image.Image], Image.Image]
BICUBIC, LANCZOS = Image.Resampling.BICUBIC, Image.Resampling.LANCZOS
JPEG = (".jpg", {"quality": 88})


def straightened(degrees: float) -> Change:
    """Turned, and cut to the largest upright part of its proportions."""

    def turn(im: Image.Image) -> Image.Image:
        turned = im.rotate(degrees, BICUBIC)
        w, h = im.size
        angle = np.radians(abs(degrees))
        share = 1 / max(np.cos(angle) + np.sin(angle) * h / w, np.cos(angle) + np.sin(angle) * w / h)
        across, down = w * (1 - share) / 2 + 1, h * (1 - share) / 2 + 1
        return turned.crop((round(across), round(down), round(w - across), round(h - down)))

    return turn


def tilted(degrees: float, ground: str) -> Change:
    """Turned, with corners of one colour."""
    return lambda im: im.rotate(degrees, BICUBIC, fillcolor=ground)


def tone_mapped(im: Image.Image) -> Image.Image:
    """As HDR programs do: large differences of light are evened out, small ones are strengthened."""
    rgb = np.asarray(im, np.float32)
    luma = np.log(rgb @ np.array([0.299, 0.587, 0.114], np.float32) + 4)
    base = ndimage.gaussian_filter(luma, 0.04 * max(im.size))
    mapped = 0.45 * (base - base.mean()) + 1.5 * (luma - base) + base.mean() + 0.1
    gain = np.exp(mapped - luma)[..., None]
    grey = rgb.mean(axis=2, keepdims=True)
    return as_picture((grey + 1.2 * (rgb - grey)) * gain)


def filtered(im: Image.Image) -> Image.Image:
    """As a filter of a photo app: faded blacks, warm lights, cold shadows, dark corners."""
    rgb = np.asarray(im, np.float32) / 255
    tone = 0.12 + 0.8 * (rgb + 0.25 * (rgb - 0.5) * (1 - np.abs(2 * rgb - 1)))
    tone = tone * np.array([1.06, 1.0, 0.9]) + np.array([0, 0.01, 0.06]) * (1 - rgb)
    y, x = np.indices(rgb.shape[:2])
    radius = np.hypot(x / rgb.shape[1] - 0.5, y / rgb.shape[0] - 0.5)
    return as_picture(255 * tone * (1.08 - 0.6 * radius**2)[..., None])


def squared(im: Image.Image) -> Image.Image:
    return ImageOps.fit(im, (min(im.size),) * 2)


def warped(im: Image.Image, corners: list[tuple[float, float]], size: tuple[int, int], ground: str) -> Image.Image:
    """The picture on a ground, with its corners (left top, right top, right bottom, left bottom) at these shares."""
    w, h = im.size
    rows, wanted = [], []
    for (x, y), (u, v) in zip(corners, ((0, 0), (w, 0), (w, h), (0, h))):
        x, y = x * size[0], y * size[1]
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        wanted += [u, v]
    data = np.linalg.solve(np.array(rows), np.array(wanted, float))
    return im.transform(size, Image.Transform.PERSPECTIVE, data.tolist(), BICUBIC, fillcolor=ground)


def of_screen(im: Image.Image) -> Image.Image:
    """A photo of a screen that shows it: from the side, bluish, with a pattern of lines, blurred and noisy."""
    corners = [(0.05, 0.03), (0.97, 0.06), (0.94, 0.98), (0.02, 0.94)]
    shot = np.asarray(warped(im, corners, im.size, "#121316"), np.float32)
    y, x = np.indices(shot.shape[:2])
    pattern = 1 + 0.04 * np.sin(2 * np.pi * (x / 3.1 + y / 40)) + 0.03 * np.sin(2 * np.pi * y / 5.3)
    shot = 14 + 0.85 * shot * pattern[..., None] * np.array([0.92, 0.98, 1.08])
    shot = ndimage.gaussian_filter(shot, (0.9, 0.9, 0))
    return as_picture(shot + np.random.default_rng(im.width).normal(0, 3, shot.shape))


def of_print(im: Image.Image) -> Image.Image:
    """A photo of a print on a table: a white edge, warm light from one side, less contrast."""
    printed = ImageOps.expand(im, round(0.03 * max(im.size)), "white")
    corners = [(0.07, 0.05), (0.95, 0.04), (0.96, 0.95), (0.04, 0.97)]
    shot = np.asarray(warped(printed, corners, im.size, "#7d5a3c"), np.float32)
    light = np.linspace(1.1, 0.8, shot.shape[1])[:, None] * np.array([1.04, 0.98, 0.86])
    shot = ndimage.gaussian_filter(25 + 0.82 * shot * light, (0.8, 0.8, 0))
    return as_picture(shot + np.random.default_rng(im.width).normal(0, 3, shot.shape))


def in_a_collage(beside: bool) -> Change:
    """Beside, or above, another picture: stripes and spots, as a stand-in for any."""

    def put(im: Image.Image) -> Image.Image:
        other = squiggles(im.size, zlib.crc32(im.tobytes()))
        w, h = im.size
        sheet = Image.new("RGB", (2 * w + 12, h) if beside else (w, 2 * h + 12), "white")
        sheet.paste(im, (0, 0))
        sheet.paste(other, (w + 12, 0) if beside else (0, h + 12))
        return sheet

    return put


def squiggles(size: tuple[int, int], seed: int) -> Image.Image:
    """A made-up picture: clouds of colours."""
    rng = np.random.default_rng(seed)
    clouds = [ndimage.zoom(rng.normal(0, 1, (n, n, 3)), (32 / n, 32 / n, 1), order=1) * 64 / n for n in (2, 4, 8, 16)]
    return as_picture(128 + 6 * sum(clouds)).resize(size, BICUBIC)


def screenshot(im: Image.Image) -> Image.Image:
    """A phone's screen, twice as high as wide, that shows it: bars with a title, icons and a clock around it."""
    width = 480
    shown = im.resize((width, round(width * im.height / im.width)), LANCZOS)
    height = max(960, shown.height + 260)
    screen = Image.new("RGB", (width, height), "#101114")
    top = (height - shown.height) // 2
    screen.paste(shown, (0, top))
    draw = ImageDraw.Draw(screen)
    draw.text((20, 12), "9:41", "white", ImageFont.load_default(22))
    draw.text((width // 2, 70), "Photos", "white", ImageFont.load_default(28), "mm")
    for number in range(5):
        draw.ellipse((28 + 92 * number, height - 80, 64 + 92 * number, height - 44), outline="white", width=3)
    return screen


def polaroid(im: Image.Image) -> Image.Image:
    """On white paper with a broad lower edge and some words on it."""
    w, h = im.size
    edge = round(0.05 * max(w, h))
    paper = Image.new("RGB", (w + 2 * edge, h + 5 * edge), "#faf8f2")
    paper.paste(im, (edge, edge))
    draw = ImageDraw.Draw(paper)
    draw.text((w / 2 + edge, h + 3 * edge), "summer by the lake", "#333344", ImageFont.load_default(1.4 * edge), "mm")
    return paper


def framed(im: Image.Image) -> Image.Image:
    """A frame of two colours with a bevel."""
    step = max(2, round(0.02 * max(im.size)))
    return ImageOps.expand(ImageOps.expand(ImageOps.expand(im, step, "#f4efe6"), step, "#5b3a1e"), step, "#2e1c0e")


def meme(im: Image.Image) -> Image.Image:
    """Words in a white bar above it."""
    bar = round(0.16 * im.height)
    sheet = Image.new("RGB", (im.width, im.height + bar), "white")
    sheet.paste(im, (0, bar))
    ImageDraw.Draw(sheet).text(
        (im.width / 2, bar / 2), "when it works", "black", ImageFont.load_default(0.5 * bar), "mm"
    )
    return sheet


def lens(strength: float) -> Change:
    """Radial distortion, as a lens makes it and a program takes it away."""

    def correct(im: Image.Image) -> Image.Image:
        rgb = np.asarray(im)
        y, x = np.indices(rgb.shape[:2], np.float32)
        u, v = 2 * x / rgb.shape[1] - 1, 2 * y / rgb.shape[0] - 1
        factor = (1 + strength * (u**2 + v**2)) / (1 + 2 * max(0.0, strength))
        at = (v * factor + 1) * rgb.shape[0] / 2, (u * factor + 1) * rgb.shape[1] / 2
        channels = [
            ndimage.map_coordinates(rgb[..., c].astype(np.float32), at, order=1, mode="nearest") for c in range(3)
        ]
        return as_picture(np.stack(channels, axis=2))

    return correct


def cropped_to(left: float, top: float, right: float, bottom: float) -> Change:
    return lambda im: im.crop(
        (round(left * im.width), round(top * im.height), round(right * im.width), round(bottom * im.height))
    )


def in_turn(*steps: Change) -> Change:
    def all_steps(im: Image.Image) -> Image.Image:
        for step in steps:
            im = step(im)
        return im

    return all_steps


def grey(im: Image.Image) -> Image.Image:
    return im.convert("L").convert("RGB")


def as_picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values.round().clip(0, 255).astype(np.uint8))


RETAKEN: dict[str, tuple[str, Change, tuple[str, dict]]] = {
    "straightened 1": ("tilted", straightened(1), JPEG),
    "straightened 2": ("tilted", straightened(-2), JPEG),
    "straightened 5": ("tilted", straightened(5), JPEG),
    "tilted 2": ("tilted", tilted(2, "black"), JPEG),
    "tilted 5": ("tilted", tilted(-5, "white"), JPEG),
    "tone-mapped": ("tone", tone_mapped, JPEG),
    "filter": ("tone", filtered, JPEG),
    "filter and square": ("tone", in_turn(filtered, squared), JPEG),
    "grey crop": ("cropped", in_turn(cropped_to(0.06, 0.03, 0.95, 0.9), grey), JPEG),
    "photo of a screen": ("retaken", of_screen, JPEG),
    "photo of a print": ("retaken", of_print, JPEG),
    "collage beside": ("collage", in_a_collage(True), JPEG),
    "collage above": ("collage", in_a_collage(False), JPEG),
    "screenshot": ("collage", screenshot, (".png", {})),
    "polaroid": ("border", polaroid, JPEG),
    "frame": ("border", framed, JPEG),
    "meme": ("border", meme, JPEG),
    "lens": ("lens", lens(0.06), JPEG),
    "lens back": ("lens", lens(-0.06), JPEG),
    "crop 40 off": ("cropped", cropped_to(0.38, 0.02, 0.98, 0.62), JPEG),
    "crop 50": ("cropped", cropped_to(0.1, 0.3, 0.8, 1.0), JPEG),
}
