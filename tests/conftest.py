"""What all tests share: Hypothesis counts examples, never seconds, so a busy machine turns nothing red."""

import functools
import gc
import signal

import typer.main
import typer.testing
import yaml
from hypothesis import settings

settings.register_profile("steady", deadline=None, print_blob=True)
settings.load_profile("steady")

# The command line is built once a process, as in life, not for each of a thousand calls.
setattr(typer.testing, "_get_command", functools.cache(typer.main.get_command))  # noqa: B010

# What tests read, they read by libyaml, which takes a tenth of the time. The product asks for it by itself.
yaml.safe_load = functools.partial(yaml.load, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))

# Run in the background, the tests and all programs that they start would ignore ^C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """The thousands of tests stay to the end: nobody need look through them for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
