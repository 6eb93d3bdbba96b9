"""Whether the original stays: of photos with copies, and what else was made from them, beside them.

    python benchmarks/originals.py ~/Pictures                       # 13 kinds of copy, a byte copy, 18 derived kinds
    python benchmarks/originals.py ~/Pictures --alone               # each kind alone beside its original
    python benchmarks/originals.py ~/Pictures --kinds "noise 4" "q15 png"

An original stays if it, or its byte copy, is the kept file of its group, or in none. It is wrong if a file goes for one
of another photo. Of each kind: how many go, are for review, or stay beside the original, and how often the original was
for review, or went, for one of that kind.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import corpora
import pandas as pd

import dupviz as dv

ACTIONS = ["remove", "review", "keep", "none"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, help="a folder of photos, all different: JPEG files, best of a camera")
    parser.add_argument("--number", type=int, default=150, help="photos to copy")
    parser.add_argument("--kinds", nargs="*", default=[*corpora.COPIES, *corpora.DERIVED])
    parser.add_argument("--alone", action="store_true", help="each kind alone beside its original")
    parser.add_argument("--parts", action="store_true", help="propose crops as well")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    photos = sorted(p for p in options.photos.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg"))
    random.Random(options.seed).shuffle(photos)
    sets = [[kind] for kind in options.kinds] if options.alone else [options.kinds]
    print(f"{'beside the original':20} {'it stays':>10} {'review':>7} {'goes':>5} {'wrong':>6}")
    for kinds in sets:
        with tempfile.TemporaryDirectory() as name:
            truth = [row for p in photos[: options.number] for row in corpora.derived(p, Path(name), kinds)]
            start = time.perf_counter()
            found = dv.find_duplicates(name, parts=options.parts, progress=False, cache=False)
            seconds = time.perf_counter() - start
            report(found, pd.DataFrame(truth, columns=["file", "source", "kind"]).set_index("file"), kinds)
        if not options.alone:
            print(f"{seconds:.1f} s")


def report(found: dv.Duplicates, truth: pd.DataFrame, kinds: list[str]) -> None:
    """Print what became of the originals, and of each kind."""
    paths = found.images.files["path"].map(lambda path: Path(path).name)
    groups = found.groups.assign(file=paths[found.groups["image"]].to_numpy())
    groups["beside"] = paths[groups["keeper"]].to_numpy()
    table = truth.join(groups.set_index("file")[["action", "beside", "reason"]]).fillna({"action": "none"})
    beside = truth.reindex(table["beside"])
    table["kind_beside"] = beside["kind"].to_numpy()
    wrong = int(((table["action"] == "remove") & (beside["source"].to_numpy() != table["source"])).sum())
    # Of a photo and its byte copy one goes for the other: the better of the two tells.
    of_original = table[table["kind"].isin(["original", "byte copy"])]
    best = of_original.assign(rank=of_original["action"].map(["keep", "none", "review", "remove"].index))
    best = best.sort_values("rank").drop_duplicates("source")
    goes = best[best["action"].isin(["review", "remove"])]
    counts = best["action"].value_counts()
    stays = int(counts.reindex(["keep", "none"]).sum())
    review, gone = int(counts.get("review", 0)), int(counts.get("remove", 0))
    label = kinds[0] if len(kinds) == 1 else "all kinds"
    print(f"{label:20} {stays:6} of {len(best):3} {review:4} {gone:5} {wrong:6}")
    if len(kinds) > 1:
        print(f"\n{'kind':20}" + "".join(f"{action:>8}" for action in ACTIONS) + "   the original is not kept for it")
        lost = Counter(goes["kind_beside"])
        for kind in ["byte copy", *kinds]:
            of_kind = table.loc[table["kind"] == kind, "action"].value_counts()
            print(f"{kind:20}" + "".join(f"{of_kind.get(action, 0):8}" for action in ACTIONS) + f"{lost[kind]:8}")


if __name__ == "__main__":
    main()
