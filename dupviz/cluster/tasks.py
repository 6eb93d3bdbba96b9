"""Steps on a Dask cluster: parts that its workers make, each whole or not at all, and none of them twice.

A task is given paths and numbers, never pictures: what it reads and writes lies on storage that all machines share. So
a step that was broken off, or lost a worker, goes on with the parts that are missing or damaged.
"""

import ctypes
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm.auto import tqdm

from dupviz._parallel import on_one_thread
from dupviz.cluster.parts import is_whole, remove

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["check_client", "made"]

# Of malloc.h, and how many bytes are kept, and from which size on arrays are none of the heap's.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT, LARGE = 1 << 30, 1 << 25


def check_client(client: Any) -> None:
    """Refuse what cannot be given work.

    Raises
    ------
    ImportError
        If the extra ``distributed`` is missing.
    TypeError
        If it is no client of a cluster.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ImportError('to work on a cluster: pip install "dupviz[distributed]"') from None
    if not isinstance(client, Client):
        raise TypeError(f"client must be a distributed.Client, got {client!r}")


def made(
    client: "Client",
    function: Callable[..., None],
    targets: Mapping[Path, tuple[Any, ...]],
    *,
    description: str,
    progress: bool,
    before: Callable[[], None] = lambda: None,
) -> Iterator[Path]:
    """Have parts made that are not there yet, or damaged, and yield each as soon as it is whole.

    Parameters
    ----------
    client : distributed.Client
    function : callable
        Makes one of them on a worker, by ``function(target, *arguments)``, see `dupviz.cluster.parts.making`.
    targets : dict of Path to tuple
        The folders, with their arguments: less than a kilobyte each.
    description : str
        For the progress bar.
    before : callable
        Called before the first is made, if any has to be.

    Raises
    ------
    distributed.KilledWorker
        If the same task has ended four workers, as for want of memory.
    Exception
        What the function raised. What has been made by then stays.
    """
    there = {path: (path,) for path in targets if path.exists()}
    whole = {path for path, is_sound in _done(client, is_whole, there) if is_sound}
    missing = {path: (function, path, *arguments) for path, arguments in targets.items() if path not in whole}
    if missing:
        before()
    with tqdm(
        total=len(targets), initial=len(whole), desc=description, delay=1, leave=False, disable=not progress
    ) as bar:
        yield from whole
        for path, _ in _done(client, run_task, missing):
            bar.update()
            yield path


def _done(
    client: "Client", function: Callable[..., Any], tasks: Mapping[Path, tuple[Any, ...]]
) -> Iterator[tuple[Path, Any]]:
    """What a function gives on the workers, for one task after another, as they are done."""
    from distributed import as_completed

    paths = {client.submit(function, *task, pure=False): path for path, task in tasks.items()}
    try:
        for future in as_completed(list(paths)):
            yield paths[future], future.result()
    finally:
        client.cancel(list(paths))


def run_task(function: Callable[..., None], target: Path, *arguments: Any) -> None:
    """Call a function on a worker, where it makes a part; one that is damaged gives way."""
    if target.exists() and not is_whole(target):
        remove(target)
    with keeping_freed_memory():
        on_one_thread(function, target, *arguments)


@contextmanager
def keeping_freed_memory() -> Iterator[None]:
    """Keep what a task frees until it ends, since it asks for as much again at once.

    Dask sets the C library of its workers to give each large array back, which takes a third of the time of a search.
    Elsewhere than with glibc nothing is changed.
    """
    library = ctypes.CDLL(None) if sys.platform == "linux" else None
    if library is None or not hasattr(library, "mallopt"):
        yield
        return
    library.mallopt(M_TRIM_THRESHOLD, KEPT)
    library.mallopt(M_MMAP_THRESHOLD, LARGE)
    try:
        yield
    finally:
        library.malloc_trim(0)
