"""What can go, and what is found, by the whole path: with the MSE alone, and with the second look.

    python benchmarks/quality.py ~/Pictures                      # 66 kinds of copy of 40 photos; plots, receipts
    python benchmarks/quality.py ~/Pictures --pdfs ~/Documents   # and pages of PDF files, by poppler
    python benchmarks/quality.py ~/Pictures --icons /usr/share/icons --emoji NotoColorEmoji.ttf

"can go" counts files that would move. "found" counts files that are in a group with another file of their source: kept,
to go, or for review. A file that goes is right if the one that stays for it has the same source.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import corpora
import numpy as np
import pandas as pd

import dupviz as dv

BY_MSE: dict[str, Any] = {"verify": False, "keep": "largest_file"}
MODES: dict[str, dict[str, Any]] = {"MSE": BY_MSE, "second look": {}, "and crops": {"parts": True}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, help="a folder of photos, all different")
    parser.add_argument("--number", type=int, default=40, help="photos to copy")
    parser.add_argument(
        "--kinds", type=int, default=len(corpora.KINDS), help="of copy of each, at random (default: all)"
    )
    parser.add_argument("--only-copies", action="store_true", help="no look-alikes")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pdfs", type=Path, help="a folder with PDF files")
    parser.add_argument("--icons", type=Path, help="a folder with PNG icons")
    parser.add_argument("--emoji", type=Path, help="a font with colour bitmaps")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    photos = sorted(p for p in options.photos.rglob("*") if p.suffix.lower() in (".jpg", ".jpeg", ".png"))
    rng.shuffle(photos)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kinds = [tuple(rng.sample(list(corpora.KINDS), options.kinds)) for _ in photos[: options.number]]
        copies(folder / "copies", dict(zip(photos[: options.number], kinds)))
        if options.only_copies:
            return
        sets = {
            "plots": lambda out: corpora.plots(out),
            "receipts": lambda out: corpora.receipts(out),
            "bursts": lambda out: corpora.bursts(photos[-options.number :], out),
            "exposures": lambda out: corpora.exposures(photos[-options.number :], out),
        }
        if options.pdfs:
            pdfs = sorted(options.pdfs.rglob("*.pdf"))
            rng.shuffle(pdfs)
            sets["pages"] = lambda out: corpora.pdf_pages(pdfs[:40], out, 15)
        if options.icons:
            icons = sorted(p for p in options.icons.rglob("*.png") if not p.is_symlink())
            rng.shuffle(icons)
            sets["icons"] = lambda out: corpora.icons(icons[:1500], out)
        if options.emoji:
            sets["emoji"] = lambda out: corpora.emoji(options.emoji, out)
        print(f"\n{'look-alikes':12} files" + "".join(f"{mode:>40}" for mode in list(MODES)[:2]))
        for kind, build in sets.items():
            look_alikes(kind, folder / kind, build(folder / kind))


def copies(folder: Path, photos: dict[Path, tuple[str, ...]]) -> None:
    """Print what is found of each kind of copy, and how much of what can go is right."""
    rows = [row for photo, kinds in photos.items() for row in corpora.photo_copies([photo], folder, kinds)]
    truth = pd.DataFrame(rows, columns=["file", "source", "kind"]).set_index("file")
    images = dv.load_images(folder, progress=False, cache=False)
    truth = truth.loc[[Path(path).name for path in images.files["path"]]].reset_index(drop=True)
    found: dict[str, pd.DataFrame] = {}
    for mode, options in MODES.items():
        start = time.perf_counter()
        groups = searched(images, **options)
        judged = grouped(groups, truth["source"].to_numpy())
        found[mode] = truth.assign(go=False, found=False)
        found[mode].loc[judged.loc[judged["right"] & (judged["action"] == "remove"), "image"], "go"] = True
        right = judged[judged["right"]]
        found[mode].loc[np.union1d(right["image"], right["keeper"]), "found"] = True
        print(f"{mode}: {describe(judged)}; {time.perf_counter() - start:.1f} s", flush=True)
    print(f"\n{len(images):,} files\n\n{'kind of copy':18}" + "".join(f"{mode:>22}" for mode in MODES))
    print(f"{'':18}" + f"{'can go':>14}{'found':>8}" * len(MODES))
    for kind in [kind for kind in truth["kind"].unique() if kind != "original"]:
        shares = [found[mode].loc[truth["kind"] == kind, ["go", "found"]].mean() for mode in MODES]
        print(f"{kind:18}" + "".join(f"{share['go']:14.0%}{share['found']:8.0%}" for share in shares))
    shares = [found[mode].loc[truth["kind"] != "original", ["go", "found"]].mean() for mode in MODES]
    print(f"{'all':18}" + "".join(f"{share['go']:14.3f}{share['found']:8.3f}" for share in shares))


def look_alikes(name: str, folder: Path, truth: corpora.Truth) -> None:
    """Print what would go of pictures that only look alike."""
    images = dv.load_images(folder, progress=False, cache=False)
    sources = {file: source for file, source, _ in truth}
    source = np.array([sources[Path(path).name] for path in images.files["path"]], dtype=object)
    parts = []
    for options in list(MODES.values())[:2]:
        start = time.perf_counter()
        judged = grouped(searched(images, **options), source)
        parts.append(f"{describe(judged)}; {time.perf_counter() - start:.1f} s")
    print(f"{name:12} {len(images):5,}   " + "   |   ".join(parts), flush=True)


def searched(images: dv.ImageSet, **options: Any) -> pd.DataFrame:
    return dv.find_duplicates(images, symmetries="dihedral", cache=False, progress=False, **options).groups


def grouped(groups: pd.DataFrame, source: np.ndarray) -> pd.DataFrame:
    """The files that are not kept, with whether the one that stays for each has its source."""
    judged = groups[groups["action"] != "keep"]
    image, keeper = judged["image"].to_numpy(), judged["keeper"].to_numpy()
    return judged.assign(right=source[image] == source[keeper])


def describe(judged: pd.DataFrame) -> str:
    """How many files go, and are for review, and how many of them wrongly."""
    counts = Counter(zip(judged["action"], judged["right"]))
    words = {"remove": "can go", "review": "to review"}
    return ", ".join(
        f"{counts[action, True] + counts[action, False]:,} {word} ({counts[action, False]:,} wrong)"
        for action, word in words.items()
    )


if __name__ == "__main__":
    main()
