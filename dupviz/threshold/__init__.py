"""What a threshold is worth: precision and recall, copies of known kinds, a suggestion."""
