"""Copies of known kinds and strengths of one's own pictures: they show what a threshold finds."""

import io
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFont, ImageOps
from skimage.filters import gaussian
from skimage.transform import rotate
from skimage.util import random_noise
from tqdm.auto import tqdm

from dupviz._disk.paths import Paths
from dupviz._parallel import in_order
from dupviz.images.decode import decode_picture, picture_tensor
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.images.imageset import ImageSet
from dupviz.images.load import load_images
from dupviz.metrics import Floats, Pixels, distance
from dupviz.search.pairs import Pairs
from dupviz.threshold.quality import label_pairs

__all__ = ["KINDS", "Copies", "kind_words", "make_copies", "strength_words"]


# Makes a copy of a picture, of some strength, with random numbers.
Kind = Callable[[Image.Image, float, np.random.Generator], Image.Image]

# Kinds of copies, or kinds with their strengths.
Wanted = Iterable[str] | Mapping[str, Iterable[float]]


@dataclass(frozen=True, eq=False)
class Copies:
    """Pictures and their copies, as tensors.

    Attributes
    ----------
    tensors : ndarray of uint8, shape (n, size, size, 3)
        Each picture, followed by its copies.
    table : DataFrame
        One row per tensor: path (str) of the picture; kind (str), ``"original"`` for the picture itself; strength
        (float64, see `make_copies`); source (int64), the row of the picture; mse (float64), the distance to it.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> copies = dv.make_copies(images, {"scale": [0.5, 0.25]}, progress=False)
    >>> len(copies.tensors)  # of 19 flags, each with two copies
    57
    >>> copies.table["kind"].value_counts().to_dict()
    {'scale': 38, 'original': 19}
    """

    tensors: Pixels
    table: pd.DataFrame

    def label(self, pairs: Pairs | pd.DataFrame) -> pd.DataFrame:
        """Label pairs of these tensors, for `threshold_curve` and `suggest_threshold`.

        Parameters
        ----------
        pairs : Pairs or DataFrame
            As ``find_pairs(copies.tensors)`` gives it.

        Returns
        -------
        DataFrame
            See `label_pairs`.
        """
        table = pairs.table() if isinstance(pairs, Pairs) else pairs
        return label_pairs(table, source=self.table["source"], kind=self.table["kind"])


