"""The pictures that the gallery's page asks for: small ones for the groups, large ones to compare."""

from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from dupviz._disk.status import file_state
from dupviz._words.words import printable
from dupviz.images.formats import DecodeError, NotAnImage
from dupviz.images.imageset import ImageSet
from dupviz.widgets.files import file_jpeg, jpeg, turned
from dupviz.widgets.gallery.messages import Found
from dupviz.widgets.gallery.states import Picture

__all__ = ["FilePictures"]

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

    def thumbnails(self, files: list[Picture]) -> Found:
        """Small pictures of files."""
        with ThreadPoolExecutor() as executor:
            return {}, list(executor.map(lambda file: self._thumbnail(*file), files))

    def _thumbnail(self, image: int, rotation: int, mirrored: bool) -> bytes:
        facts = self._files.iloc[image]
        try:
            return file_jpeg(facts["path"], THUMBNAIL_SIDE, rotation=rotation, mirrored=mirrored)
        except (DecodeError, NotAnImage):  # it is gone: its tensor shows what it was
            scale = THUMBNAIL_SIDE / max(facts["width"], facts["height"])
            width, height = (max(1, round(scale * facts[side])) for side in ("width", "height"))
            tensor = Image.fromarray(self._images.tensors[image])
            return jpeg(turned(tensor.resize((width, height), Image.Resampling.BICUBIC), rotation, mirrored))

    def compare(self, files: list[Picture], side: int, box: list[float]) -> Found:
        """A part of some files, as large as a screen, or the reasons why one cannot be shown."""
        pictures = [self._picture(*file, side, box) for file in files]
        return {"reasons": [reason for reason, _ in pictures]}, [jpg for _, jpg in pictures]

    def _picture(self, image: int, rotation: int, mirrored: bool, side: int, box: list[float]) -> tuple[str, bytes]:
        """Why a picture cannot be compared, or an empty text; and its JPEG."""
        facts = self._files.iloc[image]
        state = file_state(facts["path"], facts["bytes"], facts["modified"])
        if state:
            return REASONS[state], b""
        side = max(1, min(side, LARGEST_SIDE))
        try:
            return "", file_jpeg(facts["path"], side, rotation=rotation, mirrored=mirrored, box=box)
        except (DecodeError, NotAnImage, OSError) as error:
            return printable(f"This file cannot be shown: {error}."), b""
