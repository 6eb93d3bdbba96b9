"""What the MSE alone finds, and what the second look makes of it: precision and recall, by kind of copy.

    python benchmarks/quality.py ~/Pictures                      # 40 kinds of copy of 40 photos; plots, receipts, ...
    python benchmarks/quality.py ~/Pictures --pdfs ~/Documents   # and pages of PDF files, by poppler
    python benchmarks/quality.py ~/Pictures --icons /usr/share/icons --emoji NotoColorEmoji.ttf

Pairs of a photo and its copy are true, pairs of different sources false; two copies of one photo are left out. "MSE"
joins what is below 200. "same" and "found" is what the second look calls the same, or the same or edited, among pairs
below 1000 whose MSE is small beside their contrast. "wider" also looks at pairs that are near but for their light.
"""

import argparse
import random
import tempfile
import time
from collections import Counter
from pathlib import Path

import corpora
import numpy as np
import pandas as pd

import dupviz as dv

EVIDENT = 0.045  # of the mean of the squared contrasts
FEWEST, MOST = 40, 400  # photos; pairs of look-alikes that are looked at


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, help="a folder of photos, all different")
    parser.add_argument("--number", type=int, default=FEWEST, help="photos to copy")
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
        copies(folder / "copies", photos[: options.number])
        sets = {
            "plots": lambda out: corpora.plots(out),
            "receipts": lambda out: corpora.receipts(out),
            "bursts": lambda out: corpora.bursts(photos[options.number : 2 * options.number], out),
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
        print("\nlook-alikes   files  pairs < 200  evident  looked at same edited  ms a pair", flush=True)
        for kind, build in sets.items():
            look_alikes(kind, folder / kind, build(folder / kind), rng)


def copies(folder: Path, photos: list[Path]) -> None:
    """Print precision and recall on copies of photos."""
    truth = pd.DataFrame(corpora.photo_copies(photos, folder), columns=["file", "source", "kind"]).set_index("file")
    images = dv.load_images(folder, progress=False, cache=False)
    truth = truth.loc[[Path(path).name for path in images.files["path"]]]
    source, kind = truth["source"].to_numpy(), truth["kind"].to_numpy()
    near, light = (
        pairs[(source[pairs["a"]] != source[pairs["b"]]) | (kind == "original")[pairs[["a", "b"]]].any(axis=1)]
        for pairs in (
            pd.DataFrame(dv.find_pairs(images, max_mse=1000, symmetries="dihedral")),
            dv.find_light_pairs(images, symmetries="dihedral"),
        )
    )
    start = time.perf_counter()
    looked = dv.second_look(images, near[evident(images, near)], progress=False)
    seconds = time.perf_counter() - start
    beyond = light[~light.set_index(["a", "b"]).index.isin(near.set_index(["a", "b"]).index)]
    wider = pd.concat([looked, dv.second_look(images, beyond, progress=False)])
    modes = {
        "MSE": near[near["mse"] < 200],
        "same": looked[looked["verdict"] == "same"],
        "found": looked[looked["verdict"].isin(["same", "edited"])],
        "wider": wider[wider["verdict"].isin(["same", "edited"])],
    }
    print(
        f"{len(images):,} files; {len(looked):,} pairs looked at, {1000 * seconds / max(1, len(looked)):.1f} ms each\n"
    )
    print(f"{'kind of copy':18}" + "".join(f"{mode:>8}" for mode in modes))
    found = {mode: Counter() for mode in modes}
    wrong = {mode: int((source[pairs["a"]] != source[pairs["b"]]).sum()) for mode, pairs in modes.items()}
    for mode, pairs in modes.items():
        for a, b in zip(pairs["a"], pairs["b"]):
            if source[a] == source[b] and "original" in (kind[a], kind[b]):
                found[mode][kind[b] if kind[a] == "original" else kind[a]] += 1
    counts = Counter(kind)
    for copy in [name for name in counts if name != "original"]:
        print(f"{copy:18}" + "".join(f"{found[mode][copy] / counts[copy]:8.0%}" for mode in modes))
    total = sum(counts.values()) - counts["original"]
    print(f"{'recall':18}" + "".join(f"{sum(found[mode].values()) / total:8.3f}" for mode in modes))
    precision = [1 - wrong[mode] / max(1, len(pairs)) for mode, pairs in modes.items()]
    print(f"{'precision':18}" + "".join(f"{value:8.3f}" for value in precision))


def look_alikes(name: str, folder: Path, truth: corpora.Truth, rng: random.Random) -> None:
    """Print how many pairs of different pictures are joined."""
    images = dv.load_images(folder, progress=False, cache=False)
    sources = {file: source for file, source, _ in truth}
    source = np.array([sources[Path(path).name] for path in images.files["path"]], dtype=object)
    pairs = pd.DataFrame(dv.find_pairs(images, max_mse=200))
    pairs = pairs[source[pairs["a"]] != source[pairs["b"]]]
    chosen = pairs.iloc[sorted(rng.sample(range(len(pairs)), min(MOST, len(pairs))))]
    start = time.perf_counter()
    verdicts = Counter(dv.second_look(images, chosen, progress=False)["verdict"])
    each = 1000 * (time.perf_counter() - start) / max(1, len(chosen))
    counts = f"{len(images):6,} {len(pairs):12,} {evident(images, pairs).sum():8,} {len(chosen):10,}"
    print(f"{name:12} {counts} {verdicts['same']:4} {verdicts['edited']:6} {each:10.1f}", flush=True)


def evident(images: dv.ImageSet, pairs: pd.DataFrame) -> np.ndarray:
    """Where an MSE is small beside what two unrelated pictures of these contrasts would have."""
    squares = images.files["contrast"].to_numpy() ** 2
    return (pairs["mse"] < EVIDENT * (squares[pairs["a"]] + squares[pairs["b"]]) / 2).to_numpy()


if __name__ == "__main__":
    main()
