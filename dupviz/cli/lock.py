"""The lock of ``dupviz scan``: what is known does not count, and what is new is named."""

import errno
import os
import sys
from typing import TYPE_CHECKING

from dupviz._disk.write import check_output
from dupviz._words.words import count, printable
from dupviz.review.lock import Lock

if TYPE_CHECKING:
    from dupviz.duplicates import Duplicates

__all__ = ["check", "is_anything_new", "update"]

MOST_NAMED = 20


def check(file: str, *, update: bool) -> None:
    """Refuse, before the work is done, a lock that could not be used after it.

    Raises
    ------
    OSError, ValueError
        If it cannot be read, is none, or would replace a file that dupviz has not written.
    """
    if update:
        check_output(file)
    elif not os.path.lexists(file):
        raise FileNotFoundError(errno.ENOENT, "there is no such lock yet: --update-lock makes it", file)
    else:
        Lock.open(file)


def is_anything_new(duplicates: "Duplicates", file: str) -> bool:
    """Whether a file is in a group that the lock does not know; those are printed.

    Raises
    ------
    OSError, ValueError
        If the lock cannot be read, or is none.
    """
    new = Lock.open(file).new_in(duplicates)
    if not len(new):
        return False
    verb = "is" if len(new) == 1 else "are"
    print(f"{count(len(new), 'file')} in groups {verb} not in {printable(file)}:", file=sys.stderr)
    for path in new["path"].head(MOST_NAMED):
        print(f"  {printable(path)}", file=sys.stderr)
    if len(new) > MOST_NAMED:
        print(f"  and {len(new) - MOST_NAMED:,} more", file=sys.stderr)
    print("If they are right there, the same command with --update-lock notes them.", file=sys.stderr)
    return True


def update(duplicates: "Duplicates", file: str) -> None:
    """Write what there is now to the lock.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    lock = Lock.of(duplicates)
    lock.save(file)
    print(f"{printable(file)}: {count(len(lock.entries), 'file')} in groups.")
