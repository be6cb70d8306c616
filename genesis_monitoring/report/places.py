"""A location in, the file as other programs name it out: relative to the folder that they look from."""

import os.path
from collections.abc import Mapping
from pathlib import Path, PurePath, PurePosixPath
from urllib.parse import quote


def workspace(here: Path, environ: Mapping[str, str]) -> Path:
    """The folder that those who read our reports look from: that of the checkout, if ``here`` is in one.

    GitHub says where it is (``GITHUB_WORKSPACE``), else it is the top of git's work tree.
    """
    said = environ.get("GITHUB_WORKSPACE", "")
    if said and here.is_relative_to(Path(said).resolve()):
        return Path(said).resolve()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)


def relative_file(file: str, root: PurePath, here: PurePath | None = None) -> str:
    """``file``, named from ``here``, relative to ``root`` (both absolute, by default the same), with ``/``.

    An absolute path if it is not inside ``root``.
    """
    path = PurePosixPath(os.path.normpath((here or root) / file))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def artifact_uri(file: str, root: PurePath, here: PurePath | None = None) -> str:
    """As ``relative_file``, as a URI reference; ``file:`` with the whole path outside ``root``."""
    path = relative_file(file, root, here)
    encoded = quote(path.encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{encoded}" if path.startswith("/") else encoded
