"""The command line: ``dupviz scan``, ``clean``, ``undo`` and ``cache``."""

import argparse
import io
import math
import os
import shlex
import sys
from pathlib import Path

from dupviz import __version__

__all__ = ["main"]

DESCRIPTION = """\
Find duplicate images: each is shrunk to a 50 x 50 x 3 tensor, and two are duplicates when the mean squared error
(MSE) of
their tensors, under the best of the four rotations by 90 degrees, is below a threshold."""

SCAN = """\
Read every image in the folders and print groups of duplicates: which file stays in each, and which can go. Nothing is
changed on the disk. Broken images are listed with the reason; files that are no images are counted."""

CLEAN = """\
Find duplicates as dupviz scan does, show which files can go and for which file that stays, and change nothing. With
--yes move them to a quarantine folder, which keeps their relative paths and a journal of where each came from. Before
each move both files are looked at once more; nothing is ever overwritten. Flat images that need review stay."""

UNDO = """\
Bring back every file that dupviz clean has moved: to its place, byte for byte. What has been changed meanwhile is left
as it is, and said. Works after a crash, too, and can be repeated."""

CACHE = """\
Show where the tensors of earlier scans are remembered, how many, and how much room they take."""

EXAMPLES = """\
examples:
  dupviz scan photos                          groups of duplicates below folder photos
  dupviz scan photos --threshold 500          a wider net; look twice before you delete
  dupviz scan photos --symmetries dihedral    mirror images count too
  dupviz scan new archive --protect archive   what of new is in the archive already; that stays as it is
  dupviz scan photos --json pairs.json        every pair below --max-mse, for other programs
  dupviz scan photos --report report.html     groups as pictures, to look at in a browser
  dupviz clean photos --to duplicates         what would be moved to the folder duplicates
  dupviz clean photos --to duplicates --yes   moves it
  dupviz undo duplicates                      brings it back

exit status:
  0 done, with or without duplicates; 1 something asked for could not be done; 2 unusable arguments; 130 interrupted
"""


