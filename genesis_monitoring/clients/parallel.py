"""Runs jobs side by side in threads: calls in, their results out in the same order.

Meant for jobs that wait for external tools. Nothing outlives the call: an interrupt stops the tools first.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from genesis_monitoring.clients.process import stop_children

_Result = TypeVar("_Result")


def run_side_by_side(jobs: Sequence[Callable[[], _Result]], workers: int) -> tuple[_Result, ...]:
    """The result of each job, at most ``workers`` at a time.

    Raises what the first failing job (in the order of ``jobs``) raised, after the others have ended.
    """
    from concurrent.futures import ThreadPoolExecutor, wait

    if len(jobs) < 2 or workers < 2:
        return tuple(job() for job in jobs)
    with ThreadPoolExecutor(min(workers, len(jobs)), thread_name_prefix="genesis-mon") as executor:
        futures = [executor.submit(job) for job in jobs]
        try:
            return tuple(future.result() for future in futures)
        except Exception:
            executor.shutdown(cancel_futures=True)
            raise
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            while not all(future.done() for future in futures):
                stop_children()
                wait(futures, timeout=0.05)
            raise
