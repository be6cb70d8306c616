"""Files that anybody may have put there: a path in, its bytes out; bytes in, a whole file out.

Only regular files are read or replaced. A pipe, a device, a socket or a folder is an error at once and is
never waited for. What is refused is an ``OSError`` whose ``strerror`` says why, as the system's refusals are.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

_CHUNK = 1 << 20
_MODE = 0o644
_READABLE = 0o600
"""What the owner may do under any umask."""
_KINDS = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a pipe, not a file"),
    (stat.S_ISSOCK, "it is a socket, not a file"),
    (stat.S_ISCHR, "it is a device, not a file"),
    (stat.S_ISBLK, "it is a device, not a file"),
)


def open_regular(path: Path, flags: int = os.O_RDONLY, mode: int = _MODE) -> int:
    """A descriptor of the regular file at ``path``. Raises OSError for anything else, without waiting."""
    try:
        descriptor = os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY, mode)
    except ValueError as error:
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    except OSError as error:
        # A socket, a pipe without a reader and a folder each refuse in words of their own.
        if error.errno in (errno.ENXIO, errno.EISDIR, errno.ENODEV):
            refuse_special(path, path.stat().st_mode)
        raise
    try:
        refuse_special(path, os.fstat(descriptor).st_mode)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def refuse_special(path: Path, mode: int) -> None:
    """Raises OSError unless ``mode`` is that of a regular file."""
    for is_kind, words in _KINDS:
        if is_kind(mode):
            raise OSError(errno.EISDIR if is_kind is stat.S_ISDIR else errno.EINVAL, words, str(path))


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file; OSError for one that is larger than ``limit``."""
    with regular(path) as descriptor:
        chunks = []
        left = limit + 1
        while left and (chunk := os.read(descriptor, min(left, _CHUNK))):
            chunks.append(chunk)
            left -= len(chunk)
    if not left:
        raise OSError(errno.EFBIG, f"it is larger than {limit:,} bytes", str(path))
    return b"".join(chunks)


@contextlib.contextmanager
def regular(path: Path) -> Iterator[int]:
    """As ``open_regular``, to be read, and closed at the end."""
    descriptor = open_regular(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def check_target(path: Path) -> None:
    """Raises OSError unless ``replace_file`` may put a file at ``path``: what stands there is a regular file.

    A symlink is refused, since it would be followed to a file that nobody named, or be lost.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except ValueError as error:
        raise OSError(errno.EINVAL, str(error), str(path)) from None
    if stat.S_ISLNK(mode):
        raise OSError(errno.ELOOP, "it is a symlink: name the file that it leads to", str(path))
    refuse_special(path, mode)


def replace_file(path: Path, data: bytes, *, instead_of: bytes | None = None) -> bool:
    """Put ``data`` at ``path``, whole or not at all: on an error or ^C what stood there stays.

    A file that is replaced keeps its mode; a new one has 0644 less the umask, and its owner can always
    read it. With ``instead_of`` nothing is done, and False returned, where the file no longer holds
    these bytes. Raises OSError.
    """
    check_target(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    # A name that nobody can foresee, so nobody can have put a link or a pipe there.
    part = f".genesis-mon.{token_hex(12)}.part"
    try:
        descriptor = os.open(
            part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _MODE, dir_fd=folder
        )
        try:
            _fill(descriptor, data, _mode_of(path))
            if instead_of is not None and not _holds(path, instead_of):
                return False
            check_target(path)
            os.replace(part, path.name, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(part, dir_fd=folder)
    finally:
        os.close(folder)
    return True


def write_all(descriptor: int, data: bytes) -> None:
    """However many calls of the system it takes. Raises OSError."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Have the names in it on the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _holds(path: Path, data: bytes) -> bool:
    with regular(path) as descriptor:
        if os.fstat(descriptor).st_size != len(data):
            return False
    return read_regular(path, len(data)) == data


def _mode_of(path: Path) -> int | None:
    try:
        return path.lstat().st_mode & 0o777
    except FileNotFoundError:
        return None


def _fill(descriptor: int, data: bytes, mode: int | None) -> None:
    try:
        if mode is None:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode) | _READABLE
        write_all(descriptor, data)
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
