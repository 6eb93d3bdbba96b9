"""The arguments of the command line, and what ``--help`` says of them."""

import argparse
import math
from collections.abc import Callable

from dupviz import __version__
from dupviz.cli.parser import Parser

__all__ = ["make_parser"]

DESCRIPTION = """\
Find duplicate images. Each image is shrunk to a 50 x 50 x 3 tensor. Two images are duplicates when the mean squared
error (MSE) of their tensors, in the best of the four rotations by 90 degrees, is below a threshold. Then dupviz
compares both files once more, larger. Only files that show the same picture can go; the rest is for review."""

SCAN = """\
Read every image in the folders and print groups of duplicates: which file stays in each, and which files can go.
Nothing is changed on the disk. Broken images are listed with the reason, and other files are counted."""

CLEAN = """\
Find duplicates as dupviz scan does, and show which files can go and which file stays instead. Without --yes nothing
is changed. With --yes the files move to a quarantine folder, which keeps their relative paths and a journal of where
each came from. Both files are checked and measured once more before each move, and nothing is ever overwritten. What
is for review stays. With --carry, files can go, too, whose only reason to stay is a caption, keywords, a rating or
other metadata: these are first written to an XMP sidecar beside the file that stays. That file is never changed."""

REVIEW = """\
Find duplicates as dupviz scan does, and show them in the browser: decide group by group which files stay, compare two
at full size, and move what can go to another folder, or back. The page comes from this machine, and nobody else can
open it: each printed address lets one browser in, once. To end it, press Finish there, or Ctrl-C here."""

UNDO = """\
Bring back every file that dupviz clean has moved, to its old place, and remove the sidecars that it has written. A file
that has changed in the quarantine folder stays there and is listed, and so does a sidecar that has changed. This works
after a crash, too, and can be repeated. No file returns through a link. Files that another user or another machine has
moved are only shown, and so are those of a journal that was changed since; with --yes they come back as well."""

QUARANTINE = """\
Say whether what dupviz clean has moved can go for good. The check looks once more at each file that stayed. It must
be there and unchanged, or, if it has changed, be a file for which the other one could go today. Then the folder is
safe to empty; otherwise the check names the files to bring back, with exit status 1. The command empty makes the same
check, and moves the whole folder to the system's trash only if it finds no file to bring back."""

COVERED = """\
Say for each file of a card, or of any folder, whether an archive has it too: may the card be wiped? A file is covered
by one with the same bytes; a picture also by one for which dupviz would let it go: the same picture, at least as good,
with all that it carries. What is not covered is listed, each with the reason. The exit status is 0 only if there are
files, and all of them are covered. With --copy-missing, what is not covered is copied, and each copy is read back and
compared; then the status is 0 if all copies are whole. Nothing on the card is changed, and nothing is ever
overwritten."""

DEMO = """\
Copy the sample, a hundred pictures with duplicates among them, to a new folder, and open it as dupviz review does."""

LESSONS = """\
Copy the lessons, which are notebooks, to a new folder, with the pictures that they use, and print how to start them."""

CACHE = """\
Show where dupviz remembers the tensors of earlier scans, how many there are, and how much space they take."""

EXAMPLES = """\
examples:
  dupviz demo                                 a sample to try it on
  dupviz scan photos                          groups of duplicates below folder photos
  dupviz scan photos --threshold 500          also less similar images
  dupviz scan photos --no-verify --keep largest_file    by the MSE alone
  dupviz scan photos --symmetries dihedral    mirror images count too
  dupviz scan photos --parts                  crops and borders too, also of many small pictures
  dupviz scan new archive --protect archive   which files of new are in the archive already
  dupviz scan photos --json pairs.json        every pair below --max-mse, for other programs
  dupviz scan photos --plan plan.csv          what can go, to look through and to edit
  dupviz clean --plan plan.csv --to duplicates --yes    moves the files of that plan
  dupviz scan photos --report report.html     groups as pictures, for a browser
  dupviz scan photos.zip                      what is in an archive; s3://bucket/photos with the extra "remote"
  dupviz scan data --fail-on-duplicates       for checks: exit status 3 if there are any
  dupviz review photos                        look through them in the browser, decide, and move
  dupviz clean photos --to duplicates         which files would move to the folder duplicates
  dupviz clean photos --to duplicates --yes   moves them
  dupviz clean photos --carry --to duplicates --yes     captions, keywords, … go to a sidecar of the file that stays
  dupviz undo duplicates                      brings them back
  dupviz covered /media/card --by Pictures    may this card be wiped? with status 0 only if all is in Pictures
  dupviz quarantine list                      the folders that dupviz has moved files to
  dupviz quarantine check duplicates          whether the files that stayed are still there, and unchanged
  dupviz quarantine empty duplicates          checks, asks, and moves the folder to the system's trash

exit status:
  0 done, with or without duplicates; 1 something asked for could not be done; 2 unusable arguments;
  3 duplicates, with --fail-on-duplicates; 130 interrupted
"""


