"""Whether the larger of two pictures is the smaller one, enlarged: whether the smaller one explains all of it."""

from typing import NamedTuple

import numpy as np
from PIL import Image

from dupviz.images.luma import luma_of
from dupviz.look.detail import Detail
from dupviz.metrics import Floats, Pixels

__all__ = ["Overlap", "is_enlarged", "middle_of", "overlap"]

FILTERS = (
    Image.Resampling.NEAREST,
    Image.Resampling.BOX,
    Image.Resampling.BILINEAR,
    Image.Resampling.HAMMING,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
)
# What one picture leaves unexplained of the other, in grey levels squared. 3 photos × 8 enlargements × PNG and q99: of
# the larger at most 0.19 as PNG, 0.41 as JPEG, and that is at most 0.55 of what it leaves of the smaller. Of photos
# blurred by σ = 2, beside one of fewer pixels, 0.7 or more of that. Repeated pixels: both explain each other.
UNEXPLAINED, OF_A_JPEG, LESS = 0.25, 0.45, 0.65
REPEATED = 1.1  # of the mixture's, what repeated pixels leave; of soft photos any smooth filter leaves less
ROUNDING = 0.001
# In the middle, of so many pixels: enlargements leave 0.75 at most, photos 1 to 308, and all of it takes 7 ms.
MIDDLE, HOPELESS = 128, 1.5


class Overlap(NamedTuple):
    """What two files show in common, where one is resized to the other.

    Attributes
    ----------
    rows, columns : slice
        Of the file that keeps its size.
    size : (int, int)
        Width and height of these.
    box : (float, float, float, float)
        Left, top, right and bottom of the same in the other one, in its own pixels.
    """

    rows: slice
    columns: slice
    size: tuple[int, int]
    box: tuple[float, float, float, float]


def overlap(file: Detail, other: Detail) -> Overlap:
    """What the middles of two files of different sizes both show."""
    across = _along(file.width, file.rgb.shape[1], other.width, other.rgb.shape[1])
    down = _along(file.height, file.rgb.shape[0], other.height, other.rgb.shape[0])
    (columns, left, right), (rows, top, bottom) = across, down
    return Overlap(rows, columns, (columns.stop - columns.start, rows.stop - rows.start), (left, top, right, bottom))


def _along(length: int, middle: int, theirs: int, their_middle: int) -> tuple[slice, float, float]:
    common = min(middle, int(their_middle * length / theirs))
    common -= (length - common) % 2
    half = common / length * theirs / 2
    start = (middle - common) // 2
    from_, to = max(0.0, their_middle / 2 - half), min(float(their_middle), their_middle / 2 + half)
    return slice(start, start + common), from_, to


def is_enlarged(larger: Detail, smaller: Detail) -> bool:
    """Whether a usual filter makes the larger of two pictures from the smaller one, but for rounding or a fine JPEG.

    Parameters
    ----------
    larger, smaller : Detail
        That show the same, upright.
    """
    part = overlap(larger, smaller)
    if _is_hopeless(larger, smaller, middle_of(part, MIDDLE, MIDDLE)):
        return False
    errors = _errors(larger, smaller, part)
    of_larger = _unexplained(errors)
    is_exact = larger.steps is None and not larger.is_lossy
    if of_larger > (UNEXPLAINED if is_exact else OF_A_JPEG):
        return False
    is_whole = larger.width % smaller.width == 0 and larger.height % smaller.height == 0
    if is_whole and float(np.square(errors[0]).mean()) < REPEATED * of_larger + ROUNDING:
        return True
    return of_larger < LESS * _unexplained(_errors(smaller, larger, overlap(smaller, larger)))


def middle_of(part: Overlap, width: int, height: int) -> Overlap:
    """The middle of what two files show in common, at most so many pixels wide and high."""
    rows, columns = _shrunk(part.rows, height), _shrunk(part.columns, width)
    left, top, right, bottom = part.box
    across, down = (right - left) / part.size[0], (bottom - top) / part.size[1]
    from_left, from_top = columns.start - part.columns.start, rows.start - part.rows.start
    size = columns.stop - columns.start, rows.stop - rows.start
    left, top = left + across * from_left, top + down * from_top
    return Overlap(rows, columns, size, (left, top, left + across * size[0], top + down * size[1]))


def _is_hopeless(file: Detail, other: Detail, part: Overlap) -> bool:
    """Whether no filter comes near, by the luma: rounded or not, and before or after its colours are mixed."""
    picture, ours = Image.fromarray(other.luma), file.luma[part.rows, part.columns]
    errors = [np.asarray(picture.resize(part.size, method, part.box)) - ours for method in FILTERS]
    return _unexplained(np.stack(errors).reshape(len(FILTERS), -1)) > HOPELESS


def _shrunk(places: slice, length: int) -> slice:
    margin = max(0, places.stop - places.start - length) // 2
    return slice(places.start + margin, places.stop - margin)


def _errors(file: Detail, other: Detail, part: Overlap) -> Floats:
    """Of the luma of the other in a part, resized by each of `FILTERS`: shape (filters, pixels)."""
    ours = luma_of(file.rgb[part.rows, part.columns])
    picture = Image.fromarray(other.rgb)
    return np.stack([(_luma(picture.resize(part.size, method, part.box)) - ours).ravel() for method in FILTERS])


def _unexplained(errors: Floats) -> float:
    """The mean squared error of the mixture of filters that has the least.

    A mixture, since filters of one name differ: bicubic ones of −0.75, which are none of ours, leave 0.2 of it.
    """
    best = int(np.square(errors).mean(axis=1).argmin())
    instead = np.delete(errors, best, axis=0) - errors[best]
    # Filters that give the same, as two of them do at whole numbers, would be weighed by rounding alone.
    weights = np.linalg.lstsq(instead @ instead.T, -(instead @ errors[best]), rcond=1e-5)[0]
    return float(np.square(errors[best] + weights @ instead).mean())


def _luma(picture: Image.Image) -> Floats:
    rgb: Pixels = np.asarray(picture)
    return luma_of(rgb)
