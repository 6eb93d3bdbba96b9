"""Work for pools: as many tasks as they have workers, and one thread of linear algebra in each process."""

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from dupviz import _parallel, find_pairs
from dupviz._parallel import Crew, broken_off, check_wanted, in_order, one_at_a_time, pool


def blas_threads(_):
    np.ones((4, 4)) @ np.ones((4, 4))
    return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]


@pytest.mark.parametrize("workers", [1, 16, 40])
def test_every_worker_of_a_large_pool_has_work(workers):
    lock, running, most = threading.Lock(), 0, 0

    def work(number):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return number

    with ThreadPoolExecutor(workers) as executor:
        assert list(in_order(executor, work, ((number,) for number in range(200)))) == list(range(200))
    assert most == workers


def test_the_work_of_one_thread_is_broken_off_and_that_of_others_goes_on():
    ended = []

    def work():
        try:
            with pool(2) as executor:
                list(in_order(executor, time.sleep, ((0.01,) for _ in range(60_000))))
        except KeyboardInterrupt:
            ended.append(threading.get_ident())

    thread = threading.Thread(target=work)
    thread.start()
    with broken_off(thread.ident), pool(2) as executor:
        thread.join(20)
        assert list(in_order(executor, abs, [(-1,), (2,)])) == [1, 2]
    assert ended == [thread.ident]
    check_wanted()


def test_processes_find_the_same_pairs_on_one_thread_each():
    rng = np.random.default_rng(0)
    tensors = rng.integers(0, 256, (300, 5, 5, 3), np.uint8)
    tensors[100:200] = np.clip(tensors[:100].astype(int) + rng.integers(-3, 4, tensors[:100].shape), 0, 255)
    expected = find_pairs(tensors, max_mse=500)
    _parallel._controller.cache_clear()  # another test may have loaded SciPy, and its libraries, since
    with ProcessPoolExecutor(2) as executor:
        assert all(threads == 1 for found in in_order(executor, blas_threads, [(0,), (1,)]) for threads in found)
        found = find_pairs(tensors, max_mse=500, workers=executor)
    assert len(found) >= 100
    assert found.equals(expected)


def where(*, stopped=None):
    """In which process a task runs, and whether it is told when to give up."""
    return os.getpid(), stopped is not None


def test_a_crew_goes_to_processes_when_there_is_work_for_seconds():
    here = os.getpid()
    with Crew(2) as crew:
        crew.expect(_parallel.PROCESSES_FROM - 0.1)
        assert crew.submit(where).result() == (here, True)
        crew.expect(_parallel.PROCESSES_FROM)
        pid, is_told = crew.submit(where).result()
        assert pid != here
        assert not is_told
        assert set(crew.submit(blas_threads, 0).result()) == {1}  # here, SciPy may have loaded one more
    with Crew(1) as crew:
        crew.expect(1e9)
        assert crew.submit(where).result() == (here, True)
    with ThreadPoolExecutor(3) as executor, Crew(executor) as crew:
        crew.expect(1e9)
        assert crew.number == 3
        assert crew.submit(where).result() == (here, False)
        executor.submit(int)  # is left open


def hold_much_memory(folder, name):
    with one_at_a_time():
        (Path(folder) / name).touch()
        time.sleep(0.2)
        number = len(list(Path(folder).iterdir()))
        (Path(folder) / name).unlink()
        return number


def test_one_process_at_a_time_takes_much_memory(tmp_path):
    with Crew(2) as crew:
        crew.expect(1e9)
        tasks = ((str(tmp_path), str(number)) for number in range(4))
        assert list(in_order(crew, hold_much_memory, tasks)) == [1] * 4


def test_a_crew_that_is_left_gives_up_what_is_under_way():
    with Crew(2) as crew:
        crew.expect(1e9)
        waiting = [crew.submit(time.sleep, 60) for _ in range(4)]
    assert all(each.done() for each in waiting)
    with Crew(2) as crew:  # and another one works as ever
        crew.expect(1e9)
        assert crew.submit(max, 3, 4).result() == 4
    begun = threading.Event()
    with Crew(1) as crew:
        in_hand = crew.submit(lambda *, stopped: begun.set() or wait_for(stopped))
        begun.wait()
    assert in_hand.result() is None


def wait_for(happens, seconds=20):
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.02)


SCRIPT = """
import os, time
from dupviz import _parallel
_parallel.IDLE_SECONDS = 1
with _parallel.Crew(2) as crew:
    crew.expect(1e9)
    print(*{crew.submit(os.getpid).result() for _ in range(20)}, flush=True)
    list(_parallel.in_order(crew, time.sleep, [(seconds,)] * 8))
"""


def test_a_script_without_a_guard_ends_without_a_word(tmp_path):
    (tmp_path / "script.py").write_text(f"seconds = 0{SCRIPT}")
    command = [sys.executable, tmp_path / "script.py"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
@pytest.mark.parametrize(("signals", "seconds", "within"), [(signal.SIGINT, 60, 1), (signal.SIGKILL, 60, 2)])
def test_no_process_outlives_a_script_that_is_ended_and_has_no_guard(tmp_path, signals, seconds, within):
    """Within a second on Ctrl-C, and within two after a kill, though each task takes a minute."""
    script = tmp_path / "script.py"
    script.write_text(f"seconds = {seconds}{SCRIPT}")
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True
    )
    pids = list(map(int, process.stdout.readline().split()))
    assert pids
    assert all(map(is_alive, pids))
    time.sleep(0.2)
    process.send_signal(signals)
    start = time.monotonic()
    process.communicate()
    wait_for(lambda: not any(map(is_alive, pids)))
    assert time.monotonic() - start < within + 2  # of a busy machine
    assert process.returncode == -signals
    assert not list((tmp_path / "temporary").iterdir())
