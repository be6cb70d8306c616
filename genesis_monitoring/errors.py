"""What may go wrong that is not a finding: a broken tool, an unusable folder, a wrong call."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells its caller (documented in ``genesis-mon --help``)."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNKNOWN = 3
    HOLD = 4


class GenesisMonError(Exception):
    """A failure that ends the command, told to the user in one line and a hint.

    ``exit_code`` is what the process returns; the traceback is never shown.
    """

    exit_code = ExitCode.FINDINGS

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GenesisMonError):
    """The call itself is wrong: an option's value cannot be used."""

    exit_code = ExitCode.USAGE


class CouldNotTellError(GenesisMonError):
    """A tool is missing, crashed or timed out, so there is no answer."""

    exit_code = ExitCode.UNKNOWN


class ReaderGoneError(Exception):
    """Nobody reads standard output any more (``| head``), so there is nothing more to say."""
