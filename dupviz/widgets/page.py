"""An explorer as one HTML page, which lives without Python."""

import base64
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from markupsafe import Markup

from dupviz._disk.write import write_atomically
from dupviz._words.html import stream_page
from dupviz.metrics import Pixels
from dupviz.widgets.modules import join_modules

__all__ = ["FOLDER", "STYLE", "Page", "to_page"]

FOLDER = Path(__file__).with_name("explorers")
STYLE = FOLDER / "explorers.css"


@dataclass(frozen=True)
class Page:
    """What the page of an explorer holds.

    Attributes
    ----------
    entry : str
        The module that opens it, in `FOLDER`.
    title, text, note : str
        What people read above the explorer, and below it.
    values : dict
        Of its traits.
    tensors : dict of str to sequence of ndarray of uint8, shape (size, size, 3)
        Its pictures, each at one or more sizes.
    """

    entry: str
    title: str
    text: str
    note: str
    values: Mapping[str, Any]
    tensors: Mapping[str, Sequence[Pixels]]


class HasPage(Protocol):
    """An explorer."""

    def page(self) -> Page:
        """What its page holds."""


def to_page(explorer: HasPage, path: str | os.PathLike[str]) -> None:
    """Write an explorer as one HTML page that works without Python, in any browser, and off-line.

    The page shows the explorer as it is now. It holds the pictures as tensors: of a `TensorExplorer` or a
    `PairExplorer` at most 100, of a `ThresholdExplorer` all. In the first two, people can choose a photo of their own,
    which stays in their browser.

    Parameters
    ----------
    explorer : TensorExplorer, PairExplorer or ThresholdExplorer
    path : str or Path
        Of the file. A file that dupviz has written is replaced; any other is refused.

    Raises
    ------
    TypeError
        If it is none of these explorers.
    ValueError
        If a search has more pictures or pairs than a page can hold.
    OSError
        If it cannot be written. The old file is left as it was.

    Examples
    --------
    >>> images = dv.load_images("data/photos/flags", progress=False)
    >>> dv.to_page(dv.widgets.PairExplorer(images), "page.html")
    >>> "chad.png" in Path("page.html").read_text(encoding="utf-8")
    True
    """
    if not hasattr(explorer, "page"):
        raise TypeError(f"explorer must be a TensorExplorer, PairExplorer or ThresholdExplorer, got {explorer!r:.100}")
    page = explorer.page()
    tensors = {name: list(map(_encoded, sizes)) for name, sizes in page.tensors.items()}
    script = join_modules(FOLDER / page.entry)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    data = json.dumps({"values": page.values, "tensors": tensors}, allow_nan=False)
    parts = stream_page(
        "explorer.html",
        # Only its own script runs, and nothing leaves the page.
        policy=f"default-src 'none'; img-src data:; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'",
        css=Markup(STYLE.read_text(encoding="utf-8")),
        script=Markup(script),
        data=Markup(data.replace("<", "\\u003c")),
        title=page.title,
        text=page.text,
        note=page.note,
    )
    with write_atomically(path) as file:
        file.writelines(parts)


def _encoded(tensor: Pixels) -> str:
    return base64.b64encode(tensor.tobytes()).decode()
