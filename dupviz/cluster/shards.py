"""Folders → an image set on the disk, read by the machines of a cluster, shard by shard."""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import numpy as np
import pandas as pd

from dupviz._disk.paths import Paths, existing_paths
from dupviz._disk.status import FileStatus
from dupviz.cluster.parts import held, making, remove
from dupviz.cluster.tasks import check_client, made
from dupviz.images.decode import LOADER
from dupviz.images.imageset import ImageSet, listing_of, open_images, write_tables
from dupviz.images.load import errors_table, read_files
from dupviz.images.options import FolderOptions, checked, spelled_out
from dupviz.images.place import FORMAT, check_place, recovered, saving
from dupviz.images.walk import list_files

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["load_shards"]

SHARD, SET = re.compile(r"\.*[0-9a-f]{32}"), "set"  # what is a shard's, and where its images are
FILES = 1000  # in a shard: 7.5 MB of tensors, some seconds of reading


@spelled_out
def load_shards(
    paths: Paths,
    client: "Client",
    to: str | os.PathLike[str],
    *,
    progress: bool = True,
    **options: Unpack[FolderOptions],
) -> ImageSet:
    """Read folders of images on a Dask cluster, as tensors on the disk.

    Each worker reads a thousand files at a time, and writes them as a shard, a small image set of its own, which
    appears whole or not at all. When all are there, they are joined. So an interrupted run continues where it was, and
    a finished one is opened: a shard is read again only if it is damaged, or one of its files, or an option, has
    changed.

    Parameters
    ----------
    paths : str, Path, or iterable of them
        Folders and files, on storage that all machines reach by the same paths.
    client : distributed.Client
        Of a cluster whose machines have dupviz installed. Each task takes one thread of a worker.
    to : str or Path
        The folder for the image set, on such storage too. The shards are in a folder beside it, named
        ``.shards`` after it, until they are joined; for that time there must be room for the tensors twice.
    progress : bool
        Whether to show progress bars.
    recursive, size, exclude, include_hidden, min_size, max_pixels
        See `load_images`.

    Returns
    -------
    ImageSet
        What `load_images` gives; its tensors are a read-only `numpy.memmap` of 7.5 kB for each image.

    Raises
    ------
    BlockingIOError
        If another client is at work with the same folder, wherever it runs.
    distributed.KilledWorker
        If a shard has ended four workers. The others stay, for the next run.
    FileExistsError
        If there is anything at `to` but an image set.
    FileNotFoundError
        If one of `paths` does not exist.
    ImportError
        If the extra ``distributed`` is missing.
    OSError
        If something cannot be written.
    TypeError, ValueError
        If another argument is not one of those named here.

    Examples
    --------
    >>> from distributed import Client  # doctest: +SKIP
    >>> client = Client("tcp://scheduler:8786")  # doctest: +SKIP
    >>> images = dv.load_shards("/shared/photos", client, to="/shared/photos.set")  # doctest: +SKIP
    """
    reading = checked(**options)
    check_client(client)
    to = Path(to).absolute()
    files, hard_links, errors = list_files(
        sorted({str(Path(path).absolute()) for path in existing_paths(paths)}), reading
    )
    lists = [_as_list(chunk, hard_links, reading) for chunk in _chunks(list(files))]
    digests = [hashlib.sha256(content).hexdigest()[:32] for content in lists]
    listing = hashlib.sha256("\n".join([*digests, repr(sorted(errors))]).encode("utf-8", "surrogatepass")).hexdigest()
    if listing_of(recovered(to)) == listing:
        return open_images(to)
    check_place(to)
    folder = to.with_name(f"{to.name}.shards")
    shards = {folder / digest: content for digest, content in zip(digests, lists)}
    with held(folder):
        for shard, content in shards.items():
            shard.with_suffix(".json").write_bytes(content)
        list(made(client, read_shard, dict.fromkeys(shards, ()), description="reading", progress=progress))
        nothing = read_files({}, {}, errors, reading, workers=1, cache=False, progress=False)
        with saving(to) as new:
            _join([nothing, *(open_images(shard / SET) for shard in shards)], new, listing)
        for each in folder.iterdir():
            if SHARD.match(each.name):
                remove(each)
    return open_images(to)


def read_shard(shard: Path) -> None:
    """Read the files of one shard, on a worker."""
    content = json.loads(shard.with_suffix(".json").read_bytes())
    files = {path: path for path, *_ in content["files"]}
    links = dict(content["links"])
    images = read_files(files, links, [], content["options"], workers=1, cache=False, progress=False)
    with making(shard) as folder:
        images.save(folder / SET)


def _chunks(paths: list[str]) -> Iterable[list[str]]:
    return (paths[start : start + FILES] for start in range(0, len(paths), FILES))


def _as_list(paths: list[str], hard_links: dict[str, list[str]], options: FolderOptions) -> bytes:
    """What a shard is made of, so that whatever changes it changes its digest."""
    links = [(path, hard_links[path]) for path in paths if path in hard_links]
    files = [(path, *_state(path)) for path in paths]
    reading = {name: options[name] for name in ("size", "min_size", "max_pixels")}  # the others choose the files
    return json.dumps({"loader": f"{LOADER}, {FORMAT}", "options": reading, "files": files, "links": links}).encode()


def _state(path: str) -> tuple[int, ...]:
    try:
        return FileStatus.of(os.stat(path))
    except OSError:  # read_files says why
        return ()


def _join(shards: list[ImageSet], folder: Path, listing: str) -> None:
    """Write all of these as one set."""
    files = pd.concat([shard.files for shard in shards if len(shard)] or [shards[0].files], ignore_index=True)
    errors = pd.concat([shard.errors for shard in shards], ignore_index=True)
    rows = errors_table(list(errors.itertuples(index=False, name=None)))
    write_tables(folder, files, rows, sum(shard.other_files for shard in shards), listing=listing)
    shape = (len(files), *shards[0].tensors.shape[1:])
    with (folder / "tensors.npy").open("wb") as file:
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for shard in shards:
            shard.tensors.tofile(file)
        file.flush()
        os.fsync(file.fileno())
