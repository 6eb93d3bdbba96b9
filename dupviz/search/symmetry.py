r"""Pictures split by how they behave under a quarter turn; with it, four distances for the price of one and a half.

Let R be the turn by 90 degrees. Turn each quarter of a picture A into the place of the first, and call them v0, v1,
v2, v3. Turning A by R only shifts this list, to v1, v2, v3, v0. So its discrete Fourier transform, of length four,
takes A apart into pieces that R treats simply::

    even = (v0 + v1 + v2 + v3) / 2      R leaves it as it is
    odd  = (v0 - v1 + v2 - v3) / 2      R changes its sign
    re, im = v0 - v2, v1 - v3           R turns this pair: im, -re

The transform keeps scalar products, ⟨A, B⟩ = ⟨even, even'⟩ + ⟨odd, odd'⟩ + (⟨re, re'⟩ + ⟨im, im'⟩) / 2. With B turned
j times, the same products of parts return with other signs, and re and im change places::

    ⟨A, RʲB⟩ = ⟨even, even'⟩ + (-1)ʲ ⟨odd, odd'⟩ + (X, Y, -X, -Y)[j]

    X = (⟨re, re'⟩ + ⟨im, im'⟩) / 2,    Y = (⟨re, im'⟩ - ⟨im, re'⟩) / 2

Each part is a quarter as long as A, and there are six products of parts: they cost as much as 1.5 products of whole
pictures, in place of 4, and ‖A - RʲB‖² = ‖A‖² + ‖B‖² - 2⟨A, RʲB⟩ follows for all four turns. Mirror images of B are
pictures like others.
"""

from collections.abc import Callable

import numpy as np

from dupviz.metrics import SYMMETRIES, Bits, Flags, Floats, Integers, Pixels, undone

__all__ = [
    "INVERSES",
    "Dot",
    "all_pairs",
    "best_symmetry",
    "pair_by_pair",
    "products",
    "split",
    "squared_error_sums",
    "squared_norms",
]

# Scalar products of pictures with pictures: `all_pairs` or `pair_by_pair`.
Dot = Callable[[Floats, Floats], Floats]

# The symmetry that undoes each of the eight, in the order of SYMMETRIES["dihedral"].
_INVERSE = [SYMMETRIES["dihedral"].index(undone(*each)) for each in SYMMETRIES["dihedral"]]

# For a set of symmetries, given as bits, the set of those that undo them: uint8, shape (256,).
INVERSES = np.array([sum(1 << _INVERSE[k] for k in range(8) if bits >> k & 1) for bits in range(256)], np.uint8)


# For each set of winners, given as bits, the one that a tie is decided for: the lowest bit.
_FIRST = np.array([max(0, (bits & -bits).bit_length() - 1) for bits in range(256)])
_ROTATIONS, _MIRRORED = map(np.array, zip(*SYMMETRIES["dihedral"], strict=True))


def best_symmetry(winners: Bits) -> tuple[Integers, Flags]:
    """The symmetry to report where several give the smallest MSE: not mirrored, then the smallest rotation.

    Parameters
    ----------
    winners : ndarray of uint8, shape (n,)
        Bits, see `Pairs`.

    Returns
    -------
    rotation : ndarray of int16, shape (n,)
        Degrees.
    mirrored : ndarray of bool, shape (n,)
    """
    first = _FIRST[winners]
    return _ROTATIONS.astype(np.int16)[first], _MIRRORED[first]


def split(pictures: Floats, symmetries: str) -> Floats:
    """Split pictures into the parts from which `products` has the scalar products with all their symmetries.

    Parameters
    ----------
    pictures : ndarray of float, shape (n, size, size, channels)
    symmetries : {"none", "rotations", "dihedral"}

    Returns
    -------
    ndarray of float, shape (n, length)
        With "none", the pictures as they are; with "rotations", the parts even, odd, re and im side by side; with
        "dihedral", these and then those of the mirror image.
    """
    if symmetries == "none":
        return pictures.reshape(len(pictures), -1)
    if symmetries == "rotations":
        return _turn_parts(pictures)
    return np.concatenate([_turn_parts(pictures), _turn_parts(pictures[:, :, ::-1])], axis=1)


