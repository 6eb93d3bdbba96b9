"""Identical tensors, collapsed before the search and put back after it.

Ten thousand blank pages are fifty million pairs of MSE 0, and each page has the same distance to every other image.
One of them is enough to search with.
"""

import hashlib
import zlib

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dupviz.exact import Found
from dupviz.parallel import in_order
from dupviz.turns import INVERSES

__all__ = ["all_mses", "first_of_identical", "first_twins", "products", "with_identical"]

CHUNK = 1024  # tensors in one piece of work


def first_of_identical(tensors, executor):
    """For each tensor, the number of the first one that is identical to it.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    executor : concurrent.futures.Executor

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    chunks = ((tensors[start : start + CHUNK],) for start in range(0, len(tensors), CHUNK))
    checksums = np.concatenate(list(in_order(executor, sample_checksums, chunks)))
    alike = np.flatnonzero(pd.Series(checksums).duplicated(keep=False))
    chunks = ((tensors[alike[start : start + CHUNK]],) for start in range(0, len(alike), CHUNK))
    digests = [digest for part in in_order(executor, tensor_digests, chunks) for digest in part]
    codes, _ = pd.factorize(np.array(digests, dtype=object))
    _, first_place = np.unique(codes, return_index=True)
    first = np.arange(len(tensors))
    first[alike] = alike[first_place[codes]]
    return first


def sample_checksums(tensors):
    """A checksum of one value in 61 of each tensor: 10 times as fast as the digests of whole tensors.

    Returns
    -------
    ndarray of uint32, shape (n,)
        Equal for identical tensors, and hardly ever for others.
    """
    return np.array([zlib.crc32(sample) for sample in _contents(tensors.reshape(len(tensors), -1)[:, ::61])], np.uint32)


def tensor_digests(tensors):
    """SHA-256 of each tensor; no two different inputs with the same one are known."""
    return [hashlib.sha256(content).digest() for content in _contents(tensors)]


def _contents(arrays):
    """The bytes of each of several arrays of uint8."""
    content, length = arrays.tobytes(), arrays[0].size
    return (content[start : start + length] for start in range(0, len(content), length))


def with_identical(found, first, *, all_pairs):
    """Put the images back that were collapsed.

    Parameters
    ----------
    found : Found
        The pairs of distinct tensors, each under the number of its first image.
    first : ndarray of int64, shape (n,)
        For each image, the first one that is identical to it.
    all_pairs : bool
        Whether each image is paired for itself; otherwise the first of identical ones stands for the rest, and these
        are paired with it alone.

    Returns
    -------
    Found
        The pairs of images.
    """
    if not all_pairs:
        copies = np.flatnonzero(first != np.arange(len(first)))
        return Found.join([found, _of_equals(first[copies], copies)])

    # The images identical to image f, in order, are members[start[f] : start[f] + count[f]].
    members = np.argsort(first, kind="stable")
    count = np.bincount(first, minlength=len(first))
    start = np.cumsum(count) - count

    pair, a, b = products(found.a, found.b, members, start, count)
    winners = np.where(a < b, found.winners[pair], INVERSES[found.winners[pair]])
    between = Found(np.minimum(a, b), np.maximum(a, b), found.mse[pair], winners)

    behind = (start + count)[first[members]] - np.arange(len(members)) - 1
    position, place = _repeated(behind)
    return Found.join([between, _of_equals(members[position], members[position + 1 + place])])


def first_twins(pairs, n):
    """For each of n files, the first one whose tensor is identical.

    Parameters
    ----------
    pairs : DataFrame
        As `find_pairs` gives it, in either form of its `identical`.
    n : int

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    # Nothing but an identical tensor is at 0 without being turned, for on a tie the smallest turn wins.
    identical = pairs[(pairs["mse"] == 0) & (pairs["rotation"] == 0) & ~pairs["mirrored"]]
    ends = identical["a"].to_numpy(), identical["b"].to_numpy()
    _, component = connected_components(coo_array((np.ones(len(identical)), ends), shape=(n, n)), directed=False)
    _, first = np.unique(component, return_index=True)
    return first[component]


def all_mses(pairs, n):
    """The MSEs of all pairs of n images that are near enough, though a table may list some through the first twins.

    Parameters
    ----------
    pairs : DataFrame
        As `find_pairs` gives it, in either form of its `identical`.
    n : int

    Returns
    -------
    mse : ndarray of float64, shape (m,)
    number : ndarray of int64, shape (m,)
        How many pairs of images each of them stands for.
    """
    first = first_twins(pairs, n)
    copies = np.bincount(first, minlength=n)
    a, b = pairs["a"].to_numpy(), pairs["b"].to_numpy()
    standing = (first[a] == a) & (first[b] == b)
    between = (copies[a] * copies[b])[standing]
    twins = copies[copies > 1]
    mse = np.concatenate([np.zeros(len(twins)), pairs["mse"].to_numpy()[standing]])
    return mse, np.concatenate([twins * (twins - 1) // 2, between])


def products(a, b, members, start, count):
    """Every member of one set with every member of another, for many pairs of sets at once.

    Parameters
    ----------
    a, b : ndarray of int64, shape (n,)
        The sets of each pair.
    members, start, count : ndarray of int64
        The members of set f are ``members[start[f] : start[f] + count[f]]``.

    Returns
    -------
    pair, a, b : ndarray of int64
        For each pair of members, the pair of sets that it is from, and the two members.
    """
    pair, place = _repeated(count[a] * count[b])
    i, j = np.divmod(place, count[b[pair]])
    return pair, members[start[a[pair]] + i], members[start[b[pair]] + j]


def _of_equals(a, b):
    return Found(a, b, np.zeros(len(a)), np.ones(len(a), np.uint8))


def _repeated(counts):
    """Number k, ``counts[k]`` times, and beside it 0, 1, … up to ``counts[k] - 1``."""
    numbers = np.repeat(np.arange(len(counts)), counts)
    return numbers, np.arange(len(numbers)) - (np.cumsum(counts) - counts)[numbers]
