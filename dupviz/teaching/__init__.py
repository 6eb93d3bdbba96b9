"""What the notebooks need to check answers."""
