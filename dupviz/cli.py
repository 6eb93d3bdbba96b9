"""The command line: ``dupviz scan`` and ``dupviz cache``."""

import argparse
import io
import math
import os
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

CACHE = """\
Show where the tensors of earlier scans are remembered, how many, and how much room they take."""

EXAMPLES = """\
examples:
  dupviz scan photos                          groups of duplicates below folder photos
  dupviz scan photos --threshold 500          a wider net; look twice before you delete
  dupviz scan photos --symmetries dihedral    mirror images count too
  dupviz scan new archive --protect archive   what of new is in the archive already; that stays as it is
  dupviz scan photos --json pairs.json        every pair below --max-mse, for other programs

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
    scan.add_argument(
        "--threshold", type=_mse, default=200.0, metavar="MSE", help="duplicates are below it (default: 200)"
    )
    scan.add_argument(
        "--max-mse", type=_mse, default=1000.0, metavar="MSE", help="list pairs up to here in the JSON (default: 1000)"
    )
    scan.add_argument(
        "--symmetries",
        choices=("none", "rotations", "dihedral"),
        default="rotations",
        help="which copies count: upright, in four rotations (default), or mirrored too",
    )
    scan.add_argument(
        "--size", type=_positive, default=50, metavar="N", help="height and width of the tensors (default: 50)"
    )
    scan.add_argument(
        "--keep",
        choices=("largest_file", "most_pixels", "oldest", "newest", "first_path"),
        default="largest_file",
        help="which of two duplicates stays (default: largest_file)",
    )
    scan.add_argument(
        "--protect",
        action="append",
        default=[],
        metavar="DIR",
        help="files in this folder always stay; can be repeated",
    )
    scan.add_argument("--no-recursive", action="store_true", help="leave out folders inside folders")
    scan.add_argument(
        "--workers", type=_positive, metavar="N", help="threads that read and compare (default: one per processor)"
    )
    scan.add_argument(
        "--json", metavar="FILE", help="write all results as JSON; - for standard output, in place of the table"
    )
    scan.add_argument("--no-cache", action="store_true", help="read every file again, and remember none")
    scan.add_argument("--quiet", action="store_true", help="print nothing but errors")
    cache = commands.add_parser("cache", help="show or clear what is remembered between scans", description=CACHE)
    cache.set_defaults(run=_cache)
    cache.add_argument("--clear", action="store_true", help="forget all of it")
    return parser


def _scan(options):
    from dupviz.duplicates import find_duplicates
    from dupviz.json_output import write_json
    from dupviz.listing import write_listing
    from dupviz.search import TooManyPairsError

    try:
        duplicates = find_duplicates(
            options.folders,
            threshold=options.threshold,
            max_mse=options.max_mse,
            symmetries=options.symmetries,
            size=options.size,
            keep=options.keep,
            protect=options.protect,
            recursive=not options.no_recursive,
            workers=options.workers,
            cache=not options.no_cache,
            progress=not options.quiet and sys.stderr.isatty(),
        )
    except FileNotFoundError as error:
        return _fail(str(error), 2)
    except TooManyPairsError as error:
        return _fail(str(error), 1)
    if options.json == "-":
        write_json(duplicates, sys.stdout)
        return 0
    if not options.quiet:
        write_listing(duplicates, sys.stdout)
    if options.json:
        try:
            with Path(options.json).open("w", encoding="utf-8") as file:
                write_json(duplicates, file)
        except OSError as error:
            return _fail(f"cannot write {options.json}: {error.strerror}", 1)
    return 0


def _cache(options):
    import sqlite3

    from dupviz import store
    from dupviz.display import count, file_size

    try:
        if options.clear:
            store.clear()
        images, size = store.contents()
    except (OSError, sqlite3.Error) as error:
        return _fail(f"{store.store_file()}: {error}; dupviz cache --clear removes it", 1)
    print(f"{store.store_file()}: {count(images, 'image')} remembered, {file_size(size)}")
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
