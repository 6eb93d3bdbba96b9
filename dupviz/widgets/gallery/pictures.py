"""The pictures that the gallery's page asks for: small ones for the groups, large ones to compare."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
from PIL import Image

from dupviz._disk.status import file_state
from dupviz._words.words import printable
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.images.imageset import ImageSet
from dupviz.widgets.files import file_jpeg, jpeg, turned

__all__ = ["Answer", "FilePictures"]

# What is sent back to a question, and the pictures that belong to it.
Answer = tuple[dict[str, Any], list[bytes]]

THUMBNAIL_SIDE = 360  # pixels: for 180 on a screen of twice the usual density
LARGEST_SIDE = 4096  # of what a screen may ask for
REASONS = {"gone": "This file is no longer there.", "changed": "This file has changed since it was read."}


class FilePictures:
    """Pictures of files, turned as they match, as JPEG.

    Parameters
    ----------
    images : ImageSet
    """

    def __init__(self, images: ImageSet) -> None:
        self._images, self._files = images, images.files

    def thumbnails(self, files: list[list[Any]]) -> Answer:
        """Small pictures of files: [row, rotation, mirrored] each."""
        with ThreadPoolExecutor() as executor:
            return {"thumbnails": files}, list(executor.map(lambda file: self._thumbnail(*file), files))

    def _thumbnail(self, image: int, rotation: int, mirrored: bool) -> bytes:
        facts = self._files.iloc[image]
        try:
            return file_jpeg(facts["path"], THUMBNAIL_SIDE, rotation=rotation, mirrored=mirrored)
        except (DecodeError, NotAnImage):  # it is gone: its tensor shows what it was
            scale = THUMBNAIL_SIDE / max(facts["width"], facts["height"])
            width, height = (max(1, round(scale * facts[side])) for side in ("width", "height"))
            tensor = Image.fromarray(self._images.tensors[image])
            return jpeg(turned(tensor.resize((width, height), Image.Resampling.BICUBIC), rotation, mirrored))

    def compare(self, files: list[list[Any]], side: int, box: list[float]) -> Answer:
        """A part of some files, as large as a screen, or the reasons why one cannot be shown."""
        pictures = [self._picture(self._files.iloc[image], turn, side, box) for image, *turn in files]
        request = {"files": files, "side": side, "box": box}
        return {"compare": request, "reasons": [reason for reason, _ in pictures]}, [jpg for _, jpg in pictures]

    def _picture(self, facts: pd.Series, turn: list[Any], side: int, box: list[float]) -> tuple[str, bytes]:
        """Why a picture cannot be compared, or an empty text; and its JPEG."""
        state = file_state(facts["path"], facts["bytes"], facts["modified"])
        if state:
            return REASONS[state], b""
        rotation, mirrored = turn
        side = max(1, min(side, LARGEST_SIDE))
        try:
            return "", file_jpeg(facts["path"], side, rotation=rotation, mirrored=mirrored, box=box)
        except (DecodeError, NotAnImage, OSError) as error:
            return printable(f"This file cannot be shown: {error}."), b""
