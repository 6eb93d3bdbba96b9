"""The command line: ``dupviz scan``, ``clean``, ``undo`` and ``cache``."""

import argparse
import io
import math
import os
import shlex
import sys
from typing import TYPE_CHECKING

from dupviz import __version__

if TYPE_CHECKING:
    from dupviz.cleanup.outcome import Outcome
    from dupviz.duplicates import Duplicates
    from dupviz.search.pairs import TooManyPairsError

__all__ = ["main"]

DESCRIPTION = """\
Find duplicate images. Each image is shrunk to a 50 x 50 x 3 tensor. Two images are duplicates when the mean squared
error (MSE) of their tensors, in the best of the four rotations by 90 degrees, is below a threshold. Then both files
are looked at again, larger: only what is the same picture can go, and the rest is for review."""

SCAN = """\
Read every image in the folders and print groups of duplicates: which file stays in each, and which files can go.
Nothing is changed on the disk. Broken images are listed with the reason, and other files are counted."""

CLEAN = """\
Find duplicates as dupviz scan does, and show which files can go and which file stays instead. Without --yes nothing
is changed. With --yes the files move to a quarantine folder, which keeps their relative paths and a journal of where
each came from. Both files are checked once more before each move, and nothing is ever overwritten. What is for review
stays."""

UNDO = """\
Bring back every file that dupviz clean has moved, to its old place. A file that has changed in the quarantine folder
stays there and is listed. Works after a crash, too, and can be repeated."""

CACHE = """\
Show where dupviz remembers the tensors of earlier scans, how many there are, and how much space they take."""

EXAMPLES = """\
examples:
  dupviz scan photos                          groups of duplicates below folder photos
  dupviz scan photos --threshold 500          also less similar images
  dupviz scan photos --no-verify --keep largest_file    by the MSE alone
  dupviz scan photos --symmetries dihedral    mirror images count too
  dupviz scan photos --crops                  crops and borders too, for review
  dupviz scan new archive --protect archive   which files of new are in the archive already
  dupviz scan photos --json pairs.json        every pair below --max-mse, for other programs
  dupviz scan photos --report report.html     groups as pictures, for a browser
  dupviz clean photos --to duplicates         what would be moved to the folder duplicates
  dupviz clean photos --to duplicates --yes   moves it
  dupviz undo duplicates                      brings it back

exit status:
  0 done, with or without duplicates; 1 something asked for could not be done; 2 unusable arguments; 130 interrupted
"""


def main(arguments: list[str] | None = None) -> int:
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
        if isinstance(stream, io.TextIOWrapper):  # the terminal's encoding may lack characters of a file name
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        status = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was changed", 130)
    except BrokenPipeError:  # the reader has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
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
    where.add_argument("--to", metavar="DIR", help="quarantine folder: a new one, or one that dupviz has used before")
    where.add_argument("--trash", action="store_true", help="move to the system's trash, which dupviz cannot undo")
    clean.add_argument("--yes", action="store_true", help="move the files; without it, only show what would move")
    clean.add_argument("--plan", metavar="FILE", help="apply this saved plan instead of scanning folders")
    _add_search_options(clean)
    undo = commands.add_parser(
        "undo", help="bring back what clean has moved", description=UNDO, formatter_class=wide, allow_abbrev=False
    )
    undo.set_defaults(run=_undo)
    undo.add_argument("journal", metavar="JOURNAL", help="a journal, or a quarantine folder for all journals in it")
    undo.add_argument("--quiet", action="store_true", help="print only errors and skipped files")
    cache = commands.add_parser("cache", help="show or clear what is remembered between scans", description=CACHE)
    cache.set_defaults(run=_cache)
    cache.add_argument("--clear", action="store_true", help="forget everything")
    return parser


