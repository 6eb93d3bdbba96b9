"""Random metadata, given to copies of pictures by exiftool, and what exiftool finds of it after a clean-up."""

import csv
import json
import subprocess

import numpy as np
from PIL import Image
from plans import snapshot

from dupviz import find_duplicates, undo

COPIES = 3  # of each picture, beside the one that is saved best
SHARE = 0.25  # of the fields that a file has

# Twelve fields, each by the tags that exiftool writes, with values; and the tags in which it may be found again.
FIELDS = {
    "artist": [{"EXIF:Artist": "Ada"}, {"EXIF:Artist": "Bo Ek"}],
    "notice": [{"EXIF:Copyright": "(c) Ada"}],
    "date": [{"EXIF:DateTimeOriginal": "2020:01:02 03:04:05"}, {"EXIF:DateTimeOriginal": "2021:01:02 03:04:05"}],
    "camera": [{"EXIF:Make": "Canon", "EXIF:Model": "R5"}, {"EXIF:Make": "Leica", "EXIF:Model": "M11"}],
    "place": [
        {
            "EXIF:GPSLatitude": "48.5",
            "EXIF:GPSLatitudeRef": "N",
            "EXIF:GPSLongitude": "2.25",
            "EXIF:GPSLongitudeRef": "W",
        }
    ],
    "comment": [{"EXIF:UserComment": "seen from the east"}],
    "keywords": [{"IPTC:Keywords": "cat"}, {"IPTC:Keywords": "dog|tree"}, {"IPTC:Keywords": "dog|sea <&>"}],
    "caption": [{"IPTC:Caption-Abstract": "A cat"}, {"XMP-dc:Description": "A cat & a dog"}],
    "rating": [{"XMP-xmp:Rating": "5"}, {"XMP-xmp:Rating": "3"}],
    "label": [{"XMP-xmp:Label": "Red"}],
    "city": [{"XMP-photoshop:City": "Rome"}, {"IPTC:City": "Oslo"}],
    "title": [{"XMP-dc:Title": "Ä title"}],
}
FOUND_AS = {
    "EXIF:Artist": "XMP:Creator",
    "EXIF:Copyright": "XMP:Rights",
    "IPTC:Keywords": "XMP:Subject",
    "IPTC:Caption-Abstract": "XMP:Description",
}


def write_assigned(folder, n, seed=0):
    """Write n pictures with their copies, all with random fields."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(n):
        pixels = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        picture = Image.fromarray(pixels).resize((120, 90), Image.Resampling.BICUBIC)
        for copy in range(COPIES + 1):
            path = folder / f"{number:04}" / f"{copy}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path, quality=95 - 4 * copy)
            rows.append({"SourceFile": str(path), **_some_fields(rng)})
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with (folder.parent / "fields.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    options = ["-q", "-overwrite_original", "-m", "-f", "-codedcharacterset=utf8", "-charset", "iptc=utf8", "-sep", "|"]
    subprocess.run(["exiftool", *options, f"-csv={folder.parent / 'fields.csv'}", "-r", str(folder)], check=True)


def _some_fields(rng):
    chosen = {}
    for values in FIELDS.values():
        if rng.random() < SHARE:
            chosen |= values[rng.integers(len(values))]
    return chosen


def read_all(folder):
    """What exiftool finds in all files: {path: {tag: values as texts}}."""
    command = ["exiftool", "-j", "-n", "-G0", "-a", "-charset", "iptc=utf8", "-EXIF:all", "-IPTC:all", "-XMP:all", "-r"]
    out = subprocess.run([*command, "-ext", "jpg", "-ext", "xmp", str(folder)], capture_output=True, check=True).stdout
    return {found.pop("SourceFile"): _signed(found) for found in json.loads(out)}


def _signed(found):
    """The values of tags as texts; west and south are negative, as XMP has them."""
    tags = {tag: _texts(value) for tag, value in found.items()}
    for tag in ("EXIF:GPSLatitude", "EXIF:GPSLongitude"):
        if tags.get(f"{tag}Ref", set()) & {"S", "W"}:
            tags[tag] = {f"-{value}" for value in tags[tag]}
    return tags


def _texts(value):
    return {
        f"{each:.4f}" if isinstance(each, float) else str(each)
        for each in (value if isinstance(value, list) else [value])
    }


def check_assigned(folder, out):
    """Clean up and undo; return how many files went, how many stayed for review, and how many sidecars were written.

    Raises
    ------
    AssertionError
        If a field of a file that went is in neither the file that stays nor its sidecar, or undo is not the identity.
    """
    before, said = snapshot(folder), read_all(folder)
    duplicates = find_duplicates(folder, keep="largest_file", carry=True, progress=False, cache=False)
    plan = duplicates.plan()
    outcome = plan.apply(out, dry_run=False, progress=False)
    assert outcome.skipped.empty, outcome.skipped.to_string()
    keepers, kept = dict(zip(plan.table["path"], plan.table["keeper"])), read_all(folder)
    for path, keeper in keepers.items():
        for tag, values in _fields(said[path]):
            found = _values(kept[keeper], tag) | _values(kept.get(f"{keeper}.xmp", {}), tag)
            assert values <= found, f"{tag} of {path} is lost: {values - found}"
    sidecars = int((outcome.table["status"] == "written").sum())
    assert undo(outcome, progress=False).skipped.empty
    assert snapshot(folder) == before, "undo is not the identity"
    return len(plan), int((duplicates.groups["action"] == "review").sum()), sidecars


def _fields(tags):
    """What was assigned, among the tags of a file."""
    assigned = {tag.split(":")[1] for values in FIELDS.values() for each in values for tag in each}
    # The sides of the globe are part of the numbers in XMP.
    return [(tag, values) for tag, values in tags.items() if tag.split(":")[1] in assigned and not tag.endswith("Ref")]


def _values(tags, tag):
    """The values of a tag, by whatever group and name it is found."""
    names = {tag.split(":")[1], FOUND_AS.get(tag, tag).split(":")[1]}
    names |= {other.split(":")[1] for other, xmp in FOUND_AS.items() if xmp.split(":")[1] in names}
    return {value for name, values in tags.items() if name.split(":")[1] in names for value in values}