def main(arguments=None):
    """Run the command line.

    Parameters
    ----------
    arguments : list of str, optional
        By default those of the process.

    Returns
    -------
    int
        Exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal's encoding lacks is no reason to fail
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        status = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was changed", 130)
    except BrokenPipeError:  # whoever reads our output has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser():
    wide = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="dupviz", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=wide, allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"dupviz {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    scan = commands.add_parser(
        "scan",
        help="print groups of duplicate images",
        description=SCAN,
        epilog=EXAMPLES,
        formatter_class=wide,
        allow_abbrev=False,
    )
    scan.set_defaults(run=_scan)
    scan.add_argument("folders", nargs="+", metavar="FOLDER", help="folder of images, or an image")
    _add_search_options(scan)
    scan.add_argument(
        "--max-mse", type=_mse, default=1000.0, metavar="MSE", help="list pairs up to here in the JSON (default: 1000)"
    )
    scan.add_argument(
        "--json", metavar="FILE", help="write all results as JSON; - for standard output, in place of the table"
    )
    scan.add_argument("--report", metavar="FILE", help="write all results as one HTML page, with pictures")
    clean = commands.add_parser(
        "clean",
        help="move the files that can go to another folder",
        description=CLEAN,
        epilog=EXAMPLES,
        formatter_class=wide,
        allow_abbrev=False,
    )
    clean.set_defaults(run=_clean)
    clean.add_argument("folders", nargs="*", metavar="FOLDER", help="folder of images, or an image")
    where = clean.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", metavar="DIR", help="quarantine folder: a new one, or one that has been used before")
    where.add_argument("--trash", action="store_true", help="the system's trash; dupviz itself cannot undo that")
    clean.add_argument("--yes", action="store_true", help="move the files, rather than show what would move")
    clean.add_argument("--plan", metavar="FILE", help="apply this saved plan, in place of a scan of folders")
    _add_search_options(clean)
    undo = commands.add_parser(
        "undo", help="bring back what clean has moved", description=UNDO, formatter_class=wide, allow_abbrev=False
    )
    undo.set_defaults(run=_undo)
    undo.add_argument("journal", metavar="JOURNAL", help="a journal, or a quarantine folder for all journals in it")
    undo.add_argument("--quiet", action="store_true", help="print nothing but errors, and what was skipped")
    cache = commands.add_parser("cache", help="show or clear what is remembered between scans", description=CACHE)
    cache.set_defaults(run=_cache)
    cache.add_argument("--clear", action="store_true", help="forget all of it")
    return parser


def _add_search_options(command):
    command.add_argument(
        "--threshold", type=_mse, default=200.0, metavar="MSE", help="duplicates are below it (default: 200)"
    )
    command.add_argument(
        "--symmetries",
        choices=("none", "rotations", "dihedral"),
        default="rotations",
        help="which copies count: upright, in four rotations (default), or mirrored too",
    )
    command.add_argument(
        "--size", type=_positive, default=50, metavar="N", help="height and width of the tensors (default: 50)"
    )
    command.add_argument(
        "--keep",
        choices=("largest_file", "most_pixels", "oldest", "newest", "first_path"),
        default="largest_file",
        help="which of two duplicates stays (default: largest_file)",
    )
    command.add_argument(
        "--protect",
        action="append",
        default=[],
        metavar="DIR",
        help="files in this folder always stay; can be repeated",
    )
    command.add_argument("--no-recursive", action="store_true", help="leave out folders inside folders")
    command.add_argument(
        "--workers", type=_positive, metavar="N", help="threads that read and compare (default: one per processor)"
    )
    command.add_argument("--no-cache", action="store_true", help="read every file again, and remember none")
    command.add_argument("--quiet", action="store_true", help="print nothing but errors, and what was skipped")


def _search(options, max_mse):
    from dupviz.duplicates import find_duplicates

    return find_duplicates(
        options.folders,
        threshold=options.threshold,
        max_mse=max_mse,
        symmetries=options.symmetries,
        size=options.size,
        keep=options.keep,
        protect=options.protect,
        recursive=not options.no_recursive,
        workers=options.workers,
        cache=not options.no_cache,
        progress=_progress(options),
    )


def _progress(options):
    return not options.quiet and sys.stderr.isatty()


def _scan(options):
    from dupviz.search.pairs import TooManyPairsError
    from dupviz.show.export import write_json
    from dupviz.show.report import write_report
    from dupviz.show.terminal import write_listing

    try:
        duplicates = _search(options, options.max_mse)
    except FileNotFoundError as error:
        return _fail(str(error), 2)
    except TooManyPairsError as error:
        return _fail(str(error), 1)
    if options.json == "-":
        write_json(duplicates, sys.stdout)
    elif not options.quiet:
        write_listing(duplicates, sys.stdout)
    status = 0
    if options.json not in (None, "-"):
        try:
            with Path(options.json).open("w", encoding="utf-8") as file:
                write_json(duplicates, file)
        except OSError as error:
            status = _fail(f"cannot write {options.json}: {error.strerror}", 1)
    if options.report:
        try:
            write_report(duplicates, options.report)
        except OSError as error:
            status = _fail(f"cannot write {options.report}: {error.strerror}", 1)
    return status


def _clean(options):
    from dupviz._words import printable
    from dupviz.cleanup.plan import open_plan
    from dupviz.search.pairs import TooManyPairsError
    from dupviz.show.terminal import write_outcome

    if bool(options.folders) == bool(options.plan):
        return _fail("clean takes either folders or --plan FILE", 2)
    try:
        plan = open_plan(options.plan) if options.plan else _search(options, options.threshold).plan()
    except OSError as error:
        return _fail(_said(error), 2)
    except ValueError as error:
        return _fail(str(error), 2)
    except TooManyPairsError as error:
        return _fail(str(error), 1)
    try:
        outcome = plan.apply(
            options.to,
            trash=options.trash,
            dry_run=not options.yes,
            protect=options.protect,
            progress=_progress(options),
        )
        write_outcome(outcome, sys.stdout, None if options.quiet else plan)
        if not options.yes and len(plan):
            print("Nothing has been changed: the same command with --yes moves them.")
        elif outcome.journal:
            print(f"Journal: {printable(str(outcome.journal))}\nTo bring them back: {_undo_command(outcome.journal)}")
        elif options.trash and len(plan):
            print("dupviz cannot undo that: the trash itself can restore them.")
    except KeyboardInterrupt:
        where = f"; {_undo_command(options.to)} brings back what has moved" if options.yes and options.to else ""
        return _fail(f"interrupted{where}", 130)
    except (OSError, ValueError) as error:
        return _fail(_said(error), 2)
    return _status(outcome, options.yes)


def _undo(options):
    from dupviz._words import printable
    from dupviz.cleanup.undo import undo
    from dupviz.show.terminal import write_outcome

    try:
        outcome = undo(options.journal, progress=_progress(options))
    except (OSError, ValueError) as error:
        return _fail(_said(error), 2)
    except KeyboardInterrupt:
        return _fail("interrupted; the same command goes on", 130)
    if not options.quiet or len(outcome.skipped):
        write_outcome(outcome, sys.stdout)
    if outcome.note:
        print(printable(outcome.note))
    return _status(outcome, True)


def _status(outcome, acted):
    if outcome.interrupted:
        return 130
    return 1 if acted and len(outcome.skipped) else 0


def _undo_command(journal):
    """The command line that undoes a journal, for any name in a POSIX shell; in bash, if it cannot be printed."""
    path = os.fspath(journal)
    if path.isprintable():
        return f"dupviz undo {shlex.quote(path)}"
    return "dupviz undo $'" + "".join(f"\\x{byte:02x}" for byte in os.fsencode(path)) + "'"


def _said(error):
    from dupviz._words import printable

    return printable(f"{error.filename!r}: {error.strerror}" if getattr(error, "strerror", None) else str(error))


def _cache(options):
    import sqlite3

    from dupviz._words import count, file_size
    from dupviz.images import cache

    try:
        if options.clear:
            cache.clear()
        images, size = cache.contents()
    except (OSError, sqlite3.Error) as error:
        return _fail(f"{cache.store_file()}: {error}; dupviz cache --clear removes it", 1)
    print(f"{cache.store_file()}: {count(images, 'image')} remembered, {file_size(size)}")
    return 0


def _fail(message, status):
    print(f"dupviz: {message}", file=sys.stderr)
    return status


def _mse(text):
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number from 0 up, got {text}")
    return value


def _positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {text}")
    return value


_mse.__name__ = "number"  # what argparse calls the types where a text is none
_positive.__name__ = "integer"
