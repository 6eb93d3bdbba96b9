"""Independent pieces of work for threads, processes or any other executor."""

import atexit
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any, Self, SupportsIndex, TypeVar

from threadpoolctl import ThreadpoolController

__all__ = [
    "Crew",
    "Workers",
    "broken_off",
    "check_wanted",
    "in_order",
    "never",
    "on_one_thread",
    "one_at_a_time",
    "pool",
]

FEWEST_AHEAD, AHEAD_OF_EACH = 8, 2  # tasks under way: for an unknown pool, and for each worker of a known one

# Work of one worker, in seconds, from which processes pay: to start two takes 0.4 s of both of two processors.
PROCESSES_FROM = 4.0

# Of processes without work, after which they end; and bytes that one may grow by before another takes its place.
IDLE_SECONDS, MOST_GROWTH = 20, 1_000_000_000

BROKEN_OFF_WITHIN = 0.1  # seconds: a thread that waits is not woken, as the main thread is by a signal

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


class Crew(Executor):
    """Runs work that holds the interpreter's lock: in threads at first, and in processes once there is much of it.

    Processes take no function but one of a module, and nothing but paths, arrays and numbers; it has to have an
    argument `stopped`, which tells it in threads whether to give up.

    Parameters
    ----------
    workers : int or concurrent.futures.Executor, optional
        Threads or processes, by default one per processor. An executor is used as it is, and left open.

    Attributes
    ----------
    number : int
        Of tasks that run at once; of an executor that does not tell, a guess.
    """

    def __init__(self, workers: Workers = None) -> None:
        self._own = workers if isinstance(workers, Executor) else None
        self._threads = None
        if isinstance(workers, Executor):
            self.number = int(getattr(workers, "_max_workers", FEWEST_AHEAD))
        else:
            self.number = int(workers or os.cpu_count() or 1)
            self._threads = ThreadPoolExecutor(self.number)
        self._processes: Executor | None = None
        self._growing = threading.Lock()
        self._stopped = threading.Event()
        self._under_way: set[Future[Any]] = set()

    def submit(self, function: Callable[..., Result], /, *task: Any, **options: Any) -> Future[Result]:
        """Have a function called; see `concurrent.futures.Executor.submit`."""
        if elsewhere := self._processes or self._own:
            work = (function,) if isinstance(elsewhere, ThreadPoolExecutor) else (on_one_thread, function)
            future: Future[Result] = elsewhere.submit(*work, *task, **options)
            if elsewhere is self._processes:
                self._under_way.add(future)
                future.add_done_callback(self._under_way.discard)
            return future
        assert self._threads is not None
        return self._threads.submit(function, *task, **options, stopped=self._stopped.is_set)

    def expect(self, seconds: float) -> None:
        """Say how long one worker would take for what is still to come: work goes to processes where these pay."""
        if self._own or self.number == 1 or seconds < PROCESSES_FROM:
            return
        if multiprocessing.current_process().daemon:  # which may have no children
            return
        with self._growing:
            if not (self._processes or self._stopped.is_set()):
                self._processes = _processes(self.number)

    def __enter__(self) -> Self:
        self._limit = _controller().limit(limits=1, user_api="blas")
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        self._stopped.set()
        self._limit.restore_original_limits()
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
        with self._growing:
            if self._processes and (self._under_way or (kind and issubclass(kind, BrokenExecutor))):
                # Whoever has been interrupted does not wait for work that nobody wants any more.
                self._processes.shutdown(kill_workers=True)  # type: ignore[call-arg]
            elif self._processes:
                _idle[self.number] = self._processes


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
    work = (function,) if isinstance(executor, ThreadPoolExecutor | Crew) else (on_one_thread, function)
    under_way: deque[Future[Result]] = deque()
    try:
        for task in tasks:
            check_wanted()
            under_way.append(executor.submit(*work, *task))
            if len(under_way) == ahead:
                yield _result_of(under_way.popleft())
        while under_way:
            yield _result_of(under_way.popleft())
    finally:
        if not isinstance(executor, Crew):  # which drops them all: loky ends with a traceback if some are cancelled
            for future in under_way:
                future.cancel()


def _result_of(future: Future[Result]) -> Result:
    """The result, once it is there; in a thread that is broken off meanwhile, KeyboardInterrupt."""
    while threading.current_thread() is not threading.main_thread() and not future.done():
        check_wanted()
        wait([future], timeout=BROKEN_OFF_WITHIN)
    return future.result()


_unwanted: set[int] = set()  # threads whose work nobody waits for any more


@contextmanager
def broken_off(thread: int) -> Iterator[None]:
    """For a while, end the work of another thread at its next step, as Ctrl-C ends that of the main thread.

    Parameters
    ----------
    thread : int
        As `threading.get_ident` gives it.
    """
    _unwanted.add(thread)
    try:
        yield
    finally:
        _unwanted.discard(thread)


def check_wanted() -> None:
    """Raise KeyboardInterrupt in a thread that is broken off."""
    if threading.get_ident() in _unwanted:
        raise KeyboardInterrupt


def on_one_thread(function: Callable[..., Result], *task: Any) -> Result:
    """Call a function in a process that is one of many: its linear algebra would take all processors once more."""
    with _controller().limit(limits=1, user_api="blas"):
        return function(*task)


def never() -> bool:
    """Whether to give up, where nobody will say so: in processes, which are ended."""
    return False


def one_at_a_time() -> AbstractContextManager[object]:
    """What to hold while doing what takes much memory: of all threads and processes, one does at a time."""
    return _much_memory


_much_memory: AbstractContextManager[object] = threading.Lock()


_idle: dict[int, Executor] = {}  # processes that the last crew of so many has left, for the next one


def _processes(number: int) -> Executor:
    """So many processes, or those that wait for work. They need no guard of `__main__`."""
    from loky import ProcessPoolExecutor  # 0.1 s
    from loky.backend import get_context

    waiting = _idle.pop(number, None)
    if waiting and not waiting._flags.broken:  # type: ignore[attr-defined]
        return waiting
    of_loky = (
        r"A worker (was restarted|stopped) while some jobs|Failed to kill subprocesses"  # which it then does alone
    )
    warnings.filterwarnings("ignore", of_loky, UserWarning)
    one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    atexit.register(_idle.clear)  # before the interpreter has gone so far that loky cannot end them
    executor: Executor = ProcessPoolExecutor(
        number,
        timeout=IDLE_SECONDS,
        initializer=_begin,
        initargs=(get_context("loky").Lock(), os.getpid()),  # a lock anew, as one that was ended may have held it
        env={**one, "LOKY_MAX_MEMORY_LEAK_SIZE": str(MOST_GROWTH)},
    )
    return executor


def _begin(lock: AbstractContextManager[object], program: int) -> None:
    """Set up a process: who presses Ctrl-C means the program, which ends its processes."""
    global _much_memory
    _much_memory = lock
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    threading.Thread(target=_end_with, args=(program,), daemon=True).start()


def _end_with(program: int) -> None:
    """End this process when its program has been killed, which can end it no more; Windows does not tell of that."""
    while os.getppid() == program:
        time.sleep(1)
    os._exit(1)


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()  # to look through the libraries takes milliseconds
