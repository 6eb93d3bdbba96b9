"""What a shell needs to complete the commands of dupviz, their options and names of files."""

import argparse

__all__ = ["SHELLS", "script_for"]

SHELLS = "bash", "zsh", "fish", "tcsh"
FOLDERS, FILES = {"FOLDER", "DIR", "CARD", "ARCHIVE"}, {"FILE", "JOURNAL", "PICTURE FOLDER"}


def script_for(shell: str, parser: argparse.ArgumentParser) -> str:
    """The script for one of `SHELLS`, made from a parser."""
    import shtab

    _mark_paths(parser, shtab.DIRECTORY, shtab.FILE)
    return str(shtab.complete(parser, shell))


def _mark_paths(parser: argparse.ArgumentParser, folder: object, file: object) -> None:
    """Say of each argument that takes a folder or a file that it does."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _mark_paths(command, folder, file)
        elif action.metavar in FOLDERS | FILES:
            action.complete = folder if action.metavar in FOLDERS else file  # type: ignore[attr-defined]
