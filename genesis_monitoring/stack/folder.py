"""The state folder: where a native stack keeps what it runs from, its data, its logs and its account.

=================  ==========================================================================
``launch.json``    what is to run
``state.json``     what runs, written by the supervisor
``supervisor.lock``  held by the supervisor as long as it lives: the system tells its process id
``command.lock``   held by the command that is changing something
``run/``           configuration, mapped to this machine
``data/``          what services store; kept by ``down``
``logs/``          a log a service, of bounded size
=================  ==========================================================================

Each file is replaced in one step, so nobody reads half of one.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from genesis_monitoring.clients.file_lock import held, holder
from genesis_monitoring.errors import CouldNotTellError, UsageError
from genesis_monitoring.files import read_regular
from genesis_monitoring.stack.launch import Launch, State, TornError, dump, load_launch, load_state

_MARK = "genesis-mon-state"
_MARK_TEXT = "The state of a genesis-mon stack. Remove it with: genesis-mon stack down --purge\n"
_IGNORE = ".gitignore"
_FOLDERS = ("run", "data", "logs")
_FILES = ("launch.json", "state.json", "supervisor.lock", "command.lock", _IGNORE, _MARK)
_WAIT_SECONDS = 5.0
_LARGEST = 64 * 1024 * 1024
"""Bytes; an account of a stack has some thousands."""


class StateFolder:
    """A state folder by its absolute path; nothing is there until ``prepare``."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.run, self.data, self.logs = (self.path / name for name in _FOLDERS)

    def prepare(self) -> None:
        """Make it. Raises UsageError where it cannot be one, CouldNotTellError if the disk is full."""
        foreign = self.path.is_dir() and not (self.path / _MARK).exists() and any(self.path.iterdir())
        if foreign:
            raise UsageError(
                f"{self.path}: a folder with other files in it cannot be the state folder",
                "name an empty or a new folder with --state",
            )
        with told(self.path):
            for folder in (self.path, self.run, self.data, self.logs):
                folder.mkdir(mode=0o700 if folder == self.path else 0o755, parents=True, exist_ok=True)
            (self.path / _IGNORE).write_text("*\n", encoding="ascii")
            (self.path / _MARK).write_text(_MARK_TEXT, encoding="ascii")

    @property
    def exists(self) -> bool:
        """Whether a stack has ever been started from here."""
        return (self.path / _MARK).exists()

    def supervisor(self) -> int | None:
        """The process id of the supervisor, from the system; None if none lives."""
        return holder(self.path / "supervisor.lock")

    def changing(self) -> contextlib.AbstractContextManager[None]:
        """Only one command at a time changes something. Raises CouldNotTellError if another does."""
        return held(
            self.path / "command.lock",
            wait=_WAIT_SECONDS,
            busy=f"{self.path}: another genesis-mon stack command is at work on it",
            hint="wait until it has ended, or stop it with ^C, then run this again",
        )

    def supervising(self) -> contextlib.AbstractContextManager[None]:
        """Only one supervisor. Raises CouldNotTellError if there is one."""
        return held(self.path / "supervisor.lock", busy=f"{self.path}: a supervisor runs already")

    def read_launch(self) -> Launch | None:
        """None where there is none. Raises TornError."""
        data = _read(self.path / "launch.json")
        return None if data is None else load_launch(data)

    def read_state(self) -> State | None:
        """None where there is none. Raises TornError."""
        data = _read(self.path / "state.json")
        return None if data is None else load_state(data)

    def write_launch(self, launch: Launch) -> None:
        """Raises CouldNotTellError if the disk is full, UsageError if it is not writable."""
        with told(self.path):
            replace_file(self.path / "launch.json", dump(launch))

    def write_state(self, state: State) -> None:
        """Raises OSError; it may fail without harm, for the supervisor tries again."""
        replace_file(self.path / "state.json", dump(state))

    def log(self, name: str) -> Path:
        """Where a service's log is."""
        return self.logs / f"{name}.log"

    def forget(self) -> None:
        """The account of a stack that runs no more."""
        with told(self.path):
            (self.path / "state.json").unlink(missing_ok=True)
            shutil.rmtree(self.run, ignore_errors=True)

    def remove_data(self) -> None:
        """What the services have stored."""
        with told(self.path):
            shutil.rmtree(self.data, ignore_errors=True)

    def remove(self) -> None:
        """All that is ours; the folder itself, if nothing else is in it."""
        with told(self.path):
            for folder in (self.run, self.data, self.logs):
                shutil.rmtree(folder, ignore_errors=True)
            for name in _FILES:
                (self.path / name).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                self.path.rmdir()


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """What the system refuses, as an error that names the path: a full disk could be another day's."""
    import errno

    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        at = error.filename or path
        if full:
            hint = "free some space, or name a folder on another disk with --state"
            raise CouldNotTellError(f"{at}: {error.strerror}", hint) from error
        raise UsageError(
            f"{at}: {error.strerror}", "make the folder writable for you, or name another with --state"
        ) from error


def replace_file(path: Path, data: bytes) -> None:
    """Write ``path`` in one step. Raises OSError, and then the old file stands."""
    new = path.with_name(f"{path.name}.new")
    try:
        new.write_bytes(data)
        new.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise


def _read(path: Path) -> bytes | None:
    try:
        return read_regular(path, _LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TornError(f"{os.fspath(path)}: {error.strerror}") from error
