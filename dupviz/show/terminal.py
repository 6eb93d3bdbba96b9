"""Groups of duplicates as text, for a terminal of any width or for a file."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple, TextIO

from dupviz._disk.paths import common_folder
from dupviz._words.cards import file_card
from dupviz._words.rows import FileRow, GroupRow, PlanRow, rows
from dupviz._words.words import WORDS, count, file_size, printable
from dupviz.cleanup.covered import Coverage
from dupviz.cleanup.emptying import Checked
from dupviz.cleanup.outcome import Outcome
from dupviz.cleanup.plan import Plan
from dupviz.groups.folds import folded
from dupviz.images.imageset import ImageSet
from dupviz.look.verdict import TOO_SMALL
from dupviz.show.result import Result, with_keepers

__all__ = ["write_check", "write_coverage", "write_listing", "write_outcome", "write_unreadable"]

MAX_ERRORS = 20  # printed; the JSON has all

# Blue and vermilion, as near as the 256 colours of terminals come to those of dupviz._words.words.
ANSI = {"keep": "\x1b[1;38;5;32m", "remove": "\x1b[38;5;166m", "review": "\x1b[38;5;245m"}
ANSI_END = "\x1b[0m"

# What has become of a file, and whose colour that has.
STATUSES = {
    "would move": (WORDS["remove"], "remove"),
    "moved": ("moved", "remove"),
    "in the trash": ("in the trash", "remove"),
    "would be restored": ("would return", "keep"),
    "would be written": ("would be written", "review"),
    "written": ("written", "review"),
    "would be removed": ("would be removed", "remove"),
    "skipped": ("skipped", "review"),
}


def write_listing(duplicates: Result, file: TextIO) -> None:
    """Print the groups, then what could not be read, then a summary.

    Pictures that are too small to tell are one line: of icons there are thousands.

    Parameters
    ----------
    file : text file
        Where it is a terminal, lines fit its width, and words are in colour unless the environment sets ``NO_COLOR``.
    """
    lines, number = _listed(duplicates)
    _write([*_group_lines(lines, *_look(file)), *_error_lines(duplicates.images)], _summary(duplicates, number), file)


def write_unreadable(images: ImageSet, file: TextIO) -> None:
    """Print which pictures could not be read, all of them."""
    for path, reason in images.unreadable[["path", "reason"]].itertuples(index=False):
        print(f"not read  {printable(path)}: {printable(reason)}", file=file)


def write_outcome(outcome: Outcome, file: TextIO, plan: Plan | None = None) -> None:
    """Print what has become, or would become, of each file, then a summary.

    Parameters
    ----------
    file : text file
        As for `write_listing`.
    plan : Plan, optional
        What was applied: all of it is printed. Without it, only what was skipped, or would return.
    """
    if plan is None:
        lines = [
            f"{STATUSES[status][0]}  {printable(f'{path}: {reason}' if reason else path)}"
            for path, status, reason in zip(*(outcome.table[name].tolist() for name in ("path", "status", "reason")))
            if status in ("skipped", "would be restored", "would be removed")
        ]
    else:
        root = common_folder([*plan.table["path"], *plan.table["keeper"]])
        lines = [f"In {printable(root)}:"] if root else []
        lines += _group_lines(_planned(plan, outcome, root), *_look(file))
    _write(lines, [f"{'Interrupted: ' if outcome.interrupted else ''}{outcome.summary()}."], file)


def write_check(folder: str, checked: list[Checked], file: TextIO) -> None:
    """Print which files in a quarantine folder should be brought back, then a summary.

    Parameters
    ----------
    folder : str
    checked : list of Checked
    file : text file
        As for `write_listing`.
    """
    width, colours = _look(file)
    back = [each for each in checked if each.obstacle]
    if back:
        print(f"In {printable(folder)}:", file=file)
    for each in back:
        text = f"bring back  {printable(each.path)}: {printable(each.obstacle)}"
        text = textwrap.fill(text, width, subsequent_indent=" " * 12, drop_whitespace=True) if width else text
        print(text.replace("bring back", f"{ANSI['keep']}bring back{ANSI_END}", 1) if colours else text, file=file)
    safe = [each for each in checked if not each.obstacle]
    parts = []
    if back:
        parts.append(f"{count(len(back), 'file')} to bring back ({file_size(sum(each.bytes for each in back))}).")
    if safe:
        size = file_size(sum(each.bytes for each in safe))
        parts.append(f"{count(len(safe), 'file')} safe to empty ({size}): what stayed is there, and has all of it.")
    _write([], [" ".join(parts) or "There is no file in it."], file)


def write_coverage(coverage: Coverage, file: TextIO, *, quiet: bool = False) -> None:
    """Print which files of a card are not covered, each with the reason, then a summary.

    Parameters
    ----------
    file : text file
        As for `write_listing`.
    quiet : bool
        Whether to print nothing if all of them are covered.
    """
    width, colours = _look(file)
    missing = coverage.missing
    for path, found, by, reason in missing[["path", "found", "by", "reason"]].itertuples(index=False):
        near = f"beside {by}: {reason}" if by else reason
        text = printable(f"{found}  {path}" + (f" ({near})" if near else ""))
        text = textwrap.fill(text, width, subsequent_indent=" " * 4, drop_whitespace=False) if width else text
        print(text.replace(found, f"{ANSI['remove']}{found}{ANSI_END}", 1) if colours else text, file=file)
    if len(missing) or coverage.table.empty or not quiet:
        _write([""] if len(missing) else [], [f"{coverage.summary()[:1].upper()}{coverage.summary()[1:]}."], file)


class _Line(NamedTuple):
    """What is printed of a file: its facts are all but the first three."""

    word: str
    colour: str
    path: str
    pixels: str = ""
    size: str = ""
    mse: str = ""
    turn: str = ""
    reason: str = ""


def _write(lines: Iterable[str], sentences: Iterable[str], file: TextIO) -> None:
    width, _ = _look(file)
    for line in lines:
        print(line, file=file)
    for sentence in sentences:
        print(textwrap.fill(sentence, width) if width else sentence, file=file)


def _look(file: TextIO) -> tuple[int | None, bool]:
    """The width of a terminal, None for a file; and whether it shows colours."""
    if not file.isatty():
        return None, False
    return shutil.get_terminal_size().columns, "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _listed(duplicates: Result) -> tuple[list[_Line], int]:
    """The lines of the groups, without files that are too small to tell; and the number of these."""
    longest = max(map(len, WORDS.values()))
    lines = []
    number = 0
    shown: list[GroupRow] = []
    paths = duplicates.images.files["path"].tolist()
    for _, together in groupby(rows(duplicates.groups, GroupRow), key=lambda file: file.group):
        group = with_keepers(list(together), paths)
        left_out = folded(group, [TOO_SMALL])
        number += len(left_out)
        if len(left_out) < len(group) - 1:
            shown += (file for file in group if file.image not in left_out)
    facts_of_all = rows(duplicates.images.files.iloc[[file.image for file in shown]], FileRow)
    for file, facts in zip(shown, facts_of_all):
        mse = None if file.action == "keep" else file.mse
        card = file_card(facts, mse=mse, rotation=file.rotation, mirrored=file.mirrored)
        word, path = f"{WORDS[file.action]:{longest}}", printable(file.path)
        lines.append(_Line(word, file.action, path, card.pixels, card.size, card.mse, card.turn, file.reason))
    return lines, number


def _planned(plan: Plan, outcome: Outcome, root: str | None) -> list[_Line]:
    """The lines of a plan: each file after its keeper, without sizes in pixels, with paths relative to `root`."""
    longest = max((len(STATUSES[status][0]) for status in outcome.table["status"]), default=0)
    planned = {row.path: row for row in rows(plan.table, PlanRow)}
    keepers = {row.keeper: row.keeper_bytes for row in planned.values()}
    sidecars = {f"{keeper}.xmp": keeper for keeper in keepers}
    lines = []
    last_keeper = None
    for source, status, reason in zip(*(outcome.table[column] for column in ("path", "status", "reason"))):
        file = planned.get(source)
        word, colour = STATUSES[status]
        path = printable(os.path.relpath(source, root) + (f": {reason}" if reason else ""))
        keeper = file.keeper if file else sidecars.get(source)
        if keeper and keeper != last_keeper:
            last_keeper, name = keeper, printable(os.path.relpath(keeper, root))
            lines.append(_Line(f"{WORDS['keep']:{longest}}", "keep", name, size=file_size(keepers[keeper])))
        if file is None:
            why = "metadata of files that go" if keeper else "" if reason else "belongs to it"
            lines.append(_Line(f"{word:{longest}}", colour, path, reason=why))
            continue
        size, why = file_size(file.bytes), printable(file.reason)
        lines.append(_Line(f"{word:{longest}}", colour, path, size=size, reason=why))
    return lines


def _group_lines(lines: list[_Line], width: int | None, colours: bool) -> Iterator[str]:
    """One line per file, the path last; where the longest does not fit the width, the path and, below it, the rest."""
    if not lines:
        return
    widths = [max(map(len, column)) for column in zip(*lines)][3:]
    longest = max(len(line.word) + len(line.path) for line in lines)
    room = sys.maxsize if width is None else width
    one_line = longest + sum(widths) + 12 <= room
    for line in lines:
        facts = line[3:]
        label = f"{ANSI[line.colour]}{line.word}{ANSI_END}" if colours else line.word
        if line.colour == "keep":
            yield ""
        if one_line:
            columns = [f"{fact:{side}{wide}}" for fact, side, wide in zip(facts, ">>><<", widths) if wide]
            yield "  ".join([label, *columns, line.path])
        else:
            yield f"{label}  {line.path}"
            indent = " " * (len(line.word) + 2)
            yield textwrap.fill(", ".join(filter(None, facts)), room, initial_indent=indent, subsequent_indent=indent)
    yield ""


def _error_lines(images: ImageSet) -> Iterator[str]:
    if images.errors.empty:
        return
    yield f"{len(images.errors):,} left out:"
    for path, reason in images.errors.head(MAX_ERRORS).itertuples(index=False):
        yield f"  {printable(path)}: {printable(reason)}"
    if len(images.errors) > MAX_ERRORS:
        yield f"  and {len(images.errors) - MAX_ERRORS:,} more, all of them in the --json file"
    yield ""


def _summary(duplicates: Result, too_small: int) -> Iterator[str]:
    images = duplicates.images
    if too_small:
        yield f"{count(too_small, 'picture')} too small to tell: --csv FILE lists them, dupviz review shows them."
    if len(images):
        yield duplicates.summary() + "."
    if images.other_files:
        yield f"{count(images.other_files, 'other file')} skipped: no image{'' if images.other_files == 1 else 's'}."
