"""Two pictures compared window by window: the worst of them, where it is, and how much of the picture differs."""

from dataclasses import dataclass, field, replace
from functools import reduce
from operator import itemgetter

import numpy as np

from dupviz.images.luma import luma_of
from dupviz.look.boxes import WHOLE, Box, from_other_side, inverse, turned_box
from dupviz.look.encoding import coarseness, encoding_noise
from dupviz.look.light import fit_light
from dupviz.look.picture import Picture
from dupviz.look.register import GRIDS, correlation, register
from dupviz.look.sharpness import as_sharp
from dupviz.look.shown import middle, shown_parts
from dupviz.look.windows import CELL, WINDOWS, cell_means, sliding_means, square_errors, variances
from dupviz.metrics import Floats, Pixels, transform, undone

__all__ = [
    "LARGEST_NOISE",
    "LOCAL_SHARE",
    "LOCAL_WORST",
    "QUIET",
    "Comparison",
    "compare",
    "mean_ratio",
]

# R = E / (ALWAYS + PER_NOISE · N + PER_VARIANCE · (variance of a + of b) / 2) in a window: E is the mean squared error,
# N what the files' own encoding does there. Above 1 the two differ by more than copies do.
ALWAYS, PER_NOISE, PER_VARIANCE = 100.0, 4.0, 0.12
EXACT = 12.0, 0.02  # ALWAYS and PER_VARIANCE where nothing is lossy

TEXTURE = 150.0  # variance from which on a window has something to compare
ONE_PLACE = 0.01  # of the sides, by which boxes may differ that are as good as one
LIKELY = 0.55  # correlation on the finest grid below which pictures are different without a closer look
ALIGNED = 0.98  # the same, above which they are in place already
# Of an edit: 36 of 40 small watermarks are below, and 1 of 400 changes of light.
LOCAL_WORST, LOCAL_SHARE, LOCAL_TYPICAL = 5.0, 0.05, 0.18
QUIET = 6.0  # mean squared error that needs no excuse; a larger one is at most so many times the noise of the encoding
LARGEST_NOISE = 2.0

CLIPPED, MUCH_CLIPPED = 250.0, 0.002  # grey levels; part of a picture

EXACTLY = 0.01  # of a JPEG of a JPEG: its encoding gives the same once more


@dataclass(frozen=True)
class Comparison:
    """What a comparison has measured.

    Attributes
    ----------
    worst : float
        The largest R of all windows: at most 1 for copies.
    where : Box
        The window of it, in shares of the first picture.
    share : float
        Part of the structure of the picture in windows with R > 1, from 0 to 1.
    typical : float
        The median of R.
    textured, evidence : float
        How many windows of 16 × 16 pixels have texture, and how many of these match.
    error, noise : float
        Means over the picture of E and N; N is nan where it was not needed, as where one picture is larger, and that of
        the coarser encoding alone where that is enough.
    box : Box
        The part of the first picture that the second shows, see `register`.
    light : str
        See `Light`.
    ratios : dict of int to ndarray of float32
        R in all windows, for each of `WINDOWS`.
    """

    worst: float
    where: Box = WHOLE
    share: float = 1.0
    typical: float = np.inf
    textured: float = 0.0
    evidence: float = 0.0
    error: float = np.inf
    noise: float = np.nan
    box: Box = WHOLE
    light: str = "none"
    ratios: dict[int, Floats] = field(default_factory=dict, compare=False, repr=False)

    @property
    def where_in_b(self) -> Box:
        """The same window, in shares of the second picture."""
        left, top, right, bottom = self.box
        width, height = right - left, bottom - top
        across = [(side - left) / width for side in self.where[::2]]
        down = [(side - top) / height for side in self.where[1::2]]
        return across[0], down[0], across[1], down[1]

    def from_other_side(self, rotation: int, mirrored: bool) -> "Comparison":
        """The same of the second picture, as it is, with the first turned to match; the second was turned so here."""
        back = undone(rotation, mirrored)
        return replace(
            self,
            where=turned_box(self.where_in_b, *back),
            box=from_other_side(self.box, rotation, mirrored),
            ratios={cells: transform(each, rotation=back[0], mirrored=back[1]) for cells, each in self.ratios.items()},
        )

    @property
    def is_explained(self) -> bool:
        """Whether the two differ by what encoding does, neither more nor less: one was made of the other by that."""
        return abs(self.error - self.noise) <= EXACTLY * self.noise

    @property
    def is_local(self) -> bool:
        """Whether the two differ in a few places only, and there by much, as after an edit."""
        return self.worst > LOCAL_WORST and self.share <= LOCAL_SHARE and self.typical <= LOCAL_TYPICAL


