"""The command line: ``dupviz scan``, ``review``, ``clean``, ``undo`` and others."""

import argparse
import inspect
import io
import os
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dupviz.cli.arguments import make_parser
from dupviz.cli.parser import BEGIN

if TYPE_CHECKING:
    from dupviz.cleanup.outcome import Outcome
    from dupviz.duplicates import Duplicates

__all__ = ["main"]

OUTPUTS, TO_STREAM = ("json", "csv", "parquet", "pairs", "plan", "report"), ("json", "csv")


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
    if not (sys.argv[1:] if arguments is None else arguments):
        print(BEGIN, end="")
        return 0
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _fail("interrupted; nothing was changed", 130)
    except BrokenPipeError:  # the reader has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ImportError, OSError, ValueError) as error:
        return _refuse(error)
    return status


def _parser() -> argparse.ArgumentParser:
    return make_parser(
        scan=_scan,
        find=_find,
        review=_review,
        demo=_demo,
        lessons=_lessons,
        clean=_clean,
        undo=_undo,
        quarantine=_quarantine,
        cache=_cache,
        covered=_covered,
        completion=_completion,
    )


def _search(options: argparse.Namespace, max_mse: float) -> "Duplicates":
    """Search with the options that have the names of arguments of `find_duplicates`."""
    from dupviz.one_call import find_duplicates

    arguments = inspect.signature(find_duplicates).parameters
    given = {name: value for name, value in vars(options).items() if name in arguments}
    return find_duplicates(options.folders, **{**given, "max_mse": max_mse}, progress=_progress(options))


def _progress(options: argparse.Namespace) -> bool:
    return not options.quiet and sys.stderr.isatty()


def _scan(options: argparse.Namespace) -> int:
    from dupviz._words.words import listed, printable
    from dupviz.search.pairs import TooManyPairsError
    from dupviz.show.export import save_csv, save_json, save_pairs, save_parquet, write_csv, write_json
    from dupviz.show.report import write_report
    from dupviz.show.terminal import write_listing, write_unreadable

    if (problem := _unusable_outputs(options)) is not None:
        return problem
    if options.update_lock and not options.lock:
        return _fail("--update-lock needs --lock FILE: which file is it?", 2)
    if options.lock:
        from dupviz.cli import lock

        lock.check(options.lock, update=options.update_lock)
    wants_pairs = options.json or options.report or options.pairs
    duplicates = _search(options, options.max_mse if wants_pairs else options.threshold)
    status = 0
    outputs: dict[str, Callable[[Duplicates, str], object]] = {
        "json": save_json,
        "csv": save_csv,
        "parquet": save_parquet,
        "pairs": save_pairs,
        "plan": lambda duplicates, file: duplicates.plan().save(file),
        "report": write_report,
    }
    to_stream = dict(zip(TO_STREAM, (write_json, write_csv)))
    for name, save in outputs.items():
        file = getattr(options, name)
        try:
            if file == "-" and name in to_stream:
                to_stream[name](duplicates, sys.stdout)
            elif file is not None:
                save(duplicates, file)
        except TooManyPairsError as error:
            status = _refuse(error, "--max-mse")
        except BrokenPipeError:
            raise
        except (ImportError, OSError, ValueError) as error:  # among them: no plan of what is in an archive
            status = _fail(f"cannot write {file}: {getattr(error, 'strerror', None) or error}", 1)
    if options.quiet:
        write_unreadable(duplicates.images, sys.stderr)
    elif "-" not in (options.json, options.csv):
        write_listing(duplicates, sys.stdout)
        if len(duplicates.images):
            print(_next_step(options, duplicates))
    unseen = _unseen(options, duplicates)
    if unseen:
        where = printable(listed(unseen))
        status = _fail(f"no picture was found in {where}: is it the right folder?", 1)
    if options.threshold == 0:
        print("dupviz: no MSE is below 0: --threshold 0.0001 finds images whose tensors are equal", file=sys.stderr)
    if options.strict and len(duplicates.images.unreadable):
        status = 1
    if options.lock and status == 0:
        status = _lock(options, duplicates)
    elif options.fail_on_duplicates and status == 0 and (duplicates.groups["action"] != "keep").any():
        status = 3
    return status


