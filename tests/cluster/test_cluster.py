"""Searching and reading on a Dask cluster: the same as in one process, whatever is broken off in between."""

import gc
import os
import signal
import threading
import time
import warnings
from contextlib import contextmanager
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
import dupviz.cluster.tasks
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


def made_up(n, seed=0):
    """Smooth pictures, and noisy copies of some of them."""
    rng = np.random.default_rng(seed)
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
    killer = kill_a_worker(processes, lambda: any(parts.glob("sketch-*")))
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
    before = [path for path in parts.iterdir() if path.is_dir() and not path.name.startswith(".")]
    assert any(path.name.startswith("pairs-") for path in before)

    rewritten = []
    save_arrays = dupviz.cluster.tasks.save_arrays
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
    wanted = len(list(shards.glob("*.json")))
    bytes_of_tasks.clear()
    assert same(load_shards(photos, threads, tmp_path / "set", progress=False), load_images(photos, progress=False))
    assert 0 < len(bytes_of_tasks) <= wanted - 3
    assert not shards.exists()


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
