"""Figures: tensors, pairs, groups and thresholds, drawn with matplotlib.

Each function draws on the Axes that it is given, or on a new figure, and returns them. Nothing is shown or saved, and
no setting of matplotlib is changed. Figures have no background, so that they fit light and dark notebooks; after
``matplotlib.style.use(dupviz.plots.STYLE)`` your own figures have none either. In Jupyter they come with a text for
those who do not see them; `describe` gives one to your own figures.
"""

from dupviz.plots.alt import describe
from dupviz.plots.axes import STYLE
from dupviz.plots.galleries import plot_gallery, plot_group, plot_pairs
from dupviz.plots.looks import plot_second_look
from dupviz.plots.statistics import (
    plot_copies,
    plot_mse_histogram,
    plot_populations,
    plot_quality,
    plot_threshold_curve,
)
from dupviz.plots.tensors import plot_channels, plot_pair, plot_rotations, plot_tensor

__all__ = [
    "STYLE",
    "describe",
    "plot_channels",
    "plot_copies",
    "plot_gallery",
    "plot_group",
    "plot_mse_histogram",
    "plot_pair",
    "plot_pairs",
    "plot_populations",
    "plot_quality",
    "plot_rotations",
    "plot_second_look",
    "plot_tensor",
    "plot_threshold_curve",
]
