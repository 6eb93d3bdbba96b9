"""What more processors give: reading, looks, the search and all of it, with 1, 2, 4 … workers.

    python benchmarks/cores.py                  # on photos of the sample, changed so that no two are alike
    python benchmarks/cores.py ~/Pictures       # on parts of your own

Of each, files, pairs or tensors a second, and how many times as many as with one worker; medians of runs in turn, each
without a store. `held` is the share of time in which another thread of the program that calls had to wait for the
interpreter's lock: a thread that wants to wake up every 5 ms notes how late it is. On a busy machine that says little.
"""

import argparse
import itertools
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import mean, median

import numpy as np
from PIL import Image
from scan import COPIES, PART

import dupviz as dv
from dupviz.images.load import load_images
from dupviz.look.second_look import second_look

SAMPLE = Path(__file__).parent.parent / "data" / "photos"
TICK = 0.005  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="?", type=Path, default=SAMPLE, help="a folder of pictures, all different")
    parser.add_argument("--number", type=int, default=3000, help="files, of which a third are copies (default: 3000)")
    parser.add_argument("--tensors", type=int, default=50_000, help="that are searched (default: 50000)")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, *_powers(os.cpu_count() or 1)])
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        os.environ["DUPVIZ_CACHE_DIR"] = str(Path(temporary, "store"))
        folder = Path(temporary, "photos")
        make(options.photos, folder, options.number)
        show(measured(folder, options), options.workers)


def measured(folder: Path, options: argparse.Namespace) -> dict[str, dict[int, list[tuple[float, float]]]]:
    """For each kind of work and number of workers, runs: how much a second, and the share of time it was held."""
    images = dv.load_images(folder, cache=False, progress=False)
    pairs = dv.find_pairs(images, max_mse=300, progress=False)
    rng = np.random.default_rng(0)
    tensors = rng.integers(0, 256, (options.tensors, 5, 5, 3), np.uint8).repeat(10, 1).repeat(10, 2)
    quiet = {"progress": False}
    work = {
        "load": (len(images), lambda n: load_images(folder, cache=False, workers=n, **quiet)),
        "looks": (len(pairs), lambda n: second_look(images, pairs, workers=n, **quiet)),
        "search": (len(tensors), lambda n: dv.find_pairs(tensors, workers=n, **quiet)),
        "find_duplicates": (len(images), lambda n: dv.find_duplicates(folder, cache=False, workers=n, **quiet)),
    }
    found: dict[str, dict[int, list[tuple[float, float]]]] = {what: {} for what in work}
    for _ in range(options.repeat):
        for what, (number, function) in work.items():
            for n in options.workers:
                start = time.perf_counter()
                with held() as late:
                    function(n)
                found[what].setdefault(n, []).append((number / (time.perf_counter() - start), late()))
    return found


class held:
    """How late a thread wakes up, as a share of the time."""

    def __enter__(self):
        self._over, self._late, self._ticks = threading.Event(), 0.0, 0
        self._thread = threading.Thread(target=self._tick)
        self._thread.start()
        return lambda: self._late / max(self._late + self._ticks * TICK, TICK)

    def __exit__(self, *error):
        self._over.set()
        self._thread.join()

    def _tick(self):
        while not self._over.is_set():
            start = time.perf_counter()
            time.sleep(TICK)
            self._late += time.perf_counter() - start - TICK
            self._ticks += 1


def make(photos: Path, folder: Path, number: int) -> None:
    """Two thirds of the files show different things: parts of pictures in one colour or another; others are copies."""
    folder.mkdir()
    originals = list(islice(quarters(photos), number))
    rng = np.random.default_rng(0)
    for count in range(number - number // 3):
        pixels = np.asarray(originals[count % len(originals)], np.float32)
        if count >= len(originals):
            centre = rng.integers(0, 256, 3)
            pixels = np.roll(centre + (pixels - centre) * rng.uniform(0.6, 1, 3), rng.integers(0, 300, 2), axis=(0, 1))
        part = Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
        part.save(folder / f"{count:05}.jpg", quality=92)
        if count < number // 3:
            _, change, quality = COPIES[count % len(COPIES)]
            change(part).save(folder / f"{count:05}_.jpg", quality=quality)


def quarters(photos: Path) -> Iterator[Image.Image]:
    for path in dv.load_images(photos, cache=False, progress=False).files["path"]:
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        width, height = image.width // 2, image.height // 2
        for left, top in itertools.product((0, width), (0, height)):
            yield image.crop((left, top, left + width, top + height)).resize(PART, Image.Resampling.LANCZOS)


def show(found: dict[str, dict[int, list[tuple[float, float]]]], workers: list[int]) -> None:
    print("| |", " | ".join(f"{n} | × | held" for n in workers), "|")
    print("|---" * (1 + 3 * len(workers)) + "|")
    for what, runs in found.items():
        first = median(rate for rate, _ in runs[workers[0]])
        cells = []
        for n in workers:
            rate = median(rate for rate, _ in runs[n])
            cells += [f"{rate:,.0f}", f"{rate / first:.2f}", f"{mean(late for _, late in runs[n]):.0%}"]
        print(f"| {what} |", " | ".join(cells), "|")


def _powers(most: int) -> list[int]:
    return [2**k for k in range(1, most.bit_length() + 1) if 2**k <= most]


if __name__ == "__main__":
    main()
