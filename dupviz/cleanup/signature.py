"""Which journals this user has written: their lines are signed with a key that nobody else can read.

Each signature is the HMAC-SHA256 of a record and of the signature before it: a line that is changed, left out or put
elsewhere is seen by the next. Where a finished journal ends is remembered in the user's data folder. A line that was
cut off in the middle, by a kill or a full disk, has no signature, and those after it go on from the last that has one.
"""

import errno
import hmac
import json
import logging
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from dupviz._disk.homes import is_remembered
from dupviz._disk.records import append_record, data_file, read_records
from dupviz.cleanup import disk
from dupviz.cleanup.placing import place

__all__ = ["OWN_JOURNALS", "Signer", "doubt_about", "folders_made"]

KEY, KEY_BYTES = "journal.key", 32
OWN_JOURNALS = "journals.jsonl"

UNSIGNED = "has no signature: an older dupviz, or another program, has written it"
FOREIGN = "was written by another user, or on another machine, or has been changed since"
CHANGED = "has been changed since dupviz wrote it"
CUT = "has lost lines since dupviz wrote it"
HOMELESS = "dupviz: this user has no home folder, so another process will take the journal for someone else's"

log = logging.getLogger("dupviz")


class Signer:
    """Signs the records of one journal.

    Parameters
    ----------
    folder : str
        The quarantine folder.

    Attributes
    ----------
    id : str
        Of the journal.

    Raises
    ------
    OSError
        If the user's data folder cannot be written to: no later process would know that the journal is theirs.
    """

    def __init__(self, folder: str) -> None:
        self.id = secrets.token_hex(16)
        self._last = ""
        is_kept = is_remembered(data_file(KEY))
        if not is_kept:
            log.warning(HOMELESS)
        try:
            self._key = _own_key()
            if is_kept:
                append_record(data_file(OWN_JOURNALS), {"journal": self.id, "folder": folder})
        except OSError as error:
            where = os.fspath(data_file(KEY).parent)
            raise type(error)(
                f"nothing has moved: {where!r}, where dupviz keeps what undo needs, cannot be used "
                f"({error.strerror or error}); DUPVIZ_DATA_DIR can name another folder"
            ) from error

    def sign(self, record: dict[str, Any]) -> str:
        """The signature of a record that is to follow the last one that was `written`."""
        return _signature(self._key, self._last, record)

    def written(self, signature: str) -> None:
        """Note that a record with this signature is in the journal."""
        self._last = signature

    def finish(self) -> None:
        """Remember where the journal ends. If that fails, only a cut at its end would not be seen."""
        with suppress(OSError):
            append_record(data_file(OWN_JOURNALS), {"journal": self.id, "end": self._last})


def doubt_about(records: Iterable[dict[str, Any]]) -> str:
    """Why a journal cannot be trusted, as what may follow its name; empty if this user has written all of it.

    Parameters
    ----------
    records : iterable of dict
        All that can be read in it, in order, as they stand there.
    """
    signed = [({name: record[name] for name in record if name not in ("mac", "sum")}, record) for record in records]
    if not any("mac" in record for _, record in signed):
        return UNSIGNED
    key, last = _known_key(), ""
    for number, (body, record) in enumerate(signed):
        if key is None or record.get("mac") != _signature(key, last, body):
            return CHANGED if number else FOREIGN
        last = record["mac"]
    id = signed[0][0].get("id")
    ends = [each.get("end") for each in _remembered() if each.get("journal") == id and "end" in each]
    return CUT if ends and ends != [last] else ""


def folders_made() -> list[str]:
    """The quarantine folders that this user has made, the newest first."""
    folders = [each.get("folder") for each in reversed(_remembered())]
    return list(dict.fromkeys(folder for folder in folders if isinstance(folder, str)))


def _remembered() -> list[dict[str, Any]]:
    with suppress(OSError):
        return read_records(data_file(OWN_JOURNALS))
    return []


def _signature(key: bytes, last: str, record: dict[str, Any]) -> str:
    return hmac.digest(key, (last + json.dumps(record)).encode("ascii"), "sha256").hex()


def _own_key() -> bytes:
    """The key of this user, made if there is none."""
    key = _known_key()
    if key is None:
        _make_key(data_file(KEY))
        key = _known_key()
    if key is None or len(key) != KEY_BYTES:
        raise OSError(
            errno.EINVAL, f"{KEY} in it is damaged: remove it, and journals that it has signed count as foreign"
        )
    return key


def _known_key() -> bytes | None:
    """The key of this user, if there is one: without a home folder, one that lasts as long as this process."""
    file = data_file(KEY)
    if not is_remembered(file):
        return _key_of_process()
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


@cache
def _key_of_process() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def _make_key(file: Path) -> None:
    """Make a key, whole or not at all, unless another process has made one at the same time."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = os.fspath(file.with_name(f".dupviz-{secrets.token_hex(8)}.part"))
    try:
        with disk.create(private, 0o600, buffering=0) as lines:
            disk.append(lines, secrets.token_bytes(KEY_BYTES))
            disk.sync(lines)
        with suppress(FileExistsError):
            place(private, os.fspath(file))
        disk.sync_folder(os.fspath(file.parent))
    finally:
        with suppress(OSError):
            disk.unlink(private)
