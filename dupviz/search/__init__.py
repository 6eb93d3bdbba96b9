"""Tensors → the pairs below a limit, exactly, and without looking at most of them."""
