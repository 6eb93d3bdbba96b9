"""Independent pieces of work for threads or any other executor."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import Any, SupportsIndex, TypeVar

from threadpoolctl import ThreadpoolController

__all__ = ["Workers", "in_order", "on_one_thread", "pool"]

FEWEST_AHEAD, AHEAD_OF_EACH = 8, 2  # tasks under way: for an unknown pool, and for each worker of a known one

Result = TypeVar("Result")

# Where work runs: in so many threads, by default one per processor, or on an executor of one's own.
Workers = int | Executor | None


@contextmanager
def pool(workers: Workers = None) -> Iterator[Executor]:
    """What runs pieces of work, for a while; the matrix products inside each piece take one thread.

    Parameters
    ----------
    workers : int or concurrent.futures.Executor, optional
        Threads, by default one per processor. An executor is used as it is, and left open.
    """
    with _controller().limit(limits=1, user_api="blas"):
        if workers is None or isinstance(workers, SupportsIndex):
            with ThreadPoolExecutor(workers or os.cpu_count()) as executor:
                yield executor
        else:
            yield workers


def in_order(
    executor: Executor, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]], *, ahead: int | None = None
) -> Iterator[Result]:
    """Yield ``function(*task)`` for each task, in the order of the tasks; only a few run at a time.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        Or anything else with its ``submit``. In processes of their own, tasks do their linear algebra on one thread.
    tasks : iterable of tuple
        Consumed as results are taken, so that neither tasks nor results pile up.
    ahead : int, optional
        How many tasks are under way at most; by default two for each worker of the pool.

    Yields
    ------
    object
        When the generator is closed, tasks that have not begun are dropped.
    """
    if ahead is None:
        ahead = max(FEWEST_AHEAD, AHEAD_OF_EACH * getattr(executor, "_max_workers", 0))
    work = (function,) if isinstance(executor, ThreadPoolExecutor) else (on_one_thread, function)
    under_way: deque[Future[Result]] = deque()
    try:
        for task in tasks:
            under_way.append(executor.submit(*work, *task))
            if len(under_way) == ahead:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()


def on_one_thread(function: Callable[..., Result], *task: Any) -> Result:
    """Call a function in a process that is one of many: its linear algebra would take all processors once more."""
    with _controller().limit(limits=1, user_api="blas"):
        return function(*task)


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()  # to look through the libraries takes milliseconds
