"""Work for pools: as many tasks as they have workers, and one thread of linear algebra in each process."""

import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from dupviz import find_pairs
from dupviz._parallel import in_order


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


def test_processes_find_the_same_pairs_on_one_thread_each():
    rng = np.random.default_rng(0)
    tensors = rng.integers(0, 256, (300, 5, 5, 3), np.uint8)
    tensors[100:200] = np.clip(tensors[:100].astype(int) + rng.integers(-3, 4, tensors[:100].shape), 0, 255)
    expected = find_pairs(tensors, max_mse=500)
    with ProcessPoolExecutor(2) as executor:
        assert all(threads == 1 for found in in_order(executor, blas_threads, [(0,), (1,)]) for threads in found)
        found = find_pairs(tensors, max_mse=500, workers=executor)
    assert len(found) >= 100
    assert found.equals(expected)
