"""The pictures that an explorer offers: by name, and at any size."""

import os
from functools import lru_cache

import numpy as np
from PIL import Image

from dupviz._disk.contents import stat_of
from dupviz._disk.paths import common_folder
from dupviz._disk.status import identity
from dupviz._words.words import printable
from dupviz.images.decode import decode
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.images.imageset import ImageSet
from dupviz.metrics import Pixels
from dupviz.widgets.gallery.messages import TEXT, Found, Known

__all__ = ["LARGEST_SIZE", "Pictures"]

MANY = 300  # names that a menu holds at once: more are searched
LARGEST_SIZE = 50


class Pictures:
    """Pictures by name: those of an image set, or tensors.

    Parameters
    ----------
    images : ImageSet, or dict of str to ndarray of uint8, shape (height, width, 3)

    Attributes
    ----------
    names : list of str
        Paths of an image set are shortened by the folder that they share.
    tensors : list of ndarray of uint8, shape (height, width, 3)
    messages : dict
        What a browser may ask for: the names that hold a text, and a picture at some size, or as it is at size 0.

    Raises
    ------
    ValueError
        If there are none.
    """

    def __init__(self, images: ImageSet | dict[str, Pixels]) -> None:
        self._paths: list[str]  # empty texts, if there are no files
        self.tensors: list[Pixels]
        if not len(images):
            raise ValueError("images must hold at least one image, got none")
        if isinstance(images, ImageSet):
            self._paths = images.files["path"].tolist()
            self.tensors = list(images.tensors)
            folder = common_folder(self._paths) or os.curdir
            self.names = [printable(os.path.relpath(path, folder)) for path in self._paths]
        else:
            self._paths = [""] * len(images)
            self.names, self.tensors = list(images), list(images.values())
        # A path is a name, too; a name goes before.
        self._rows = {name: row for names in (self._paths, self.names) for row, name in enumerate(names)}
        size = {"type": "integer", "minimum": 0, "maximum": LARGEST_SIZE}
        self.messages: Known = {
            "names": (lambda text: ({"names": self.matching(text)}, []), {"text": TEXT}),
            "tensor": (self._bytes, {"picture": TEXT, "size": size}),
        }

    def index(self, name: str) -> int:
        """The row of a picture, by its name or its path; raises ValueError if there is none."""
        if name not in self._rows:
            raise ValueError(f"no picture is named {name!r}: the first are {', '.join(map(repr, self.names[:5]))}")
        return self._rows[name]

    def check_square(self) -> None:
        """Refuse tensors that cannot be compared in all their turns: raises ValueError."""
        shapes = {tensor.shape for tensor in self.tensors}
        if len(shapes) > 1 or any(height != width for height, width, _ in shapes):
            raise ValueError(f"pictures must all be square and of the same size, got {', '.join(map(str, shapes))}")

    def matching(self, text: str) -> list[str]:
        """The names that hold a text, the first of them."""
        text = text.casefold()
        return [name for name in self.names if text in name.casefold()][:MANY]

    def tensor(self, name: str) -> Pixels:
        """A picture as it is."""
        return self.tensors[self.index(name)]

    def at(self, index: int, size: int) -> Pixels:
        """A picture as a tensor of any size.

        Returns
        -------
        ndarray of uint8, shape (size, size, 3)
            Decoded from the file, as `load_images` does; where there is none, resized from the tensor.
        """
        try:
            return _decoded(self._paths[index], identity(stat_of(self._paths[index])), size)
        except (DecodeError, NotAnImage, OSError):
            picture = Image.fromarray(self.tensors[index])
            return np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR))

    def _bytes(self, picture: str, size: int) -> Found:
        row = self.index(picture)
        tensor = self.at(row, size) if size else self.tensors[row]
        return {}, [tensor.tobytes()]


@lru_cache(maxsize=256)  # a slider that goes back and forth reads each size once
def _decoded(path: str, version: tuple[int, ...], size: int) -> Pixels:
    return decode(path, size).tensor
