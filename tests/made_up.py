"""Pairs that no search has found, for tests of what follows from pairs."""

import numpy as np

from dupviz.identical import checksums_of, set_digest
from dupviz.pairs import Pairs


def made_up_pairs(images, a, b, mse, *, winners=1, max_mse=1000.0, leader=None):
    """Pairs of images; all count as different, whatever their tensors are, unless there are leaders."""
    a, b, mse = np.array(a, np.int64), np.array(b, np.int64), np.array(mse, np.float64)
    leader = np.arange(len(images)) if leader is None else leader
    winners = np.broadcast_to(np.uint8(winners), len(a))
    digest = set_digest(images.tensors, checksums_of(images.tensors))
    return Pairs(a, b, mse, winners, leader, max_mse, "rotations", digest)
