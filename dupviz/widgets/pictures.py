"""The pictures that an explorer offers: by name, and at any size."""

import os
from functools import lru_cache

import numpy as np
from PIL import Image

from dupviz._disk.paths import common_folder
from dupviz._disk.status import identity
from dupviz._words.words import printable
from dupviz.images.decode import decode
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.images.imageset import ImageSet
from dupviz.metrics import Pixels

__all__ = ["Pictures"]


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

    Raises
    ------
    ValueError
        If there are none.
    """

    def __init__(self, images: ImageSet | dict[str, Pixels]) -> None:
        if not len(images):
            raise ValueError("images must hold at least one image, got none")
        if isinstance(images, ImageSet):
            self._paths = images.files["path"].tolist()
            self.tensors = list(images.tensors)
            folder = common_folder(self._paths) or os.curdir
            self.names = [printable(os.path.relpath(path, folder)) for path in self._paths]
        else:
            self._paths = [None] * len(images)
            self.names, self.tensors = list(images), list(images.values())

    def index(self, name: str) -> int:
        """The row of a picture, by its name or its path; raises ValueError if there is none."""
        if name in self._paths:
            return self._paths.index(name)
        if name not in self.names:
            raise ValueError(f"no picture is named {name!r}: the first are {', '.join(map(repr, self.names[:5]))}")
        return self.names.index(name)

    def at(self, index: int, size: int) -> Pixels:
        """A picture as a tensor of any size.

        Returns
        -------
        ndarray of uint8, shape (size, size, 3)
            Decoded from the file, as `load_images` does; where there is none, resized from the tensor.
        """
        try:
            return _decoded(self._paths[index], identity(os.stat(self._paths[index])), size)
        except (DecodeError, NotAnImage, OSError, TypeError):
            picture = Image.fromarray(self.tensors[index])
            return np.asarray(picture.resize((size, size), Image.Resampling.BILINEAR))


@lru_cache(maxsize=256)  # a slider that goes back and forth reads each size once
def _decoded(path: str, version: tuple[int, ...], size: int) -> Pixels:
    return decode(path, size).tensor