def make_parser(**commands: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    """The parser; in what it returns, `run` is the function of the command.

    Parameters
    ----------
    **commands : callable
        What runs each command, by its name.
    """
    wide = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="dupviz", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=wide, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"dupviz {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str, description: str, help: str) -> argparse.ArgumentParser:
        epilog = EXAMPLES if name in ("scan", "review", "clean") else None
        command = subparsers.add_parser(
            name, help=help, description=description, epilog=epilog, formatter_class=wide, allow_abbrev=False
        )
        command.set_defaults(run=commands[name])
        return command

    scan = add("scan", SCAN, "print groups of duplicate images")
    scan.add_argument("folders", nargs="+", metavar="FOLDER", help="folder of images, or an image")
    _add_search_options(scan)
    scan.add_argument(
        "--max-mse",
        type=_mse,
        default=1000.0,
        metavar="MSE",
        help="search up to this MSE, for the JSON and the report (default: 1000)",
    )
    scan.add_argument(
        "--json", metavar="FILE", help="write all results as JSON; - for standard output, in place of the table"
    )
    scan.add_argument(
        "--csv", metavar="FILE", help="write the groups as CSV, one file per row, for a spreadsheet; - as for --json"
    )
    scan.add_argument("--parquet", metavar="FILE", help="the same as Parquet, for programs")
    scan.add_argument("--pairs", metavar="FILE", help="write every pair below --max-mse as CSV, or .parquet")
    scan.add_argument("--plan", metavar="FILE", help="write what can go as CSV, for clean --plan")
    scan.add_argument(
        "--fail-on-duplicates",
        action="store_true",
        help="exit with status 3 if there are files that can go, or are for review: for checks of data sets",
    )
    scan.add_argument("--report", metavar="FILE", help="write all results as one HTML page, with pictures")
    review = add("review", REVIEW, "look through the groups in the browser, decide, and move")
    review.add_argument("folders", nargs="*", metavar="FOLDER", help="folder of images; without one, the page asks")
    demo = add("demo", DEMO, "try dupviz on a sample of pictures")
    demo.add_argument(
        "folder", nargs="?", default="dupviz-demo", metavar="FOLDER", help="new folder (default: dupviz-demo)"
    )
    for command in (review, demo):
        command.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")
        _add_server_options(command)
        _add_search_options(command)
    lessons = add("lessons", LESSONS, "copy the notebooks that teach what a tensor is")
    lessons.add_argument("folder", metavar="FOLDER", help="new folder")
    clean = add("clean", CLEAN, "move the files that can go to another folder")
    clean.add_argument("folders", nargs="*", metavar="FOLDER", help="folder of images, or an image")
    where = clean.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", metavar="DIR", help="quarantine folder: a new one, or one that dupviz has used before")
    where.add_argument("--trash", action="store_true", help="move to the system's trash, which dupviz cannot undo")
    clean.add_argument("--yes", action="store_true", help="move the files; without it, only show what would move")
    clean.add_argument(
        "--plan", metavar="FILE", help="apply this saved plan instead of scanning folders; with the --size of its scan"
    )
    _add_search_options(clean)
    undo = add("undo", UNDO, "bring back what clean has moved")
    undo.add_argument("journal", metavar="JOURNAL", help="a journal, or a quarantine folder for all journals in it")
    undo.add_argument("--root", metavar="DIR", help="the present path of the folder that the files came from")
    undo.add_argument(
        "--yes",
        action="store_true",
        help="also follow journals that another user, or another machine, has written, or changed",
    )
    undo.add_argument("--dry-run", action="store_true", help="only show what would return")
    undo.add_argument("--quiet", action="store_true", help="print only errors and skipped files")
    for command in (scan, clean):
        command.add_argument("--strict", action="store_true", help="exit with status 1 if a file could not be read")
    quarantine = add("quarantine", QUARANTINE, "list, check or empty the folders that clean has moved files to")
    what = quarantine.add_subparsers(title="commands", metavar="COMMAND", dest="what", required=True)
    what.add_parser("list", help="list the quarantine folders of yours that are still there", allow_abbrev=False)
    for name, does in (
        ("check", "say whether a quarantine folder is safe to empty"),
        ("empty", "check one, ask, and move it to the system's trash"),
    ):
        command = what.add_parser(name, help=does, description=QUARANTINE, formatter_class=wide, allow_abbrev=False)
        command.add_argument("folder", metavar="FOLDER", help="a quarantine folder")
        if name == "empty":
            command.add_argument("--yes", action="store_true", help="do not ask")
    covered = add("covered", COVERED, "say whether an archive has all that is on a card")
    covered.add_argument("card", metavar="CARD", help="folder whose files are to be elsewhere, too")
    covered.add_argument(
        "--by", action="append", required=True, metavar="ARCHIVE", help="folder of the archive; can be repeated"
    )
    covered.add_argument("--copy-missing", metavar="DIR", help="copy what is not covered to this folder")
    covered.add_argument(
        "--threshold", type=_mse, default=200.0, metavar="MSE", help="the same picture is below it (default: 200)"
    )
    _add_work_options(covered)
    cache = add("cache", CACHE, "show or clear what is remembered between scans")
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
        "--keep",
        choices=("best", "largest_file", "most_pixels", "oldest", "newest", "first_path"),
        default="best",
        help="which of two duplicates stays (default: best, the original by its pixels, date, size and name)",
    )
    look = command.add_mutually_exclusive_group()
    look.add_argument(
        "--parts",
        "--crops",
        action=argparse.BooleanOptionalAction,
        help="look for crops and for pictures with borders too, for review (default: where that takes little time)",
    )
    look.add_argument(
        "--no-verify",
        dest="verify",
        action="store_false",
        help="trust the MSE alone, without a second look at the files: look-alikes below the threshold can go, too",
    )
    command.add_argument(
        "--carry",
        action="store_true",
        help="files that are the only ones with a caption, keywords, a rating or other metadata can go, too: before "
        "the move, these are written to an XMP sidecar beside the file that stays",
    )
    command.add_argument(
        "--protect",
        action="append",
        default=[],
        metavar="DIR",
        help="files in this folder always stay; can be repeated",
    )
    _add_work_options(command)
    _add_reading_options(command)


