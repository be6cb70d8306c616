"""Paths inside the output folder: takes a relative path, says whether it may be used and what is its own."""

import hashlib
from collections.abc import Iterable, Iterator

MANIFEST = "manifest.json"
"""Lists every generated file with its digest; stands in the output folder itself."""

JOURNAL = ".genesis-mon.journal"
"""Stands in the output folder while a render is writing, and after one that was stopped."""

_RESERVED = ".genesis-mon."
_MAX_COMPONENT_BYTES = 200


def path_fault(path: str) -> str:
    """Why ``path`` may not be a generated file's path, or an empty string where it may.

    What passes names a file inside the output folder on every system, without quoting, and can be
    neither the tool's own manifest, journal or temporary file nor anything of a git repository.
    """
    if not path:
        return "is empty"
    if path.startswith("/"):
        return "is absolute"
    if not path.isprintable() or "\\" in path or '"' in path:
        return "holds a control character, a backslash or a double quote"
    parts = path.split("/")
    for part in parts:
        if part in ("", ".", ".."):
            return f"has the component {part!r}"
        if part == ".git" or part.startswith(_RESERVED):
            return f"has the reserved component {part!r}"
        if len(part.encode()) > _MAX_COMPONENT_BYTES:
            return f"has a component longer than {_MAX_COMPONENT_BYTES} bytes"
    return f"has the reserved component {MANIFEST!r}" if parts[0] == MANIFEST else ""


def temp_path(path: str) -> str:
    """Where the new content of ``path`` waits before it takes its place: same folder, same name each time.

    No glob for rules or dashboards matches it, and a later run can find it again from ``path`` alone.
    """
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{_RESERVED}{hashlib.sha256(name.encode()).hexdigest()[:16]}.tmp"


def parent_of(path: str) -> str:
    """The folder that holds ``path``; an empty string for the output folder."""
    return path.rpartition("/")[0]


def parents_of(path: str) -> Iterator[str]:
    """Every folder above ``path`` below the output folder, the nearest first."""
    folder = parent_of(path)
    while folder:
        yield folder
        folder = parent_of(folder)


def folders_of(paths: Iterable[str]) -> set[str]:
    """Every folder below the output folder that ``paths`` need."""
    folders: set[str] = set()
    for path in paths:
        for folder in parents_of(path):
            if folder in folders:
                break
            folders.add(folder)
    return folders
