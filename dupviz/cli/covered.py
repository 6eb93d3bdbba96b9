"""The command ``dupviz covered``: whether all that is on a card is in an archive, too."""

import argparse
import os
import sys

from dupviz._words.words import printable
from dupviz.cleanup.covered import covered as find_covered
from dupviz.show.terminal import write_coverage

__all__ = ["covered"]


def covered(options: argparse.Namespace, *, progress: bool) -> int:
    """Print what is not covered, and copy it if that is asked for.

    Parameters
    ----------
    options : argparse.Namespace
    progress : bool

    Returns
    -------
    int
        Exit status: 0 only if there are files, and all of them are covered, or have been copied.

    Raises
    ------
    OSError, ValueError
        If one of the folders cannot be used.
    """
    coverage = find_covered(
        options.card,
        options.by,
        threshold=options.threshold,
        workers=options.workers,
        cache=options.cache,
        progress=progress,
    )
    write_coverage(coverage, sys.stdout, quiet=options.quiet)
    if not len(coverage.missing):
        return int(coverage.table.empty)  # what saw nothing is no leave to wipe
    if options.copy_missing is None:
        print("To copy these files, the same command with --copy-missing DIR.")
        return 1
    outcome = coverage.copy_missing(options.copy_missing, progress=progress)
    for path, reason in outcome.skipped[["path", "reason"]].itertuples(index=False):
        print(f"not copied  {printable(path)}: {printable(reason)}")
    print(f"In {printable(os.path.realpath(options.copy_missing))}: {outcome.summary()}.")
    return 130 if outcome.interrupted else int(len(outcome.skipped) > 0)