def make_copies(
    images: ImageSet | Paths,
    kinds: Wanted | None = None,
    *,
    seed: int = 0,
    size: int = 50,
    side: int = 1000,
    symmetries: str = "rotations",
    shrink: Callable[[Image.Image, int], Pixels] | None = None,
    progress: bool = True,
) -> Copies:
    """Make copies of pictures in memory, and measure how far each is from its original.

    Parameters
    ----------
    images : ImageSet, str, Path, or iterable of paths
        Whose files are read once more.
    kinds : iterable of str, or dict of str to iterable of float, optional
        Which kinds, and of what strengths; by default all:

        - ``jpeg``, ``webp``: the quality, from 1 to 100;
        - ``scale``: the length of the sides, as a share of what they were;
        - ``rotation``: degrees, a multiple of 90; ``exif``: the orientation, 1 to 8, of a file that is stored turned;
        - ``mirror``: 1;
        - ``brightness``, ``contrast``: by which share they grow, or shrink below 0;
        - ``colour cast``: how many of 256 grey levels red gains and blue loses;
        - ``noise``: standard deviation, in grey levels;
        - ``blur``: standard deviation, as a share of the longer side;
        - ``shift``, ``crop``, ``border``: the share of the width, and of the height, that moves out of the picture, is
          cut off, or is added in black;
        - ``small rotation``: degrees counter-clockwise;
        - ``watermark``: height of the letters, as a share of the height.
    seed : int
        Of the noise. With the same seed, the copies are the same.
    size : int
        Height and width of the tensors.
    side : int
        Pictures are shrunk to at most this many pixels first, so that large ones take no longer than others.
    symmetries : {"none", "rotations", "dihedral"}
        Over which the distance to the original is minimised.
    shrink : callable, optional
        Makes a tensor, uint8 of shape (size, size, 3), of an RGB `PIL.Image.Image` and the size; by default, copies are
        read as all images are.
    progress : bool
        Whether to show a progress bar, if it takes more than a second.

    Returns
    -------
    Copies
        Tensors of the pictures and of their copies, with a table of these.

    Raises
    ------
    ValueError
        If there is no such kind, a rotation is no multiple of 90, or a picture cannot be read any more.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> copies = dv.make_copies(images, {"scale": [0.5, 0.25, 0.125]}, progress=False)
    >>> copies.table.groupby("strength")["mse"].median().round()
    strength
    0.125    394.0
    0.250      8.0
    0.500      1.0
    Name: mse, dtype: float64
    """
    wanted = _strengths(kinds)
    if not isinstance(images, ImageSet):
        images = load_images(images, size=size, progress=progress)
    to_tensor = shrink or picture_tensor

    def copies_of(number: int, path: str) -> tuple[list[tuple[str, str, float, float]], Pixels]:
        try:
            picture = decode_picture(path, side)
        except (DecodeError, NotAnImage) as error:
            raise ValueError(f"{path!r} cannot be read: {error or 'not an image'}") from error
        original = to_tensor(picture, size)
        rows, tensors = [(path, "original", np.nan, 0.0)], [original]
        for kind, strengths in wanted.items():
            for strength in strengths:
                rng = np.random.default_rng([seed, number, *kind.encode(), round(1000 * abs(strength))])
                tensor = to_tensor(KINDS[kind][0](picture, strength, rng), size)
                tensors.append(tensor)
                rows.append((path, kind, strength, distance(original, tensor, symmetries=symmetries)[0]))
        return rows, np.array(tensors)

    paths = images.files["path"].tolist()
    bar = tqdm(total=len(paths), desc="making copies", unit=" files", delay=1, leave=False, disable=not progress)
    with bar, ThreadPoolExecutor(os.cpu_count()) as executor:
        results = []
        for result in in_order(executor, copies_of, enumerate(paths)):
            results.append(result)
            bar.update()
    rows = [row for part, _ in results for row in part]
    tensors = np.concatenate([np.zeros((0, size, size, 3), np.uint8), *(part for _, part in results)])
    table = pd.DataFrame(rows, columns=["path", "kind", "strength", "mse"]).astype({"strength": float, "mse": float})
    table.insert(3, "source", np.flatnonzero(table["kind"] == "original").repeat([len(part) for part, _ in results]))
    return Copies(tensors, table)


# What a strength is a number of, where that is no share: shares are said in percent.
UNITS = {
    **dict.fromkeys(("jpeg", "webp"), "quality"),
    **dict.fromkeys(("rotation", "small rotation"), "°"),
    **dict.fromkeys(("colour cast", "noise"), "grey levels"),
    "exif": "orientation",
    "mirror": "",
}


def kind_words(kind: str) -> str:
    """A kind, with what its strengths are numbers of: ``"jpeg, quality"``, ``"crop"``."""
    unit = UNITS.get(kind, "%")
    return f"{kind}, {unit}" if unit.isalpha() or " " in unit else kind


def strength_words(kind: str, strength: float) -> str:
    """A strength as people write it: ``"70"``, ``"90°"``, ``"5 %"``.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    """
    unit = UNITS.get(kind, "%")
    number = 100 * strength if unit == "%" else strength
    return f"{number:g}" + {"%": " %", "°": "°"}.get(unit, "")


def _strengths(kinds: Wanted | None) -> dict[str, list[float]]:
    """Which kinds are wanted, in which strengths."""
    wanted = list(KINDS if kinds is None else kinds)
    unknown = [kind for kind in wanted if kind not in KINDS]
    if unknown:
        raise ValueError(f"kinds must be among {', '.join(map(repr, KINDS))}, got {unknown[0]!r}")
    strengths = {kind: list(kinds[kind] if isinstance(kinds, Mapping) else KINDS[kind][1]) for kind in wanted}
    between = [degrees for degrees in strengths.get("rotation", ()) if degrees % 90]
    if between:
        raise ValueError(f"rotation must be a multiple of 90, got {between[0]!r}: other angles are a 'small rotation'")
    return strengths


# Each kind: from an RGB picture, a strength and a random generator to another picture.


def _encoded(file_format: str) -> Kind:
    def encode(picture: Image.Image, quality: float, rng: np.random.Generator) -> Image.Image:
        return _stored(picture, file_format, quality=int(quality))

    return encode


