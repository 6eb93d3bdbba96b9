r"""Short vectors that never overstate a distance: why the search may skip most pairs and still miss none.

Let f be a map from tensors to vectors with two properties:

1. it is *invariant*: f(gB) = f(B) for each symmetry g;
2. it *shrinks*: ‖f(A) - f(B)‖ ≤ ‖A - B‖ for all A and B.

Then ‖f(A) - f(B)‖ = ‖f(A) - f(gB)‖ ≤ ‖A - gB‖ for each g, so ‖f(A) - f(B)‖² is at most the smallest of the ‖A - gB‖²:
it is a
**lower bound** of the distance, and a pair whose bound reaches the limit needs no second look. ∎

Ours is made in four steps. Each shrinks, because an orthogonal projection does, and because | |x| - |y| | ≤ |x - y|:

*Thumbnail.* Only the low frequencies of the discrete cosine transform are kept, as a picture of 8 × 8. That is an
orthogonal projection. It may be done before or after a turn or a mirroring, which only change signs of cosines and
swap the axes.

*Turns.* Of the parts that `dupviz.search.symmetry` splits a picture into, a quarter turn leaves ``even`` as it is,
changes the sign of ``odd`` and turns the pair ``re, im`` by 90 degrees. So ``even``, \|odd\| and the lengths of the
pairs are invariant.

*Mirror* (with "dihedral"). Mirroring a picture exchanges these invariants, F, with those of its mirror image, G. So
(F + G) / 2 and \|F - G\| / 2 are invariant, and together they are as long as F and G together are on average.

*Axes.* The vectors are projected on the 64 directions in which a sample of them varies most (principal components).

Thumbnails are divided by the tensors' side, so that squared lengths are in the unit of the MSE.

Where the symmetry is given, the thumbnails bound the MSE themselves: ‖thumbnail(A) - g thumbnail(B)‖² ≤ ‖A - gB‖².
"""

import numpy as np

from dupviz.metrics import Floats, Pixels
from dupviz.search.symmetry import Dot, all_pairs, pair_by_pair, products, squared_norms

__all__ = [
    "distance_factors",
    "invariants",
    "principal_axes",
    "rounded_down",
    "rounded_up",
    "symmetry_bounds",
    "thumbnails",
]

THUMBNAIL_SIZE = 8  # 6: 1.4 times as many candidates; 10: as many, and 1.2 times as fast to check, but twice the memory
AXES = 64


