"""dupviz finds, explains and clears away duplicate images, with a number that you can compute by hand."""

__version__ = "0.1.0"
