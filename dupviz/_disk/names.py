"""What a file name says of its content, and what no output may replace."""

import errno
import os
from pathlib import Path

__all__ = ["IMAGE_EXTENSIONS", "RAW_EXTENSIONS", "refuse_picture_name"]

# fmt: off
IMAGE_EXTENSIONS = {
    ".apng", ".avif", ".avifs", ".bmp", ".dcm", ".dds", ".eps", ".exr", ".gif", ".heic", ".heics", ".heif", ".heifs",
    ".hif", ".icns", ".ico", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".jpx", ".jxl", ".pbm", ".pcx", ".pgm",
    ".png", ".pnm", ".ppm", ".psd", ".qoi", ".tga", ".tif", ".tiff", ".webp",
}
RAW_EXTENSIONS = {
    ".3fr", ".arw", ".cr2", ".cr3", ".dcr", ".dng", ".erf", ".kdc", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf",
    ".raw", ".rw2", ".sr2", ".srf", ".srw", ".x3f",
}
# fmt: on
# What dupviz does not read, but no one wants to lose.
FURTHER_EXTENSIONS = {".3gp", ".avi", ".m4v", ".mov", ".mp4", ".svg", ".svgz", ".xcf"}


def refuse_picture_name(path: str | os.PathLike[str]) -> None:
    """Refuse to write to what has the name of a picture or film, whether or not it is there.

    Parameters
    ----------
    path : str or Path
        Where it is a symbolic link, the file at its end counts, too.

    Raises
    ------
    FileExistsError
    """
    suffixes = {Path(name).suffix.lower() for name in (os.fsdecode(path), os.path.realpath(os.fsdecode(path)))}
    if suffixes & (IMAGE_EXTENSIONS | RAW_EXTENSIONS | FURTHER_EXTENSIONS):
        raise FileExistsError(errno.EEXIST, "that is the name of a picture: choose another", os.fsdecode(path))
