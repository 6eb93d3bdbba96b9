"""Images with identical tensors, found before the search: the first of them, their leader, stands for all.

Ten thousand blank pages are fifty million pairs of MSE 0, and each page has the same distance to every other image.
One of them is enough to search with.
"""

import hashlib
import zlib
from collections.abc import Iterator
from concurrent.futures import Executor

import numpy as np
import pandas as pd

from dupviz._parallel import in_order
from dupviz.metrics import Integers, Pixels

__all__ = [
    "checksums_of",
    "chunk_checksums",
    "chunk_digests",
    "find_leaders",
    "leaders_among",
    "members_between",
    "repeated",
    "rows_alike",
    "set_digest",
]

CHUNK = 1024  # tensors in one piece of work


def checksums_of(tensors: Pixels, executor: Executor | None = None) -> Integers:
    """The CRC-32 of each tensor: twice as fast as a digest, and almost never the same for different tensors.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    executor : concurrent.futures.Executor, optional

    Returns
    -------
    ndarray of uint32, shape (n,)
    """
    chunks = ((tensors[start : start + CHUNK],) for start in range(0, len(tensors), CHUNK))
    parts = in_order(executor, chunk_checksums, chunks) if executor else (chunk_checksums(*each) for each in chunks)
    return np.concatenate([np.zeros(0, np.uint32), *parts])


def find_leaders(tensors: Pixels, checksums: Integers, executor: Executor) -> Integers:
    """For each tensor, the number of the first one that is identical to it.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    checksums : ndarray of uint32, shape (n,)

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    alike = rows_alike(checksums)
    chunks = ((tensors[alike[start : start + CHUNK]],) for start in range(0, len(alike), CHUNK))
    digests = [digest for part in in_order(executor, chunk_digests, chunks) for digest in part]
    return leaders_among(len(tensors), alike, digests)


def rows_alike(checksums: Integers) -> Integers:
    """The rows that share their checksum with another: int64, increasing."""
    return np.flatnonzero(pd.Series(checksums).duplicated(keep=False))


def leaders_among(n: int, alike: Integers, digests: list[bytes]) -> Integers:
    """The leaders of n tensors of which only some, with these digests, may be identical: int64, shape (n,)."""
    codes, _ = pd.factorize(np.array(digests, dtype=object))
    _, first_place = np.unique(codes, return_index=True)
    leader = np.arange(n)
    leader[alike] = alike[first_place[codes]]
    return leader


def set_digest(tensors: Pixels, checksums: Integers) -> str:
    """A digest of a whole set of tensors, in their order.

    Parameters
    ----------
    tensors : ndarray of uint8, shape (n, size, size, channels)
    checksums : ndarray of uint32, shape (n,)
        Of each tensor.

    Returns
    -------
    str
        Hexadecimal.
    """
    return hashlib.sha256(repr(tensors.shape).encode() + checksums.tobytes()).hexdigest()


def members_between(
    a: Integers, b: Integers, members: Integers, start: Integers, count: Integers
) -> tuple[Integers, Integers, Integers]:
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
    pair, place = repeated(count[a] * count[b])
    i, j = np.divmod(place, count[b[pair]])
    return pair, members[start[a[pair]] + i], members[start[b[pair]] + j]


def repeated(counts: Integers) -> tuple[Integers, Integers]:
    """Number k, ``counts[k]`` times, and beside it 0, 1, … up to ``counts[k] - 1``."""
    numbers = np.repeat(np.arange(len(counts)), counts)
    return numbers, np.arange(len(numbers)) - (np.cumsum(counts) - counts)[numbers]


def chunk_checksums(tensors: Pixels) -> Integers:
    """CRC-32 of each tensor."""
    return np.array([zlib.crc32(content) for content in _contents(tensors)], np.uint32)


def chunk_digests(tensors: Pixels) -> list[bytes]:
    """SHA-256 of each tensor; no two different inputs with the same one are known."""
    return [hashlib.sha256(content).digest() for content in _contents(tensors)]


def _contents(tensors: Pixels) -> Iterator[memoryview]:
    """The bytes of each tensor."""
    return (tensor.data for tensor in np.ascontiguousarray(tensors))
