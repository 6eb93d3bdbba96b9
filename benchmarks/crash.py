"""Kill `dupviz clean` and `dupviz undo` while they move files: what is lost?

    python benchmarks/crash.py                # 200 rounds, half of them between two file systems
    python benchmarks/crash.py --rounds 20
    python benchmarks/crash.py --carry        # with metadata that is carried over to sidecars
    python benchmarks/crash.py --beside       # with sidecars and films beside the pictures, which go along

In each round an apply is killed (SIGKILL) at a random moment after it has begun, then an undo; each time every picture
must be there, byte for byte, and no file that is at its place may have changed. Then an undo that is left alone must
restore the folder as it was, with times and permissions. With --carry, the metadata of each file that is away must be
in the file that stays or in its sidecar, at all times. With --beside, apply is killed several times in half of the
rounds, and one that is not killed leaves nothing behind of what belongs to a picture that has gone. The first failure
ends the run.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from crashes import World, other_file_system


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--files", type=int, default=150, help="files that go in each round (default: 150)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments, as far as a machine repeats itself")
    parser.add_argument("--carry", action="store_true", help="carry metadata over to a sidecar for each ten files")
    parser.add_argument("--beside", action="store_true", help="a sidecar and a film beside every third file")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = other_file_system(folder)
        places = {"one file system": folder} | ({"two file systems": elsewhere} if elsewhere else {})
        print(f"{options.rounds} rounds of {options.files} files")
        print(f"{'':17} {'rounds':>7} {'apply killed':>13} {'undo killed':>12} {'half moved':>11} {'lost':>5}")
        for number, (where, place) in enumerate(places.items()):
            rounds = len(range(number, options.rounds, len(places)))
            with tempfile.TemporaryDirectory(dir=place) as other:
                world = World(Path(folder, where), other, options.files, carry=options.carry, beside=options.beside)
                crashes = [world.crash(rng) for _ in range(rounds)]  # raises if a picture is lost
            killed, undo_killed = (sum(getattr(c, name) for c in crashes) for name in ("apply_killed", "undo_killed"))
            half = sum(0 < c.moved < options.files for c in crashes) + sum(0 < c.left < c.moved for c in crashes)
            print(f"{where:17} {rounds:7} {killed:13} {undo_killed:12} {half:11} {0:5}")


if __name__ == "__main__":
    main()
