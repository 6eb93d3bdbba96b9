"""Searching and reading on a Dask cluster: the same as in one process, whatever is broken off in between."""

import gc
import os
import signal
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import cloudpickle
import numpy as np
import pandas as pd
import pytest
from distributed import Client, LocalCluster
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import naive_pairs
from PIL import Image
from strategies import SYMMETRIES, stacks

import dupviz.cluster.search
import dupviz.cluster.shards
import dupviz.search.verify
from dupviz import (
    TooManyPairsError,
    find_duplicates,
    find_pairs,
    group_duplicates,
    load_images,
    load_shards,
    search_shards,
)


@contextmanager
def started(**options):
    """A client of a cluster on this machine."""
    with LocalCluster(dashboard_address=":0", **options) as cluster, Client(cluster) as client:
        yield client
    with warnings.catch_warnings(action="ignore"):  # of sockets that Dask leaves to the garbage collector
        gc.collect()


@pytest.fixture(scope="module")
def threads():
    """A cluster in this process, whose tasks see what the tests change."""
    with started(n_workers=1, threads_per_worker=2, processes=False) as client:
        yield client


@pytest.fixture
def processes():
    """A cluster whose workers can be killed."""
    with started(n_workers=2, threads_per_worker=1) as client:
        yield client


@pytest.fixture
def small(monkeypatch):
    """Let a few images fill many pieces, leaves, tasks and shards."""
    for name, value in {"PIECE": 3, "LEAF": 2, "OTHERS": 2, "LEAVES": 1}.items():
        monkeypatch.setattr(dupviz.cluster.search, name, value)
    monkeypatch.setattr(dupviz.cluster.shards, "FILES", 2)
    monkeypatch.setattr(dupviz.search.verify, "BATCH", 1)


@pytest.fixture
def bytes_of_tasks(monkeypatch):
    """How large each task is that is submitted."""
    sizes = []
    submit = Client.submit

    def measured(client, function, *arguments, **options):
        sizes.append(len(cloudpickle.dumps((function, arguments))))
        return submit(client, function, *arguments, **options)

    monkeypatch.setattr(Client, "submit", measured)
    return sizes


@pytest.fixture
def photos(tmp_path):
    """Pictures with copies, and all that can be wrong with files."""
    folder = tmp_path / "photos"
    (folder / "below").mkdir(parents=True)
    rng = np.random.default_rng(3)
    for number in range(7):
        picture = Image.fromarray(rng.integers(0, 256, (6, 8, 3), np.uint8)).resize(
            (160, 120), Image.Resampling.BICUBIC
        )
        picture.save(folder / f"{number}.png")
        picture.rotate(90, expand=True).save(folder / "below" / f"{number}.jpg")
    (folder / "broken.jpg").write_bytes((folder / "below" / "1.jpg").read_bytes()[:300])
    (folder / "notes.txt").write_text("no picture")
    os.link(folder / "2.png", folder / "second name.png")
    (folder / "link.png").symlink_to("3.png")
    (folder / os.fsdecode(b"caf\xe9.png")).write_bytes((folder / "4.png").read_bytes())
    return folder


def save(folder, tensors):
    folder.mkdir()
    np.save(folder / "tensors.npy", tensors)
    return folder


