"""dupviz finds, explains and clears away duplicate images, with a number that you can compute by hand.

The way the data goes::

    folder ──load_images──▶ ImageSet ──find_pairs──▶ pairs ──group_duplicates──▶ groups ──make_plan──▶ Plan

and `find_duplicates` goes all of it in one call.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dupviz.acting import Outcome, undo
    from dupviz.calibrate import (
        Suggestion,
        edge_pairs,
        label_pairs,
        suggest_threshold,
        threshold_curve,
        with_truth,
    )
    from dupviz.cleanup import Plan, make_plan, open_plan
    from dupviz.copies import Copies, make_copies
    from dupviz.datasets import find_label_conflicts, find_leaks, fraction_affected
    from dupviz.duplicates import Duplicates, find_duplicates
    from dupviz.groups import group_duplicates
    from dupviz.histogram import MseHistogram, mse_histogram
    from dupviz.images import ImageSet, load_images
    from dupviz.labels import Labels
    from dupviz.metrics import distance, mse, squared_error_map, transform
    from dupviz.pairs import Pairs, TooManyPairsError
    from dupviz.report import write_report
    from dupviz.saved import open_images
    from dupviz.search import find_pairs

__version__ = "0.1.0"

__all__ = [
    "Copies",
    "Duplicates",
    "ImageSet",
    "Labels",
    "MseHistogram",
    "Outcome",
    "Pairs",
    "Plan",
    "Suggestion",
    "TooManyPairsError",
    "distance",
    "edge_pairs",
    "find_duplicates",
    "find_label_conflicts",
    "find_leaks",
    "find_pairs",
    "fraction_affected",
    "group_duplicates",
    "label_pairs",
    "load_images",
    "make_copies",
    "make_plan",
    "mse",
    "mse_histogram",
    "open_images",
    "open_plan",
    "squared_error_map",
    "suggest_threshold",
    "threshold_curve",
    "transform",
    "undo",
    "with_truth",
    "write_report",
]

_MODULES = {
    "Copies": "copies",
    "Duplicates": "duplicates",
    "ImageSet": "images",
    "Labels": "labels",
    "MseHistogram": "histogram",
    "Outcome": "acting",
    "Pairs": "pairs",
    "Plan": "cleanup",
    "Suggestion": "calibrate",
    "TooManyPairsError": "pairs",
    "distance": "metrics",
    "edge_pairs": "calibrate",
    "find_duplicates": "duplicates",
    "find_label_conflicts": "datasets",
    "find_leaks": "datasets",
    "find_pairs": "search",
    "fraction_affected": "datasets",
    "group_duplicates": "groups",
    "label_pairs": "calibrate",
    "load_images": "images",
    "make_copies": "copies",
    "make_plan": "cleanup",
    "mse": "metrics",
    "mse_histogram": "histogram",
    "open_images": "saved",
    "open_plan": "cleanup",
    "squared_error_map": "metrics",
    "suggest_threshold": "calibrate",
    "threshold_curve": "calibrate",
    "transform": "metrics",
    "undo": "acting",
    "with_truth": "calibrate",
    "write_report": "report",
}


def __getattr__(name):
    """Import a public name when it is first used: `dupviz --version` should not wait for pandas."""
    if name not in _MODULES:
        raise AttributeError(f"module 'dupviz' has no attribute {name!r}")
    return getattr(import_module(f"dupviz.{_MODULES[name]}"), name)


def __dir__():
    return __all__
