"""The search of `dupviz.search.find` on a cluster: its steps, with files between them in place of memory.

1. `sum_piece`: checksums of a piece of the tensors; `digest_piece`: digests of those whose checksums are not their
   own, from which the client finds identical ones.
2. `sketch_piece`: the short vectors and thumbnails of a piece, sorted by leaf. Which leaf a vector is in, a tree says
   that the client has split from a sample: any tree will do, since bounds alone decide what is skipped.
3. `gather_leaf`: a leaf from all pieces; and `reach_of_leaf`, how far it extends towards the others.
4. `meet`: a leaf with leaves that are near enough, down to exact distances.

Each step reads what the one before it has made, so that if a part of one has to be made again, so have those of all
later ones. The tensors are read from their file wherever they are needed, and a gigabyte of memory a thread is enough.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dupviz._disk.status import FileStatus
from dupviz._disk.write import check_parquet, write_parquet
from dupviz.cluster.parts import HELD, held, is_whole, load_array, remove, save_arrays
from dupviz.cluster.tasks import check_client, made
from dupviz.search.find import check_search
from dupviz.search.identical import chunk_checksums, chunk_digests, leaders_among, rows_alike, set_digest
from dupviz.search.leaves import LEAF, LEAVES, Leaf, NearPairs, near_leaves, near_pairs, reach
from dupviz.search.pairs import MAX_PAIRS, Pairs, PairTable, TooManyPairsError, check_stack
from dupviz.search.sketches import CHUNK, find_axes, sketch
from dupviz.search.verify import Found, exact_pairs, exact_tasks, rows_of

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["search_shards"]

FORMAT = "dupviz search 2"
STEPS = ["checksums", "alike", "digests", "model", "sketch", "leaf", "centres", "reach", "pairs"]
SEARCH = re.compile(r"\.*search-[0-9a-f]{32}(-[0-9a-f]{8})*")  # the folder of a search, or what is left of one

PIECE, MOST_PIECES = 16_384, 512  # tensors in a piece, 123 MB, or more where that would be too many pieces
SAMPLE = 64  # vectors a leaf, from which the tree is split
OTHERS = 64  # leaves that one leaf meets in a task: some seconds


def search_shards(
    folder: str | os.PathLike[str],
    client: "Client",
    to: str | os.PathLike[str],
    *,
    max_mse: float = 1000.0,
    symmetries: str = "rotations",
    max_pairs: int = MAX_PAIRS,
    progress: bool = True,
) -> PairTable:
    """Every pair of images whose distance is below a limit, found on a Dask cluster: what `find_pairs` lists.

    Parameters
    ----------
    folder : str or Path
        Of a saved image set, as `load_shards` makes one, where all machines reach it.
    client : distributed.Client
    to : str or Path
        Where to write the table, as Parquet. Beside it, the folder ``.parts`` holds what has been found so far: called
        again, an interrupted search continues where it was. Damaged parts are searched again.
    max_mse, symmetries, max_pairs, progress
        See `find_pairs`.

    Returns
    -------
    PairTable
        See `find_pairs`.

    Raises
    ------
    BlockingIOError
        If another client is at work with the same name, wherever it runs.
    distributed.KilledWorker
        If a task has ended four workers, as for want of memory.
    FileExistsError
        If there is anything else at `to` or beside it.
    FileNotFoundError
        If there is no image set in the folder.
    ImportError
        If the extra ``distributed`` is missing.
    OSError
        If something cannot be written.
    TooManyPairsError, TypeError, ValueError
        See `find_pairs`.

    Examples
    --------
    >>> from distributed import Client  # doctest: +SKIP
    >>> client = Client("tcp://scheduler:8786")  # doctest: +SKIP
    >>> pairs = dv.search_shards("/shared/photos.set", client, to="/shared/pairs.parquet")  # doctest: +SKIP
    """
    check_search(max_mse, symmetries)
    check_client(client)
    check_parquet(to)
    if not isinstance(folder, str | os.PathLike):
        raise TypeError(f"folder must be that of a saved image set, got {type(folder).__name__}: load_shards makes one")
    parts = Path(f"{os.fsdecode(to)}.parts").absolute()
    _refuse_strangers(parts)
    images = Path(folder).absolute()
    job = Job(images, parts / _name(images, float(max_mse), symmetries), float(max_mse), symmetries)
    with held(parts):
        job.open()
        table = _search(job, client, max_pairs, progress).table(max_pairs=max_pairs)
        write_parquet(table, to)
        remove(job.folder)
    return table


def _name(images: Path, max_mse: float, symmetries: str) -> str:
    """The name of the folder for all that one search makes, and no other: tasks of another may still be at work."""
    file = images / "tensors.npy"
    try:
        status = FileStatus.of(file.stat())
    except FileNotFoundError:
        raise FileNotFoundError(f"no saved image set in {images}: dupviz.load_shards makes one") from None
    sizes = PIECE, MOST_PIECES, SAMPLE, OTHERS, LEAF
    facts = repr((FORMAT, os.fspath(file), *status, max_mse, symmetries, *sizes))
    return f"search-{hashlib.sha256(facts.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _refuse_strangers(parts: Path) -> None:
    if parts.exists() and not all(each.name == HELD or SEARCH.fullmatch(each.name) for each in parts.iterdir()):
        raise FileExistsError(f"{parts} is there already and is no search that was broken off")


def _search(job: "Job", client: "Client", max_pairs: int, progress: bool) -> Pairs:
    """The search itself, which leaves the files between its steps behind."""
    tensors = check_stack(job.tensors())

    def step(function: Callable[..., None], name: str, tasks: list[tuple[Any, ...]]) -> Iterator[Path]:
        targets = {job.at(name, number): (job, *task) for number, task in enumerate(tasks)}
        before = partial(job.forget_after, name)
        return made(client, function, targets, description=name, progress=progress, before=before)

    summed = sorted(step(sum_piece, "checksums", _pieces(len(tensors))))
    checksums = np.concatenate([np.zeros(0, np.uint32), *(load_array(piece, "checksums") for piece in summed)])
    alike = rows_alike(checksums)
    if job.lacks("alike"):
        save_arrays(job.alike, rows=alike)
    digested = sorted(step(digest_piece, "digests", _pieces(len(alike))))
    digests = [digest.tobytes() for piece in digested for digest in load_array(piece, "digests")]
    leader = leaders_among(len(tensors), alike, digests)
    distinct = np.unique(leader)
    found = [Found.join([])]
    if len(distinct) > 1 and job.max_mse > 0:
        if job.lacks("model"):
            _save_model(job, tensors, distinct)
        sketched = sorted(step(sketch_piece, "sketch", _pieces(len(distinct))))
        used = np.flatnonzero(sum(np.diff(load_array(piece, "ends")) for piece in sketched))
        leaves = sorted(step(gather_leaf, "leaf", [(len(sketched), int(leaf)) for leaf in used]))
        centres = np.array([load_array(leaf, "centre") for leaf in leaves])
        if job.lacks("centres"):
            save_arrays(job.centres, centres=centres)
        reached = sorted(step(reach_of_leaf, "reach", [(number,) for number in range(len(leaves))]))
        reaches = np.array([load_array(leaf, "reach") for leaf in reached])
        meetings = [(max_pairs, *meeting) for meeting in _meetings(centres, reaches, job.max_mse)]
        count = 0
        for part in step(meet, "pairs", meetings):
            found.append(Found(*(load_array(part, name) for name in Found._fields)))
            count += len(found[-1].a)
            if count > max_pairs:
                raise TooManyPairsError(max_pairs, job.max_mse)
    return Pairs.from_found(Found.join(found), leader, job.max_mse, job.symmetries, set_digest(tensors, checksums))


class Job(NamedTuple):
    """A search, as its tasks are told of it.

    Attributes
    ----------
    images : Path
        The image set.
    folder : Path
        Of the files between the steps.
    max_mse : float
    symmetries : {"none", "rotations", "dihedral"}
    """

    images: Path
    folder: Path
    max_mse: float
    symmetries: str

    @property
    def alike(self) -> Path:
        """Rows of the tensors that share their checksum."""
        return self.folder / "alike"

    @property
    def model(self) -> Path:
        """Axes of short vectors, the tree of the leaves, and the rows of the first of all identical tensors."""
        return self.folder / "model"

    @property
    def centres(self) -> Path:
        """Centres of all leaves that are not empty."""
        return self.folder / "centres"

    def tensors(self) -> NDArray[np.uint8]:
        """All tensors, memory-mapped."""
        return load_array(self.images, "tensors")

    def at(self, step: str, number: int) -> Path:
        """What a step makes: a folder for each task."""
        return self.folder / f"{step}-{number:07}"

    def open(self) -> None:
        """Make the folder, or take up that of the same search; those of others go."""
        for other in self.folder.parent.iterdir():
            if other.name not in (HELD, self.folder.name):
                remove(other)
        self.folder.mkdir(exist_ok=True)

    def lacks(self, step: str) -> bool:
        """Whether the one part of a step has to be made, after which all later ones have."""
        part = self.folder / step
        if is_whole(part):
            return False
        self.forget_after(step)
        remove(part)
        return True

    def forget_after(self, step: str) -> None:
        """Remove the parts of all steps after one, which are made of its own."""
        later = set(STEPS[STEPS.index(step) + 1 :])
        for part in self.folder.iterdir():
            if part.name.split("-")[0] in later:
                remove(part)


def sum_piece(target: Path, job: Job, start: int, stop: int) -> None:
    """Checksums of some tensors."""
    save_arrays(target, checksums=chunk_checksums(job.tensors()[start:stop]))


def digest_piece(target: Path, job: Job, start: int, stop: int) -> None:
    """Digests of some of the tensors that may be identical to others."""
    tensors = job.tensors()
    digests = [digest for row in load_array(job.alike, "rows")[start:stop] for digest in chunk_digests(tensors[[row]])]
    save_arrays(target, digests=np.array([np.frombuffer(digest, np.uint8) for digest in digests]))


def sketch_piece(target: Path, job: Job, start: int, stop: int) -> None:
    """Short vectors and thumbnails of some of the tensors that stand for themselves, sorted by leaf."""
    tensors, mean, axes = job.tensors(), load_array(job.model, "mean"), load_array(job.model, "axes")
    tree = load_array(job.model, "tree")
    rows = load_array(job.model, "rows")[start:stop]
    blocks = (rows[each : each + CHUNK] for each in range(0, len(rows), CHUNK))
    sketches = (sketch(rows_of(tensors, block), mean, axes, job.symmetries) for block in blocks)
    vectors, parts = map(np.concatenate, zip(*sketches))
    leaf = _leaf_of(vectors, tree)
    order = np.argsort(leaf, kind="stable")
    ends = np.searchsorted(leaf[order], np.arange(tree["leaf"].max() + 2))
    save_arrays(target, rows=rows[order], vectors=vectors[order], parts=parts[order], ends=ends)


def gather_leaf(target: Path, job: Job, pieces: int, leaf: int) -> None:
    """One leaf, from all pieces."""
    collected: dict[str, list[NDArray[Any]]] = {"rows": [], "vectors": [], "parts": []}
    for piece in (job.at("sketch", number) for number in range(pieces)):
        start, stop = load_array(piece, "ends")[leaf : leaf + 2]
        if start < stop:
            for name, arrays in collected.items():
                arrays.append(load_array(piece, name)[start:stop])
    rows, vectors, parts = map(np.concatenate, collected.values())
    save_arrays(target, rows=rows, vectors=vectors, centre=vectors.mean(axis=0), parts=parts)


def reach_of_leaf(target: Path, job: Job, leaf: int) -> None:
    """How far a leaf extends towards the others."""
    vectors, centre = (load_array(job.at("leaf", leaf), name) for name in ("vectors", "centre"))
    save_arrays(target, reach=reach(vectors, centre, load_array(job.centres, "centres")))


def meet(target: Path, job: Job, max_pairs: int, number: int, others: tuple[int, ...]) -> None:
    """The pairs of a leaf with others, itself among them or not; none are saved if they are more than `max_pairs`."""
    leaf = _load_leaf(job.at("leaf", number))
    near = _near(job, leaf, others)
    found, count = [Found.join([])], 0
    for task in exact_tasks(near, job.tensors(), job.max_mse, job.symmetries):
        found.append(exact_pairs(*task))
        count += len(found[-1].a)
        if count > max_pairs:
            raise TooManyPairsError(max_pairs, job.max_mse)
    save_arrays(target, **Found.join(found)._asdict())


def _near(job: Job, leaf: Leaf, others: tuple[int, ...]) -> Iterator[NearPairs]:
    for start in range(0, len(others), LEAVES):
        few = [_load_leaf(job.at("leaf", other)) for other in others[start : start + LEAVES]]
        yield near_pairs(leaf, few, job.max_mse, job.symmetries)


def _load_leaf(target: Path) -> Leaf:
    return Leaf(*(np.asarray(load_array(target, name)) for name in Leaf._fields))


def _pieces(n: int) -> list[tuple[int, int]]:
    step = max(PIECE, -(-n // MOST_PIECES))
    return [(start, min(start + step, n)) for start in range(0, n, step)]


def _save_model(job: Job, tensors: NDArray[np.uint8], distinct: NDArray[np.integer[Any]]) -> None:
    """What all tasks need to know of all tensors."""
    mean, axes = find_axes(tensors, distinct, job.symmetries)
    leaves = -(-len(distinct) // LEAF)
    sample = distinct[:: max(1, len(distinct) // (SAMPLE * leaves))]
    blocks = (sample[start : start + CHUNK] for start in range(0, len(sample), CHUNK))
    vectors = np.concatenate([sketch(rows_of(tensors, block), mean, axes, job.symmetries)[0] for block in blocks])
    save_arrays(job.model, rows=distinct, mean=mean, axes=axes, tree=_tree(vectors, leaves))


def _tree(vectors: NDArray[np.floating[Any]], leaves: int) -> NDArray[np.void]:
    """Median splits of a sample, until there are so many leaves, or more: an array of nodes, the root first.

    Returns
    -------
    ndarray, shape (number of nodes,)
        Of each node, `leaf`, its number or -1; and if it is none, the `axis` and the value `cut` below which a vector
        goes to the node `low`, or else to `high`.
    """
    fields = [("axis", np.int32), ("cut", np.float32), ("low", np.int32), ("high", np.int32), ("leaf", np.int32)]
    nodes: list[tuple[int, float, int, int, int]] = [(0, 0, 0, 0, 0)]
    unsplit, leaf = [(0, np.arange(len(vectors)))], 0
    while unsplit:
        node, members = unsplit.pop()
        axis = int(vectors[members].var(axis=0).argmax())
        cut = np.median(vectors[members, axis])
        is_low = vectors[members, axis] < cut
        if len(members) * leaves > len(vectors) and is_low.any() and not is_low.all():
            low, high = len(nodes), len(nodes) + 1
            nodes[node] = (axis, cut, low, high, -1)
            nodes += [(0, 0, 0, 0, 0)] * 2
            unsplit += [(high, members[~is_low]), (low, members[is_low])]
        else:
            nodes[node] = (0, 0, 0, 0, leaf)
            leaf += 1
    return np.array(nodes, dtype=fields)


def _leaf_of(vectors: NDArray[np.floating[Any]], tree: NDArray[np.void]) -> NDArray[np.integer[Any]]:
    """In which leaf each vector is: ndarray of int32, shape (n,)."""
    node = np.zeros(len(vectors), np.int32)
    while len(inner := np.flatnonzero(tree["leaf"][node] < 0)):
        at = tree[node[inner]]
        node[inner] = np.where(vectors[inner, at["axis"]] < at["cut"], at["low"], at["high"])
    return tree["leaf"][node]


def _meetings(
    centres: NDArray[np.floating[Any]], reaches: NDArray[np.floating[Any]], max_mse: float
) -> list[tuple[int, tuple[int, ...]]]:
    """Each leaf with itself and the later leaves that are near enough, a few at a time."""
    meetings = []
    for number, near in enumerate(near_leaves(centres, reaches, max_mse)):
        others = (number, *map(int, near))
        meetings += [(number, others[start : start + OTHERS]) for start in range(0, len(others), OTHERS)]
    return meetings
