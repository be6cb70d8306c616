"""Shuts this process, and all that it starts from then on, off from the network and from real secrets.

Linux namespaces do it: a network of its own that has nothing but loopback, and mounts of its own in which a
folder holds other files and ``/etc/hosts`` other names. So a program can run with its real configuration, and
what it sends to the real addresses comes to this process. Nothing of it outlives the process. Root is not
needed where the system lets users make namespaces.
"""

import ctypes
import fcntl
import os
import socket
import struct
from collections.abc import Mapping
from pathlib import Path

from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.errors import CouldNotTellError

_NEW_MOUNTS, _NEW_USER, _NEW_NETWORK = 0x00020000, 0x10000000, 0x40000000
_RECURSIVE, _PRIVATE, _BIND = 0x4000, 0x40000, 0x1000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_HOSTS = Path("/etc/hosts")


class CannotSealError(CouldNotTellError):
    """The system does not let this process have namespaces of its own."""


def can_seal(folder: Path) -> str:
    """Why this process cannot be sealed with files in ``folder``; empty if it can. Tried in a child."""
    if not hasattr(os, "fork") or not Path("/proc/self/ns/net").exists():
        return "the system has no namespaces"
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        said = ""
        try:
            os.close(reader)
            seal(folder, {}, ("example.com",))
        except BaseException as error:
            said = getattr(error, "message", "") or repr(error)
        os.write(writer, said.encode()[:1000])
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8", errors="replace") as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def seal(folder: Path, files: Mapping[str, str], names: tuple[str, ...]) -> None:
    """For good: ``folder`` holds ``files`` only, and each of ``names`` is this machine.

    The process must have one thread yet. Raises CannotSealError, after which it must not go on.
    """
    user, group = os.geteuid(), os.getegid()
    try:
        _unshare(user, group)
        _loopback_up()
        _call("mount", None, b"/", None, ctypes.c_ulong(_RECURSIVE | _PRIVATE), None)
        # A folder that is not there yet cannot be made without a trace, but on a file system of our own.
        _fresh(folder if folder.is_dir() else folder.parent)
        folder.mkdir(exist_ok=True)
        hosts = folder / ".hosts"
        hosts.write_text(f"{LOOPBACK} localhost {' '.join(names)}\n", encoding="ascii")
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        _call("mount", bytes(hosts), bytes(_HOSTS), None, ctypes.c_ulong(_BIND), None)
    except OSError as error:
        raise CannotSealError(f"no namespaces can be had: {error.strerror or error}") from error


def _unshare(user: int, group: int) -> None:
    flags = _NEW_MOUNTS | _NEW_NETWORK
    try:
        _call("unshare", ctypes.c_int(flags))
    except PermissionError:
        _call("unshare", ctypes.c_int(flags | _NEW_USER))
        own = Path("/proc/self")
        (own / "setgroups").write_text("deny", encoding="ascii")
        (own / "uid_map").write_text(f"0 {user} 1", encoding="ascii")
        (own / "gid_map").write_text(f"0 {group} 1", encoding="ascii")


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        name = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(one, _SIOCGIFFLAGS, name))[1]
        fcntl.ioctl(one, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))


def _fresh(folder: Path) -> None:
    _call("mount", b"tmpfs", bytes(folder), b"tmpfs", ctypes.c_ulong(0), b"size=1m,mode=755")


def _call(name: str, *arguments: object) -> None:
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
