"""Build the documentation: ``python docs/build.py``, to ``build/site/index.html``.

Needs ``pip install -e .[docs]``. All notebooks are run; a warning is an error.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from dupviz import load_images, to_page
from dupviz.widgets import PairExplorer

ROOT = Path(__file__).parents[1]
SOURCE, SITE = ROOT / "build" / "docs", ROOT / "build" / "site"

# The pictures of the explorer on the first page.
FIRST = ["coffee.jpg", "coffee_turned_90.jpg", "coffee_watermark.jpg", "coffee_brighter_5.jpg", "coffee_mirrored.jpg"]
FIRST += ["cat.jpg", "cat_cropped_5.jpg", "astronaut.jpg", "astronaut_grey.jpg", "lights_india.jpg"]

INDEX = """# Notebooks

The first takes about ten minutes, and asks for nothing; each of the others takes about half an hour. All have exercises
that check themselves.

```{toctree}
%s
```
"""


def main():
    """Copy the pages, the notebooks and their data together, and run Sphinx on them."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "site", SOURCE)
    for picture in (ROOT / "docs").glob("*.png"):
        shutil.copy(picture, SOURCE / "_static")
    notebooks = SOURCE / "notebooks"
    notebooks.mkdir()
    for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
        shutil.copy(notebook, notebooks)
    (notebooks / "index.md").write_text(INDEX % "\n".join(path.stem for path in sorted(notebooks.glob("*.ipynb"))))
    shutil.copytree(ROOT / "data", SOURCE / "data")
    pages = SOURCE / "_static" / "pages"
    startup = ROOT / "build" / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "docs" / "pages.py", startup)
    write_first_page(pages)
    command = [sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-q", "-b", "html", str(SOURCE), str(SITE)]
    environment = {**os.environ, "IPYTHONDIR": str(ROOT / "build" / "ipython"), "DUPVIZ_PAGES": str(pages)}
    sys.exit(subprocess.run(command, check=False, env=environment).returncode)


def write_first_page(pages):
    """Write the explorer of the first page: a few pictures of the sample."""
    pages.mkdir()
    photos = [ROOT / "data" / "photos" / name for name in FIRST]
    images = load_images(photos, progress=False, cache=False)
    to_page(PairExplorer(images, a="coffee.jpg", b="coffee_turned_90.jpg"), pages / "first.html")


if __name__ == "__main__":
    main()
