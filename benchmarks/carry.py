"""Give random metadata to copies, clean up with metadata carried over, and undo: is any field lost?

    python benchmarks/carry.py                # 1,000 assignments of 12 fields to 4 files each
    python benchmarks/carry.py --number 50

exiftool writes the fields, and reads what stays and its sidecars afterwards. The first that is missing ends the run.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from assigned import check_assigned, write_assigned


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=1000, help="of pictures, each with copies (default: 1000)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        photos = Path(folder, "photos")
        write_assigned(photos, options.number, options.seed)
        start = time.perf_counter()
        went, stayed, sidecars = check_assigned(photos, Path(folder, "out"))
        seconds = time.perf_counter() - start
    print(f"{options.number} assignments: {went} files went, {stayed} stayed for review, {sidecars} sidecars, 0 lost")
    print(f"undone byte for byte; {seconds:.0f} s")


if __name__ == "__main__":
    main()