def thumbnails(tensors: Pixels) -> Floats:
    """Shrink tensors to their low frequencies, in the unit of the root of the MSE.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)

    Returns
    -------
    ndarray of float32, shape (n, k, k, channels)
        k = min(8, size). Squared distances are at most the MSE, and thumbnails of turned tensors are turned thumbnails.
    """
    n, size, _, channels = tensors.shape
    smooth = _low_pass(size)
    k = len(smooth)
    along_rows = np.kron(smooth.T, np.eye(channels)).astype(np.float32)
    along_columns = (smooth / size).astype(np.float32)
    small = np.empty((n, k, k, channels), np.float32)
    step = max(1, 500_000 // (size * size * channels))  # 2 MB as float32, which stays in the cache
    for start in range(0, n, step):
        rows = tensors[start : start + step].astype(np.float32).reshape(-1, size * channels) @ along_rows
        columns = along_columns @ rows.reshape(-1, size, k * channels)
        small[start : start + step] = columns.reshape(-1, k, k, channels)
    return small


def invariants(parts: Floats, symmetries: str) -> Floats:
    """Vectors that all symmetries of a picture share, and whose distance is never larger than that of the pictures.

    Parameters
    ----------
    parts : ndarray of float32, shape (n, length)
        Pictures, split for these symmetries by `dupviz.search.symmetry.split`.
    symmetries : {"none", "rotations", "dihedral"}

    Returns
    -------
    ndarray of float32, shape (n, shorter length)
    """
    if symmetries == "none":
        return parts
    if symmetries == "rotations":
        return _turn_invariants(parts)
    f, g = map(_turn_invariants, np.split(parts, 2, axis=1))
    return np.concatenate([(f + g) / 2, np.abs(f - g) / 2], axis=1)


def principal_axes(sample: Floats) -> tuple[Floats, Floats]:
    """The mean of a sample of vectors, and the directions in which it varies most.

    Parameters
    ----------
    sample : ndarray of float32, shape (n, length)

    Returns
    -------
    mean : ndarray of float32, shape (length,)
    axes : ndarray of float32, shape (length, at most 64)
        Orthonormal columns.
    """
    mean = sample.mean(axis=0, dtype=np.float64)
    centred = sample - mean
    _, directions = np.linalg.eigh(centred.T @ centred)
    return mean.astype(np.float32), directions[:, ::-1][:, :AXES].astype(np.float32)


def symmetry_bounds(a: Floats, b: Floats, symmetries: str, dot: Dot) -> Floats:
    """Lower bounds of the MSE of thumbnails `a` with every symmetry of thumbnails `b`.

    Parameters
    ----------
    a, b : ndarray of float32, shapes (n, length) and (m, length)
        Thumbnails, split for these symmetries.
    symmetries : {"none", "rotations", "dihedral"}
    dot : {all_pairs, pair_by_pair}
        Which thumbnails of `a` meet which of `b`.

    Returns
    -------
    ndarray of float32
        Shape (number of symmetries, n, m) for all pairs, (number of symmetries, n) pair by pair.
    """
    norms_a, norms_b = (rounded_down(squared_norms(parts, symmetries), parts.shape[1]) for parts in (a, b))
    norms = np.add.outer(norms_a, norms_b) if dot is all_pairs else norms_a + norms_b
    return norms - 2 * np.array(products(a, b, symmetries, dot))


def distance_factors(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Two matrices whose product holds lower bounds of the squared distances of all vectors of `a` to all of `b`.

    Parameters
    ----------
    a, b : ndarray of float32, shapes (n, length) and (m, length)

    Returns
    -------
    ndarray of float32, shape (n, length + 2)
    ndarray of float32, shape (length + 2, m)
    """
    # (a, |a|², 1) · (-2b, 1, |b|²) has it in one product; to add the squared lengths later would take as long again.
    ones_a, ones_b = np.ones((len(a), 1), a.dtype), np.ones((len(b), 1), b.dtype)
    norms_a, norms_b = (rounded_down(pair_by_pair(each, each), each.shape[1])[:, None] for each in (a, b))
    return np.hstack([a, norms_a, ones_a]), np.hstack([-2 * b, ones_b, norms_b]).T


# Two roundings of float32 are made up for, so that no pair below a limit is ever discarded.


def rounded_up(limit: float) -> float:
    """A limit for bounds, to make up for vectors, and projections of them, off by up to 0.02 grey levels.

    The most measured is 0.001 for vectors; their projections on a line are off by at most 64 · 2⁻²⁴ · 442 < 0.002.
    """
    rounded: float = (np.sqrt(limit) + 0.04) ** 2
    return rounded


def rounded_down(norms: Floats, length: int) -> Floats:
    """Squared lengths, to make up for products in ‖a‖² + ‖b‖² - 2⟨a, b⟩.

    A sum of n products is off by at most n · 2⁻²⁴ ‖a‖‖b‖, so all of it by less than (n + 8) · 2⁻²³ (‖a‖² + ‖b‖²).
    """
    return norms * np.float32(1 - (length + 8) * 2**-23)


def _turn_invariants(parts: Floats) -> Floats:
    even, odd, re, im = np.split(parts, 4, axis=1)
    return np.concatenate([even, np.abs(odd), np.hypot(re, im) / np.sqrt(2, dtype=parts.dtype)], axis=1)


def _low_pass(size: int) -> Floats:
    """Orthonormal rows, shape (k, size): the k lowest cosines over `size` points, sampled at k points."""
    k = min(THUMBNAIL_SIZE, size)
    return _cosines(k).T @ _cosines(size)[:k]


def _cosines(size: int) -> Floats:
    """The cosine transform: orthonormal rows, from the constant to the finest. scipy.fft takes 0.1 s to be imported."""
    at = np.arange(size)
    waves: Floats = np.sqrt(2 / size) * np.cos((2 * at + 1) * at[:, None] * np.pi / (2 * size))
    waves[0] /= np.sqrt(2)
    return waves
