"""What ^C and SIGTERM do: they end the process at once, but inside ``tidied_up`` they raise."""

import signal
from collections.abc import Iterator
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


def _raise(number: int, _frame: object) -> None:
    if number == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + number)
