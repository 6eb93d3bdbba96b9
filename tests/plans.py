"""Folders of small pictures that look the same, and plans for them."""

import os
from collections import Counter

import pandas as pd

from dupviz import Plan

START_NS = 1_700_000_000_123_456_789

# Names that shells, terminals, spreadsheets, pages or decoders could trip over.
HOSTILE_NAMES = [
    b"line\nbreak.jpg",
    b"carriage\r\nreturn.jpg",
    b"tab\tand \\backslash.jpg",
    b"'single' \"double\".jpg",
    b'"",comma;.jpg',
    b"\xe2\x80\xaegpj.right-to-left.jpg",
    b"\xff\xfe invalid \xc3.jpg",
    b"\x1b[31mred.jpg",
    b"<img src=x onerror=alert(1)>.jpg",
    b"=1+1.jpg",
    b"-rf.jpg",
    b" .jpg ",
    b"e\xcc\x81.jpg",
    b"\xf0\x9f\x90\x88.jpg",
    b"n" * 251 + b".jpg",
]


def write_files(folder, names, start=0):
    """Write pictures of four black pixels whose bytes all differ, under these names below a folder; their paths."""
    paths = []
    for number, name in enumerate(names, start):
        path = os.path.join(os.fspath(folder), os.fsdecode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content(number))
        os.utime(path, ns=(START_NS, START_NS + number * 1_000_000_007))
        paths.append(path)
    return paths


def content(number):
    """The picture of this number: a PPM with its number as a comment."""
    return b"P6\n# " + f"picture {number} ".encode() * (number % 7 + 1) + b"\n2 2\n255\n" + bytes(12)


def plan_of(root, keepers):
    """A plan for files below a folder, as they are now: {path that is to go: path of its keeper}."""
    rows = []
    for path, keeper in keepers.items():
        status, keeper_status = os.lstat(path), os.lstat(keeper)
        rows.append(
            {
                "path": path,
                "keeper": keeper,
                "mse": 12.5,
                "rotation": 90,
                "mirrored": False,
                "bytes": status.st_size,
                "modified": status.st_mtime_ns,
                "keeper_bytes": keeper_status.st_size,
                "keeper_modified": keeper_status.st_mtime_ns,
                "reason": "MSE 12.5, turned 90°",
                "destination": os.path.relpath(path, root),
            }
        )
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    types = dict.fromkeys(["bytes", "modified", "keeper_bytes", "keeper_modified"], "int64")
    text = dict.fromkeys(["path", "keeper", "reason", "destination"], object)
    return Plan(table.astype({"mse": "float64", "rotation": "int16", "mirrored": bool, **types, **text}))


COLUMNS = [
    "path",
    "keeper",
    "mse",
    "rotation",
    "mirrored",
    "bytes",
    "modified",
    "keeper_bytes",
    "keeper_modified",
    "reason",
    "destination",
]


def snapshot(folder):
    """All that a folder holds, but for the times of folders: {path: (type and permissions, content, time in ns)}."""
    found = {}
    for parent, folders, names in os.walk(folder):
        for name in folders:
            path = os.path.join(parent, name)
            found[os.path.relpath(path, folder)] = (os.lstat(path).st_mode, None, None)
        for name in names:
            path = os.path.join(parent, name)
            status = os.lstat(path)
            found[os.path.relpath(path, folder)] = (status.st_mode, _content(path), status.st_mtime_ns)
    return found


def pictures(*folders):
    """How often each content occurs in these folders, but for what dupviz itself writes into a quarantine folder."""
    counts = Counter()
    for folder in folders:
        for path, (_, content, _) in snapshot(folder).items():
            is_ours = path.endswith((".jsonl", ".html", ".tmp"))  # a receipt that a kill cut short is a .tmp
            if content is not None and not (content.startswith(b"dupviz moved") or is_ours):
                counts[content] += 1
    return counts


def _content(path):
    if os.path.islink(path):
        return os.fsencode(os.readlink(path))
    with open(path, "rb") as file:
        return file.read()
