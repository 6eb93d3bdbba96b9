"""Random pictures for the property tests: from noise to the structured and the degenerate."""

import numpy as np
from hypothesis import strategies as st

SYMMETRIES = st.sampled_from(["none", "rotations", "dihedral"])


def _turned(tensor, rotation, mirrored):
    return np.rot90(tensor[:, ::-1] if mirrored else tensor, rotation)


@st.composite
def tensors(draw, size=None):
    """One tensor, uint8, shape (size, size, 3)."""
    size = size or draw(st.integers(1, 9))
    kind = draw(st.sampled_from(["noise", "constant", "gradient", "checkerboard", "pixel", "symmetric"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    colour = rng.integers(0, 256, 3)
    row, column = np.mgrid[:size, :size]
    picture = np.broadcast_to(colour, (size, size, 3)).copy()
    if kind == "noise":
        picture = rng.integers(0, 256, (size, size, 3))
    elif kind == "gradient":
        picture = (row * 200 // size)[:, :, None] + colour // 5
    elif kind == "checkerboard":
        picture = ((row + column) % 2 * 255)[:, :, None] | colour * 0
    elif kind == "pixel":
        picture[rng.integers(size), rng.integers(size)] = rng.integers(0, 256, 3)
    elif kind == "symmetric":
        picture = np.maximum(abs(2 * row - size + 1), abs(2 * column - size + 1))[:, :, None] * 255 // size + colour * 0
    return picture.astype(np.uint8)


@st.composite
def stacks(draw, max_images=14):
    """Tensors of one size, uint8, shape (n, size, size, 3): some new, some altered and transformed copies of others."""
    size = draw(st.integers(1, 9))
    stack = []
    for _ in range(draw(st.integers(0, max_images))):
        if stack and draw(st.booleans()):
            copy = stack[draw(st.integers(0, len(stack) - 1))].astype(int)
            rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
            strength = draw(st.sampled_from([0, 0, 1, 5, 20]))
            copy = np.clip(copy + rng.integers(-strength, strength + 1, copy.shape), 0, 255).astype(np.uint8)
            stack.append(_turned(copy, draw(st.integers(0, 3)), draw(st.booleans())))
        else:
            stack.append(draw(tensors(size=size)))
    return np.array(stack, np.uint8).reshape(-1, size, size, 3)
