"""How long the threshold explorer takes to be built, and to follow its slider.

    python benchmarks/explorer.py                            # 100,000 images with a million pairs
    python benchmarks/explorer.py --images 5000 --pairs 20000

Images and pairs are made up: nothing is read or searched. Clusters of every size hold them, as in real folders. What is
measured is the Python of each move, in this process; what the browser takes to show it comes on top.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from dupviz import Candidates, Duplicates, ImageSet, Pairs, find_duplicates, group_duplicates
from dupviz.search.identical import checksums_of, set_digest
from dupviz.widgets import ThresholdExplorer

MOVES = 200


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    duplicates = made_up(options.images, options.pairs, rng)
    with tempfile.TemporaryDirectory() as folder:
        ThresholdExplorer(find_duplicates([], progress=False), labels=Path(folder, "warm"))  # imports
        start = time.perf_counter()
        explorer = ThresholdExplorer(duplicates, labels=Path(folder, "labels"))
        building = time.perf_counter() - start
        moves = []
        for threshold in 10 ** rng.uniform(0, 3, MOVES):
            start = time.perf_counter()
            explorer.threshold = threshold
            moves.append(time.perf_counter() - start)
    print(f"{options.images:,} images, {len(duplicates.near):,} pairs: built in {building:.2f} s")
    middle, most = 1000 * np.percentile(moves, [50, 95])
    print(f"{MOVES} moves of the slider: median {middle:.0f} ms, 95th percentile {most:.0f} ms")


def made_up(n, number, rng):
    """A search with about so many pairs, among images in clusters whose sizes differ widely."""
    ends = []
    found = start = 0
    while found < number and start < n - 1:
        size = min(2 + int(rng.pareto(1.0)), 300, n - start)
        a, b = np.triu_indices(size, 1)
        ends.append(np.column_stack([a, b]) + start)
        found, start = found + len(a), start + size
    places = np.sort(rng.permutation(n)[:start])  # clusters of neighbours, spread over all images
    a, b = places[np.concatenate(ends)[:number]].T
    order = np.lexsort((b, a))
    mse, winners = 10 ** rng.uniform(-1, 3, len(a)), rng.choice(np.array([1, 2, 4, 8], np.uint8), len(a))
    files = pd.DataFrame({"path": [f"/photos/{i:06}.jpg" for i in range(n)], "bytes": rng.integers(10**5, 10**7, n)})
    files = files.assign(
        width=4000, height=3000, modified=pd.Timestamp(0, tz="UTC"), contrast=50.0, flat=rng.random(n) < 0.01
    )
    tensors = rng.integers(0, 256, (n, 50, 50, 3), dtype=np.uint8)
    images = ImageSet(tensors, files, pd.DataFrame(columns=["path", "reason"]))
    digest = set_digest(tensors, checksums_of(tensors))
    near = Pairs(a[order], b[order], mse, winners, np.arange(n), 1000.0, "rotations", digest)
    groups = group_duplicates(images, near, look="mse", keep="largest_file")
    return Duplicates(images, Candidates.join(images, near, {}), groups, 200.0, "largest_file", ())


if __name__ == "__main__":
    main()
