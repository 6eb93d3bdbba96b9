"""Whatever befalls what is remembered costs one line, and the same line for tensors as for looks."""

import hashlib
import json
import os
import sqlite3
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import dupviz._disk.store
import dupviz.look.memory
from dupviz._disk.status import FileStatus
from dupviz.images.cache import Store, looks_file, store_file
from dupviz.images.decode import Decoded
from dupviz.look.memory import RULES, Memory

ANEW = "are damaged or of another version; files are read anew"
WITHOUT = "are not remembered in"


class Tensors(Store):
    file = staticmethod(store_file)
    spoil = "UPDATE tensors SET tensor = {}"

    def __init__(self, **options):
        super().__init__([], **options)

    def put(self, number):
        status = FileStatus(number, 2, 3, 4)
        tensor = np.full((9, 9, 3), number, np.uint8)
        self.add(f"/photos/{number}.png", 9, Decoded(tensor, 5, 5, "PNG", "", False, False, 1, False, False, status))

    def get(self, number):
        found = self.find([f"/photos/{number}.png"], 9)
        return [(each.tensor[0, 0, 0], each.status.size) for each in found.values()] == [(number, number)]


class Verdicts(Memory):
    file = staticmethod(looks_file)
    spoil = "UPDATE looks SET look = {}"

    def put(self, number):
        self.add(("a pair", number), ["same", number])

    def get(self, number):
        return self.find(("a pair", number)) == ["same", number]


@pytest.fixture(params=[Tensors, Verdicts])
def kind(request, tmp_path, monkeypatch):
    monkeypatch.setenv("DUPVIZ_CACHE_DIR", str(tmp_path / "cache"))
    return request.param


def filled(kind):
    """A store that remembers 1, and is closed."""
    with kind() as store:
        store.put(1)
    return store


def change(file, command):
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(command)


def assert_said(caplog, words):
    [record] = caplog.records
    assert words in record.getMessage()
    caplog.clear()


def assert_works(kind):
    with kind() as store:
        store.put(2)
    with kind() as store:
        assert store.get(2)


def test_what_was_committed_is_found_in_the_next_run(kind, caplog):
    filled(kind)
    with kind() as store:
        assert store.get(1)
        assert not store.get(2)
    assert caplog.records == []


def test_what_is_new_is_committed_when_its_time_has_come(kind, monkeypatch):
    with kind() as store, kind() as other:
        store.put(1)
        assert not other.get(1)
        monkeypatch.setattr(dupviz._disk.store, "COMMIT_SECONDS", -1)
        store.put(2)
        assert other.get(1)
        assert other.get(2)


def test_what_was_written_is_not_written_again(kind):
    with kind() as store:
        store.put(1)
        store.commit()
        change(kind.file(), f"DELETE FROM {kind.spoil.split()[1]}")
        store.put(2)
        store.commit()
        assert not store.get(1)
        assert store.get(2)


def test_who_reads_and_who_writes_do_not_wait_for_each_other(kind, caplog, monkeypatch):
    monkeypatch.setattr(dupviz._disk.store, "BUSY_SECONDS", 0.05)
    filled(kind)
    with closing(sqlite3.connect(kind.file())) as reader, kind() as store:
        rows = reader.execute("SELECT * FROM sqlite_master")
        rows.fetchone()
        store.put(2)
        store.commit()
        assert store.get(2)
    assert caplog.records == []


def test_several_threads_share_one(kind, monkeypatch):
    monkeypatch.setattr(dupviz._disk.store, "COMMIT_SECONDS", -1)
    with kind() as store, ThreadPoolExecutor(8) as pool:
        list(pool.map(store.put, range(200)))
        assert all(pool.map(store.get, range(200)))


def test_disabled_it_writes_and_finds_nothing(kind):
    filled(kind)
    with kind(enabled=False) as store:
        assert not store.get(1)
        store.put(2)
    with kind() as store:
        assert not store.get(2)
    kind.file().unlink()
    with kind(enabled=False) as store:
        store.put(1)
    assert not kind.file().exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda kind: kind.file().write_bytes(os.urandom(50_000)),
        lambda kind: kind.file().write_bytes(kind.file().read_bytes()[:9000]),
        lambda kind: kind.file().write_bytes(b"not a database"),
        lambda kind: change(kind.file(), "PRAGMA user_version = 99"),
        lambda kind: change(kind.file(), f"ALTER TABLE {kind.spoil.split()[1]} RENAME TO other"),
        lambda kind: change(kind.file(), kind.spoil.format("zeroblob(243)")),
        lambda kind: change(kind.file(), kind.spoil.format("'[\"different\", 1]'")),
        lambda kind: change(kind.file(), kind.spoil.format("NULL")),
    ],
)
def test_what_is_damaged_or_of_another_version_is_made_anew(kind, damage, caplog):
    filled(kind)
    damage(kind)
    with kind() as store:
        assert not store.get(1)
        assert_said(caplog, f"dupviz: the remembered {kind.HOLDS} in {kind.file()} {ANEW}")
        store.put(3)
        store.commit()
        assert store.get(3)
    with kind() as store:
        assert store.get(3)
        assert not store.get(1)
    assert caplog.records == []


