"""Plant losses in an archive, and ask whether it covers a card: is each of them named, and nothing else?

    python benchmarks/covered.py                       # 10,000 pictures, of which the archive lacks one in twenty
    python benchmarks/covered.py --pictures 14 --seeds 100 --share 0.5

What is named in vain, or not named, ends the run.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from losses import plant

import dupviz as dv


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=10_000, help="on the card (default: 10,000)")
    parser.add_argument("--seeds", type=int, default=1, help="how many cards (default: 1)")
    parser.add_argument("--share", type=float, default=0.05, help="of the files that the archive lacks (default: 0.05)")
    options = parser.parse_args()
    planted, seconds = 0, 0.0
    for seed in range(options.seeds):
        with tempfile.TemporaryDirectory() as folder:
            card, archive = Path(folder, "card"), Path(folder, "archive")
            lost = plant(card, archive, seed=seed, pictures=options.pictures, share=options.share)
            start = time.perf_counter()
            named = set(dv.covered(card, archive, cache=False, progress=False).missing["path"])
            seconds += time.perf_counter() - start
        if named != lost:
            sys.exit(f"seed {seed}: in vain {sorted(named - lost)}, not named {sorted(lost - named)}")
        planted += len(lost)
    files = options.seeds * (options.pictures + 5)
    print(f"{files:,} files on {options.seeds} cards: {planted:,} losses, all of them named, and nothing else")
    print(f"{seconds:.0f} s")


if __name__ == "__main__":
    main()