def products(a: Floats, b: Floats, symmetries: str, dot: Dot) -> list[Floats]:
    """Scalar products of pictures `a` with every symmetry of pictures `b`.

    Parameters
    ----------
    a, b : ndarray of float, shapes (n, length) and (m, length)
        Pictures, split for these symmetries.
    symmetries : {"none", "rotations", "dihedral"}
    dot : {all_pairs, pair_by_pair}
        Which pictures of `a` meet which of `b`.

    Returns
    -------
    list of ndarray
        One for each symmetry, in the order of `SYMMETRIES`: shape (n, m) for all pairs, (n,) pair by pair.
    """
    if symmetries == "none":
        return [dot(a, b)]
    if symmetries == "rotations":
        return _turn_products(a, b, dot)
    (a, _), (b, mirrored) = _cut(a, 2), _cut(b, 2)
    return _turn_products(a, b, dot) + _turn_products(a, mirrored, dot)


def squared_norms(parts: Floats, symmetries: str) -> Floats:
    """Scalar products of pictures with themselves.

    Parameters
    ----------
    parts : ndarray of float, shape (n, length)
        Pictures, split for these symmetries.
    symmetries : {"none", "rotations", "dihedral"}

    Returns
    -------
    ndarray of float, shape (n,)
    """
    if symmetries == "none":
        return pair_by_pair(parts, parts)
    if symmetries == "dihedral":
        parts, _ = _cut(parts, 2)
    even_odd, re_im = _cut(parts, 2)
    return pair_by_pair(even_odd, even_odd) + pair_by_pair(re_im, re_im) / 2


def all_pairs(a: Floats, b: Floats) -> Floats:
    """Scalar products of each row of `a` with each row of `b`."""
    return a @ b.T


def pair_by_pair(a: Floats, b: Floats) -> Floats:
    """Scalar products of each row of `a` with the same row of `b`."""
    scalar_products: Floats = np.einsum("ij,ij->i", a, b)
    return scalar_products


def squared_error_sums(a: Pixels, b: Pixels, symmetries: str) -> Floats:
    """Sums of squared differences of every tensor of `a` with every symmetry of every tensor of `b`, exactly.

    Parameters
    ----------
    a, b : ndarray of uint8, shapes (n, size, size, channels) and (m, size, size, channels)
    symmetries : {"none", "rotations", "dihedral"}

    Returns
    -------
    ndarray of float64, shape (number of symmetries, n, m)
        Integers: the parts of bytes are multiples of 1/2, which float32 holds too, and float64 adds and multiplies
        these without rounding as long as the sums stay below 2**51, as for tensors of up to 100,000 x 100,000.
    """
    parts_a, parts_b = (split(tensors.astype(np.float32), symmetries).astype(np.float64) for tensors in (a, b))
    norms: Floats = np.add.outer(squared_norms(parts_a, symmetries), squared_norms(parts_b, symmetries))
    return norms - 2 * np.array(products(parts_a, parts_b, symmetries, all_pairs))


def _turn_parts(pictures: Floats) -> Floats:
    v0, v1, v2, v3 = (_first_quarter(np.rot90(pictures, turns, axes=(1, 2))) for turns in range(4))
    return np.concatenate([(v0 + v1 + v2 + v3) / 2, (v0 - v1 + v2 - v3) / 2, v0 - v2, v1 - v3], axis=1)


def _first_quarter(pictures: Floats) -> Floats:
    """The quarter from which turns reach the others, as rows; of an odd size, with half of the pixel in the middle.

    All four turns share that pixel, so a half of it in each counts it once: (4 · ½)² / 4 = 1.
    """
    n, size = pictures.shape[:2]
    quarter = pictures[:, : size // 2, : (size + 1) // 2].reshape(n, -1)
    if size % 2 == 0:
        return quarter
    return np.concatenate([quarter, pictures[:, size // 2, size // 2] / 2], axis=1)


def _turn_products(a: Floats, b: Floats, dot: Dot) -> list[Floats]:
    (even_a, odd_a, re_a, im_a), (even_b, odd_b, re_b, im_b) = _cut(a, 4), _cut(b, 4)
    even, odd = dot(even_a, even_b), dot(odd_a, odd_b)
    x = (dot(re_a, re_b) + dot(im_a, im_b)) / 2
    y = (dot(re_a, im_b) - dot(im_a, re_b)) / 2
    return [even + odd + x, even - odd + y, even + odd - x, even - odd - y]


def _cut(parts: Floats, number: int) -> Floats:
    """Parts side by side, one by one: as np.split, which takes as long as the product of a few hundred."""
    return parts.reshape(len(parts), number, -1).transpose(1, 0, 2)
