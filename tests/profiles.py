"""Colour profiles for tests, written by hand: version 2 of the ICC's format."""

import struct

import numpy as np

# Red, green and blue of each, as XYZ in daylight of 5000 K.
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))


def _number(value):
    return struct.pack(">i", round(value * 65536))


def _xyz(values):
    return b"XYZ \0\0\0\0" + b"".join(map(_number, values))


def _profile(space, connection, device, tags):
    head, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        head += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    size = 128 + len(head) + len(body)
    white = b"".join(map(_number, (0.9642, 1.0, 0.8249)))
    header = struct.pack(">I4sI4s4s4s12x4s", size, b"\0\0\0\0", 0x02400000, device, space, connection, b"acsp")
    return header.ljust(68, b"\0") + white + bytes(48) + head + body


def rgb_profile(primaries=ADOBE_RGB, gamma=2.2):
    """Of a screen."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    tags = {b"wtpt": _xyz((0.9642, 1.0, 0.8249))}
    tags |= dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, primaries)))
    return _profile(b"RGB ", b"XYZ ", b"mntr", {**tags, b"rTRC": curve, b"gTRC": curve, b"bTRC": curve})


def grey_profile(gamma):
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    return _profile(b"GRAY", b"XYZ ", b"mntr", {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), b"kTRC": curve})


def cmyk_profile():
    """Of a press whose inks only darken: whatever their colours, 100 % of any is half as light."""
    table = np.empty((2, 2, 2, 2, 3), np.uint8)
    for inks in np.ndindex(2, 2, 2, 2):
        table[inks] = round(255 * 0.5 ** sum(inks)), 128, 128  # Lab: lightness, and no colour
    identity = bytes(range(256))
    matrix = b"".join(map(_number, np.eye(3).ravel().tolist()))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + 4 * identity + table.tobytes() + 3 * identity
    return _profile(b"CMYK", b"Lab ", b"prtr", {b"wtpt": _xyz((0.9642, 1.0, 0.8249)), b"A2B0": lut})


def encoded(linear, gamma=2.2):
    """Colours as values of the profile: `linear` light from 0 to 1, of shape (..., 3)."""
    return np.round(255 * np.clip(linear, 0, 1) ** (1 / gamma)).astype(np.uint8)


def from_srgb(pixels, primaries=ADOBE_RGB, gamma=2.2):
    """Pixels of sRGB in the values of a wider profile: by the formulas, without a library for colours."""
    value = np.asarray(pixels) / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return encoded(linear @ np.array(SRGB) @ np.linalg.inv(np.array(primaries)), gamma)