def _add_work_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--workers",
        type=_positive,
        metavar="N",
        help="how many threads or processes read, compare and look again (default: one per processor)",
    )
    command.add_argument(
        "--no-cache", dest="cache", action="store_false", help="read every file again, and remember nothing"
    )
    command.add_argument("--quiet", action="store_true", help="print only what could not be read, or was skipped")


def _add_server_options(command: argparse.ArgumentParser) -> None:
    server = command.add_argument_group("from another machine, or behind a proxy")
    server.add_argument(
        "--host",
        type=_address,
        metavar="ADDRESS",
        help="listen at this address of the machine, 0.0.0.0 for all: the printed address, with its token, opens the "
        "page from elsewhere; nothing is encrypted, and no browser is opened (default: 127.0.0.1, this machine alone)",
    )
    server.add_argument(
        "--port", type=_port, default=0, metavar="N", help="port to listen at (default: one that is free)"
    )
    server.add_argument(
        "--base-url",
        default="/",
        metavar="PATH",
        help="path under which a proxy asks, such as /photos/; not needed if the proxy removes it",
    )
    server.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="answer to this name, too: that of a proxy or tunnel, as nas.local or nas.local:8443; can be repeated",
    )


def _add_reading_options(command: argparse.ArgumentParser) -> None:
    """Those of `FolderOptions`, under their names: what is not given is not there, and so has its default."""
    reading = command.add_argument_group("which files are read, and how", argument_default=argparse.SUPPRESS)
    reading.add_argument("--size", type=_positive, metavar="N", help="height and width of the tensors (default: 50)")
    reading.add_argument(
        "--exclude",
        action="append",
        metavar="PATTERN",
        help="leave out names, or paths below a folder, like this: '*.tif', 'raw/*'; can be repeated",
    )
    reading.add_argument("--include-hidden", action="store_true", help="read files and folders that begin with a dot")
    reading.add_argument(
        "--min-size",
        type=_positive,
        metavar="PIXELS",
        help="leave out pictures with a shorter side below this",
    )
    reading.add_argument(
        "--max-pixels",
        type=_positive,
        metavar="PIXELS",
        help="leave out pictures of more pixels, before they are decoded",
    )
    reading.add_argument(
        "--no-recursive", dest="recursive", action="store_false", help="do not read folders inside folders"
    )


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


def _address(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("must be an address, such as 0.0.0.0 for all of this machine")
    return text


def _port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 65535, got {text}")
    return value


_mse.__name__ = "number"  # what argparse calls the types where a text is none
_positive.__name__ = _port.__name__ = "integer"
