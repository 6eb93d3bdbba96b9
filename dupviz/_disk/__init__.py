"""What touches the disk, below all steps: paths, states of files, what is written and remembered."""
