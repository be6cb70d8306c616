"""What ^C and SIGTERM do: they end the process at once, but inside ``tidied_up`` they raise.

``wait_for_stop`` is for a server, which is meant to run until one of them comes.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_NUMBERS = (signal.SIGINT, signal.SIGTERM)


def end_at_once() -> None:
    """While nothing would be left behind, an exception could only be shown, or lost in foreign code."""
    for number in _NUMBERS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def tidied_up() -> Iterator[None]:
    """While tools run or files are written: KeyboardInterrupt or SystemExit, so that both are tidied up."""
    before = {n: signal.getsignal(n) for n in _NUMBERS if signal.getsignal(n) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def wait_for_stop() -> Iterator[Callable[[], None]]:
    """Gives a function that waits: it returns on SIGTERM, and raises KeyboardInterrupt on ^C.

    The signal may come before it is called. Neither interrupts what else happens in the block.
    """
    from threading import Event

    came: list[int] = []
    stop = Event()

    def take(number: int, _frame: object) -> None:
        came.append(number)
        stop.set()

    def wait() -> None:
        stop.wait()
        if came[0] == signal.SIGINT:
            raise KeyboardInterrupt

    before = {n: signal.getsignal(n) for n in _NUMBERS if signal.getsignal(n) is not signal.SIG_IGN}
    for number in before:
        signal.signal(number, take)
    try:
        yield wait
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, _frame: object) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)
