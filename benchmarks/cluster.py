"""The search on a Dask cluster of this machine, beside the same search in threads: time, and whether a kill matters.

For each size, both search the same file, in turn; then once more on the cluster, with one of its workers killed as soon
as it compares. All three tables must be equal.
"""

import argparse
import os
import pickle
import signal
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from distributed import Client, LocalCluster
from search import tensor_file

from dupviz import find_pairs, search_shards


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 200_000])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder for the tensors, which are made once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.keep) as temporary:
        print("| tensors | pairs | threads | cluster | ratio | with a worker killed | bytes a task |")
        print("|---|---|---|---|---|---|---|")
        for n in options.sizes:
            print(compare(n, Path(temporary), options), flush=True)


def compare(n, temporary, options):
    file = tensor_file(options.keep or temporary, n)
    images = temporary / f"images-{n}"
    images.mkdir()
    (images / "tensors.npy").symlink_to(file.absolute())
    to = temporary / "pairs.parquet"
    in_threads, on_cluster = [], []
    with cluster(options.workers) as client:
        largest = measure_tasks(client)
        for _ in range(options.repeats):
            seconds, expected = timed(find_pairs, np.load(file, mmap_mode="r"))
            in_threads.append(seconds)
            seconds, pairs = timed(search_shards, images, client, to=to)
            on_cluster.append(seconds)
            assert pairs.equals(expected)
    with cluster(options.workers) as client:
        killer = kill_a_worker(client, Path(f"{to}.parts"))
        killed, pairs = timed(search_shards, images, client, to=to)
        killer.join()
        assert pairs.equals(expected)
    ratio = statistics.median(b / a for a, b in zip(in_threads, on_cluster))
    times = f"{statistics.median(in_threads):.2f} s | {statistics.median(on_cluster):.2f} s | {ratio:.2f}"
    return f"| {n:,} | {len(pairs):,} | {times} | {killed:.2f} s | {max(largest)} |"


class cluster:
    """A client of a cluster on this machine, each worker a process of one thread."""

    def __init__(self, workers):
        self._cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0")

    def __enter__(self):
        self._client = Client(self._cluster)
        return self._client

    def __exit__(self, *_):
        self._client.close()
        self._cluster.close()


def timed(function, *arguments, **options):
    start = time.perf_counter()
    result = function(*arguments, **options)
    return time.perf_counter() - start, result


def measure_tasks(client):
    """A list that grows by the bytes of each task that is submitted."""
    sizes = []
    submit = client.submit

    def measured(function, *arguments, **options):
        sizes.append(len(pickle.dumps((function, arguments))))
        return submit(function, *arguments, **options)

    client.submit = measured
    return sizes


def kill_a_worker(client, parts):
    pid = next(iter(client.run(os.getpid).values()))

    def wait_and_kill():
        while not any(parts.glob("search-*/pairs-*")):
            time.sleep(0.01)
        os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=wait_and_kill)
    thread.start()
    return thread


if __name__ == "__main__":
    main()
