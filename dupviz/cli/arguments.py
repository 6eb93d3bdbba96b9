"""The arguments of the command line, and what ``--help`` says of them."""

import argparse
import math
from collections.abc import Callable

from dupviz import __version__
from dupviz.cli.completion import SHELLS
from dupviz.cli.help import DESCRIPTION, EPILOG, HELP
from dupviz.cli.parser import Parser

__all__ = ["make_parser"]

# Of commands with many options, of which argparse would print a page.
USAGE = {
    "scan": "dupviz scan FOLDER [FOLDER ...] [options]",
    "find": "dupviz find PICTURE [PICTURE ...] FOLDER [options]",
    "review": "dupviz review [FOLDER ...] [options]",
    "demo": "dupviz demo [FOLDER] [options]",
    "clean": "dupviz clean FOLDER [FOLDER ...] (--to DIR | --trash) [--yes] [options]",
    "covered": "dupviz covered CARD --by ARCHIVE [options]",
}


def make_parser(**commands: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    """The parser; in what it returns, `run` is the function of the command.

    Parameters
    ----------
    **commands : callable
        What runs each command, by its name.
    """
    wide = argparse.RawDescriptionHelpFormatter
    parser = Parser(prog="dupviz", description=DESCRIPTION, epilog=EPILOG, formatter_class=wide, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"dupviz {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(name: str) -> argparse.ArgumentParser:
        line, description, examples = HELP[name]
        command = subparsers.add_parser(
            name,
            usage=USAGE.get(name),
            help=line,
            description=description,
            epilog=f"examples:\n{examples}",
            formatter_class=wide,
            allow_abbrev=False,
        )
        command.set_defaults(run=commands[name])
        return command

    scan = add("scan")
    scan.add_argument("folders", nargs="+", metavar="FOLDER", help="folder of images, or an image")
    _add_choices(scan)
    written = scan.add_argument_group("what is written")
    written.add_argument("--report", metavar="FILE", help="write all results as one HTML page, with pictures")
    written.add_argument("--plan", metavar="FILE", help="write what can go as CSV, for clean --plan")
    written.add_argument(
        "--csv", metavar="FILE", help="write the groups as CSV, one file per row, for a spreadsheet; - as for --json"
    )
    written.add_argument("--parquet", metavar="FILE", help="the same as Parquet, for programs")
    written.add_argument(
        "--json", metavar="FILE", help="write all results as JSON; - for standard output, in place of the table"
    )
    written.add_argument("--pairs", metavar="FILE", help="write every pair below --max-mse as CSV, or .parquet")
    written.add_argument(
        "--max-mse",
        type=_mse,
        default=1000.0,
        metavar="MSE",
        help="search up to this MSE, for the JSON, the pairs and the report (default: 1000)",
    )
    checks = scan.add_argument_group("for checks of data sets")
    checks.add_argument(
        "--fail-on-duplicates",
        action="store_true",
        help="exit with status 3 if there are files that can go, or are for review",
    )
    checks.add_argument("--lock", metavar="FILE", help="only what this file does not know counts as a duplicate")
    checks.add_argument("--update-lock", action="store_true", help="note in the lock what there is now")
    find = add("find")
    find.add_argument("paths", nargs="+", metavar="PICTURE FOLDER", help="pictures, and then the folder")
    find.add_argument("--nearest", type=_positive, default=3, metavar="N", help="of what is not there, so many (3)")
    find.add_argument(
        "--threshold", type=_mse, default=200.0, metavar="MSE", help="the same picture is below it (default: 200)"
    )
    find.add_argument("--parts", action=argparse.BooleanOptionalAction, help="look for crops, too")
    _add_work_options(find)
    review = add("review")
    review.add_argument("folders", nargs="*", metavar="FOLDER", help="folder of images; without one, the page asks")
    demo = add("demo")
    demo.add_argument(
        "folder", nargs="?", default="dupviz-demo", metavar="FOLDER", help="new folder (default: dupviz-demo)"
    )
    for command in (review, demo):
        command.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")
        _add_choices(command)
        _add_server_options(command)
    lessons = add("lessons")
    lessons.add_argument("folder", metavar="FOLDER", help="new folder")
    clean = add("clean")
    clean.add_argument("folders", nargs="*", metavar="FOLDER", help="folder of images, or an image")
    where = clean.add_mutually_exclusive_group(required=True)
    where.add_argument("--to", metavar="DIR", help="quarantine folder: a new one, or one that dupviz has used before")
    where.add_argument("--trash", action="store_true", help="move to the system's trash, which dupviz cannot undo")
    clean.add_argument("--yes", action="store_true", help="move the files; without it, only show what would move")
    clean.add_argument(
        "--plan", metavar="FILE", help="apply this saved plan instead of scanning folders; with the --size of its scan"
    )
    _add_choices(clean)
    for place in (checks, clean):
        place.add_argument("--strict", action="store_true", help="exit with status 1 if a file could not be read")
    for command in (scan, review, demo, clean):
        _add_reading_options(command)
        _add_work_options(command)
    undo = add("undo")
    undo.add_argument("journal", metavar="JOURNAL", help="a journal, or a quarantine folder for all journals in it")
    undo.add_argument("--root", metavar="DIR", help="the present path of the folder that the files came from")
    undo.add_argument(
        "--yes",
        action="store_true",
        help="also follow journals that another user, or another machine, has written, or changed",
    )
    undo.add_argument("--dry-run", action="store_true", help="only show what would return")
    undo.add_argument("--quiet", action="store_true", help="print only errors and skipped files")
    quarantine = add("quarantine")
    what = quarantine.add_subparsers(title="commands", metavar="COMMAND", dest="what", required=True)
    what.add_parser("list", help="list the quarantine folders of yours that are still there", allow_abbrev=False)
    for name, does in (
        ("check", "say whether a quarantine folder is safe to empty"),
        ("empty", "check one, ask, and move it to the system's trash"),
    ):
        description = HELP["quarantine"].description
        command = what.add_parser(name, help=does, description=description, formatter_class=wide, allow_abbrev=False)
        command.add_argument("folder", metavar="FOLDER", help="a quarantine folder")
        if name == "empty":
            command.add_argument("--yes", action="store_true", help="do not ask")
    covered = add("covered")
    covered.add_argument("card", metavar="CARD", help="folder whose files are to be elsewhere, too")
    covered.add_argument(
        "--by", action="append", required=True, metavar="ARCHIVE", help="folder of the archive; can be repeated"
    )
    covered.add_argument("--copy-missing", metavar="DIR", help="copy what is not covered to this folder")
    covered.add_argument(
        "--threshold", type=_mse, default=200.0, metavar="MSE", help="the same picture is below it (default: 200)"
    )
    _add_work_options(covered)
    cache = add("cache")
    cache.add_argument("--clear", action="store_true", help="forget everything")
    completion = add("completion")
    completion.add_argument("shell", choices=SHELLS, help="which shell")
    return parser


def _add_choices(command: argparse.ArgumentParser) -> None:
    which = command.add_argument_group("which are duplicates")
    which.add_argument(
        "--against",
        action="append",
        metavar="DIR",
        help="compare with the images of this folder, too, but no two of these; they always stay; can be repeated",
    )
    which.add_argument(
        "--threshold", type=_mse, default=200.0, metavar="MSE", help="duplicates are below it (default: 200)"
    )
    look = which.add_mutually_exclusive_group()
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
    which.add_argument(
        "--symmetries",
        choices=("none", "rotations", "dihedral"),
        default="rotations",
        help="which copies count: upright, in four rotations (default), or mirrored too",
    )
    stays = command.add_argument_group("which file stays")
    stays.add_argument(
        "--keep",
        choices=("best", "largest_file", "most_pixels", "oldest", "newest", "first_path"),
        default="best",
        help="which of two duplicates stays (default: best, the original by its pixels, date, size and name)",
    )
    stays.add_argument(
        "--protect",
        action="append",
        default=[],
        metavar="DIR",
        help="files in this folder always stay; can be repeated",
    )
    stays.add_argument(
        "--carry",
        action="store_true",
        help="files that are the only ones with a caption, keywords, a rating or other metadata can go, too: before "
        "the move, these are written to an XMP sidecar beside the file that stays",
    )


def _add_work_options(command: argparse.ArgumentParser) -> None:
    work = command.add_argument_group("how the work is done")
    work.add_argument("--quiet", action="store_true", help="print only what could not be read, or was skipped")
    work.add_argument(
        "--workers",
        type=_positive,
        metavar="N",
        help="how many threads or processes read, compare and look again (default: one per processor)",
    )
    work.add_argument(
        "--no-cache", dest="cache", action="store_false", help="read every file again, and remember nothing"
    )


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
    reading.add_argument("--size", type=_positive, metavar="N", help="height and width of the tensors (default: 50)")


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
