"""dupviz beside other packages, on the same labelled pictures in the same run.

    python benchmarks/peers.py                      # copies of the bundled photos
    python benchmarks/peers.py ~/Pictures           # of your own, which should have no duplicates yet
    python benchmarks/peers.py ~/Pictures --folder peers --copies 300

From each picture, copies of twelve kinds are made, so that the truth is known: two files are duplicates if they come
from one picture. Each package gets a virtual environment of its own, which is made here and kept in the folder.

precision    of the pairs that are found, the share that show the same picture
recall       of the pairs that show the same picture, the share that is found
to delete    files that the package marks for deletion; lost: pictures of which it would leave no file at all
"""

import argparse
import json
import logging
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from unittest.mock import MagicMock

SAMPLE = Path(__file__).parent.parent / "data" / "photos"
IMAGEDEDUP_NEEDS = ["numpy", "scipy", "pillow", "PyWavelets", "tqdm", "scikit-learn", "matplotlib", "setuptools"]

# name: (what pip installs, what it installs without dependencies, the tool's function below and its argument)
TOOLS = {
    "dupviz, 200": ([], [], "dupviz", 200),
    "dupviz, 1000": ([], [], "dupviz", 1000),
    "dupviz, 1000, mirrored too": ([], [], "dupviz_dihedral", 1000),
    "difPy, 200": (["difPy"], [], "difpy", 200),
    "difPy, 'similar'": (["difPy"], [], "difpy", "similar"),
    "imagededup pHash, 10 bits": (IMAGEDEDUP_NEEDS, ["imagededup"], "imagededup", 10),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", nargs="?", type=Path, default=SAMPLE, help="pictures to copy (default: the sample)")
    parser.add_argument("--copies", type=int, default=100, help="how many of the pictures are copied (default: 100)")
    parser.add_argument("--folder", type=Path, help="where to keep environments and copies (default: temporary)")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each, interleaved; the median counts")
    parser.add_argument("--tool", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.tool:
        tool, argument, folder = options.tool
        return print(json.dumps(globals()[tool](folder, json.loads(argument))))
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).absolute()
        sources = make_corpus(options.photos, folder / "files", options.copies)
        compare(sources, folder, options.repeat)


def compare(sources, folder, repeat):
    truth = Counter(sources.values())
    print(f"{len(sources):,} files, {sum(n * (n - 1) // 2 for n in truth.values()):,} pairs that show the same picture")
    print(f"{'':27} {'load':>8} {'search':>9} {'precision':>10} {'recall':>7} {'to delete':>10} {'lost':>5}")
    runs = {name: [] for name in TOOLS}
    for _ in range(repeat):
        for name, (packages, bare, tool, argument) in TOOLS.items():
            python = environment(folder / f"environment-{tool}", packages, bare) if packages else sys.executable
            command = [python, __file__, "--tool", tool, json.dumps(argument), str(folder / "files")]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            runs[name].append(json.loads(done.stdout.splitlines()[-1]))
    for name, results in runs.items():
        load, search = (sorted(run[what] for run in results)[repeat // 2] for what in ("load", "search"))
        pairs = {frozenset(pair) for pair in results[0]["pairs"]}
        right = sum(sources[a] == sources[b] for a, b in pairs)
        total = sum(n * (n - 1) // 2 for n in truth.values())
        delete = set(results[0]["delete"])
        lost = len(truth) - len({source for file, source in sources.items() if file not in delete})
        print(
            f"{name:27} {load:6.1f} s {search:7.2f} s {right / max(1, len(pairs)):10.3f} {right / total:7.3f} "
            f"{len(delete):10,} {lost:5,}"
        )


def environment(folder, packages, bare):
    """A virtual environment with these packages; the Python in it."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        if bare:
            subprocess.run([python, "-m", "pip", "install", "-q", "--no-deps", *bare], check=True)
    return python


def make_corpus(photos, folder, copies):
    """Write pictures and their copies; return {file name: name of the picture it shows}."""
    from PIL import Image, ImageEnhance

    folder.mkdir(parents=True, exist_ok=True)
    pictures = [path for path in sorted(photos.rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg")]
    if photos == SAMPLE:
        kinds = [line.split(",") for line in (SAMPLE.parent / "truth.csv").read_text().splitlines()]
        originals = {fields[0] for fields in kinds if fields[2] == "original"}
        pictures = [path for path in pictures if path.relative_to(SAMPLE).as_posix() in originals]
    chosen = set(random.Random(0).sample(pictures, min(copies, len(pictures))))
    sources = {}
    for number, path in enumerate(pictures):
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        w, h = image.size
        rotated = image.transpose(Image.Transpose.ROTATE_90)
        exif = Image.Exif()
        exif[0x0112] = 6
        saved = {
            "original.jpg": (image, {"quality": 95}),
            "byte-copy.jpg": (image, {"quality": 95}),
            "copy.png": (image, {}),
            "copy.webp": (image, {"quality": 80}),
            "quality-30.jpg": (image, {"quality": 30}),
            "half.jpg": (image.resize((max(1, w // 2), max(1, h // 2))), {"quality": 90}),
            "rotated-90.jpg": (rotated, {"quality": 90}),
            "rotated-180.jpg": (image.transpose(Image.Transpose.ROTATE_180), {"quality": 90}),
            "rotated-half.jpg": (rotated.resize((max(1, h // 2), max(1, w // 2))), {"quality": 85}),
            "exif.jpg": (rotated, {"quality": 92, "exif": exif}),
            "brighter.jpg": (ImageEnhance.Brightness(image).enhance(1.05), {"quality": 90}),
            "crop.jpg": (image.crop((w // 50, h // 50, w - w // 50, h - h // 50)), {"quality": 90}),
            "mirrored.jpg": (image.transpose(Image.Transpose.FLIP_LEFT_RIGHT), {"quality": 90}),
        }
        for kind, (copy, how) in saved.items() if path in chosen else list(saved.items())[:1]:
            name = f"{number:05}-{kind}"
            copy.save(folder / name, **how)
            sources[name] = path.name
    return sources


# What follows runs in the environment of one package: (folder, argument) → times, pairs and files to delete.


def dupviz(folder, threshold, symmetries="rotations"):
    import dupviz as dv

    none = dv.load_images([])
    dv.group_duplicates(none, dv.find_pairs(none))  # imports
    start = time.perf_counter()
    images = dv.load_images(folder, cache=False, progress=False)
    loaded = time.perf_counter()
    pairs = dv.find_pairs(images, max_mse=threshold, symmetries=symmetries)
    groups = dv.group_duplicates(images, pairs, threshold=threshold, look="mse", keep="largest_file")
    end = time.perf_counter()
    names = [Path(path).name for path in images.files["path"]]
    return {
        "load": loaded - start,
        "search": end - loaded,
        "pairs": [(names[a], names[b]) for a, b in zip(pairs["a"], pairs["b"])],
        "delete": [names[image] for image in groups.loc[groups["action"] == "remove", "image"]],
    }


def dupviz_dihedral(folder, threshold):
    return dupviz(folder, threshold, "dihedral")


def difpy(folder, similarity):
    import difPy

    start = time.perf_counter()
    built = difPy.build(folder, show_progress=False)
    loaded = time.perf_counter()
    search = difPy.search(built, similarity=similarity, same_dim=False, show_progress=False)
    end = time.perf_counter()
    pairs = {tuple(sorted((file, match[0]))) for file, matches in search.result.items() for match in matches}
    return {
        "load": loaded - start,
        "search": end - loaded,
        "pairs": [(Path(a).name, Path(b).name) for a, b in pairs],
        "delete": [Path(file).name for file in search.lower_quality],
    }


def imagededup(folder, bits):
    # Hashes need none of its neural networks, for which it would install gigabytes.
    for module in ("methods.cnn", "utils.models", "utils.data_generator"):
        sys.modules[f"imagededup.{module}"] = MagicMock()
    from imagededup.methods import PHash

    logging.disable()
    hasher = PHash(verbose=False)
    start = time.perf_counter()
    encodings = hasher.encode_images(folder)
    loaded = time.perf_counter()
    found = hasher.find_duplicates(encoding_map=encodings, max_distance_threshold=bits)
    end = time.perf_counter()
    delete = hasher.find_duplicates_to_remove(encoding_map=encodings, max_distance_threshold=bits)
    pairs = {tuple(sorted((file, match))) for file, matches in found.items() for match in matches}
    return {"load": loaded - start, "search": end - loaded, "pairs": list(pairs), "delete": delete}


if __name__ == "__main__":
    main()
