"""Runs jobs side by side in threads: calls in, their results out in the same order.

Meant for jobs that wait for external tools. Nothing outlives the call: an interrupt stops the tools first.
A signal that raises while a thread is started would lose that thread, and the tool that it runs: so a signal
is only noted, and the wait for the jobs looks for it.
"""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from genesis_monitoring.clients.process import stop_children

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_POLL_SECONDS = 0.05
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_Result = TypeVar("_Result")


def run_side_by_side(jobs: Sequence[Callable[[], _Result]], workers: int) -> tuple[_Result, ...]:
    """The result of each job, at most ``workers`` at a time.

    Raises what the first failing job (in the order of ``jobs``) raised, after the others have ended; and what
    the handler of a signal raises, after all tools are dead.
    """
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

    if not jobs:
        return ()
    executor = ThreadPoolExecutor(max(1, min(workers, len(jobs))), thread_name_prefix="genesis-mon")
    with _noted_signals() as came:
        try:
            futures = [executor.submit(job) for job in jobs]
            while not came:
                ended, running = wait(futures, timeout=_POLL_SECONDS, return_when=FIRST_EXCEPTION)
                if not running or any(future.exception() for future in ended):
                    break
        finally:
            _close(executor, came)
    return tuple(future.result() for future in futures if not future.cancelled())


@contextlib.contextmanager
def _noted_signals() -> Iterator[list[int]]:
    """The signals that come within the block. Those handled outside it are handled once it has ended.

    Only the main thread gets signals, so elsewhere there is nothing to note.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    before = {number: handler for number in _SIGNALS if callable(handler := signal.getsignal(number))}
    for number in before:
        signal.signal(number, lambda number, _frame: came.append(number))
    try:
        yield came
    finally:
        for known, handler in before.items():
            signal.signal(known, handler)
    if came:
        before[signal.Signals(came[0])](came[0], None)


def _close(executor: "ThreadPoolExecutor", came: Sequence[int]) -> None:
    """Wait until all jobs have ended. Once a signal came, kill what they run, also what they start then."""
    closing = threading.Thread(target=executor.shutdown, kwargs={"cancel_futures": True})
    closing.start()
    while closing.is_alive():
        if came:
            stop_children()
        closing.join(_POLL_SECONDS)
