"""Two pictures laid over each other by a projection, and whether they match in detail, in whatever light.

What a person would call the same picture may be turned by a few degrees, a photo of a screen or a print, of another
tone, or a part of a collage. Gauss and Newton's method finds the projection, coarse to fine, on pictures whose light is
evened out: less the mean of what is around, over its deviation. Then nothing of the light is left but where it changes,
and detail has to match: of 20 photos with such copies the correlation is 0.75 to 1, of unrelated ones 0.45 at most.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import scipy  # its parts are loaded when they are used: most looks need none

from dupviz.look.boxes import WHOLE, Box, from_other_side, inverse
from dupviz.look.picture import Picture
from dupviz.metrics import Flags, Floats, undone

__all__ = ["Alignment", "Outline", "aligned", "evened", "outline_of_first"]

# Corners of a picture in another one, in shares of that: left and top, right and top, right and bottom, left and
# bottom, as x, y, x, y, ...
Outline = tuple[float, ...]

GRIDS = {16: 8, 32: 6, 96: 4}  # cells a side, and steps at most
AROUND = 0.25  # of the side: what is around a cell
NOISE = 4.0  # grey levels: a smaller deviation is not made larger
LONGEST_STEP, CONVERGED = 0.05, 0.02  # of a share of the side; cells
LEAST_INSIDE = 0.2  # of the grid
TEXTURED, LEAST_TEXTURE = 4.0, 0.25  # grey levels, in 3 × 3 cells of the finest grid; of all cells: flags have 0.24
HOPELESS = 0.3  # correlation on the second grid, below which no finer one is tried
MATCHES = 0.65  # correlation on the finest
STIFF = 0.01  # how much a change of perspective costs: of most pictures there is none
FROM_ASIDE, LARGEST_CHANGE = 0.05, 0.35  # of the length of a side, by which opposite ones differ: in a retaken picture
PART, TILTED = 0.6, 0.4  # of the area of the larger one; degrees


class Alignment(NamedTuple):
    """How one picture lies in another.

    Attributes
    ----------
    kind : {"tilted", "retaken", "part", "tone"}
        What was done: a turn by some degrees, a photo of a screen or a print, other things around it, or another tone.
    tilt : float
        Degrees by which one is turned, from 0.
    projection : ndarray of float64, shape (3, 3)
        From the second, turned to match, to the first, in shares of each.
    """

    kind: str
    tilt: float
    projection: Floats

    @property
    def outline(self) -> Outline:
        """The corners of the second picture in the first."""
        return _outline(self.projection)

    def from_other_side(self, rotation: int, mirrored: bool) -> "Alignment":
        """The same of the two swapped, where the second is turned so to match the first."""
        turn = _turn(rotation, mirrored)
        return self._replace(projection=turn @ np.linalg.inv(self.projection) @ np.linalg.inv(turn))


def outline_of_first(outline: Outline) -> Outline:
    """The corners of the first picture in the second, turned to match, from those of the second in the first.

    Examples
    --------
    >>> from dupviz.look.aligned import outline_of_first
    >>> [round(each, 3) for each in outline_of_first((0, 0, 0.5, 0, 0.5, 0.5, 0, 0.5))]
    [0.0, 0.0, 2.0, 0.0, 2.0, 2.0, 0.0, 2.0]
    """
    rows = []
    for u, v, x, y in zip((0, 1, 1, 0), (0, 0, 1, 1), outline[::2], outline[1::2]):
        rows += [[u, v, 1, 0, 0, 0, -u * x, -v * x], [0, 0, 0, u, v, 1, -u * y, -v * y]]
    projection = np.append(np.linalg.solve(np.array(rows, float), np.array(outline)), 1).reshape(3, 3)
    return _outline(np.linalg.inv(projection))


def evened(grid: Floats) -> Floats:
    """Lumas with the light evened out: float32, of the shape of `grid`, (size, size) or (n, size, size)."""
    around = max(3, round(AROUND * grid.shape[-1]))
    detail = grid - _means(grid, around)
    deviation = np.sqrt(_means(detail * detail, around).clip(0))
    even: Floats = detail / (deviation + NOISE)
    return even


def _means(grid: Floats, around: int) -> Floats:
    """Means over squares of cells; beyond the edges, these go on. As scipy.ndimage, which is slow to be imported."""
    weights = _weights(grid.shape[-1], around)
    down: Floats = (weights @ grid).astype(np.float32)
    return (down @ weights.T).astype(np.float32)


@lru_cache(16)
def _weights(size: int, around: int) -> Floats:
    """Which share each cell of a line has in the mean around each other one: float64, shape (size, size)."""
    cells = np.arange(size)[:, None] + np.arange(around) - around // 2
    weights = np.zeros((size, size))
    np.add.at(weights, (np.arange(size)[:, None], cells.clip(0, size - 1)), 1 / around)
    return weights


def aligned(a: Picture, b: Picture, box: Box = WHOLE, *, rotation: int = 0, mirrored: bool = False) -> Alignment | None:
    """Lay a picture over another one; the same, whoever of the two comes first.

    Parameters
    ----------
    a, b : Picture
    box : Box
        Where to look for b in a.
    rotation, mirrored
        How b is turned to match a.

    Returns
    -------
    Alignment or None
        None if no projection is found in which they match.
    """
    if b.is_richer(a):
        back = undone(rotation, mirrored)
        found = aligned(b, a, from_other_side(box, rotation, mirrored), rotation=back[0], mirrored=back[1])
        return found and found.from_other_side(rotation, mirrored)
    b = b.turned(rotation, mirrored)
    if min(map(_texture, (a, b))) < LEAST_TEXTURE:
        return None
    grids_a, grids_b = ({size: evened(each.grid(size)) for size in GRIDS} for each in (a, b))
    correlation, projection = _found(grids_a, grids_b, box)
    if correlation < MATCHES:  # from the other side another part counts, and another way leads there
        correlation, back_again = _found(grids_b, grids_a, inverse(box))
        if correlation < MATCHES:
            return None
        projection = np.linalg.inv(back_again)
    return _called(a, projection / projection[2, 2]) if _is_possible(_outline(projection)) else None


def _texture(picture: Picture) -> float:
    """The share of a picture in which there is detail: where the others have edges alone, many match by chance."""
    detail = picture.grid(max(GRIDS))
    detail = detail - scipy.ndimage.uniform_filter(detail, 3)
    return float((scipy.ndimage.uniform_filter(detail * detail, 3) > TEXTURED**2).mean())


def _called(a: Picture, projection: Floats) -> Alignment:
    """What the projection of another picture onto `a` says of them."""
    corners = np.array(_outline(projection)).reshape(4, 2)
    across, down = corners[1] - corners[0] + corners[2] - corners[3], corners[3] - corners[0] + corners[2] - corners[1]
    (x, y), (u, v) = across * (a.width, a.height), down * (a.width, a.height)
    tilt = float(np.degrees(np.abs(np.arctan2(y, x) + np.arctan2(-u, v)) / 2))
    if min(_area(corners), 1 / _area(corners)) < PART:
        kind = "part"
    elif _change(corners) > FROM_ASIDE:
        kind = "retaken"
    else:
        kind = "tilted" if tilt > TILTED else "tone"
    return Alignment(kind, tilt, projection)


def _change(corners: Floats) -> float:
    """By how much opposite sides differ, of the longer one."""
    lengths = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T)
    return float((np.abs(lengths[:2] - lengths[2:]) / np.maximum(lengths[:2], lengths[2:])).max())


def _area(corners: Floats) -> float:
    x, y = corners.T
    return float(np.abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _outline(projection: Floats) -> Outline:
    x, y, _ = _projected(projection, np.array([0.0, 1, 1, 0]), np.array([0.0, 0, 1, 1]))
    return tuple(np.stack([x, y], axis=1).ravel().tolist())


def _turn(rotation: int, mirrored: bool) -> Floats:
    """Where a transformed picture has the places of the upright one: a projection."""
    turn = np.diag([-1.0, 1, 1]) if mirrored else np.eye(3)
    turn[0, 2] = float(mirrored)
    for _ in range(rotation // 90):
        turn = np.array([[0.0, 1, 0], [-1, 0, 1], [0, 0, 1]]) @ turn
    return turn


def _found(grids_a: dict[int, Floats], grids_b: dict[int, Floats], box: Box) -> tuple[float, Floats]:
    """The correlation of b with what of a is where it is found, and the projection from b to a."""
    left, top, right, bottom = box
    projection = np.array([[right - left, 0, left], [0, bottom - top, top], [0, 0, 1.0]])
    for number, (size, steps) in enumerate(GRIDS.items()):
        a, b = grids_a[size], grids_b[size]
        slopes = [size * each for each in np.gradient(a)[::-1]]
        for _ in range(steps):
            step = _step(a, b, slopes, projection)
            if step is None:
                return 0.0, projection
            projection.flat[: len(step)] += step
            if np.abs(step).max() < CONVERGED / size:
                break
        if number == 1 and _correlation(a, b, projection) < HOPELESS:
            return 0.0, projection
    return _correlation(a, b, projection), projection


def _step(a: Floats, b: Floats, slopes: list[Floats], projection: Floats) -> Floats | None:
    """How the projection should change; None where too little of b is left in a."""
    u, v = _places(len(b))
    x, y, depth = _projected(projection, u, v)
    inside = _inside(x, y, len(a))
    if inside.mean() < LEAST_INSIDE:
        return None
    x, y, depth, u, v = x[inside], y[inside], depth[inside], u[inside], v[inside]
    seen = _at(a, x, y)
    across, down = (_at(each, x, y) / depth for each in slopes)
    away = -(across * x + down * y)
    columns = [across * u, across * v, across, down * u, down * v, down, away * u, away * v, seen, np.ones_like(seen)]
    design, wanted = np.stack(columns, axis=1), b[inside]
    weights = np.ones(len(wanted))
    diagonal = np.diag_indices(len(columns))
    for _ in range(2):
        weighted = design * weights[:, None]
        normal = weighted.T @ design
        normal[diagonal] = normal[diagonal] * (1 + 1e-3) + 1e-3
        normal[[6, 7], [6, 7]] += STIFF * len(wanted)
        fit = np.linalg.solve(normal, weighted.T @ wanted)
        residual = wanted - design @ fit
        spread = 3 * np.median(np.abs(residual)) + 0.1
        weights = 1 / (1 + (residual / spread) ** 2)
    gain = fit[8] if 0.2 < fit[8] < 5 else 1.0
    step: Floats = np.clip(fit[:8] / gain, -LONGEST_STEP, LONGEST_STEP)
    return step


def _correlation(a: Floats, b: Floats, projection: Floats) -> float:
    u, v = _places(len(b))
    x, y, _ = _projected(projection, u, v)
    inside = _inside(x, y, len(a))
    if inside.mean() < LEAST_INSIDE:
        return 0.0
    seen, wanted = _at(a, x[inside], y[inside]), b[inside]
    if min(seen.std(), wanted.std()) < 1e-3:
        return 0.0
    return float(np.corrcoef(seen, wanted)[0, 1])


def _places(size: int) -> tuple[Floats, Floats]:
    """The centres of cells, in shares of the side."""
    at = (np.arange(size) + 0.5) / size
    return np.tile(at, size).reshape(size, size), np.repeat(at, size).reshape(size, size)


def _projected(projection: Floats, u: Floats, v: Floats) -> tuple[Floats, Floats, Floats]:
    """Where places of b are in a, and by how much these are farther away."""
    x, y, depth = (row[0] * u + row[1] * v + row[2] for row in projection)
    return x / depth, y / depth, depth


def _inside(x: Floats, y: Floats, size: int) -> Flags:
    margin = 0.5 / size
    inside: Flags = (np.minimum(x, y) > margin) & (np.maximum(x, y) < 1 - margin)
    return inside


def _at(grid: Floats, x: Floats, y: Floats) -> Floats:
    values: Floats = scipy.ndimage.map_coordinates(
        grid, [y * len(grid) - 0.5, x * len(grid) - 0.5], order=1, mode="nearest"
    )
    return values


def _is_possible(outline: Outline) -> bool:
    """Whether four corners are those of a picture that is seen from somewhere: convex, and not too much from aside."""
    corners = np.array(outline).reshape(4, 2)
    sides = np.roll(corners, -1, axis=0) - corners
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    return bool((turns > 0).all() and _change(corners) < LARGEST_CHANGE)