def _add_search_options(command: argparse.ArgumentParser) -> None:
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
        choices=("best", "largest_file", "most_pixels", "oldest", "newest", "first_path"),
        default="best",
        help="which of two duplicates stays (default: best, by the camera's date, pixels, format, bytes and name)",
    )
    look = command.add_mutually_exclusive_group()
    look.add_argument(
        "--crops",
        action="store_true",
        help="look for crops and for pictures with borders too, for review: slower",
    )
    look.add_argument(
        "--no-verify",
        action="store_true",
        help="trust the MSE alone, without a second look at the files: look-alikes below the threshold can go, too",
    )
    command.add_argument(
        "--protect",
        action="append",
        default=[],
        metavar="DIR",
        help="files in this folder always stay; can be repeated",
    )
    command.add_argument(
        "--exclude",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave out names, or paths below a folder, like this: '*.tif', 'raw/*'; can be repeated",
    )
    command.add_argument("--include-hidden", action="store_true", help="read files and folders that begin with a dot")
    command.add_argument("--no-recursive", action="store_true", help="do not read folders inside folders")
    command.add_argument(
        "--workers", type=_positive, metavar="N", help="threads that read and compare (default: one per processor)"
    )
    command.add_argument("--no-cache", action="store_true", help="read every file again, and remember nothing")
    command.add_argument("--quiet", action="store_true", help="print only errors and skipped files")


def _search(options: argparse.Namespace, max_mse: float) -> "Duplicates":
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
        verify=not options.no_verify,
        views=options.crops,
        exclude=options.exclude,
        include_hidden=options.include_hidden,
    )


def _progress(options: argparse.Namespace) -> bool:
    return not options.quiet and sys.stderr.isatty()


def _scan(options: argparse.Namespace) -> int:
    from dupviz._write import write_atomically
    from dupviz.search.pairs import TooManyPairsError
    from dupviz.show.export import write_json
    from dupviz.show.report import write_report
    from dupviz.show.terminal import write_listing

    try:
        duplicates = _search(options, options.max_mse if options.json else options.threshold)
    except FileNotFoundError as error:
        return _fail(str(error), 2)
    except TooManyPairsError as error:
        return _too_many(error, "--threshold")
    status = 0
    try:
        if options.json == "-":
            write_json(duplicates, sys.stdout)
        elif options.json:
            with write_atomically(options.json) as file:
                write_json(duplicates, file)
    except TooManyPairsError as error:
        status = _too_many(error, "--max-mse")
    except BrokenPipeError:
        raise
    except OSError as error:
        status = _fail(f"cannot write {options.json}: {error.strerror}", 1)
    if options.json != "-" and not options.quiet:
        write_listing(duplicates, sys.stdout)
    if options.report:
        try:
            write_report(duplicates, options.report)
        except OSError as error:
            status = _fail(f"cannot write {options.report}: {error.strerror}", 1)
    return status


def _clean(options: argparse.Namespace) -> int:
    from dupviz._words import printable
    from dupviz.cleanup.plan import open_plan
    from dupviz.search.pairs import TooManyPairsError
    from dupviz.show.terminal import write_outcome

    if bool(options.folders) == bool(options.plan):
        return _fail("clean takes either folders or --plan FILE", 2)
    try:
        plan = open_plan(options.plan) if options.plan else _search(options, options.threshold).plan()
    except TooManyPairsError as error:
        return _too_many(error, "--threshold")
    except (OSError, ValueError) as error:
        return _fail(_said(error), 2)
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


def _undo(options: argparse.Namespace) -> int:
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


def _status(outcome: "Outcome", acted: bool) -> int:
    if outcome.interrupted:
        return 130
    return 1 if acted and len(outcome.skipped) else 0


def _undo_command(journal: str | os.PathLike[str]) -> str:
    """The command line that undoes a journal: for any POSIX shell, or for bash if the name cannot be printed."""
    path = os.fspath(journal)
    if path.isprintable():
        return f"dupviz undo {shlex.quote(path)}"
    return "dupviz undo $'" + "".join(f"\\x{byte:02x}" for byte in os.fsencode(path)) + "'"


def _said(error: Exception) -> str:
    from dupviz._words import printable

    if isinstance(error, OSError) and error.strerror:
        return printable(f"{error.filename!r}: {error.strerror}")
    return printable(str(error))


def _cache(options: argparse.Namespace) -> int:
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


def _too_many(error: "TooManyPairsError", option: str) -> int:
    return _fail(f"more than {error.max_pairs:,} pairs lie below {error.max_mse:g}: use a smaller {option}", 1)


def _fail(message: str, status: int) -> int:
    print(f"dupviz: {message}", file=sys.stderr)
    return status


def _mse(text: str) -> float:
    value = float(text)
    if not 0 <= value < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number from 0 up, got {text}")
    return value


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {text}")
    return value


_mse.__name__ = "number"  # what argparse calls the types where a text is none
_positive.__name__ = "integer"
