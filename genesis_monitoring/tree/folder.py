"""The output folder on disk: takes relative paths, gives what stands there, and makes single safe changes.

Every step goes from the folder's own descriptor, one component at a time, and follows no symlink, so
nothing outside the folder can be read, written or removed. The folder itself may be reached by one.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.files import write_all
from genesis_monitoring.tree.paths import parent_of, temp_path

LOCK_WAIT_SECONDS = 5.0
_LOCK_RETRY_SECONDS = 0.02
_CHUNK_BYTES = 1 << 20
_FILE_MODE = 0o644
_FOLDER_MODE = 0o755
_AS_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_AS_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
_AS_TEMP = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_IN_USE = (errno.ENOTEMPTY, errno.EEXIST, errno.EBUSY)
_NOT_A_FOLDER = (errno.ENOTDIR, errno.ELOOP)


class Kind(Enum):
    """What stands at a path; the value is the word a person reads."""

    ABSENT = "nothing"
    FILE = "a file"
    FOLDER = "a folder"
    SYMLINK = "a symlink"
    OTHER = "neither file nor folder"


@dataclass(frozen=True, slots=True)
class Entry:
    """What was found on the way to a path. ``at`` is the path itself or the parent that is no folder.

    ``digest`` is the SHA-256 in hex of a regular file at the path, else empty.
    """

    kind: Kind
    at: str
    digest: str = ""


class _BlockedError(NotADirectoryError):
    """A component on the way is there and is no folder."""

    def __init__(self, at: str, kind: Kind) -> None:
        super().__init__(errno.ENOTDIR, f"{kind.value} stands where a folder belongs", at)
        self.entry = Entry(kind, at)


class OutFolder:
    """An open and locked output folder; see ``open_folder``.

    Paths that share folders are cheapest in sorted order: the descriptors of the last path are kept.
    Every method raises GenesisMonError with the path and the system's reason for what cannot be done.
    """

    def __init__(self, out: Path, root: int) -> None:
        self.out = out
        self._root = root
        self._chain: list[tuple[str, int]] = []

    def close(self) -> None:
        """Give back the descriptors of folders below the output folder."""
        self._leave(0)

    def look(self, path: str) -> Entry:
        """What stands at ``path``."""
        with self._told(path), self._regular_file(path) as found:
            if isinstance(found, Entry):
                return found
            digest = hashlib.sha256()
            while chunk := os.read(found, _CHUNK_BYTES):
                digest.update(chunk)
            return Entry(Kind.FILE, path, digest.hexdigest())

    def read(self, path: str, limit: int) -> bytes | None:
        """The first ``limit`` bytes of the regular file at ``path``; None where there is no such file."""
        with self._told(path), self._regular_file(path) as found:
            if isinstance(found, Entry):
                return None
            chunks: list[bytes] = []
            while limit > 0 and (chunk := os.read(found, min(limit, _CHUNK_BYTES))):
                chunks.append(chunk)
                limit -= len(chunk)
            return b"".join(chunks)

    def entries(self, folder: str) -> tuple[tuple[str, Kind], ...]:
        """What stands directly in ``folder``: path and kind, in no order."""
        with self._told(folder):
            fd = self._enter(folder)
            with os.scandir(fd) as found:
                return tuple((f"{folder}/{entry.name}", _kind_of(entry.name, fd)) for entry in found)

    def writable(self, folder: str) -> bool:
        """Whether files may be made and removed in ``folder``; if it is no folder, in its nearest parent."""
        while True:
            with self._told(folder):
                try:
                    fd = self._enter(folder)
                except (FileNotFoundError, _BlockedError):
                    folder = parent_of(folder)
                    continue
                return os.access(".", os.W_OK | os.X_OK, dir_fd=fd, effective_ids=True)

    def stage(self, path: str, data: bytes, *, sync: bool) -> None:
        """Write ``data`` to the temporary file of ``path``, mode 0644 under any umask; make its folders."""
        with self._told(path):
            fd = self._enter(parent_of(path), create=True)
            temp = temp_path(path).rpartition("/")[2]
            with suppress(FileNotFoundError):
                os.unlink(temp, dir_fd=fd)  # a stopped run's: we hold the lock, and unlink follows nothing
            file = os.open(temp, _AS_TEMP, 0o600, dir_fd=fd)
            try:
                write_all(file, data)
                os.fchmod(file, _FILE_MODE)
                if sync:
                    os.fsync(file)
            finally:
                os.close(file)

    def publish(self, path: str) -> None:
        """Let the staged file take the place of ``path`` in one step."""
        with self._told(path):
            fd = self._enter(parent_of(path))
            name, temp = path.rpartition("/")[2], temp_path(path).rpartition("/")[2]
            os.replace(temp, name, src_dir_fd=fd, dst_dir_fd=fd)

    def remove(self, path: str) -> None:
        """Remove the file or symlink at ``path`` itself; nothing there is no error."""
        with self._told(path), suppress(FileNotFoundError, _BlockedError):
            os.unlink(path.rpartition("/")[2], dir_fd=self._enter(parent_of(path)))

    def prune(self, folder: str) -> None:
        """Remove ``folder`` if it is an empty folder; one that is in use as a mount point stays."""
        with self._told(folder), suppress(FileNotFoundError, NotADirectoryError):
            try:
                os.rmdir(folder.rpartition("/")[2], dir_fd=self._enter(parent_of(folder)))
            except OSError as error:
                if error.errno not in _IN_USE:
                    raise

    def sync(self, folder: str) -> None:
        """Have the names in ``folder`` on disk; a folder that is gone needs none."""
        with self._told(folder), suppress(FileNotFoundError, _BlockedError):
            os.fsync(self._enter(folder))

    def failure(self, path: str, error: OSError) -> GenesisMonError:
        """The system's refusal as an error that names the path."""
        reason = error.strerror or type(error).__name__
        if isinstance(error, _BlockedError):
            path = error.entry.at
        return GenesisMonError(f"{self.out / path}: {reason}", "mend the cause, then run: genesis-mon render")

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self.failure(path, error) from error

    @contextmanager
    def _regular_file(self, path: str) -> Iterator[int | Entry]:
        name = path.rpartition("/")[2]
        try:
            folder = self._enter(parent_of(path))
        except FileNotFoundError:
            yield Entry(Kind.ABSENT, path)
            return
        except _BlockedError as error:
            yield error.entry
            return
        try:
            file = os.open(name, _AS_FILE, dir_fd=folder)
        except OSError:
            kind = _kind_of(name, folder)
            if kind is Kind.FILE:
                raise
            yield Entry(kind, path)
            return
        try:
            kind = _kind(os.fstat(file).st_mode)
            yield file if kind is Kind.FILE else Entry(kind, path)
        finally:
            os.close(file)

    def _enter(self, folder: str, *, create: bool = False) -> int:
        parts = folder.split("/") if folder else []
        depth = 0
        while depth < min(len(parts), len(self._chain)) and self._chain[depth][0] == parts[depth]:
            depth += 1
        self._leave(depth)
        for part in parts[depth:]:
            fd = self._descriptor()
            try:
                below = os.open(part, _AS_FOLDER, dir_fd=fd)
            except FileNotFoundError:
                if not create:
                    raise
                os.mkdir(part, _FOLDER_MODE, dir_fd=fd)
                below = os.open(part, _AS_FOLDER, dir_fd=fd)
                os.fchmod(below, _FOLDER_MODE)
            except OSError as error:
                if error.errno not in _NOT_A_FOLDER:
                    raise
                at = "/".join(parts[: len(self._chain) + 1])
                raise _BlockedError(at, _kind_of(part, fd)) from error
            self._chain.append((part, below))
        return self._descriptor()

    def _descriptor(self) -> int:
        return self._chain[-1][1] if self._chain else self._root

    def _leave(self, depth: int) -> None:
        while len(self._chain) > depth:
            os.close(self._chain.pop()[1])


