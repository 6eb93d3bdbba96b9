"""Views for Jupyter: thin layers over plain functions."""

from dupviz.widgets.pair_explorer import PairExplorer
from dupviz.widgets.review_gallery import ReviewGallery
from dupviz.widgets.split_gallery import SplitGallery
from dupviz.widgets.tensor_explorer import TensorExplorer
from dupviz.widgets.threshold_explorer import ThresholdExplorer

__all__ = ["PairExplorer", "ReviewGallery", "SplitGallery", "TensorExplorer", "ThresholdExplorer"]
