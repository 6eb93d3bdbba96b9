"""What a file carries beside its pixels: found in its container, put into one spelling, named in one table."""
