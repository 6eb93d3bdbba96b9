"""Beside the path: the same work on many machines."""
