"""Pairs → groups: which files stay, and which can go."""
