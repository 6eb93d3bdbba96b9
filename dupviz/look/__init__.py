"""Pairs → verdicts: whether two files are the same picture, from the files at a higher resolution."""
