"""Which of two files that show the same was made from the other.

A JPEG divides the coefficients of 8 × 8 pixels by its steps and rounds them. So what was made from a JPEG without loss
lies on the multiples of its steps; and of a file that a JPEG was made from, the coefficients round to those of the
JPEG, but lie anywhere between its multiples. Both are exact but for rounding to whole pixels: see `fit`. What they
leave open is told by what was lost or added: detail, colours, noise.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
from PIL import Image

from dupviz.look.blown_up import is_blown_up
from dupviz.look.changes import FEWER_COLOURS, FRAME, LIGHT, NOISE, SOFTER, Change, change
from dupviz.look.detail import BLOCK, Detail, Turn, coefficients, quality_of
from dupviz.look.fit import AGREES, BETWEEN, MOSTLY, NO_FIT, ON_MULTIPLES, Fit, fit_of
from dupviz.metrics import Floats, Pixels, transform, undone

__all__ = ["NO_ORIGIN", "Origin", "origin", "without_frame"]

AGREES_OF_TRACES = 0.7  # of a quality of 15 0.78, where colours are cut off at 0 and 255
ENCODED = 0.2  # of the error of the JPEG, where the steps of its colours are unknown
ALIKE = 0.75  # steps, over those of the file
SAME_GRID = 0.5  # of two with the same steps: neither tells
NEARLY = 0.08  # by so much less, at most, what lies on multiples fits a file that was made from it finely
CLEARLY = 0.02  # by so much better agrees what was made: one of quality 95, of one of 96, by 0.05
FINER = 0.9  # steps, over those of the other, between which the multiples of these are seen

FINE = np.add.outer(np.arange(BLOCK), np.arange(BLOCK)).ravel() >= BLOCK
# What was made lighter by 15 % is white in 0.004 to 0.17 of its values, and next to its brightest were 0.0003 to 0.006.
# What was made darker keeps such a plateau, but lower.
WHITE, OUTSIDE, NEXT_TO = 254, 0.0002, 2  # grey levels; of the values; grey levels
LEAST, MORE = 0.003, 2.0
WHOLE_PIXELS = 0.15
EMPTIED = 0.1  # of the energy of the finest coefficients: 0.01 with a blur of σ = 1, 0.3 of what another has sharpened

ONE_COLOUR = 8  # grey levels, by which a frame in a JPEG may vary
AGAIN, BLOWN_UP = "has the pixels of a JPEG, saved again", "is blown up from fewer pixels"
FRAMED = "has a frame"


class Origin(NamedTuple):
    """Which of two files, "a" or "b", the other was made from, if that can be told; and by what, in words."""

    side: str
    words: str


NO_ORIGIN = Origin("", "")


def origin(a: Detail, b: Detail, turn: Turn = (0, False), *, exactly: bool = False) -> Origin:
    """Tell which of two files that show the same was made from the other.

    Parameters
    ----------
    a, b : Detail
    turn : (int, bool)
        How b is transformed to match a, see `dupviz.transform`.
    exactly : bool
        Whether to ask only what tells of itself that the two show the same: the steps of a JPEG.

    Returns
    -------
    Origin
        Of swapped files the other side. The words say of the one that was made: it "has only 256 colours".

    Examples
    --------
    >>> from dupviz.look.detail import Detail
    >>> from dupviz.look.origin import origin
    >>> photo = np.random.default_rng(0).integers(0, 256, (96, 128, 3), dtype=np.uint8)
    >>> origin(Detail(photo, 128, 96), Detail(photo // 64 * 64, 128, 96))
    Origin(side='a', words='has only 256 colours')
    """
    of_a = _Side(a, b, turn)
    sides = of_a, _Side(b, a, undone(*turn), of_a)
    tests = OF_ONE_SIZE if of_a.is_of_one_size else OF_OTHER_SIZES
    for is_made in tests[0] if exactly else chain(*tests):
        a_is, b_is = is_made(*sides), is_made(*sides[::-1])
        if a_is or b_is:
            return NO_ORIGIN if a_is and b_is else Origin("b" if a_is else "a", a_is or b_is)
    return NO_ORIGIN


def without_frame(a: Detail, b: Detail) -> Origin:
    """The smaller of two files, of which one shows the other in a frame: that is no more of the picture.

    A frame is of one colour all around, and ends where the picture begins; else the smaller one may be a crop, of a
    picture with plain edges.
    """
    pixels_a, pixels_b = a.width * a.height, b.width * b.height
    (larger, smaller), side = ((a, b), "b") if pixels_a > pixels_b else ((b, a), "a")
    return Origin(side, FRAMED) if pixels_a != pixels_b and _has_frame(larger, smaller) else NO_ORIGIN


def _has_frame(larger: Detail, smaller: Detail) -> bool:
    if any((file.height, file.width) != file.rgb.shape[:2] for file in (larger, smaller)):  # edges are not in a middle
        return False
    frame = np.concatenate(_edges(larger))
    goes_on = any(_is_of_one_colour(np.concatenate([frame, edge])) for edge in _edges(smaller))
    return _is_of_one_colour(frame) and not goes_on


def _edges(file: Detail) -> list[Pixels]:
    return [file.rgb[0], file.rgb[-1], file.rgb[:, 0], file.rgb[:, -1]]


def _is_of_one_colour(pixels: Pixels) -> bool:
    return bool(np.ptp(pixels, axis=0).max() <= ONE_COLOUR)


class _Side:
    """A file beside another one that shows the same.

    Parameters
    ----------
    file, other : Detail
    turn : (int, bool)
        How the other is transformed to match.
    reverse : _Side, optional
        The other beside this one, if that has been measured.
    """

    def __init__(self, file: Detail, other: Detail, turn: Turn, reverse: "_Side | None" = None) -> None:
        self.file, self._other, self._turn, self._reverse = file, other, turn, reverse

    @property
    def is_of_one_size(self) -> bool:
        lengths = self._other.width, self._other.height
        shape = self._other.rgb.shape[1::-1]
        if self._turn[0] % 180:
            lengths, shape = lengths[::-1], shape[::-1]
        return (self.file.width, self.file.height, *self.file.rgb.shape[1::-1]) == (*lengths, *shape)

    @cached_property
    def other(self) -> Detail:
        """The other one, turned to match."""
        rotation, mirrored = self._turn
        if not (rotation or mirrored):
            return self._other
        rgb = transform(self._other.rgb, rotation=rotation, mirrored=mirrored)
        lengths = self._other.width, self._other.height
        width, height = lengths[::-1] if rotation % 180 else lengths
        return replace(self._other, rgb=np.ascontiguousarray(rgb), width=width, height=height)

    @cached_property
    def change(self) -> Change:
        """What was done to one of the two."""
        if self._reverse and self._turn == (0, False):  # the same, from the other side: it takes half of the time
            kind, side = self._reverse.change
            return Change(kind, {"a": "b", "b": "a"}.get(side, ""))
        pair = self.file.rgb, self.other.rgb
        if any(map(_is_grey, pair)):  # 256 colours are no palette then
            pair = _as_grey(self.file.luma), _as_grey(self.other.luma)
        found = change(*pair)
        if found.kind == FRAME:  # of two of one size: white walls on both sides, in which there is noise
            found = change(*map(_inner, pair))
        return found

    @property
    def lights(self) -> tuple[float, float]:
        """The share of values that are as bright as can be, and of those next to the brightest that the file has."""
        values = self.file.rgb[::2, ::2].ravel()
        brightest = np.quantile(values, 1 - OUTSIDE)
        return float((values >= WHITE).mean()), float((values >= brightest - NEXT_TO).mean())

    @cached_property
    def fit(self) -> Fit:
        """How the other fits the JPEG that this one is, or was."""
        if not self.file.known.any():
            return NO_FIT
        is_in_place = self._turn == (0, False) and self.file.orientation == self._other.orientation
        other = self._other.own if is_in_place else coefficients(self.file.framed(self.other.luma))
        return fit_of(self.file.own, other, self.file.known)


def _is_saved_again(file: _Side, other: _Side) -> str:
    """Whether a file holds what a JPEG left of the other, or is a JPEG of it."""
    if np.array_equal(file.file.rgb, file.other.rgb):
        return AGAIN if other.file.steps is not None and file.file.steps is None else ""
    ours, theirs = file.fit, other.fit  # how each fits the JPEG that the other is, or was
    is_on_multiples = theirs.agreement > MOSTLY and theirs.on_multiples > ON_MULTIPLES
    is_as_near = ours == NO_FIT or ours.agreement > theirs.agreement - NEARLY
    finer = _their_steps(file, other)
    is_as_near &= finer > ALIKE or not file.file.known.any()  # else these are the multiples of an earlier JPEG
    if is_on_multiples and is_as_near and other.file.is_at_home and _is_finer(file, other):
        return AGAIN
    is_jpeg_of = ours.agreement > (AGREES if file.file.is_at_home else AGREES_OF_TRACES)
    is_on_both = min(ours.on_multiples, theirs.on_multiples) > SAME_GRID
    is_jpeg_of &= ours.on_multiples < BETWEEN or (finer > ALIKE and not is_on_both)
    is_jpeg_of &= file.file.is_at_home or finer < FINER  # else these traces are those of the other
    is_jpeg_of &= ours.agreement > theirs.agreement + CLEARLY
    return _saved(file.file) if is_jpeg_of or _is_encoded_from(file, other) else ""


def _is_encoded_from(file: _Side, other: _Side) -> bool:
    """Whether the other, without loss, becomes this JPEG if it is saved with its steps: of drawings, too."""
    if file.file.steps is None or other.file.steps is not None or other.file.is_lossy:
        return False
    ours, theirs = (file.file.framed(each.luma) for each in (file.file, file.other))
    buffer = io.BytesIO()
    steps = file.file.steps.astype(int).tolist()
    Image.fromarray(theirs.round().astype(np.uint8)).save(buffer, "JPEG", qtables=[steps])
    saved = np.asarray(Image.open(buffer), np.float32)
    return float(np.square(saved - ours).mean()) < ENCODED * float(np.square(theirs - ours).mean())


def _is_finer(file: _Side, other: _Side) -> bool:
    """Whether a file keeps what is on the multiples of the other's steps."""
    ours, theirs = file.file.steps, other.file.steps
    return ours is None or (theirs is not None and float(np.median(ours / theirs)) < FINER)


def _their_steps(file: _Side, other: _Side) -> float:
    """The steps of the other, over those of the file; where they are as large, its multiples may be the file's, too."""
    ours, theirs = file.file.known, other.file.known
    both = (ours > 0) & (theirs > 0)
    return float(np.median(theirs[both] / ours[both])) if both.any() else 0.0


def _saved(file: Detail) -> str:
    """What a file that is, or was, a JPEG is called."""
    quality = f"a JPEG of quality {quality_of(file.known)}"
    return f"is {quality}" if file.is_at_home else f"has the traces of {quality}"


def _is_worse(file: _Side, other: _Side) -> str:
    """Whether a file has fewer colours than the other, noise, or less detail."""
    kind, side = file.change
    if kind == FEWER_COLOURS and side == "a" and file.file.steps is None:  # no JPEG has a palette
        return "has only 256 colours"
    # What rounds to the other's JPEG may have lost its noise there: 95 of 97 was taken for the original of it.
    is_lost = other.fit.agreement > AGREES and (other.fit.on_multiples < ON_MULTIPLES or file.file.steps is not None)
    if kind == NOISE and side == "a" and not other.file.is_lossy and not is_lost:
        return "has noise that was added"
    if kind == LIGHT and file.lights[0] > max(LEAST, MORE * other.lights[1]):
        return "has lost its lights"
    if kind == SOFTER and side == "a" and _fine_energy(file.file) < EMPTIED * _fine_energy(other.file):
        return "is softer"
    return ""


def _is_grey(rgb: Pixels) -> bool:
    return all(bool((some[..., :2] == some[..., 1:]).all()) for some in (rgb[::16, ::16], rgb))  # most are not, soon


def _as_grey(luma: Floats) -> Pixels:
    return np.repeat(luma.round().astype(np.uint8)[..., None], 3, axis=2)


def _inner(rgb: Pixels) -> Pixels:
    """A picture without a sixteenth on each side."""
    height, width = (length // 16 for length in rgb.shape[:2])
    return rgb[height : rgb.shape[0] - height, width : rgb.shape[1] - width]


def _fine_energy(file: Detail) -> float:
    """The energy of the finest coefficients, beyond that of rounding to whole pixels and to steps of 1."""
    return max(0.0, float(np.square(file.own[:, FINE]).mean()) - WHOLE_PIXELS)


def _is_enlargement(file: _Side, other: _Side) -> str:
    return BLOWN_UP if is_blown_up(file.file, file.other) else ""


# Whether a file was made from the other one, and what it is called then: what tells exactly, and the rest.
OF_ONE_SIZE = (_is_saved_again,), (_is_worse,)
OF_OTHER_SIZES: tuple[tuple[Callable[[_Side, _Side], str], ...], ...] = (), (_is_enlargement,)
