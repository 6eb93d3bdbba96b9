"""Checks of the notebooks' exercises: each says whether an answer is right, or gives a hint."""

from dupviz.teaching.exercises.clean_up import (
    check_freed,
    check_honest_score,
    check_pictures,
    check_remaining,
    check_staying,
)
from dupviz.teaching.exercises.difference import check_distance, check_levels, check_mse, check_mse_by_hand, check_stamp
from dupviz.teaching.exercises.feedback import Feedback
from dupviz.teaching.exercises.labels import (
    check_edge,
    check_labels_needed,
    check_luck,
    check_more_copies,
    check_pairs_of_copies,
)
from dupviz.teaching.exercises.look_alikes import (
    check_allowance,
    check_diluted,
    check_stopped,
    check_verdict,
    check_worst,
)
from dupviz.teaching.exercises.tensors import (
    check_brightness,
    check_channels_first,
    check_count,
    check_pixel,
    check_swapped,
)
from dupviz.teaching.exercises.threshold import (
    check_f1,
    check_precision_and_recall,
    check_share_found,
    check_threshold_per_value,
    check_wrong_pairs,
)

__all__ = [
    "Feedback",
    "check_allowance",
    "check_brightness",
    "check_channels_first",
    "check_count",
    "check_diluted",
    "check_distance",
    "check_edge",
    "check_f1",
    "check_freed",
    "check_honest_score",
    "check_labels_needed",
    "check_levels",
    "check_luck",
    "check_more_copies",
    "check_mse",
    "check_mse_by_hand",
    "check_pairs_of_copies",
    "check_pictures",
    "check_pixel",
    "check_precision_and_recall",
    "check_remaining",
    "check_share_found",
    "check_stamp",
    "check_staying",
    "check_stopped",
    "check_swapped",
    "check_threshold_per_value",
    "check_verdict",
    "check_worst",
    "check_wrong_pairs",
]