@contextmanager
def open_folder(
    out: Path, *, write: bool = False, wait: float = LOCK_WAIT_SECONDS
) -> Iterator[OutFolder | None]:
    """Open and lock ``out``; None where it does not exist. With ``write`` it is made and held alone.

    The lock is on the folder itself, so no lock file lies about. Readers share it. Raises GenesisMonError
    when ``out`` is no folder, cannot be opened, or stays locked for ``wait`` seconds.
    """
    root = _open_root(out, create=write)
    if root is None:
        yield None
        return
    folder = OutFolder(out, root)
    try:
        _lock(folder, root, write=write, wait=wait)
        yield folder
    finally:
        folder.close()
        os.close(root)


def _open_root(out: Path, *, create: bool) -> int | None:
    try:
        if create and not out.exists():
            out.mkdir(parents=True, exist_ok=True)
            out.chmod(_FOLDER_MODE)
        return os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    except (OSError, ValueError) as error:
        if isinstance(error, FileNotFoundError):
            return None
        reason = (error.strerror if isinstance(error, OSError) else "") or str(error)
        message = f"{out}: cannot be the output folder: {reason}"
        raise GenesisMonError(message, "choose another --out") from error


def _lock(folder: OutFolder, root: int, *, write: bool, wait: float) -> None:
    import fcntl
    import time

    mode = (fcntl.LOCK_EX if write else fcntl.LOCK_SH) | fcntl.LOCK_NB
    deadline = time.monotonic() + wait
    while True:
        try:
            return fcntl.flock(root, mode)
        except BlockingIOError as error:
            if time.monotonic() >= deadline:
                raise GenesisMonError(
                    f"{folder.out}: another genesis-mon is working on this folder (waited {wait:g} s)",
                    "wait until it has ended, then run this again",
                ) from error
            time.sleep(_LOCK_RETRY_SECONDS)
        except OSError as error:
            raise folder.failure("", error) from error


def _kind_of(name: str, folder: int) -> Kind:
    try:
        return _kind(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return Kind.ABSENT


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return Kind.FILE
    if stat.S_ISDIR(mode):
        return Kind.FOLDER
    return Kind.SYMLINK if stat.S_ISLNK(mode) else Kind.OTHER
