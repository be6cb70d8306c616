"""A folder that is written once and kept: files by path in; all of them with their digests on the disk out.

``SHA256SUMS`` lists every other file in the form that ``sha256sum --check`` reads. The folder is made under
a hidden name beside its place, and renamed when all of it is on the disk: there is all of it or nothing.
"""

import errno
import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from genesis_monitoring.errors import CouldNotTellError, GenesisMonError
from genesis_monitoring.files import read_regular, regular, sync_folder
from genesis_monitoring.tree.manifest import MAX_BYTES
from genesis_monitoring.tree.paths import path_fault

SUMS = "SHA256SUMS"
_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>.+)", re.ASCII)
_CHUNK_BYTES = 1 << 20


def sums_of(files: Mapping[str, bytes]) -> bytes:
    """The exact bytes of ``SHA256SUMS``, sorted by path."""
    for path in files:
        if path == SUMS or path_fault(path):
            raise ValueError(f"{path} is no file of a bundle: it {path_fault(path) or 'is the list'}")
    lines = (f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    return "".join(lines).encode()


def write_bundle(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Make ``folder`` hold exactly ``files`` and their digests; False where it does so already.

    Its parent must be there. Raises GenesisMonError where something else stands at its place, and
    CouldNotTellError where it cannot be written; nothing is left behind then.
    """
    place = folder.resolve()
    sums = sums_of(files)
    if _taken(place):
        if _read(place / SUMS) == sums and not check_bundle(place):
            return False
        raise _in_the_way(folder)
    part = place.with_name(f".genesis-mon.{token_hex(12)}.part")
    try:
        part.mkdir()
        for path, data in (*files.items(), (SUMS, sums)):
            file = part / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        # The name must not be on the disk before what it stands for.
        os.sync()
        part.rename(place)
        sync_folder(place.parent)
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR) and _taken(place):
            raise _in_the_way(folder) from None
        raise CouldNotTellError(
            f"{folder} cannot be written: {error.strerror}", "name another folder with --out"
        ) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return True


def check_bundle(folder: Path) -> tuple[str, ...]:
    """What is wrong with a bundle, a line each: changed, missing, not listed. Links are not followed.

    Raises CouldNotTellError where there is no ``SHA256SUMS`` that can be read.
    """
    data = _read(folder / SUMS)
    if data is None:
        raise CouldNotTellError(f"{folder} has no {SUMS} to check it by", "name the folder of an archive")
    listed, faults = _parse(data)
    found = _files(folder)
    faults += [f"{path}: is missing" for path in listed if path not in found]
    for path, is_file in found.items():
        if not is_file:
            faults.append(f"{path}: is no regular file")
        elif path not in listed and path != SUMS:
            faults.append(f"{path}: is not listed in {SUMS}")
        elif path in listed and _digest(folder / path) != listed[path]:
            faults.append(f"{path}: was changed")
    return tuple(sorted(faults))


def _parse(data: bytes) -> tuple[dict[str, str], list[str]]:
    listed: dict[str, str] = {}
    faults = []
    for number, line in enumerate(data.decode("utf-8", "backslashreplace").split("\n")[:-1], 1):
        match = _LINE.fullmatch(line)
        if match is None or path_fault(match["path"]) or match["path"] in listed:
            faults.append(f"{SUMS}: line {number} is none of a digest and a path of its own")
        else:
            listed[match["path"]] = match["digest"]
    return listed, faults


def _files(folder: Path) -> dict[str, bool]:
    """Every path that is no folder, and whether it is a regular file."""
    found = {}
    for at, folders, names in os.walk(folder, onerror=_unreadable):
        for name in (*names, *(one for one in folders if (Path(at) / one).is_symlink())):
            file = Path(at) / name
            found[file.relative_to(folder).as_posix()] = file.is_file() and not file.is_symlink()
    return found


def _unreadable(error: OSError) -> None:
    raise CouldNotTellError(f"{error.filename} cannot be read: {error.strerror}", "mend the permissions")


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    try:
        with regular(file) as descriptor:
            while chunk := os.read(descriptor, _CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        _unreadable(error)
    return digest.hexdigest()


def _read(file: Path) -> bytes | None:
    """The bytes of a regular file, no more than is sensible; None where there is none."""
    if not file.is_file():
        return None
    try:
        return read_regular(file, MAX_BYTES)
    except OSError as error:
        _unreadable(error)
        return None


def _taken(place: Path) -> bool:
    """Whether anything but an empty folder stands at ``place``."""
    try:
        return any(place.iterdir())
    except FileNotFoundError:
        return False
    except OSError:
        return True


def _in_the_way(folder: Path) -> GenesisMonError:
    return GenesisMonError(
        f"{folder} is there already and holds something else, so it is left as it is",
        "name another folder with --out, or remove that one if nobody needs it",
    )
