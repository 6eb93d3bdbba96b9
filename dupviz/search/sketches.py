"""What the search knows of a tensor until it compares it exactly: its short vector, and its split thumbnail."""

from concurrent.futures import Executor

import numpy as np

from dupviz._parallel import in_order
from dupviz.metrics import Floats, Integers, Pixels
from dupviz.search.bounds import invariants, principal_axes, thumbnails
from dupviz.search.symmetry import split
from dupviz.search.verify import rows_of

__all__ = ["CHUNK", "find_axes", "sketch", "sketches"]

CHUNK = 1024  # tensors in one piece of work
SAMPLE = 2000  # tensors from which the principal axes are taken


def sketches(tensors: Pixels, rows: Integers, symmetries: str, executor: Executor) -> tuple[Floats, Floats]:
    """What the search knows of tensors until it compares them exactly.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    rows : ndarray of int64, shape (m,)
        Which of them; increasing.
    symmetries : {"none", "rotations", "dihedral"}

    Returns
    -------
    vectors : ndarray of float32, shape (m, at most 64)
        Their short vectors.
    parts : ndarray of float32, shape (m, length)
        Their thumbnails, split for the symmetries.
    """
    mean, axes = find_axes(tensors, rows, symmetries)
    chunks = (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
    tasks = ((rows_of(tensors, chunk), mean, axes, symmetries) for chunk in chunks)
    vectors, parts = zip(*in_order(executor, sketch, tasks), strict=True)
    return np.concatenate(vectors), np.concatenate(parts)


def find_axes(tensors: Pixels, rows: Integers, symmetries: str) -> tuple[Floats, Floats]:
    """The mean and the principal axes of a sample of these rows, see `principal_axes`."""
    sample = tensors[rows[:: -(-len(rows) // SAMPLE)]]
    return principal_axes(invariants(split(thumbnails(sample), symmetries), symmetries))


def sketch(tensors: Pixels, mean: Floats, axes: Floats, symmetries: str) -> tuple[Floats, Floats]:
    """The short vectors of a few tensors, and their split thumbnails."""
    parts = split(thumbnails(tensors), symmetries)
    return (invariants(parts, symmetries) - mean) @ axes, parts
