"""The command line."""

from dupviz.cli.commands import main

__all__ = ["main"]
