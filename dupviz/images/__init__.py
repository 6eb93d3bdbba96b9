"""Folders → files → tensors, with a table of their facts."""