NOTHING = Comparison(np.inf)


def compare(a: Picture, b: Picture, boxes: tuple[Box, ...] = (WHOLE,)) -> Comparison:
    """Compare two pictures, the second turned to match, with no more work than they need.

    As they are, and with the noise of their encoding. Then, unless a few windows alone differ, with other sharpness and
    other light; and all that in another place, found by `register`.

    Parameters
    ----------
    a, b : Picture
    boxes : tuple of Box
        Where to look for b in a.

    Returns
    -------
    Comparison
        The first without a difference; otherwise the best.
    """
    plain = _pair(a, b, WHOLE) if WHOLE in boxes else None
    best = plain.as_they_are() if plain else NOTHING
    if best.worst <= 1 or best.is_local:
        return best
    grids_a, grids_b = ({size: picture.grid(size) for size in GRIDS} for picture in (a, b))
    if plain and correlation(grids_a[GRIDS[1]], grids_b[GRIDS[1]]) > ALIGNED:
        best = plain.in_other_light(best)
    for start in boxes if best.worst > 1 else ():
        for box in _registered(grids_a, grids_b, start):
            there = _pair(a, b, box)
            if there is None:
                continue
            result = there.as_they_are()
            if result.worst > 1:
                result = there.in_other_light(result)
            best = min(best, result, key=_badness)
            if best.worst <= 1:
                return best
    return best


def _registered(grids_a: dict[int, Floats], grids_b: dict[int, Floats], start: Box) -> list[Box]:
    """Where a shows b, as found from either side: the more exact place first, and the other one if it is another.

    Of a picture and the same with a border around it, one side gets lost three times as often as the other.
    """
    found = [register(grids_a, grids_b, start)]
    if (back := register(grids_b, grids_a, inverse(start))) is not None:
        found.append((inverse(back[0]), back[1]))
    likely = sorted((each for each in found if each and each[1] >= LIKELY), key=itemgetter(1), reverse=True)
    boxes = [box for box, _ in likely]
    is_one = len(boxes) == 2 and max(abs(one - other) for one, other in zip(*boxes)) < ONE_PLACE
    return boxes[:1] if is_one else boxes


def mean_ratio(a: Picture, b: Picture, found: Comparison) -> float:
    """Q: the mean of E, as it was measured, over that of N plus 1.

    Parameters
    ----------
    a, b : Picture
    found : Comparison
        Of the two.
    """
    parts = shown_parts(a, b, found.box)
    if parts is None:
        return np.inf
    return found.error / float(np.mean(encoding_noise(b, parts[0]) + encoding_noise(a, parts[1])) + 1)


def _badness(found: Comparison) -> tuple[bool, float, float]:
    return found.worst > 1, found.share, found.worst


