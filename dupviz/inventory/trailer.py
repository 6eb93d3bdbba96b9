"""What follows the end of a picture in its file: films, sounds, or anything."""

from dupviz.images.inside import is_film
from dupviz.inventory.content import Content, digest

__all__ = ["read_trailer"]

PADDING = b"\0\r\n \xff"
SOUNDS = (b"OggS", b"ID3", b"fLaC", b"#!AMR")
WAVE = b"RIFF", b"WAVE"


def read_trailer(data: bytes, content: Content) -> None:
    """Note what follows a picture; padding is nothing."""
    if rest := data.strip(PADDING):
        content.add(_kind(rest), digest(rest))


def _kind(data: bytes) -> str:
    if is_film(data):
        return "a video"
    is_wave = data[:4] == WAVE[0] and data[8:12] == WAVE[1]
    return "a sound" if is_wave or data.startswith(SOUNDS) else "data after its end"
