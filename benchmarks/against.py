"""Ten new pictures against a data set, beside a scan of everything: are the planted copies found, and how soon?

    python benchmarks/against.py                      # 10,000 pictures, 10 new ones, of which 3 are copies
    python benchmarks/against.py --pictures 50000

All files but the new ones are remembered from a first scan. Then both commands run in turn; wall time, medians, and the
ratio of the medians.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from PIL import Image

NEW, COPIES = 10, 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=10_000, help="of the data set (default: 10,000)")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data, new, store = (Path(temporary, name) for name in ("data", "new", "store"))
        make(data, options.pictures, seed=0)
        make(new, NEW - COPIES, seed=1)
        for number, path in enumerate(sorted(data.iterdir())[:: options.pictures // COPIES][:COPIES]):
            with Image.open(path) as picture:
                picture.resize((120, 90)).save(new / f"copy {number}.jpg", quality=85)
        scan(store, data)
        found = scan(store, new, "--against", data)
        assert sum(f"copy {number}.jpg" in line for number in range(COPIES) for line in found.splitlines()) == COPIES
        times: dict[str, list[float]] = {"against": [], "everything": []}
        for _ in range(options.repeat):
            for name, arguments in (("against", (new, "--against", data)), ("everything", (data, new))):
                start = time.perf_counter()
                scan(store, *arguments)
                times[name].append(time.perf_counter() - start)
    against, everything = median(times["against"]), median(times["everything"])
    print(f"{NEW} new, {COPIES} copies found, against {options.pictures:,}: {against:.2f} s")
    print(f"a scan of everything: {everything:.2f} s, {everything / against:.1f} times as long")


def make(folder: Path, number: int, *, seed: int) -> None:
    """Different pictures, as small photos: smooth noise of all sizes."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    for count in range(number):
        picture = np.zeros((90, 120, 3))
        for size in (3, 8, 24):
            noise = rng.normal(0, 60 / np.sqrt(size / 3), (size, size, 3))
            layers = [Image.fromarray(noise[..., k].astype(np.float32)).resize((120, 90)) for k in range(3)]
            picture += np.stack([np.asarray(layer) for layer in layers], axis=2)
        Image.fromarray(np.clip(picture + 128, 0, 255).astype(np.uint8)).save(folder / f"{count:06}.jpg", quality=90)


def scan(store: Path, *arguments: object) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "dupviz", "scan", *map(str, arguments)]
    environment = {**os.environ, "DUPVIZ_CACHE_DIR": str(store), "DUPVIZ_DATA_DIR": str(store)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
