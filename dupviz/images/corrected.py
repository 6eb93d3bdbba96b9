"""Pillow's readers of Photoshop files and X bitmaps, corrected, under names of their own: other code keeps Pillow's."""

import struct
from typing import Any

import numpy as np
from PIL import Image, ImageChops, PsdImagePlugin, XbmImagePlugin
from PIL.ImageFile import ImageFile

from dupviz.images.eight_bits import bands
from dupviz.metrics import Floats, Pixels

__all__ = ["CORRECTED"]


class Psd(PsdImagePlugin.PsdImageFile):
    """A Photoshop file.

    Pillow reads rows from a wrong place if there are further channels, ink as light in a bitmap, every fourth channel
    as transparency, and leaves the white in colours that are transparent.

    References
    ----------
    Adobe Photoshop file formats specification, 2019: of transparency, the number of layers is negative.
    """

    def _open(self) -> None:
        super()._open()
        assert self.fp is not None
        self.fp.seek(12)
        (channels,) = struct.unpack(">H", self.fp.read(2))
        lengths = 2 * self.height * (channels - len(self.tile))  # of the rows of further channels, before all rows
        self.tile = [tile._replace(offset=tile.offset + lengths * (tile[0] == "packbits")) for tile in self.tile]
        if self.mode == "1":
            self.tile = [tile._replace(args="1;I") for tile in self.tile]
        self._has_white = self.mode == "RGBA" and self._number_of_layers() < 0
        if self.mode == "RGBA" and not self._has_white:  # the fourth channel is a selection that was saved
            self._mode, self.tile = "RGB", self.tile[:3]

    def _number_of_layers(self) -> int:
        if self._layers_position is None:
            return 0
        assert self.fp is not None
        self.fp.seek(self._layers_position)
        number: int = struct.unpack(">h", self.fp.read(2))[0]
        return number

    def load(self) -> Any:
        access = super().load()
        if self._has_white:
            self._has_white = False
            for top, band in bands(self, 1):
                self.paste(Image.fromarray(_without_white(np.asarray(band, np.float32))), (0, top))
        return access


def _without_white(rgba: Floats) -> Pixels:
    """Colours that were laid over white, as they were: over white once more, they look as they are stored."""
    colours, opacity = rgba[..., :3], rgba[..., 3:]
    own = (colours - (255 - opacity)) * 255 / np.maximum(opacity, 1)
    return np.concatenate([own, opacity], axis=2).clip(0, 255).round().astype(np.uint8)


class Xbm(XbmImagePlugin.XbmImageFile):
    """An X bitmap, whose ones are ink."""

    def load(self) -> Any:
        is_to_be_read = bool(self.tile)
        access = super().load()
        if is_to_be_read:
            self.im = ImageChops.invert(self).im
        return access


# From Pillow's name of a format to ours.
CORRECTED: dict[str, str] = {}
readers: tuple[type[ImageFile], ...] = Psd, Xbm
for reader in readers:
    name = reader.format or ""
    CORRECTED[name] = f"{name} OF DUPVIZ"
    Image.register_open(CORRECTED[name], reader, Image.OPEN[name][1])
