"""dupviz finds, explains and clears away duplicate images, with a number that you can compute by hand.

The way the data goes::

    folder ──load_images──▶ ImageSet ──find_pairs──▶ pairs ──group_duplicates──▶ groups

and `find_duplicates` goes all of it in one call.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates, find_duplicates
    from dupviz.groups import group_duplicates
    from dupviz.histogram import MseHistogram, mse_histogram
    from dupviz.images import ImageSet, load_images
    from dupviz.metrics import distance, mse, squared_error_map, transform
    from dupviz.saved import open_images
    from dupviz.search import TooManyPairsError, find_pairs

__version__ = "0.1.0"

__all__ = [
    "Duplicates",
    "ImageSet",
    "MseHistogram",
    "TooManyPairsError",
    "distance",
    "find_duplicates",
    "find_pairs",
    "group_duplicates",
    "load_images",
    "mse",
    "mse_histogram",
    "open_images",
    "squared_error_map",
    "transform",
]

_MODULES = {
    "Duplicates": "duplicates",
    "ImageSet": "images",
    "MseHistogram": "histogram",
    "TooManyPairsError": "search",
    "distance": "metrics",
    "find_duplicates": "duplicates",
    "find_pairs": "search",
    "group_duplicates": "groups",
    "load_images": "images",
    "mse": "metrics",
    "mse_histogram": "histogram",
    "open_images": "saved",
    "squared_error_map": "metrics",
    "transform": "metrics",
}


def __getattr__(name):
    """Import a public name when it is first used: `dupviz --version` should not wait for pandas."""
    if name not in _MODULES:
        raise AttributeError(f"module 'dupviz' has no attribute {name!r}")
    return getattr(import_module(f"dupviz.{_MODULES[name]}"), name)


def __dir__():
    return __all__
