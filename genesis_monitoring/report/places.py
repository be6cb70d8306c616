"""A location in, the file as other programs name it out: relative to the folder that they look from."""

import os.path
from pathlib import PurePath, PurePosixPath
from urllib.parse import quote


def relative_file(file: str, root: PurePath) -> str:
    """``file`` relative to ``root`` (absolute), with ``/``; an absolute path if it is not inside it."""
    path = PurePosixPath(os.path.normpath(root / file))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def artifact_uri(file: str, root: PurePath) -> str:
    """As ``relative_file``, as a URI reference; ``file:`` with the whole path outside ``root``."""
    path = relative_file(file, root)
    encoded = quote(path.encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{encoded}" if path.startswith("/") else encoded