def _scaled(picture: Image.Image, scale: float, rng: np.random.Generator) -> Image.Image:
    return picture.resize([max(1, round(scale * length)) for length in picture.size])


def _rotated(picture: Image.Image, degrees: float, rng: np.random.Generator) -> Image.Image:
    turns = int(degrees // 90) % 4
    return picture.transpose(list(Image.Transpose)[1 + turns]) if turns else picture


def _stored_turned(picture: Image.Image, orientation: float, rng: np.random.Generator) -> Image.Image:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = int(orientation)
    tagged = picture.copy()
    tagged.getexif()[ExifTags.Base.Orientation] = {6: 8, 8: 6}.get(int(orientation), int(orientation))
    return _stored(ImageOps.exif_transpose(tagged), "JPEG", quality=95, exif=exif)


def _mirrored(picture: Image.Image, strength: float, rng: np.random.Generator) -> Image.Image:
    return ImageOps.mirror(picture)


def _brighter(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1 + share)


def _more_contrast(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    return ImageEnhance.Contrast(picture).enhance(1 + share)


def _tinged(picture: Image.Image, levels: float, rng: np.random.Generator) -> Image.Image:
    return _picture(np.asarray(picture) + np.array([levels, 0.0, -levels]))


def _noisy(picture: Image.Image, deviation: float, rng: np.random.Generator) -> Image.Image:
    return _picture(255 * random_noise(np.asarray(picture), rng=rng, var=(deviation / 255) ** 2))


def _blurred(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    return _picture(255 * gaussian(np.asarray(picture), share * max(picture.size), channel_axis=2))


def _shifted(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    x, y = (round(share * length) for length in picture.size)
    values = np.asarray(picture)
    return Image.fromarray(np.pad(values, ((y, 0), (x, 0), (0, 0)), "edge")[: values.shape[0], : values.shape[1]])


def _cropped(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    x, y = (round(share * length / 2) for length in picture.size)
    return picture.crop((x, y, picture.width - x, picture.height - y))


def _framed(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    x, y = (round(share * length / 2) for length in picture.size)
    return ImageOps.expand(picture, (x, y))


def _slightly_rotated(picture: Image.Image, degrees: float, rng: np.random.Generator) -> Image.Image:
    return _picture(255 * rotate(np.asarray(picture), degrees, mode="edge"))


def _watermarked(picture: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    marked = picture.copy()
    font = ImageFont.load_default(max(1, share * picture.height))
    place = (0.96 * picture.width, 0.96 * picture.height)
    ImageDraw.Draw(marked).text(place, "© somebody", fill="white", font=font, anchor="rs")
    return marked


def _picture(values: Floats) -> Image.Image:
    return Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))


def _stored(picture: Image.Image, file_format: str, **options: Any) -> Image.Image:
    """A picture after it was saved in a file of this format, and read again."""
    file = io.BytesIO()
    picture.save(file, file_format, **options)
    return Image.open(file)


KINDS = {
    "jpeg": (_encoded("JPEG"), (90, 70, 50, 30, 10)),
    "webp": (_encoded("WEBP"), (90, 70, 50, 30, 10)),
    "scale": (_scaled, (0.75, 0.5, 0.25, 0.125)),
    "rotation": (_rotated, (90, 180, 270)),
    "exif": (_stored_turned, (3, 6, 8)),
    "mirror": (_mirrored, (1,)),
    "brightness": (_brighter, (0.02, 0.05, 0.1, 0.15, 0.3)),
    "contrast": (_more_contrast, (0.05, 0.1, 0.2, 0.4)),
    "colour cast": (_tinged, (2, 5, 10, 20)),
    "noise": (_noisy, (5, 10, 20, 40)),
    "blur": (_blurred, (0.002, 0.005, 0.01, 0.02)),
    "shift": (_shifted, (0.01, 0.02, 0.05)),
    "crop": (_cropped, (0.01, 0.02, 0.05, 0.1)),
    "small rotation": (_slightly_rotated, (0.5, 1, 2, 5)),
    "watermark": (_watermarked, (0.04, 0.08, 0.16)),
    "border": (_framed, (0.01, 0.02, 0.05, 0.1)),
}
