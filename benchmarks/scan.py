"""What a scan costs: 1,500 photos of which a third are copies, beside the same by another checkout.

    python benchmarks/scan.py ~/Pictures --beside ../other

The originals are quarters of the folder's pictures, which show different things; half of them are copied. Each checkout
scans with an empty store, and then with what it left there, in turn: A B A B. Wall time, and the processor time of all
threads; medians, and the ratio of the medians of here to there.
"""

import argparse
import itertools
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from PIL import Image

HERE = Path(__file__).parent.parent
PART = 500, 375  # pixels of each photo that is scanned
COPIES = (
    ("saved again", lambda im: im, 75),
    ("halved", lambda im: im.resize((im.width // 2, im.height // 2), Image.Resampling.LANCZOS), 85),
    ("turned", lambda im: im.transpose(Image.Transpose.ROTATE_90), 85),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, help="a folder of pictures, all different")
    parser.add_argument("--beside", type=Path, required=True, metavar="CHECKOUT", help="the other checkout")
    parser.add_argument("--number", type=int, default=1500, help="files to scan (default: 1500)")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "photos")
        make(options.photos, folder, options.number)
        times: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for _ in range(options.repeat):
            for name, checkout in (("here", HERE), ("there", options.beside.absolute())):
                with tempfile.TemporaryDirectory() as store:
                    for state in ("cold", "warm"):
                        times.setdefault((name, state), []).append(scan(folder, checkout, store))
        show(times)


def make(photos: Path, folder: Path, number: int) -> None:
    """Two thirds of the files show different things, and the others are copies of half of these."""
    folder.mkdir()
    originals = number - number // 3
    for count, part in enumerate(itertools.islice(parts(photos), originals)):
        part.save(folder / f"{count:04}.jpg", quality=92)
        if count < number // 3:
            _, change, quality = COPIES[count % len(COPIES)]
            change(part).save(folder / f"{count:04}_.jpg", quality=quality)
    made = len(list(folder.iterdir()))
    if made < number:
        raise SystemExit(f"{photos}: its pictures are enough for {made:,} files, and {number:,} are wanted")


def parts(photos: Path) -> Iterator[Image.Image]:
    """Parts of pictures, no two of which overlap: the quarters of each, as large as a small photo."""
    files = [file for file in sorted(photos.rglob("*")) if file.suffix.lower() in (".jpg", ".jpeg", ".png")]
    random.Random(0).shuffle(files)
    for file in files:
        with Image.open(file) as opened:
            image = opened.convert("RGB")
        width, height = image.width // 2, image.height // 2
        for left, top in itertools.product((0, width), (0, height)):
            quarter = image.crop((left, top, left + width, top + height))
            yield quarter.resize(PART, Image.Resampling.LANCZOS)


def scan(folder: Path, checkout: Path, store: str) -> tuple[float, float]:
    """Wall and processor time of a scan, in seconds."""
    environment = os.environ | {"PYTHONPATH": str(checkout), "DUPVIZ_CACHE_DIR": store}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "dupviz", "scan", str(folder), "--quiet"]
    subprocess.run(command, env=environment, cwd=store, check=True)  # python -m imports from where it runs first
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def show(times: dict[tuple[str, str], list[tuple[float, float]]]) -> None:
    print("        here: wall, processor   there: wall, processor   ratio: wall, processor")
    for state in ("cold", "warm"):
        here, there = ([median(each) for each in zip(*times[name, state])] for name in ("here", "there"))
        seconds = f"{here[0]:9.2f} s {here[1]:9.2f} s {there[0]:12.2f} s {there[1]:9.2f} s"
        print(f"{state:6}{seconds} {here[0] / there[0]:14.2f} {here[1] / there[1]:10.2f}")


if __name__ == "__main__":
    main()
