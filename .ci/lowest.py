"""Prints the lowest versions that pyproject.toml allows users to have, as constraints for pip."""

import re
import tomllib
from pathlib import Path

OTHERS = ("all", "docs", "test")  # the others together, and those for people who work on dupviz

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = [each for name, extra in project["optional-dependencies"].items() if name not in OTHERS for each in extra]
for requirement in [*project["dependencies"], *extras]:
    name, version = re.fullmatch(r"([\w.-]+)>=([\d.]+)", requirement).groups()
    print(f"{name}=={version}")
