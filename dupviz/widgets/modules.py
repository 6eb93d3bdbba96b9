"""JavaScript modules joined into one text, since anywidget loads one file; there is no build step."""

import re
from pathlib import Path

__all__ = ["join_modules"]

IMPORT = re.compile(r'^import [^;]*? from "(\.\.?/[\w./]+\.js)";\n', re.MULTILINE)


def join_modules(entry: Path) -> str:
    """Join a module with all that it imports, and drop the words ``import`` and ``export``.

    Parameters
    ----------
    entry : Path
        The module whose default export is wanted. All modules import by relative paths, and share no names at their
        top level.

    Returns
    -------
    str
        A module without imports.
    """
    texts: dict[Path, str] = {}

    def add(module: Path) -> None:
        if module in texts:
            return
        text = module.read_text(encoding="utf-8")
        texts[module] = ""  # begun: modules may import each other
        for other in IMPORT.findall(text):
            add((module.parent / other).resolve())
        del texts[module]
        texts[module] = re.sub(r"^export (?!default)", "", IMPORT.sub("", text), flags=re.MULTILINE)

    add(entry.resolve())
    return "\n".join(texts.values())