def test_what_is_made_anew_leaves_the_other_store(kind):
    filled(Tensors)
    filled(Verdicts)
    kind.file().write_bytes(b"not a database")
    with kind() as store:
        assert not store.get(1)
    with ({Tensors, Verdicts} - {kind}).pop()() as other:
        assert other.get(1)


def locked(kind, store):
    other = sqlite3.connect(kind.file(), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other.close


def full(kind, store):
    store._connection.execute("PRAGMA max_page_count = 1")  # not below what it has
    return lambda: None


def read_only(kind, store):
    store._connection.execute("PRAGMA query_only = 1")
    return lambda: None


@pytest.mark.parametrize("trouble", [locked, full, read_only])
def test_what_cannot_be_written_stays_and_the_run_goes_on_without(kind, trouble, caplog, monkeypatch):
    filled(kind)
    monkeypatch.setattr(dupviz._disk.store, "BUSY_SECONDS", 0.05)
    with kind() as store:
        assert store.get(1)
        end = trouble(kind, store)
        for number in range(1000, 3000):
            store.put(number % 256)
        store.commit()
        assert_said(caplog, f"dupviz: {kind.HOLDS} {WITHOUT} {kind.file()}: ")
        store.put(2)
        assert not store.get(1)
        assert not store.get(2)
    end()
    assert caplog.records == []
    with kind() as store:
        assert store.get(1)
        assert not store.get(2)
    assert_works(kind)


@pytest.mark.parametrize("obstacle", [lambda file: file.mkdir(parents=True), lambda file: file.parent.write_text("")])
def test_what_cannot_be_opened_is_done_without(kind, obstacle, caplog):
    obstacle(kind.file())
    with kind() as store:
        store.put(1)
        assert not store.get(1)
    assert_said(caplog, WITHOUT)


def test_what_is_damaged_and_cannot_be_removed_is_done_without(kind, caplog, monkeypatch):
    filled(kind)
    kind.file().write_bytes(b"not a database")

    def refuse(path, **options):
        raise PermissionError(13, "not yours", path)

    monkeypatch.setattr(Path, "unlink", refuse)
    with kind() as store:
        assert not store.get(1)
        store.put(2)
        assert not store.get(2)
    assert_said(caplog, "not yours")


# fmt: off
NOT_NOW = [
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_BUSY_SNAPSHOT,
]
# fmt: on


def failing(connection, code):
    error = sqlite3.OperationalError("by chance")
    error.sqlite_errorcode = code
    raise error


@pytest.mark.parametrize("code", NOT_NOW)
def test_no_fault_of_the_database_removes_it(kind, code, caplog):
    filled(kind)
    with kind() as store:
        assert store._attempt(failing, code) is None
        assert not store.get(1)
    assert_said(caplog, f"{WITHOUT} {kind.file()}: by chance")
    with kind() as store:
        assert store.get(1)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT_INDEX])
def test_any_fault_of_the_database_removes_it(kind, code, caplog):
    filled(kind)
    with kind() as store:
        assert store._attempt(failing, code) is None
        assert_said(caplog, ANEW)
        assert not store.get(1)
    assert_works(kind)


def test_what_is_at_fault_is_not_written_again(kind, caplog):
    with kind() as store:
        store._attempt(store._add, partial(failing, code=sqlite3.SQLITE_CORRUPT))
        store.commit()
        assert_said(caplog, ANEW)
        store.put(2)
        store.commit()
        assert store.get(2)
    assert caplog.records == []


def test_an_empty_file_is_filled_for_its_user_alone(kind, caplog):
    kind.file().parent.mkdir()
    kind.file().write_bytes(b"")  # as a process leaves it that is killed at once
    kind.file().chmod(0o644)
    assert_works(kind)
    assert kind.file().stat().st_mode & 0o077 == 0
    assert caplog.records == []


@pytest.mark.usefixtures("kind")
def test_looks_that_were_remembered_before_there_were_versions_are_found(caplog):
    looks_file().parent.mkdir()
    digest, text = hashlib.sha256(repr((RULES, "a pair", 7)).encode()).digest(), json.dumps(["same", 7])
    with closing(sqlite3.connect(looks_file())) as connection, connection:
        connection.execute("CREATE TABLE looks (id INTEGER PRIMARY KEY, key BLOB UNIQUE, look TEXT, checksum INTEGER)")
        row = digest, text, zlib.crc32(digest + text.encode())
        connection.execute("INSERT INTO looks (key, look, checksum) VALUES (?, ?, ?)", row)
    with Verdicts() as store:
        assert store.get(7)
        store.put(8)
        store.commit()
        assert store.get(8)
    assert caplog.records == []


def test_the_oldest_looks_make_room(tmp_path, monkeypatch):
    monkeypatch.setenv("DUPVIZ_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(dupviz.look.memory, "MOST", 3)
    with Verdicts() as store:
        for number in range(5):
            store.put(number)
        store.put(3)
        store.commit()
        assert [store.get(number) for number in range(5)] == [False, False, False, True, True]
        store.put(0)
        store.commit()
        assert [store.get(number) for number in range(5)] == [True, False, False, True, True]
