"""Runs jobs side by side in threads: calls in, their results out in the same order.

Meant for jobs that wait for external tools. Nothing outlives the call: an interrupt stops the tools first.
A single job has a thread as well: an interrupt that came while the main thread starts a tool would lose it.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from genesis_monitoring.clients.process import stop_children

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_POLL_SECONDS = 0.05

_Result = TypeVar("_Result")


def run_side_by_side(jobs: Sequence[Callable[[], _Result]], workers: int) -> tuple[_Result, ...]:
    """The result of each job, at most ``workers`` at a time.

    Raises what the first failing job (in the order of ``jobs``) raised, after the others have ended.
    """
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

    if not jobs:
        return ()
    executor = ThreadPoolExecutor(max(1, min(workers, len(jobs))), thread_name_prefix="genesis-mon")
    try:
        futures = [executor.submit(job) for job in jobs]
        while True:
            # An interrupt that comes just before a wait is seen only after it: so no wait is endless.
            ended, running = wait(futures, timeout=_POLL_SECONDS, return_when=FIRST_EXCEPTION)
            if not running or any(future.exception() for future in ended):
                break
        executor.shutdown(cancel_futures=True)
        return tuple(future.result() for future in futures if not future.cancelled())
    except Exception:
        executor.shutdown(cancel_futures=True)
        raise
    except BaseException:
        _stop(executor)
        raise


def _stop(executor: "ThreadPoolExecutor") -> None:
    """Kill what the jobs run, and what they start after that, until all of them have ended."""
    from threading import Thread

    closing = Thread(target=executor.shutdown, kwargs={"cancel_futures": True})
    closing.start()
    while closing.is_alive():
        stop_children()
        closing.join(_POLL_SECONDS)
