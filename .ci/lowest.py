"""Prints the lowest versions that pyproject.toml allows, as constraints for pip."""

import re
import sys
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
for requirement in [*project["dependencies"], *(each for name in sys.argv[1:] for each in extras[name])]:
    if bound := re.fullmatch(r"([\w.-]+)>=([\d.]+)", requirement):
        sys.stdout.write("{}=={}\n".format(*bound.groups()))
