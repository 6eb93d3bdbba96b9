"""Groups → a plan → files that have moved, or are back."""