class _Pair:
    """What two pictures both show, at the size of the coarser one.

    Parameters
    ----------
    a, b : Picture
    box : Box
    parts : (ndarray, ndarray, Box)
        See `shown_parts`.
    """

    def __init__(self, a: Picture, b: Picture, box: Box, parts: tuple[Pixels, Pixels, Box]) -> None:
        self._a, self._b, self._box = a, b, box
        self._x, self._y, self._outer = parts
        is_exact = a.is_lossless and b.is_lossless and not (a.is_shrunk or b.is_shrunk) and a.rgb.shape == b.rgb.shape
        self._always, self._per_variance = EXACT if is_exact and box == WHOLE else (ALWAYS, PER_VARIANCE)
        of_x, of_y = _variances(a, self._x), _variances(b, self._y)
        self._variances = {cells: (3 * of_x[cells], 3 * of_y[cells]) for cells in of_x}
        self._noise: Floats | None = None

    def as_they_are(self) -> Comparison:
        """Compare without a model; with the noise of their encoding, where that can matter."""
        x, y = self._x, self._y
        result = self._measure(x, None, "none")
        if result.worst <= 1:
            if result.error <= QUIET or (self._box == WHOLE and not self._a.is_as_wide_as(self._b)):
                return result
            band = middle(x), middle(y)  # a quarter of the picture tells the mean
            noise = encoding_noise(self._b, band[0]) + encoding_noise(self._a, band[1])
            return replace(result, error=float(square_errors(*band).mean()), noise=float(noise.mean()))
        # The noise of the coarser encoding is enough for most copies; more noise allows for more.
        (coarser, shown), (finer, other) = sorted(
            ((self._b, x), (self._a, y)), key=lambda each: coarseness(each[0]), reverse=True
        )
        self._noise = encoding_noise(coarser, shown)
        result = self._measure(x, self._noise, "none")
        if result.worst <= 1 and result.error <= max(QUIET, LARGEST_NOISE * (result.noise + 1)):
            return result
        self._noise = self._noise + encoding_noise(finer, other)
        return self._measure(x, self._noise, "none")

    def in_other_light(self, result: Comparison) -> Comparison:
        """Compare once more, with the sharpness and the light of the other; drawings only with its sharpness."""
        x, y = self._x, self._y
        result = min(result, self._measure(as_sharp(x, y), self._noise, "none"), key=_badness)
        if result.worst <= 1 or self._a.is_drawing or self._b.is_drawing:
            return result
        for one, other in ((x, y), (y, x)):
            light = fit_light(cell_means(one).reshape(-1, 3), cell_means(other).reshape(-1, 3))
            if light.name == "none":
                break
            lit = as_sharp(light.picture(one), other)
            result = min(result, self._measure(lit, self._noise, light.name, other), key=_badness)
            if result.worst <= 1 or not _is_clipped(one):
                break
        return result

    def _measure(self, x: Pixels, noise: Floats | None, light: str, y: Pixels | None = None) -> Comparison:
        """Measure one picture against another; by default the second."""
        y = self._y if y is None else y
        error = square_errors(x, y)
        worst, where = -1.0, (0, 0, 0)
        ratio: Floats = np.ones((1, 1))
        counted: tuple[Floats, Floats] = (ratio, ratio)
        ratios: dict[int, Floats] = {}
        for cells, counted in self._variances.items():
            allowed = self._always + self._per_variance * (counted[0] + counted[1]) / 2
            if noise is not None:
                allowed = allowed + PER_NOISE * sliding_means(noise, cells)
            ratio = ratios[cells] = sliding_means(error, cells) / allowed
            place = int(ratio.argmax())
            if ratio.flat[place] > worst:
                worst, where = float(ratio.flat[place]), (*divmod(place, ratio.shape[1]), cells)
        bad, textured = ratio > 1, np.minimum(*counted) > TEXTURE
        structure = [np.sqrt(variance) + 0.5 for variance in counted]
        row, column, cells = where
        left, top, right, bottom = self._outer
        down, across = (bottom - top) * CELL / y.shape[0], (right - left) * CELL / y.shape[1]
        window = (left + across * column, top + down * row)
        return Comparison(
            worst=worst,
            where=(*window, window[0] + across * cells, window[1] + down * cells),
            share=float(min((each * bad).sum() / each.sum() for each in structure)),
            typical=float(np.median(ratio)),
            textured=float(textured.sum() / WINDOWS[-1] ** 2),
            evidence=float((textured & ~bad).sum() / WINDOWS[-1] ** 2),
            error=float(error.mean()),
            noise=float(noise.mean()) if noise is not None else np.nan,
            box=self._box,
            light=light,
            ratios=ratios,
        )


def _pair(a: Picture, b: Picture, box: Box) -> _Pair | None:
    """Two pictures to be compared, or None if too little of them is in both."""
    parts = shown_parts(a, b, box)
    return _Pair(a, b, box, parts) if parts else None


def _variances(picture: Picture, shown: Pixels) -> dict[int, Floats]:
    """Of the luma in windows; where all of a picture is shown, they are measured once."""
    return picture.variances if shown is picture.rgb else variances(luma_of(shown))


def _is_clipped(picture: Pixels) -> bool:
    """Whether some of it is as bright, or as dark, as can be: no model of the light brings back what was lost there."""
    channels = np.moveaxis(picture, 2, 0)
    brightest, darkest = reduce(np.maximum, channels), reduce(np.minimum, channels)
    return bool(((brightest > CLIPPED) | (darkest < 255 - CLIPPED)).mean() > MUCH_CLIPPED)
