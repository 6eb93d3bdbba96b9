"""Paths, one or many."""

import os

__all__ = ["common_folder"]


def common_folder(paths):
    """The deepest folder that holds all of these files; None if there is none."""
    try:
        return os.path.commonpath({os.path.dirname(path) for path in paths})
    except ValueError:  # no file at all, or several drives of Windows
        return None
