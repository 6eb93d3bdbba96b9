"""JavaScript modules joined into one text, since anywidget loads one file; there is no build step."""

import re
from pathlib import Path

__all__ = ["join_modules"]

IMPORT = re.compile(r'^import [^;]*? from "\./(\w+\.js)";\n', re.MULTILINE)


def join_modules(entry: Path) -> str:
    """Join a module with all that it imports, and drop the words ``import`` and ``export``.

    Parameters
    ----------
    entry : Path
        The module whose default export is wanted. All modules lie in its folder, import by name, and share no names
        at their top level.

    Returns
    -------
    str
        A module without imports.
    """
    texts: dict[str, str] = {}

    def add(name: str) -> None:
        if name in texts:
            return
        text = entry.with_name(name).read_text(encoding="utf-8")
        texts[name] = ""  # begun: modules may import each other
        for other in IMPORT.findall(text):
            add(other)
        del texts[name]
        texts[name] = re.sub(r"^export (?!default)", "", IMPORT.sub("", text), flags=re.MULTILINE)

    add(entry.name)
    return "\n".join(texts.values())
