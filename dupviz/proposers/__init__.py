"""Tensors → `Candidates`: the pairs that are worth a look, and who proposed them."""
