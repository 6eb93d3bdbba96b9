"""Builds the wheel, and tries it in a fresh environment outside the clone: what it lacks, users lack."""

import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]

TRIAL = f"""
import pathlib, dupviz
from dupviz.app.handlers import FILES
from dupviz.widgets import ReviewGallery, SplitGallery

assert pathlib.Path({str(CLONE)!r}) not in pathlib.Path(dupviz.__file__).parents, dupviz.__file__
dups = dupviz.find_duplicates("photos", progress=False)
assert len(dups.to_remove) > 0
assert "<img" in dups._repr_html_()
dups.to_html("report.html")
assert len(ReviewGallery(dups).state["groups"]) > 0
SplitGallery(dups.images, dupviz.find_label_conflicts(dups.images, dups.pairs))
assert all(path.read_bytes() for path in FILES.values())
"""

DEMO = """
import subprocess, sys

command = [sys.executable, "-m", "dupviz", "demo", "--no-browser"]
with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:
    opened = any("The review is at" in line for line in demo.stdout)  # at the end of the output, if it fails
    demo.terminate()
assert opened
"""


def tracked_files(*folders: str) -> list[str]:
    """The files of the clone below some folders."""
    listed = subprocess.check_output(["git", "-c", "core.quotePath=off", "ls-files", *folders], cwd=CLONE, text=True)
    return listed.splitlines()


def main(place: Path) -> None:
    """Build and try it in a folder."""
    run = subprocess.check_call
    run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", place, CLONE])
    [wheel] = place.glob("*.whl")
    tracked = tracked_files("dupviz")
    if missing := set(tracked) - set(zipfile.ZipFile(wheel).namelist()):
        sys.exit(f"{wheel.name} lacks {', '.join(sorted(missing))}")

    venv.create(place / "environment", with_pip=True)
    programs = place / "environment" / ("Scripts" if os.name == "nt" else "bin")
    python = shutil.which("python", path=programs)
    run([python, "-m", "pip", "install", "-q", wheel])
    shutil.copytree(CLONE / "data" / "photos", place / "photos")
    kept_apart = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    kept_apart |= {"DUPVIZ_DATA_DIR": str(place), "DUPVIZ_CACHE_DIR": str(place)}
    dupviz = shutil.which("dupviz", path=programs)
    commands = ([dupviz, "--version"], [dupviz, "scan", "--quiet", "photos"], [python, "-c", TRIAL])
    for command in (*commands, [dupviz, "lessons", "lessons"], [python, "-c", DEMO]):
        run(command, cwd=place, env=kept_apart, stdout=subprocess.DEVNULL)
    lessons = place / "lessons"
    copied = {path.relative_to(lessons).as_posix() for path in lessons.rglob("*") if path.is_file()}
    if differing := copied ^ set(tracked_files("data", "notebooks")):
        sys.exit(f"dupviz lessons copies too little or too much: {', '.join(sorted(differing))}")
    print(f"{wheel.name}: {len(tracked)} files, and all of it works outside the clone")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder))
