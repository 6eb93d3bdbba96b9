"""Steps on a Dask cluster: files that its workers make, each whole or not at all, and none of them twice.

A task is given paths and numbers, never pictures: what it reads and writes lies on storage that all machines share. So
a step that was broken off, or lost a worker, goes on with the files that are missing.
"""

import ctypes
import secrets
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from dupviz._parallel import on_one_thread

if TYPE_CHECKING:
    from distributed import Client

__all__ = ["check_client", "load_array", "made", "remove_parts", "save_arrays"]

# Of malloc.h, and how many bytes are kept, and from which size on arrays are none of the heap's.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
KEPT, LARGE = 1 << 30, 1 << 25

_one_header = threading.Lock()  # at a time: NumPy reads it by Python's parser, which fails in threads of Python 3.11


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
) -> Iterator[Path]:
    """Have files made that are not there yet, and yield each as soon as it is.

    Parameters
    ----------
    client : distributed.Client
    function : callable
        Makes one of them on a worker, by ``function(target, *arguments)``. It must not leave half of it.
    targets : dict of Path to tuple
        The files or folders, with their arguments: less than a kilobyte each.
    description : str
        For the progress bar.

    Raises
    ------
    distributed.KilledWorker
        If the same task has ended four workers, as for want of memory.
    Exception
        What the function raised. What has been made by then stays.
    """
    from distributed import as_completed

    missing = {path: arguments for path, arguments in targets.items() if not path.exists()}
    done = len(targets) - len(missing)
    with tqdm(total=len(targets), initial=done, desc=description, delay=1, leave=False, disable=not progress) as bar:
        yield from (path for path in targets if path not in missing)
        paths = {
            client.submit(run_task, function, path, *arguments, pure=False): path for path, arguments in missing.items()
        }
        try:
            for future in as_completed(list(paths)):
                future.result()
                bar.update()
                yield paths[future]
        finally:
            client.cancel(list(paths))


def run_task(function: Callable[..., None], target: Path, *arguments: Any) -> None:
    """Call a function on a worker, where it makes a file or folder."""
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


def save_arrays(target: Path, **arrays: NDArray[Any]) -> None:
    """Make a folder of arrays, each a file, for `load_array`."""
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        for name, array in arrays.items():
            np.save(temporary / f"{name}.npy", array)
        temporary.rename(target)
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
        if not target.exists():  # else another worker has made the same, as one that was taken for dead
            raise


def remove_parts(folder: Path) -> None:
    """Remove the files of finished steps, though a task that was cancelled may still write there."""
    aside = folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")
    folder.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)


def load_array(target: Path, name: str) -> NDArray[Any]:
    """One of the arrays that `save_arrays` has saved, memory-mapped, or another file of NumPy in a folder."""
    with _one_header:
        array: NDArray[Any] = np.load(target / f"{name}.npy", mmap_mode="r")
        return array
