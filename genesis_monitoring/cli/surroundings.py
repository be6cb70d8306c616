"""What a process may find around it, mended before anything is done: closed streams, encodings, the umask."""

import io
import os
import sys

_STREAMS = 3
_OTHERS_WRITE = 0o022
_OWNER = 0o700


class _Patient(io.TextIOWrapper):
    """Standard error: that nobody can read it is no reason to end, nor for another exit code."""

    def __init__(self, usual: io.TextIOWrapper) -> None:
        super().__init__(usual.buffer, usual.encoding, errors="backslashreplace", line_buffering=True)
        # It would close the buffer that both write to when it goes.
        self._usual = usual

    def write(self, text: str, /) -> int:
        """As usual; what cannot be written is lost."""
        try:
            return super().write(text)
        except OSError:
            return self._give_up(text)

    def flush(self) -> None:
        """As usual; what cannot be written is lost."""
        try:
            super().flush()
        except OSError:
            self._give_up("")

    def _give_up(self, text: str) -> int:
        # What is in the buffer is written again at the end, and has to go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
        return len(text)


def prepare_process() -> None:
    """Make standard streams that take any text, and a umask that neither locks us out nor lets others write.

    A closed stream is as good as one to ``/dev/null``: the exit code tells the result all the same. A
    character that the encoding of a stream does not have is shown as an escape.
    """
    _open_streams()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = _Patient(sys.stderr)
    os.umask((os.umask(_OTHERS_WRITE) | _OTHERS_WRITE) & ~_OWNER)


def _open_streams() -> None:
    """Else a file that is opened later would take the number of a closed stream, and what is said to it."""
    for number in range(_STREAMS):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            stream = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
            text = io.TextIOWrapper(stream, "utf-8")
            setattr(sys, name, text)
            setattr(sys, f"__{name}__", text)
