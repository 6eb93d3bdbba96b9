"""Boxes: which part of one picture another shows, and how that looks from the other side."""

from dupviz.metrics import undone

__all__ = ["WHOLE", "Box", "common_parts", "from_other_side", "inverse", "turned_box"]

# Left, top, right, bottom of the part of a that b shows, in shares of a; outside of 0 to 1 where b shows more.
Box = tuple[float, float, float, float]
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def common_parts(box: Box) -> tuple[float, float]:
    """Which share of a, and of b, both show."""
    left, top, right, bottom = box
    across = max(0.0, min(1, right) - max(0, left))
    down = max(0.0, min(1, bottom) - max(0, top))
    return across * down, across * down / ((right - left) * (bottom - top))


def inverse(box: Box) -> Box:
    """The part of b that a shows."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    return -left / width, -top / height, (1 - left) / width, (1 - top) / height


def turned_box(box: Box, rotation: int, mirrored: bool) -> Box:
    """Where a box of a picture is when that is transformed."""
    left, top, right, bottom = box
    if mirrored:
        left, right = 1 - right, 1 - left
    for _ in range(rotation // 90):
        left, top, right, bottom = top, 1 - right, bottom, 1 - left
    return left, top, right, bottom


def from_other_side(box: Box, rotation: int, mirrored: bool) -> Box:
    """The part of b, as it is, that a shows; `box` is of a, for b as it is turned to match."""
    return turned_box(inverse(box), *undone(rotation, mirrored)) if box != WHOLE else WHOLE
