"""How fast images are read, and how much faster the second time.

    python benchmarks/load.py ~/Pictures        # your own
    python benchmarks/load.py --make 100000     # small JPEGs, made here
    python benchmarks/load.py --kill 20         # kill a scan again and again: what does the next one find?

bare decode    the same files, opened and converted to RGB by Pillow, in as many threads; nothing else is done with them
cold, warm     `load_images` with an empty store, and with what that one left in it
scan           the command `dupviz scan` as a whole, cold; in brackets the search in it

All in turn, repeated; medians, and ratios to the bare decode.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

import dupviz as dv
from dupviz.images import cache


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="?", help="folder of pictures")
    parser.add_argument("--make", type=int, default=10_000, metavar="N", help="without a folder: this many small JPEGs")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--kill", type=int, metavar="N", help="kill this many scans instead")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["DUPVIZ_CACHE_DIR"] = str(Path(temporary, "cache"))
        folder = options.photos or make_photos(Path(temporary, "photos"), options.make)
        (kill if options.kill else compare)(folder, options.kill or options.repeat)


def compare(folder, repeat):
    paths = (
        dv.load_images(folder, cache=False, progress=False).files["path"].tolist()
    )  # also brings the files into the page cache
    seconds = {"bare decode": [], "cold": [], "warm": [], "search": [], "scan": []}
    for _ in range(repeat):
        cache.clear()
        timed(seconds["bare decode"], bare_decode, paths)
        timed(seconds["cold"], dv.load_images, folder, progress=False)
        images = timed(seconds["warm"], dv.load_images, folder, progress=False)
        timed(seconds["search"], dv.find_pairs, images)
        cache.clear()
        command = [sys.executable, "-m", "dupviz", "scan", folder, "--quiet"]
        timed(seconds["scan"], subprocess.run, command, check=True)
    seconds = {what: median(times) for what, times in seconds.items()}
    print(f"{len(paths):,} images, {os.cpu_count()} processors; medians of {repeat}")
    for what in ("bare decode", "cold", "warm", "scan"):
        search = f"  (search {seconds['search']:.2f} s)" if what == "scan" else ""
        print(f"{what:12} {seconds[what]:8.2f} s {seconds[what] / seconds['bare decode']:7.2f} ×{search}")


def timed(times, function, *arguments, **options):
    start = time.perf_counter()
    result = function(*arguments, **options)
    times.append(time.perf_counter() - start)
    return result


def bare_decode(paths):
    def decode(chunk):
        for path in chunk:
            with Image.open(path) as image:
                image.convert("RGB")

    with ThreadPoolExecutor(os.cpu_count()) as executor:
        list(executor.map(decode, (paths[start : start + 16] for start in range(0, len(paths), 16))))


def kill(folder, rounds):
    fresh = dv.load_images(folder, cache=False, progress=False)
    for number in range(rounds):
        cache.clear()
        process = subprocess.Popen([sys.executable, "-m", "dupviz", "scan", folder, "--quiet"])
        time.sleep(random.uniform(0.8, 5))
        process.send_signal(signal.SIGKILL)
        finished = process.wait() == 0
        stored = cache.contents()[0]
        images = dv.load_images(folder, progress=False)
        assert np.array_equal(images.tensors, fresh.tensors)
        assert images.files.equals(fresh.files)
        assert cache.contents()[0] == len(fresh)
        what = "finished" if finished else "killed"
        print(f"{number + 1:3}: {what} with {stored:,} of {len(fresh):,} stored; the next scan was right")


def make_photos(folder, n):
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(n):
        picture = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize((160, 120))
        picture.save(folder / f"{number:07}.jpg", quality=85)
    return str(folder)


if __name__ == "__main__":
    main()