def _lock(options: argparse.Namespace, duplicates: "Duplicates") -> int:
    from dupviz.cli import lock

    if options.update_lock:
        lock.update(duplicates, options.lock)
        return 0
    return 3 * int(lock.is_anything_new(duplicates, options.lock) and options.fail_on_duplicates)


def _unseen(options: argparse.Namespace, duplicates: "Duplicates") -> list[str]:
    """The folders without a picture, if that means that nothing was checked: all, or one of those that have to be."""
    from dupviz.groups.keep import files_in

    folders = list(map(str, options.folders))
    if not len(duplicates.images):
        return folders
    is_check = options.fail_on_duplicates or options.strict
    if not is_check or duplicates.images.source:
        return []
    return [each for each in folders if Path(each).is_dir() and not files_in(duplicates.images.files, [each]).any()]


def _next_step(options: argparse.Namespace, duplicates: "Duplicates") -> str:
    """What to do after a scan, as a sentence."""
    from dupviz._words.words import count

    if not len(duplicates.groups):
        return "Nothing to do: no two of these are duplicates."
    against = (f" --against {_quoted([folder])}" for folder in options.against or ())
    command = f"dupviz review {_quoted(options.folders)}{''.join(against)}"
    going = len(duplicates.to_remove)
    what = f"{count(going, 'file')} can go, and nothing has been changed" if going else "Nothing has been changed"
    return f"{what}. To look and decide in the browser: {command}"


def _quoted(paths: list[str], *, system: str = os.name) -> str:
    """Paths for a command line, as far as they can be printed."""
    from dupviz._words.words import printable

    quote = '"{}"'.format if system == "nt" else shlex.quote
    return " ".join(printable(quote(path)) for path in paths)


def _unusable_outputs(options: argparse.Namespace) -> int | None:
    """Say what is wrong with the names of outputs, before the work is done: the exit status, or None."""
    from dupviz._disk.write import check_output, is_special

    if options.json == options.csv == "-":
        return _fail("only one of --json and --csv can be -, for standard output", 2)
    taken: dict[str, str] = {}
    for name in OUTPUTS:
        file = getattr(options, name)
        if file is None or (file == "-" and name in TO_STREAM):
            continue
        if file == "-":
            return _fail(f"--{name} needs the name of a file: only --json and --csv can be -, for standard output", 2)
        other = taken.setdefault(os.path.realpath(file), name)
        if other != name and not is_special(file):
            return _fail(f"--{other} and --{name} name one file: {file}", 2)
        try:
            check_output(file)
        except OSError as error:
            return _fail(f"cannot write {file}: {error.strerror or error}", 1)
    return None


def _find(options: argparse.Namespace) -> int:
    from dupviz.cli.find import find

    if len(options.paths) < 2:
        return _fail("find takes pictures and a folder: dupviz find PICTURE FOLDER", 2)
    return find(options, progress=_progress(options))


def _review(options: argparse.Namespace) -> int:
    from dupviz.cli.review import review

    def search(folders: list[str]) -> "Duplicates":
        options.folders = folders
        return _search(options, options.threshold)

    review(options, search)
    return 0


def _demo(options: argparse.Namespace) -> int:
    from dupviz.cli.sample import unpack_sample

    unpack_sample(options.folder)
    options.folders = [options.folder]
    return _review(options)


def _lessons(options: argparse.Namespace) -> int:
    from dupviz.cli.sample import lessons

    return lessons(options)


