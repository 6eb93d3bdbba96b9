"""How long the search takes, how that grows, and how much memory it needs.

    python benchmarks/search.py                       # 1,000, 10,000 and 100,000 tensors
    python benchmarks/search.py --sizes 1000000       # one size of your own
    python benchmarks/search.py --profile 100000      # where the time goes

The tensors are made up: smooth random pictures with the spectrum of photos, one in twenty a turned and noisy copy.
Every search runs in a process of its own; beside it, up to 10,000 tensors, the same pairs by brute force: four matrix
products.
"""

import argparse
import cProfile
import json
import pstats
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import Future
from pathlib import Path
from statistics import median

import numpy as np
from scipy.fft import idct

from dupviz import find_pairs

BRUTE_FORCE_UP_TO = 10_000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, interleaved; the median counts")
    parser.add_argument("--max-mse", type=float, default=1000)
    parser.add_argument("--symmetries", default="rotations", choices=["none", "rotations", "dihedral"])
    parser.add_argument("--folder", help="where to keep the tensors; 7.5 GB for a million (default: temporary)")
    parser.add_argument("--profile", type=int, metavar="N", help="print a profile of one search of N tensors instead")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return print(json.dumps(measure(*options.one, options.max_mse, options.symmetries)))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(options.folder or temporary)
        if options.profile:
            return profile(tensor_file(folder, options.profile), options.max_mse, options.symmetries)
        compare(folder, options)


def compare(folder, options):
    print(f"max_mse {options.max_mse:g}, {options.symmetries}; medians of {options.repeat}")
    print(f"{'tensors':>9} {'pairs':>10} {'search':>9} {'brute force':>12} {'ratio':>7} {'growth':>7} {'memory':>8}")
    before = None
    for n in options.sizes:
        file = tensor_file(folder, n)
        methods = ["search", "brute force"] if n <= BRUTE_FORCE_UP_TO else ["search"]
        runs = {method: [] for method in methods}
        for _ in range(options.repeat):
            for method in methods:
                runs[method].append(in_own_process(method, file, options))
        pairs = {run["pairs"] for results in runs.values() for run in results}
        assert len(pairs) == 1, f"the methods disagree: {pairs}"
        seconds = {method: median(run["seconds"] for run in results) for method, results in runs.items()}
        brute = f"{seconds['brute force']:10.2f} s" if "brute force" in seconds else ""
        ratio = f"{seconds['brute force'] / seconds['search']:.0f} ×" if brute else ""
        growth = f"{seconds['search'] / before:.1f} ×" if before else ""
        before = seconds["search"]
        search = f"{seconds['search']:.2f} s"
        memory = f"{max(run['memory'] for run in runs['search']) / 1e6:.0f} MB"
        print(f"{n:9,} {pairs.pop():10,} {search:>9} {brute:>12} {ratio:>7} {growth:>7} {memory:>8}")


def in_own_process(method, file, options):
    command = [sys.executable, __file__, "--one", method, str(file), "--max-mse", str(options.max_mse)]
    command += ["--symmetries", options.symmetries]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def measure(method, file, max_mse, symmetries):
    tensors = np.load(file, mmap_mode="r")
    tensors[::64].sum()  # bring the file into the page cache
    search = {"search": find_pairs, "brute force": brute_force}[method]
    search(tensors[:50], max_mse=max_mse, symmetries=symmetries)  # imports and first calls
    with PeakMemory() as memory:
        start = time.perf_counter()
        pairs = len(search(tensors, max_mse=max_mse, symmetries=symmetries))
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "pairs": pairs, "memory": memory.peak}


def brute_force(tensors, *, max_mse, symmetries):
    """All pairs by matrix products, one for each symmetry, blocked so that it fits into memory."""
    mirrors = [tensors, tensors[:, :, ::-1]] if symmetries == "dihedral" else [tensors]
    turned = [np.rot90(t, turn, axes=(1, 2)) for t in mirrors for turn in range(1 if symmetries == "none" else 4)]
    turned = [t.reshape(len(tensors), -1).astype(np.float32) - 128 for t in turned]
    lengths = np.einsum("ij,ij->i", turned[0], turned[0])
    found = []
    for start in range(0, len(tensors), 1000):
        block = turned[0][start : start + 1000]
        product = block @ turned[0].T
        for other in turned[1:]:
            np.maximum(product, block @ other.T, out=product)
        sums = lengths[start : start + 1000, None] + lengths - 2 * product
        a, b = np.nonzero(sums < max_mse * tensors.shape[1] ** 2)
        found += zip(a[start + a < b] + start, b[start + a < b])
    return found


class PeakMemory:
    """Samples the memory of this process that no file backs: without the mapped tensors, that is."""

    def __enter__(self):
        self.peak, self._stop = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _watch(self):
        while not self._stop.wait(0.05):
            lines = Path("/proc/self/status").read_text().splitlines()
            anonymous = next(line for line in lines if line.startswith("RssAnon"))
            self.peak = max(self.peak, int(anonymous.split()[1]) * 1024)


class Inline:
    """An executor that does the work at once, so that a profile shows it."""

    def submit(self, function, *arguments):
        future = Future()
        future.set_result(function(*arguments))
        return future


def profile(file, max_mse, symmetries):
    tensors = np.load(file, mmap_mode="r")
    tensors[::64].sum()
    profiler = cProfile.Profile()
    profiler.runcall(find_pairs, tensors, max_mse=max_mse, symmetries=symmetries, workers=Inline())
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(20)


def tensor_file(folder, n):
    """A file of n tensors, made if it is not there."""
    file = folder / f"tensors-{n}.npy"
    if not file.exists():
        tensors = np.lib.format.open_memmap(folder / "unfinished.npy", "w+", np.uint8, (n, 50, 50, 3))
        rng = np.random.default_rng(n)
        for start in range(0, n, 1000):
            tensors[start : start + 1000] = made_up(rng, min(1000, n - start))
        (folder / "unfinished.npy").rename(file)
    return file


def made_up(rng, n):
    """Smooth random pictures: amplitudes of cosines fall with frequency, as in photos; some are copies of others."""
    k = 16
    frequency = np.hypot(*np.mgrid[:k, :k])[:, :, None] + 1
    amplitudes = 0.4 * rng.standard_normal((n, k, k, 3)) + rng.standard_normal((n, k, k, 1))
    amplitudes *= rng.uniform(1500, 5000, (n, 1, 1, 1)) / frequency**1.6
    amplitudes[:, 0, 0] = 6000 + 800 * rng.standard_normal((n, 3)) + 1900 * rng.standard_normal((n, 1))
    cosines = idct(np.eye(50), norm="ortho", axis=0)[:, :k].astype(np.float32)
    pictures = np.einsum("yi,nijc,xj->nyxc", cosines, amplitudes.astype(np.float32), cosines, optimize=True)
    pictures += rng.integers(-8, 9, (50, 50, 3))
    pictures = np.clip(pictures, 0, 255).astype(np.uint8)
    copies, sources = rng.permutation(n)[: n // 20 * 2].reshape(2, -1)
    noise = rng.integers(-10, 11, (len(copies), 50, 50, 3))
    noisy = np.clip(pictures[sources] + noise, 0, 255).astype(np.uint8)
    pictures[copies] = np.rot90(noisy, rng.integers(4), axes=(1, 2))
    return pictures


if __name__ == "__main__":
    main()
