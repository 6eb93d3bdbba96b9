"""Build the documentation: ``python docs/build.py``, to ``build/site/index.html``.

Needs ``pip install -e .[docs]``. All notebooks are run; a warning is an error.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE, SITE = ROOT / "build" / "docs", ROOT / "build" / "site"

INDEX = """# Notebooks

Each asks for about half an hour, and has exercises that check themselves.

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
    command = [sys.executable, "-m", "sphinx", "-E", "-W", "--keep-going", "-q", "-b", "html", str(SOURCE), str(SITE)]
    sys.exit(subprocess.run(command, check=False).returncode)


if __name__ == "__main__":
    main()
