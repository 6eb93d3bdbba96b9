"""Independent pieces of work for threads or any other executor."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from typing import Any, TypeVar

__all__ = ["in_order"]


Result = TypeVar("Result")


def in_order(
    executor: Executor, function: Callable[..., Result], tasks: Iterable[tuple[Any, ...]], *, ahead: int = 8
) -> Iterator[Result]:
    """Yield ``function(*task)`` for each task, in the order of the tasks; only a few run at a time.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        Or anything else with its ``submit``.
    tasks : iterable of tuple
        Consumed as results are taken, so that neither tasks nor results pile up.
    ahead : int
        How many tasks are under way at most.

    Yields
    ------
    object
        When the generator is closed, tasks that have not begun are dropped.
    """
    under_way: deque = deque()
    try:
        for task in tasks:
            under_way.append(executor.submit(function, *task))
            if len(under_way) == ahead:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()
