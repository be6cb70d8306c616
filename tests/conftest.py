"""What all tests share: Hypothesis counts examples, never seconds, so a busy machine turns nothing red."""

import signal

from hypothesis import settings

settings.register_profile("steady", deadline=None, print_blob=True)
settings.load_profile("steady")

# Whoever runs the tests in the background hands down that ^C is ignored, to the programs that they start as well.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
