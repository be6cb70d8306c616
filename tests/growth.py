"""How the cost of something grows with its size: a ratio within one run, on any machine."""

import gc
import time
from collections.abc import Callable

_TIMES = 3
_FACTOR = 8
_ALLOWED = 3
"""Linear is 1, and quadratic is ``_FACTOR``."""


def grows_linearly(make: Callable[[int], Callable[[], object]], size: int) -> bool:
    """Whether eight times as much costs no more than some eight times the processor time.

    ``make`` prepares a size, which costs nothing here, and gives what is to be measured.
    """
    small, large = (_cost(make(count)) for count in (size, _FACTOR * size))
    return large <= _ALLOWED * _FACTOR * small


def _cost(run: Callable[[], object]) -> float:
    times = []
    gc.disable()
    try:
        for _ in range(_TIMES):
            began = time.process_time()
            run()
            times.append(time.process_time() - began)
    finally:
        gc.enable()
    return min(times)
