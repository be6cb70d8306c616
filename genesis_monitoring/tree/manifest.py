"""The manifest: takes the bytes of ``manifest.json``, gives the paths and digests the tool owns, and back.

A manifest comes from git and may be merged wrongly or made to harm. Nothing in it is believed before every
path and digest has the right form, so it can at most claim files inside the output folder.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.tree.folder import Kind, OutFolder, open_folder
from genesis_monitoring.tree.paths import MANIFEST, path_fault

VERSION = 1
MAX_BYTES = 64 << 20
_DIGEST_CHARACTERS = frozenset("0123456789abcdef")
_DIGEST_LENGTH = 64
_SPEC = re.compile(rb'\n  "spec": "([A-Za-z0-9_.-]+)",\n')
_PLAIN = re.compile(r"[A-Za-z0-9_.-]+")


class MalformedError(GenesisMonError):
    """One of the tool's own files was read, and is not what the tool writes."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The generated files of the last finished render: relative path to SHA-256 in hex.

    ``spec`` is the name of the file that they were made of, if it is one of letters, digits and ``_.-``.
    """

    files: Mapping[str, str]
    spec: str = ""

    def dump(self) -> bytes:
        """The exact bytes of ``manifest.json``: sorted, so that a merge conflict stays small."""
        # A valid path needs no JSON escape, and importing json would cost more than the rest of a quiet run.
        rows = ",\n".join(f'    "{path}": "{self.files[path]}"' for path in sorted(self.files))
        body = f"{{\n{rows}\n  }}" if rows else "{}"
        spec = f'  "spec": "{self.spec}",\n' if _PLAIN.fullmatch(self.spec) else ""
        return f'{{\n  "version": {VERSION},\n{spec}  "files": {body}\n}}\n'.encode()


def load_manifest(out: Path) -> Manifest | None:
    """The manifest of the output folder; None where there is none.

    Raises MalformedError when it is not a regular file, too large, not JSON or of the wrong form, and another
    GenesisMonError when the system does not let it be read.
    """
    with open_folder(out) as folder:
        data = None if folder is None else read_manifest(folder)
        return None if data is None else parse_manifest(data, out / MANIFEST)


def read_manifest(folder: OutFolder) -> bytes | None:
    """The bytes of the manifest; None where there is none. Raises as ``read_own_file``."""
    return read_own_file(folder, MANIFEST)


def read_own_file(folder: OutFolder, name: str) -> bytes | None:
    """The bytes of one of the tool's own files in the output folder; None where there is none.

    Raises MalformedError when something other than a regular file stands there, or it is larger than
    ``MAX_BYTES``, and another GenesisMonError when the system does not let it be read.
    """
    data = folder.read(name, MAX_BYTES + 1)
    if data is None:
        kind = folder.look(name).kind
        if kind is not Kind.ABSENT:
            raise MalformedError(f"{folder.out / name}: {kind.value} stands here", "remove it")
    elif len(data) > MAX_BYTES:
        raise MalformedError(f"{folder.out / name}: is larger than {MAX_BYTES >> 20} MiB", "remove it")
    return data


def parse_manifest(data: bytes, where: Path) -> Manifest:
    """Check and take over a manifest's bytes. Raises MalformedError, which names the file ``where``."""
    return Manifest(parse_digests(data, "files", where, "or restore it from git"), spec_in(data))


def spec_in(data: bytes) -> str:
    """The name of the spec that a manifest's bytes tell, empty if they tell none."""
    found = _SPEC.search(data)
    return found[1].decode() if found else ""


def parse_digests(data: bytes, key: str, where: Path, remedy: str) -> Mapping[str, str]:
    """The mapping of path to digest under ``key`` of a JSON object that says ``"version": 1``.

    Raises MalformedError for anything else and for any path that may leave the output folder.
    """
    import json

    def wrong(reason: str) -> MalformedError:
        return MalformedError(f"{where}: {reason}", f"run: genesis-mon render --adopt, {remedy}")

    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise wrong(f"is not JSON ({str(error)[:80]})") from error
    if not isinstance(document, dict):
        raise wrong("is not a JSON object")
    version = document.get("version")
    if type(version) is not int or version != VERSION:
        raise wrong(f"has the version {str(version)[:20]!r}, this genesis-mon knows only {VERSION}")
    files = document.get(key)
    if not isinstance(files, dict):
        raise wrong(f"has no object {key!r}")
    for path, digest in files.items():
        if fault := path_fault(path):
            raise wrong(f"the path {path[:80]!r} {fault}")
        if not is_digest(digest):
            raise wrong(f"the digest of {path[:80]!r} is not a SHA-256 in lower-case hex")
    return files


def is_digest(value: object) -> bool:
    """Whether ``value`` is the hex form of a SHA-256 as the tool writes it."""
    return isinstance(value, str) and len(value) == _DIGEST_LENGTH and _DIGEST_CHARACTERS.issuperset(value)
