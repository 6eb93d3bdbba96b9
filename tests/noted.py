"""Small pictures that look the same and say different things, and plans by which what they say is carried over."""

import numpy as np
from PIL import Image
from plans import plan_of

from dupviz import Plan
from dupviz.inventory.sidecar import packet

PIXELS = Image.fromarray(np.random.default_rng(0).integers(0, 256, (24, 24, 3), dtype=np.uint8))


def write_noted(path, notes, quality=90):
    """Write a JPEG with metadata; its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    PIXELS.resize((96, 96), Image.Resampling.BICUBIC).save(path, quality=quality, xmp=packet(notes) if notes else b"")
    return str(path)


def carrying_plan(root, keepers):
    """A plan as by `plan_of`, of which all is carried over."""
    return Plan(plan_of(root, keepers).table.assign(carry=True))
