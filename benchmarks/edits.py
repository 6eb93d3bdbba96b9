"""Two sides of one limit: pairs that differ in a small place, of which none may go, and honest copies, which should.

    python benchmarks/edits.py ~/Pictures                        # some pictures of 2400 pixels and more among them
    python benchmarks/edits.py ~/Pictures --beside ../other      # and how many could go in another checkout
    python benchmarks/edits.py ~/Pictures --keep pairs           # the pairs stay in this folder, to be looked at

Each pair is a folder of its own for `find_duplicates`. The tables say of how many pairs one picture can go, and in
brackets of how many in the other checkout; then how many pairs are for review, and how many are not offered at all.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import honest_copies
import pandas as pd
import small_edits

import dupviz as dv

UNOFFERED = "not offered"
COLUMNS = ["folder", "what", "then"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, help="a folder of pictures")
    parser.add_argument("--number", type=int, default=8, help="photos for each kind (default: 8)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--beside", type=Path, metavar="CHECKOUT", help="another checkout, whose package judges as well"
    )
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where the pairs stay; by default they are deleted")
    parser.add_argument("--judge", action="store_true", help=argparse.SUPPRESS)  # what the process for --beside does
    options = parser.parse_args()
    if options.judge:
        print(json.dumps(judged(json.load(sys.stdin))))
        return
    photos = [file for file in sorted(options.photos.rglob("*")) if file.suffix.lower() in (".jpg", ".jpeg", ".png")]
    with tempfile.TemporaryDirectory() as temporary:
        out = options.keep or Path(temporary)
        for title, write in (("edits", small_edits.write_edits), ("honest copies", honest_copies.write_copies)):
            pairs = pd.DataFrame(
                write(photos, out / title.replace(" ", "-"), options.number, options.seed), columns=COLUMNS
            )
            pairs["here"] = judged(pairs["folder"])
            if options.beside:
                pairs["there"] = judged_in(options.beside, pairs["folder"])
            show(title, pairs)


def judged(folders: Iterable[Path | str]) -> list[str]:
    """What becomes of one of the two pictures in each folder."""
    with ProcessPoolExecutor() as executor:
        return list(executor.map(action, map(str, folders), chunksize=8))


def action(folder: str) -> str:
    duplicates = dv.find_duplicates(folder, cache=False, progress=False, workers=1)
    if len(duplicates.images) != 2:
        raise ValueError(f"{folder}: {duplicates.images.errors.to_dict('records')}")
    return next((found for found in duplicates.groups["action"] if found != "keep"), UNOFFERED)


def judged_in(checkout: Path, folders: Iterable[Path]) -> list[str]:
    """The same by the package of another checkout."""
    command = [sys.executable, __file__, "--judge", "-"]
    listed = json.dumps([str(folder) for folder in folders])
    env = os.environ | {"PYTHONPATH": str(checkout.absolute())}
    done = subprocess.run(command, input=listed, env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def show(title: str, pairs: pd.DataFrame) -> None:
    """A row for each kind of pair, a column for each thing done to one of the two."""
    thens = list(dict.fromkeys(pairs["then"]))
    columns = [*thens, "to review", UNOFFERED]
    rows = {what: cells(group, thens) for what, group in pairs.groupby("what", sort=False)}
    rows["all"] = cells(pairs, thens)
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    if len(thens) > len(rows):
        table = table.T
    print(f"\n{title}: {len(pairs):,} pairs; how many can go\n\n{table.to_string()}", flush=True)


def cells(pairs: pd.DataFrame, thens: list[str]) -> list[str]:
    """How many of the pairs can go, for each of `thens`; and how many are for review, and not offered."""
    of_each = [tally(pairs[pairs["then"] == then], "remove") for then in thens]
    return [*of_each, tally(pairs, "review"), tally(pairs, UNOFFERED)]


def tally(pairs: pd.DataFrame, found: str) -> str:
    if not len(pairs):
        return ""
    there = f" ({(pairs['there'] == found).sum()})" if "there" in pairs else ""
    return f"{(pairs['here'] == found).sum()}{there} of {len(pairs)}"


if __name__ == "__main__":
    main()
