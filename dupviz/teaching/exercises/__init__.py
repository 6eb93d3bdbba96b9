"""The notebooks' exercises, a module for each notebook: what is right, and a hint for each known mistake."""
