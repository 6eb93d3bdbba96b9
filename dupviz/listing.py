"""Groups of duplicates as text, for a terminal of any width or for a file."""

import os
import shutil
import textwrap

from dupviz.display import WORDS, count, file_size, turn

__all__ = ["printable", "write_listing"]

MAX_ERRORS = 20  # printed; the JSON has all

# Blue and vermilion, as near as the 256 colours of terminals come to those of dupviz.display.
ANSI = {"keep": "\x1b[1;38;5;32m", "remove": "\x1b[38;5;166m", "review": "\x1b[38;5;245m"}
ANSI_END = "\x1b[0m"


def write_listing(duplicates, file):
    """Print the groups, then what could not be read, then the sum of it all.

    Parameters
    ----------
    duplicates : Duplicates
    file : text file
        Where it is a terminal, lines fit its width, and words are in colour unless the environment sets ``NO_COLOR``.
    """
    terminal = file.isatty()
    colour = terminal and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    files = _facts(duplicates)
    width = shutil.get_terminal_size().columns if terminal else None
    for line in (*_group_lines(files, width, colour), *_error_lines(duplicates.images)):
        print(line, file=file)
    for sentence in _summary(duplicates):
        print(textwrap.fill(sentence, width) if width else sentence, file=file)


def printable(text):
    r"""A file name without what a terminal obeys or cannot show: control and direction characters, lone bytes.

    Examples
    --------
    >>> printable("holiday\x1b[2J.jpg")
    'holiday\\x1b[2J.jpg'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _facts(duplicates):
    """What is printed of each file in the groups: (action, size in pixels, in bytes, MSE, turn, path)."""
    sizes = duplicates.images.files[["width", "height"]].to_numpy()
    facts = []
    for file in duplicates.groups.itertuples():
        width, height = sizes[file.image]
        mse = "" if file.action == "keep" else f"MSE {file.mse:.1f}"
        match = turn(file.rotation, file.mirrored)
        facts.append((file.action, f"{width} × {height}", file_size(file.bytes), mse, match, printable(file.path)))
    return facts


def _group_lines(files, width, colour):
    """One line per file, the path last; or two, where the longest would not fit into the width."""
    pixels, size, mse, match, path = (max((len(file[i]) for file in files), default=0) for i in range(1, 6))
    word = max(map(len, WORDS.values()))
    one_line = width is None or word + pixels + size + mse + match + path + 10 <= width
    for action, *facts, path in files:
        label = f"{WORDS[action]:{word}}"
        if colour:
            label = f"{ANSI[action]}{label}{ANSI_END}"
        if action == "keep":
            yield ""
        if one_line:
            columns = f"{facts[0]:>{pixels}}  {facts[1]:>{size}}  {facts[2]:>{mse}}  {facts[3]:{match}}"
            yield f"{label}  {columns}  {path}"
        else:
            yield f"{label}  {path}"
            yield " " * (word + 2) + ", ".join(filter(None, facts))
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
