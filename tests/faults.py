"""Faults at one operation on the disk after another, and file systems that know less than others."""

import errno
import os
from contextlib import contextmanager
from itertools import count

import pytest

from dupviz import undo
from dupviz.cleanup import disk


class Crash(BaseException):
    """The end of the process: nothing catches it."""


RENAME = disk.rename_to_free_name


def renames_within(no_folder):
    """A rename that knows no other folder; or, if one is given, none that would not overwrite."""

    def rename(source, target):
        if no_folder:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        if os.path.dirname(source) != os.path.dirname(target):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        RENAME(source, target)

    return rename


def links_nothing(source, target):
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@contextmanager
def at_operation(number, act, lasting=False):
    """Call `act` before the operation of this number; or before that and all further ones of its name."""
    numbers = count()
    reached = []

    def counted(name, operation):
        def call(*arguments, **options):
            if next(numbers) == number or (lasting and name in reached):
                reached.append(name)
                half(name, *arguments)
                act()
            return operation(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for name in disk.__all__:
            patch.setattr(disk, name, counted(name, getattr(disk, name)))
        yield reached


def half(name, *arguments):
    """What of a write is done when it breaks off in the middle."""
    if name == "copy_content":
        original, copy = arguments
        copy.write(original.read(7))
        original.seek(0)
        copy.seek(0)
    if name == "append":
        arguments[0].write(b'\n{"move": "/ph')


def ended(function, *arguments, **options):
    """What a function returns or raises."""
    try:
        return function(*arguments, **options)
    except (OSError, Crash, KeyboardInterrupt) as error:
        return error


def apply(plan, out):
    return ended(plan.apply, out, dry_run=False, progress=False)


def break_off_both(world, operations, of_undo, check):
    """End an apply at some of its operations, each time its undo at some of its own, and check the folders then."""

    def stop():
        raise Crash

    for number in operations:
        for second in of_undo:
            photos, out, plan = world()
            with at_operation(number, stop) as reached:
                apply(plan, out)
            if not reached:
                return
            with at_operation(second, stop) as reached:
                ended(undo, out, progress=False)
            with told(f"operations {number} and {second}"):
                check(photos, out)
            if not reached:
                break


@contextmanager
def told(where):
    try:
        yield
    except AssertionError as error:
        raise AssertionError(f"{where}: {error}") from error