def made_up(n):
    """Smooth pictures, and noisy copies of some of them."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (n, 5, 5, 3)).astype(np.uint8)
    tensors = coarse.repeat(10, axis=1).repeat(10, axis=2)
    noisy = tensors[: n // 4] + rng.integers(0, 9, (n // 4, 50, 50, 3))
    tensors[n // 2 : n // 2 + n // 4] = np.rot90(np.clip(noisy, 0, 255), axes=(1, 2))
    tensors[-n // 50 :] = tensors[: n // 50 + 1][: len(tensors[-n // 50 :])]
    return tensors


def same(images, others):
    """Whether two sets hold the same, their paths and reasons included."""
    assert np.array_equal(images.tensors, others.tensors)
    pd.testing.assert_frame_equal(images.files, others.files)
    pd.testing.assert_frame_equal(images.errors, others.errors)
    return images.other_files == others.other_files


def kill_a_worker(client, when):
    """Kill one of the workers as soon as there is something to see, and return the thread that does it."""
    pid = next(iter(client.run(os.getpid).values()))

    def wait_and_kill():
        while not when():
            time.sleep(0.002)
        os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=wait_and_kill)
    thread.start()
    return thread


@settings(max_examples=15)
@given(stack=stacks(), max_mse=st.sampled_from([0, 1, 200, 60_000, 1e9]), symmetries=SYMMETRIES)
def test_a_cluster_finds_every_pair(small, threads, tmp_path_factory, stack, max_mse, symmetries):
    folder = tmp_path_factory.mktemp("search")
    images = save(folder / "set", stack)
    pairs = search_shards(images, threads, to=folder / "pairs.parquet", max_mse=max_mse, symmetries=symmetries)
    assert [tuple(row) for row in pairs.itertuples(index=False)] == naive_pairs(stack, max_mse, symmetries)
    assert pd.read_parquet(folder / "pairs.parquet").equals(pd.DataFrame(pairs))
    assert sorted(path.name for path in folder.iterdir()) == ["pairs.parquet", "set"]


def test_a_killed_worker_loses_nothing(processes, tmp_path, bytes_of_tasks):
    tensors = made_up(20_000)
    images = save(tmp_path / "set", tensors)
    parts = tmp_path / "pairs.parquet.parts"
    killer = kill_a_worker(processes, lambda: any(parts.glob("search-*/sketch-*")))
    pairs = search_shards(images, processes, to=tmp_path / "pairs.parquet")
    killer.join()
    assert pairs.equals(find_pairs(tensors))
    assert len(pairs) > 1000
    assert max(bytes_of_tasks) < 1000


def test_a_search_that_was_broken_off_goes_on(small, threads, tmp_path, monkeypatch):
    tensors = made_up(100)
    images, to, parts = save(tmp_path / "set", tensors), tmp_path / "pairs.parquet", tmp_path / "pairs.parquet.parts"
    with monkeypatch.context() as patch:
        meet = dupviz.cluster.search.meet

        def fail_once(target, *arguments):
            if target.name == "pairs-0000005":
                raise OSError("disk full")
            meet(target, *arguments)

        patch.setattr(dupviz.cluster.search, "meet", fail_once)
        with pytest.raises(OSError, match="disk full"):
            search_shards(images, threads, to=to)
    before = [path for path in parts.glob("search-*/*") if not path.name.startswith(".")]
    assert any(path.name.startswith("pairs-") for path in before)

    rewritten = []
    save_arrays = dupviz.cluster.search.save_arrays
    monkeypatch.setattr(
        dupviz.cluster.search,
        "save_arrays",
        lambda target, **arrays: rewritten.append(target) or save_arrays(target, **arrays),
    )
    assert search_shards(images, threads, to=to).equals(find_pairs(tensors))
    assert rewritten
    assert not set(rewritten) & set(before)
    assert not parts.exists()


def test_parts_of_another_search_are_not_taken_up(small, threads, tmp_path):
    tensors = made_up(60)
    images, to = save(tmp_path / "set", tensors), tmp_path / "pairs.parquet"
    for options in ({"max_mse": 50}, {"symmetries": "none"}, {}):
        with pytest.raises(TooManyPairsError):
            search_shards(images, threads, to=to, max_pairs=1, **options)
    assert search_shards(images, threads, to=to).equals(find_pairs(tensors))
    Path(f"{to}.parts").mkdir()
    Path(f"{to}.parts", "letter.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="no search"):
        search_shards(images, threads, to=to)
    assert Path(f"{to}.parts", "letter.txt").read_text() == "mine"


def broken_off(images, client, to, **options):
    """Break off a search before its last step, and return the tasks of that, as if a worker still had them."""
    made, late = dupviz.cluster.search.made, []

    def break_off(client, function, targets, *, description, **options):
        if description == "pairs":
            late.extend((path, *task) for path, task in targets.items())
            raise OSError("broken off")
        return made(client, function, targets, description=description, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dupviz.cluster.search, "made", break_off)
        with pytest.raises(OSError, match="broken off"):
            search_shards(images, client, to=to, **options)
    return late


def test_tasks_of_another_search_that_are_still_at_work_change_nothing(small, threads, tmp_path, monkeypatch):
    tensors = made_up(100)
    images, to = save(tmp_path / "set", tensors), tmp_path / "pairs.parquet"
    made, late = dupviz.cluster.search.made, broken_off(images, threads, to, max_mse=20)

    def made_beside_the_late_ones(client, function, targets, *, description, **options):
        while description == "pairs" and late:
            with suppress(OSError):
                dupviz.cluster.search.meet(*late.pop())
        return made(client, function, targets, description=description, **options)

    monkeypatch.setattr(dupviz.cluster.search, "made", made_beside_the_late_ones)
    assert late
    pairs = search_shards(images, threads, to=to, max_mse=1000)
    assert not late
    assert pairs.equals(find_pairs(tensors, max_mse=1000))
    assert len(pairs) > len(find_pairs(tensors, max_mse=20))


def test_a_set_that_takes_the_place_of_another_is_searched_anew(small, threads, tmp_path):
    tensors = made_up(100)
    others = np.random.default_rng(1).permutation(tensors)
    images, to = save(tmp_path / "set", tensors), tmp_path / "pairs.parquet"
    broken_off(images, threads, to)
    status = (images / "tensors.npy").stat()
    np.save(images / "other.npy", others)
    os.utime(images / "other.npy", ns=(status.st_atime_ns, status.st_mtime_ns))
    (images / "other.npy").replace(images / "tensors.npy")
    assert search_shards(images, threads, to=to).equals(find_pairs(others))


def fail(*arguments):
    raise OSError("disk full")


def damage(part):
    """Change the last byte of each file of a part, as a disk may."""
    for file in part.rglob("*.npy"):
        content = file.read_bytes()
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 0x41]))


@pytest.mark.parametrize(
    ("step", "lost"),
    [*((step, damage) for step in dupviz.cluster.search.STEPS), ("leaf", lambda part: (part / "sums.json").unlink())],
)
def test_a_damaged_part_is_made_again_and_what_was_made_of_it(small, threads, tmp_path, monkeypatch, step, lost):
    tensors = made_up(24)
    images, to = save(tmp_path / "set", tensors), tmp_path / "pairs.parquet"
    with monkeypatch.context() as patch:
        patch.setattr(dupviz.cluster.search, "write_parquet", fail)
        with pytest.raises(OSError, match="disk full"):
            search_shards(images, threads, to=to)
    (folder,) = Path(f"{to}.parts").glob("search-*")
    before = {part.name for part in folder.iterdir()}
    lost(next(part for part in sorted(folder.iterdir()) if part.name.split("-")[0] == step))

    made_again = []
    save_arrays = dupviz.cluster.search.save_arrays
    monkeypatch.setattr(
        dupviz.cluster.search,
        "save_arrays",
        lambda target, **arrays: made_again.append(target.name) or save_arrays(target, **arrays),
    )
    assert search_shards(images, threads, to=to).equals(find_pairs(tensors))
    later = dupviz.cluster.search.STEPS[dupviz.cluster.search.STEPS.index(step) + 1 :]
    of_step = [name for name in made_again if name.split("-")[0] == step]
    assert len(of_step) == 1
    assert {*made_again} - {*of_step} == {name for name in before if name.split("-")[0] in later}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pairs.parquet", "set"]


@pytest.mark.parametrize("work", ["search", "load"])
def test_a_second_client_is_told_that_another_is_at_work(small, threads, photos, tmp_path, monkeypatch, work):
    images, begun, go_on = save(tmp_path / "set", made_up(60)), threading.Event(), threading.Event()

    def slowly(function):
        def wait_then_work(*task, **options):
            begun.set()
            go_on.wait(20)
            return function(*task, **options)

        return wait_then_work

    monkeypatch.setattr(dupviz.cluster.search, "chunk_checksums", slowly(dupviz.cluster.search.chunk_checksums))
    monkeypatch.setattr(dupviz.cluster.shards, "read_files", slowly(dupviz.cluster.shards.read_files))

    def run():
        if work == "search":
            return search_shards(images, threads, to=tmp_path / "made", progress=False)
        return load_shards(photos, threads, tmp_path / "made", progress=False)

    with ThreadPoolExecutor(1) as first:
        result = first.submit(run)
        assert begun.wait(20)
        with pytest.raises(BlockingIOError, match=r"another client is at work in .*made"):
            run()
        go_on.set()
        assert len(result.result()) > 0
    assert not any(tmp_path.glob("made.*"))


def test_too_many_pairs_are_all_there_once_they_are_allowed(small, threads, tmp_path):
    tensors = np.random.default_rng(0).integers(100, 104, (12, 50, 50, 3)).astype(np.uint8)  # each near each
    images, to = save(tmp_path / "set", tensors), tmp_path / "pairs.parquet"
    with pytest.raises(TooManyPairsError, match="more than 0 pairs"):
        search_shards(images, threads, to=to, max_pairs=0)
    assert len(search_shards(images, threads, to=to)) == 12 * 11 // 2


def test_wrong_arguments_are_said_at_once(threads, tmp_path):
    images = save(tmp_path / "set", made_up(60))
    with pytest.raises(TypeError, match="folder must be that of a saved image set"):
        search_shards(made_up(60), threads, to=tmp_path / "pairs.parquet")
    with pytest.raises(TypeError, match=r"distributed\.Client"):
        search_shards(images, "tcp://127.0.0.1:1", to=tmp_path / "pairs.parquet")
    with pytest.raises(FileNotFoundError, match="no saved image set"):
        search_shards(tmp_path, threads, to=tmp_path / "pairs.parquet")
    with pytest.raises(ValueError, match="max_mse"):
        search_shards(images, threads, to=tmp_path / "pairs.parquet", max_mse=-1)
    (tmp_path / "pairs.parquet").write_text("a letter")
    with pytest.raises(FileExistsError, match="another kind"):
        search_shards(images, threads, to=tmp_path / "pairs.parquet")
    assert (tmp_path / "pairs.parquet").read_text() == "a letter"


def test_shards_are_what_one_process_reads(small, threads, photos, tmp_path, bytes_of_tasks):
    images = load_shards(photos, threads, tmp_path / "set", progress=False)
    alone = load_images(photos, progress=False, cache=False)
    assert same(images, alone)
    assert isinstance(images.tensors, np.memmap)
    assert len(bytes_of_tasks) >= 8
    assert max(bytes_of_tasks) < 1000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos", "set"]

    pairs = search_shards(tmp_path / "set", threads, to=tmp_path / "pairs.parquet")
    groups = group_duplicates(images, pairs)
    expected = find_duplicates(photos, cache=False, progress=False)
    assert set(groups.loc[groups["action"] == "remove", "path"]) == set(expected.to_remove["path"])


def test_a_finished_set_is_opened_until_a_file_changes(small, threads, photos, tmp_path, bytes_of_tasks):
    load_shards(photos, threads, tmp_path / "set", progress=False)
    bytes_of_tasks.clear()
    assert len(load_shards(photos, threads, tmp_path / "set", progress=False)) == 15
    assert bytes_of_tasks == []
    (photos / "0.png").write_bytes((photos / "1.png").read_bytes())
    changed = load_shards(photos, threads, tmp_path / "set", progress=False)
    assert same(changed, load_images(photos, progress=False, cache=False))
    smaller = load_shards(photos, threads, tmp_path / "set", size=20, progress=False)
    assert smaller.size == 20


def test_reading_that_was_broken_off_goes_on(small, threads, photos, tmp_path, monkeypatch, bytes_of_tasks):
    shards = tmp_path / "set.shards"
    read_shard = dupviz.cluster.shards.read_shard

    def fail_later(shard):
        if sum(path.is_dir() and not path.name.startswith(".") for path in shard.parent.iterdir()) >= 3:
            raise OSError("disk full")
        read_shard(shard)

    with monkeypatch.context() as patch:
        patch.setattr(dupviz.cluster.shards, "read_shard", fail_later)
        with pytest.raises(OSError, match="disk full"):
            load_shards(photos, threads, tmp_path / "set", progress=False)
    assert not (tmp_path / "set").exists()
    wanted, there = (len(list(shards.glob(f"[0-9a-f]*{ending}"))) for ending in (".json", "[0-9a-f]"))
    assert there >= 3
    bytes_of_tasks.clear()
    assert same(load_shards(photos, threads, tmp_path / "set", progress=False), load_images(photos, progress=False))
    assert len(bytes_of_tasks) == wanted  # whether each that is there is whole, and the others
    assert not shards.exists()


def test_a_damaged_shard_is_read_again_and_nothing_else_is_touched(small, threads, photos, tmp_path, monkeypatch):
    shards = tmp_path / "set.shards"
    with monkeypatch.context() as patch:
        patch.setattr(dupviz.cluster.shards, "saving", fail)
        with pytest.raises(OSError, match="disk full"):
            load_shards(photos, threads, tmp_path / "set", progress=False)
    damage(next(shard for shard in sorted(shards.iterdir()) if shard.is_dir()))
    (shards / "letter.txt").write_text("mine")
    assert same(load_shards(photos, threads, tmp_path / "set", progress=False), load_images(photos, progress=False))
    assert "letter.txt" in {path.name for path in shards.iterdir()}


def test_a_worker_killed_while_reading_loses_nothing(processes, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(3000):
        Image.fromarray(rng.integers(0, 256, (20, 20, 3), np.uint8)).save(folder / f"{number:04}.png")
    shards = tmp_path / "set.shards"
    killer = kill_a_worker(processes, lambda: any(shards.glob("*.json")))
    images = load_shards(folder, processes, tmp_path / "set", progress=False)
    killer.join()
    assert same(images, load_images(folder, progress=False, cache=False))


def test_nothing_but_a_set_is_replaced(threads, photos, tmp_path):
    with pytest.raises(FileExistsError, match="no saved image set"):
        load_shards(photos, threads, photos, progress=False)
    with pytest.raises(FileNotFoundError):
        load_shards(tmp_path / "nowhere", threads, tmp_path / "set", progress=False)
    with pytest.raises(TypeError, match="list of patterns"):
        load_shards(photos, threads, tmp_path / "set", exclude="*.png", progress=False)
    (tmp_path / "empty").mkdir()
    assert len(load_shards(tmp_path / "empty", threads, tmp_path / "set", progress=False)) == 0