def _clean(options: argparse.Namespace) -> int:
    from dupviz._words.words import printable
    from dupviz.cleanup.plan import Plan, open_plan
    from dupviz.images.options import DEFAULTS
    from dupviz.show.receipt import receipt_words, undo_command
    from dupviz.show.terminal import write_outcome, write_unreadable

    if bool(options.folders) == bool(options.plan):
        return _fail("clean takes either folders or --plan FILE", 2)
    unreadable = 0
    if options.plan:
        plan = open_plan(options.plan, size=getattr(options, "size", DEFAULTS["size"]))
        plan = Plan(plan.table.assign(carry=True)) if options.carry else plan
    else:
        duplicates = _search(options, options.threshold)
        plan, unreadable = duplicates.plan(), len(duplicates.images.unreadable)
        if options.quiet or options.strict:
            write_unreadable(duplicates.images, sys.stderr)
        if options.strict and unreadable and options.yes:
            return _fail("nothing has been moved: --strict, and a file could not be read", 1)
    try:
        outcome = plan.apply(
            options.to,
            trash=options.trash,
            dry_run=not options.yes,
            protect=options.protect,
            progress=_progress(options),
        )
        write_outcome(outcome, sys.stdout, None if options.quiet else plan)
        if not options.yes and len(outcome.table):
            print("Nothing has been changed: the same command with --yes moves them.")
        elif outcome.journal:
            print(f"Journal: {printable(str(outcome.journal))}")
            print(receipt_words(plan, outcome))
            print(f"To bring them back: {undo_command(outcome.journal)}")
        elif options.trash and len(plan):
            print("dupviz cannot undo that: the trash itself can restore them.")
    except KeyboardInterrupt:
        where = f"; {undo_command(options.to)} brings back what has moved" if options.yes and options.to else ""
        return _fail(f"interrupted{where}", 130)
    return max(_status(outcome, options.yes), int(options.strict and unreadable > 0))


def _undo(options: argparse.Namespace) -> int:
    from dupviz._words.words import printable
    from dupviz.cleanup.places import GONE
    from dupviz.cleanup.undo import ForeignQuarantineError, undo
    from dupviz.show.terminal import write_outcome

    bring_back = partial(undo, options.journal, root=options.root, progress=_progress(options))
    is_foreign, advice = False, "the same command without --dry-run returns them"
    try:
        try:
            outcome = bring_back(dry_run=options.dry_run, foreign=options.yes)
        except ForeignQuarantineError as error:
            outcome = bring_back(dry_run=True)
            is_foreign, advice = True, f"{_said(error)}. If these are the right places, the same command with --yes"
    except KeyboardInterrupt:
        return _fail("interrupted; run the same command again to go on", 130)
    if not options.quiet or len(outcome.skipped):
        write_outcome(outcome, sys.stdout)
    if outcome.note:
        print(printable(outcome.note))
    if options.dry_run or is_foreign:
        print(f"Nothing has been changed: {advice}.")
    elif any(reason.startswith(GONE) for reason in outcome.table["reason"]):
        print("If that folder has moved, --root DIR says where it is now.")
    return max(_status(outcome, not options.dry_run), int(is_foreign))


def _quarantine(options: argparse.Namespace) -> int:
    from dupviz.cli.quarantine import quarantine
    from dupviz.show.receipt import undo_command

    return quarantine(options, "" if options.what == "list" else undo_command(options.folder))


def _covered(options: argparse.Namespace) -> int:
    from dupviz.cli.covered import covered

    return covered(options, progress=_progress(options))


def _completion(options: argparse.Namespace) -> int:
    from dupviz.cli.completion import script_for

    print(script_for(options.shell, _parser()))
    return 0


def _status(outcome: "Outcome", acted: bool) -> int:
    if outcome.interrupted:
        return 130
    return 1 if acted and len(outcome.skipped) else 0


def _said(error: Exception) -> str:
    from dupviz._words.words import printable

    if isinstance(error, OSError) and error.strerror:
        return printable(f"{error.filename!r}: {error.strerror}")
    return printable(str(error))


def _cache(options: argparse.Namespace) -> int:
    import sqlite3

    from dupviz._words.words import count, file_size
    from dupviz.images import cache

    try:
        if options.clear:
            cache.clear()
        images, size = cache.contents()
    except (OSError, sqlite3.Error) as error:
        return _fail(f"{cache.store_file()}: {error}; dupviz cache --clear removes it", 1)
    print(f"{cache.store_file()}: {count(images, 'image')} remembered, {file_size(size)}")
    return 0


def _refuse(error: Exception, option: str = "--threshold") -> int:
    """Say what is wrong with the arguments, or with what they name; the option is the one that gives fewer pairs."""
    from dupviz.search.pairs import TooManyPairsError

    if isinstance(error, TooManyPairsError):
        return _fail(f"more than {error.max_pairs:,} pairs lie below {error.max_mse:g}: use a smaller {option}", 1)
    return _fail(_said(error), 2)


def _fail(message: str, status: int) -> int:
    print(f"dupviz: {message}", file=sys.stderr)
    return status
