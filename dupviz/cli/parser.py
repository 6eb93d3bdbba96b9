"""A parser that says what may have been meant."""

import argparse
import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NoReturn

__all__ = ["BEGIN", "Parser"]

BEGIN = """\
dupviz finds duplicate images. Nothing is changed before you say so.

  dupviz demo                opens a sample, to try it
  dupviz lessons FOLDER      copies the notebooks that teach it to a new folder
  dupviz review              opens a page that asks for a folder
  dupviz review photos       looks through photos: decide, and move what can go
  dupviz scan photos         prints what was found
  dupviz undo duplicates     brings back what has moved to the folder duplicates

dupviz --help lists all commands, dupviz COMMAND --help explains one.
"""

UNKNOWN = re.compile(r"unrecognized arguments: (?:.* )?(-\S+)|invalid choice: '([^']*)'")


class Parser(argparse.ArgumentParser):
    """Ends with what may have been meant by an unknown command, option or word."""

    def error(self, message: str) -> NoReturn:
        """Print what is wrong, and exit with status 2."""
        if (unknown := UNKNOWN.search(message)) and (meant := self._meant(unknown[1] or unknown[2])):
            message = f"{message}\ndid you mean {meant}?"
        super().error(message)

    def _meant(self, word: str) -> str:
        words = [name for name in self._words() if name.startswith("-") == word.startswith("-")]
        return next(iter(get_close_matches(word.partition("=")[0], words, n=1)), "")

    def _words(self) -> Iterator[str]:
        """The names of all commands, of their options, and of what can be chosen."""
        for action in self._actions:
            yield from action.option_strings
            if isinstance(action, argparse._SubParsersAction):
                for name, command in action.choices.items():
                    yield name
                    yield from command._words()
            elif action.choices:
                yield from map(str, action.choices)
