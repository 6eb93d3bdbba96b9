"""Groups of duplicates as text, for a terminal of any width or for a file."""

import os
import shutil
import textwrap

from dupviz._paths import common_folder
from dupviz._words import WORDS, count, file_size, printable, turn

__all__ = ["write_listing", "write_outcome"]

MAX_ERRORS = 20  # printed; the JSON has all

# Blue and vermilion, as near as the 256 colours of terminals come to those of dupviz._html.
ANSI = {"keep": "\x1b[1;38;5;32m", "remove": "\x1b[38;5;166m", "review": "\x1b[38;5;245m"}
ANSI_END = "\x1b[0m"

# What has become of a file, and whose colour that has.
STATUSES = {
    "would move": (WORDS["remove"], "remove"),
    "moved": ("moved", "remove"),
    "in the trash": ("in the trash", "remove"),
    "skipped": ("skipped", "review"),
}


def write_listing(duplicates, file):
    """Print the groups, then what could not be read, then the sum of it all.

    Parameters
    ----------
    duplicates : Duplicates
    file : text file
        Where it is a terminal, lines fit its width, and words are in colour unless the environment sets ``NO_COLOR``.
    """
    lines = [*_group_lines(_facts(duplicates), *_look(file)), *_error_lines(duplicates.images)]
    _write(lines, _summary(duplicates), file)


def write_outcome(outcome, file, plan=None):
    """Print what has become, or would become, of each file, then the sum of it all.

    Parameters
    ----------
    outcome : Outcome
    file : text file
        As for `write_listing`.
    plan : Plan, optional
        What was applied: all of it is printed. Without it, only what was skipped.
    """
    if plan is None:
        lines = [f"skipped  {printable(f'{row.path}: {row.reason}')}" for row in outcome.skipped.itertuples()]
    else:
        root = common_folder([*plan.table["path"], *plan.table["keeper"]])
        lines = [f"In {printable(root)}:"] if root else []
        lines += _group_lines(_plan_facts(plan, outcome, root), *_look(file))
    _write(lines, [f"{'Interrupted: ' if outcome.interrupted else ''}{outcome.summary()}."], file)


def _write(lines, sentences, file):
    width, _ = _look(file)
    for line in lines:
        print(line, file=file)
    for sentence in sentences:
        print(textwrap.fill(sentence, width) if width else sentence, file=file)


def _look(file):
    """The width of a terminal, None for a file; and whether it shows colours."""
    if not file.isatty():
        return None, False
    return shutil.get_terminal_size().columns, "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def _facts(duplicates):
    """What is printed of each file in the groups: (word, colour, size in pixels, in bytes, MSE, turn, path)."""
    sizes = duplicates.images.files[["width", "height"]].to_numpy()
    facts = []
    for file in duplicates.groups.itertuples():
        width, height = sizes[file.image]
        mse = "" if file.action == "keep" else f"MSE {file.mse:.1f}"
        match = turn(file.rotation, file.mirrored)
        size = file_size(file.bytes)
        word = f"{WORDS[file.action]:{max(map(len, WORDS.values()))}}"
        facts.append((word, file.action, f"{width} × {height}", size, mse, match, printable(file.path)))
    return facts


def _plan_facts(plan, outcome, root):
    """The same of each file in a plan, after a line for its keeper; without sizes in pixels, paths within `root`."""
    longest = max((len(STATUSES[status][0]) for status in outcome.table["status"]), default=0)
    facts = []
    last_keeper = None
    for file, result in zip(plan.table.itertuples(), outcome.table.itertuples()):
        if file.keeper != last_keeper:
            last_keeper = file.keeper
            size, path = file_size(file.keeper_bytes), os.path.relpath(file.keeper, root)
            facts.append((f"{WORDS['keep']:{longest}}", "keep", "", size, "", "", printable(path)))
        word, colour = STATUSES[result.status]
        path = os.path.relpath(file.path, root) + (f": {result.reason}" if result.reason else "")
        size, mse, match = file_size(file.bytes), f"MSE {file.mse:.1f}", turn(file.rotation, file.mirrored)
        facts.append((f"{word:{longest}}", colour, "", size, mse, match, printable(path)))
    return facts


def _group_lines(files, width, colours):
    """One line per file, the path last; or two, where the longest would not fit into the width."""
    pixels, size, mse, match = (max((len(file[i]) for file in files), default=0) for i in range(2, 6))
    longest = max((len(file[0]) + len(file[-1]) for file in files), default=0)
    one_line = width is None or longest + pixels + size + mse + match + 10 <= width
    for word, colour, *facts, path in files:
        label = f"{ANSI[colour]}{word}{ANSI_END}" if colours else word
        if colour == "keep":
            yield ""
        if one_line:
            columns = f"{facts[0]:>{pixels}}  " if pixels else ""
            columns += f"{facts[1]:>{size}}  {facts[2]:>{mse}}  {facts[3]:{match}}"
            yield f"{label}  {columns}  {path}"
        else:
            yield f"{label}  {path}"
            yield " " * (len(word) + 2) + ", ".join(filter(None, facts))
    if files:
        yield ""


def _error_lines(images):
    if images.errors.empty:
        return
    yield f"{count(len(images.errors), 'file')} left out:"
    for path, reason in images.errors.head(MAX_ERRORS).itertuples(index=False):
        yield f"  {printable(path)}: {printable(reason)}"
    if len(images.errors) > MAX_ERRORS:
        yield f"  and {len(images.errors) - MAX_ERRORS:,} more, all of them in the --json file"
    yield ""


def _summary(duplicates):
    images = duplicates.images
    yield duplicates.summary() + "."
    flat = images.files["flat"].sum()
    if flat:
        yield (
            f"{count(flat, 'flat image')}, with almost no contrast: these are near each other whatever they show, "
            "so none goes unless its tensor equals the kept one's."
        )
    if images.other_files:
        yield f"{count(images.other_files, 'other file')} passed over, as no image."
