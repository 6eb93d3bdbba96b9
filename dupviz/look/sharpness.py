"""One picture made as sharp as another."""

import numpy as np

from dupviz.images.luma import luma_of
from dupviz.look.windows import smoothed
from dupviz.metrics import Floats, Pixels

__all__ = ["as_sharp"]


def as_sharp(x: Pixels, y: Pixels) -> Pixels:
    """A picture made as sharp, or as soft, as another: detail of two sizes is added to its luma or taken away."""
    luma_x, luma_y = luma_of(x), luma_of(y)
    soft = smoothed(luma_x, 1)
    fine, coarse = luma_x - soft, soft - smoothed(soft, 2)
    design = np.stack([fine.ravel()[::3], coarse.ravel()[::3]], axis=1)
    wanted = (luma_y - luma_x).ravel()[::3]
    weights = 1 / (1 + (wanted / 30) ** 2)
    weighted = design * weights[:, None]
    normal = weighted.T @ design + 1e-3 * len(wanted) * np.eye(2)
    of_fine, of_coarse = np.clip(np.linalg.solve(normal, weighted.T @ wanted), -0.98, 2).astype(np.float32)
    sharpened: Floats = np.clip(x + (of_fine * fine + of_coarse * coarse + 0.5)[..., None], 0, 255)
    return sharpened.astype(np.uint8)
