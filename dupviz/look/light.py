"""How the light of two pictures differs: the simplest model of b from a that suffices."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dupviz.metrics import Floats, Pixels

__all__ = ["NONE", "Light", "fit_light"]

SAMPLE = 3000  # colours that a model is fitted to
SUFFICES = 1.35, 4.0  # a simpler model is taken if its error is at most this times the least, plus this
KNOTS = np.concatenate([np.linspace(0, 40, 5)[:-1], np.linspace(40, 255, 9)])  # of the curves, dense in the shadows
SMOOTHNESS = 0.02


@dataclass(frozen=True)
class Light:
    """A model of the light.

    Attributes
    ----------
    name : {"none", "gain", "channels", "curves", "matrix"}
    apply : callable
        Takes and returns colours: float32, shape (..., 3).
    """

    name: str
    apply: Callable[[Floats], Floats]

    def picture(self, picture: Pixels) -> Pixels:
        """A picture in this light: uint8, shape (height, width, 3), as is the picture."""
        if self.name == "matrix":
            return _as_bytes(self.apply(picture.astype(np.float32)))
        every = np.repeat(np.arange(256, dtype=np.float32)[:, None], 3, axis=1)
        table = _as_bytes(self.apply(every)).T
        return np.asarray(Image.fromarray(picture).point(table.ravel().tolist()))


NONE = Light("none", lambda colours: colours)


def fit_light(a: Floats, b: Floats) -> Light:
    """Fit colours of one picture to those of another at the same places; what does not fit counts less.

    Parameters
    ----------
    a, b : ndarray of float32, shape (n, 3)
        Means over small cells, so that noise is averaged out.

    Returns
    -------
    Light
        The first of no change, one gain and offset, these per channel, a curve per channel, and a colour matrix that
        suffices.
    """
    step = max(1, len(a) // SAMPLE)
    a, b = a[::step], b[::step]
    hats = [_hats(a[:, channel]) for channel in range(3)]
    weights = np.ones(len(a), np.float32)
    for _ in range(2):
        weights = _fitting(_errors([_curves(hats, b, weights), _matrix(a, b, weights)], a, b))
    models = [NONE, _gain(a, b, weights), _channels(a, b, weights), _curves(hats, b, weights), _matrix(a, b, weights)]
    errors = _errors(models, a, b)
    weights = _fitting(errors[-2:])
    means = errors @ weights / weights.sum()
    factor, more = SUFFICES
    return models[int(np.argmax(means <= factor * means.min() + more))]


def _errors(models: list[Light], a: Floats, b: Floats) -> Floats:
    """Squared errors of each model: shape (models, n)."""
    ones = np.ones(3, np.float32)
    return np.array([np.square(np.clip(model.apply(a), 0, 255) - b) @ ones for model in models])


def _fitting(errors: Floats) -> Floats:
    """Weights of colours, by the least of their errors: what does not fit counts less."""
    least = np.sqrt(errors.min(axis=0))
    spread = 1.5 * np.median(least) + 1
    weights: Floats = 1 / (1 + (least / (2.5 * spread)) ** 2)
    return weights


def _as_bytes(colours: Floats) -> Pixels:
    rounded: Floats = np.clip(colours + 0.5, 0, 255)
    return rounded.astype(np.uint8)


def _gain(a: Floats, b: Floats, weights: Floats) -> Light:
    gain, offset = _line(a.ravel(), b.ravel(), np.repeat(weights, 3))
    return Light("gain", lambda colours: gain * colours + offset)


def _channels(a: Floats, b: Floats, weights: Floats) -> Light:
    lines = np.array([_line(a[:, c], b[:, c], weights) for c in range(3)], np.float32)
    return Light("channels", lambda colours: lines[:, 0] * colours + lines[:, 1])


def _line(x: Floats, y: Floats, weights: Floats) -> tuple[np.float32, np.float32]:
    total = weights.sum()
    mean_x, mean_y = (weights @ x) / total, (weights @ y) / total
    gain = (weights @ ((x - mean_x) * (y - mean_y))) / max(weights @ (x - mean_x) ** 2, 1.0)
    return np.float32(gain), np.float32(mean_y - gain * mean_x)


def _matrix(a: Floats, b: Floats, weights: Floats) -> Light:
    design = np.column_stack([a, np.ones(len(a), np.float32)])
    weighted = design * weights[:, None]
    ridge = 0.01 * len(a) * np.diag([1.0, 1, 1, 0])
    fit = np.linalg.solve(weighted.T @ design + ridge, weighted.T @ b + 0.01 * len(a) * np.eye(4, 3))
    matrix, offset = fit[:3].astype(np.float32), fit[3].astype(np.float32)
    return Light("matrix", lambda colours: colours @ matrix + offset)


def _curves(hats: list[Floats], b: Floats, weights: Floats) -> Light:
    """A smooth curve per channel: values at `KNOTS`, linear between, with a penalty on bends."""
    bends = np.zeros((len(KNOTS) - 2, len(KNOTS)))
    for row, (before, after) in enumerate(zip(np.diff(KNOTS)[:-1] / 16, np.diff(KNOTS)[1:] / 16)):
        bends[row, row : row + 3] = 2 / np.array([before * (before + after), -before * after, after * (before + after)])
    penalty = len(b) * SMOOTHNESS**2 * bends.T @ bends + 1e-3 * np.eye(len(KNOTS))
    values = []
    for channel, design in enumerate(hats):
        weighted = design * weights[:, None]
        values.append(np.linalg.solve(weighted.T @ design + penalty, weighted.T @ b[:, channel] + 1e-3 * KNOTS))
    return Light("curves", lambda colours: _bent(colours, values))


def _hats(values: Floats) -> Floats:
    """How much each of `KNOTS` counts for values between them: shape (n, knots)."""
    values = np.clip(values, 0, 255)
    lower = np.clip(np.searchsorted(KNOTS, values, "right") - 1, 0, len(KNOTS) - 2)
    share = (values - KNOTS[lower]) / (KNOTS[lower + 1] - KNOTS[lower])
    design = np.zeros((len(values), len(KNOTS)))
    rows = np.arange(len(values))
    design[rows, lower], design[rows, lower + 1] = 1 - share, share
    return design


def _bent(colours: Floats, values: list[Floats]) -> Floats:
    channels = [np.interp(colours[..., channel], KNOTS, values[channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)
