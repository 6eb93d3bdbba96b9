"""Colour profiles: the values of a file → those of sRGB, so that one look has one tensor."""

import hashlib
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from dupviz._words.words import printable

__all__ = ["Transform", "profile_name", "to_srgb"]

Transform = ImageCms.ImageCmsTransform

LONGEST_NAME = 40  # characters of a profile's description

MODE_OF_SPACE = {"RGB": "RGB", "CMYK": "CMYK", "GRAY": "L"}

# The many versions of sRGB differ by at most so many grey levels: a picture with one is left as it is, so that it has
# the very tensor of its copy without a profile. Display P3 differs by 99, Adobe RGB by 144.
SRGB_TOLERANCE = 2
STEPS = (0, 1, 4, 16, 32, 64, 96, 128, 160, 192, 224, 240, 255)


def to_srgb(image: Image.Image) -> Transform | None:
    """The transform from an opened image's colour profile to sRGB, on 8-bit pixels of the mode ``input_mode``.

    Returns
    -------
    Transform or None
        None if it has no profile, that of sRGB, a broken one, or one for another kind of pixels.

    References
    ----------
    ICC.1:2022, as Little CMS carries it out.
    """
    if image.mode == "LAB":
        return _transform(b"", "LAB")
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not profile:
        return None
    if image.mode == "CMYK":
        mode = "CMYK"
    else:
        mode = "L" if image.mode in ("1", "L", "LA", "La") or image.mode.startswith(("I", "F")) else "RGB"
    return _transform(profile, mode)


def profile_name(profile: bytes) -> tuple[str, str] | None:
    """The colours of a profile, if they are others than sRGB's: its name, safe to print, and its digest.

    Returns
    -------
    (str, str) or None
        The name is ``"a profile"`` if it does not say. None of a profile that is empty, broken, or near sRGB.
    """
    mode = MODE_OF_SPACE.get(profile[16:20].decode("latin-1").strip())
    if mode is None or _transform(profile, mode) is None:
        return None
    try:
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(BytesIO(profile))).strip()
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        name = ""
    return printable(name[:LONGEST_NAME]) or "a profile", hashlib.sha256(profile).hexdigest()


# Pictures of one camera share a profile. To make a transform takes 2 to 20 ms, to use it on a tensor 0.1.
@lru_cache(maxsize=32)
def _transform(profile: bytes, mode: str) -> Transform | None:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile) if profile else ImageCms.createProfile("LAB"))
        if profile and MODE_OF_SPACE.get(source.profile.xcolor_space.strip()) != mode:
            return None
        # Without a cache of the last pixel, which threads would share.
        flags = ImageCms.Flags.NOCACHE
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB", flags=flags)
        if mode in ("RGB", "L") and _is_identity(transform, mode):
            return None
    except (ImageCms.PyCMSError, ImportError, OSError, TypeError, ValueError):  # broken, or Pillow without Little CMS
        return None
    return transform


def _is_identity(transform: Transform, mode: str) -> bool:
    """Whether it leaves colours all over the cube as they are, nearly."""
    levels = np.array(STEPS, np.uint8)
    if mode == "L":
        colours, expected = levels[None], levels[None, :, None].repeat(3, axis=2)
    else:
        colours = expected = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    found = np.asarray(transform.apply(Image.fromarray(colours)))
    return int(np.abs(found.astype(np.int16) - expected).max()) <= SRGB_TOLERANCE
