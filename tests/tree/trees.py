"""Shared by the tests of the tree: small trees, what is on disk, and code that runs in a child process."""

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.tree.paths import MANIFEST

Tree = Mapping[str, str]


def artifacts(tree: Tree) -> tuple[Artifact, ...]:
    return tuple(Artifact(path, text) for path, text in tree.items())


def on_disk(out: Path) -> dict[str, str]:
    """Every file and symlink below ``out`` but the manifest; folders that hold none end in a slash."""
    found: dict[str, str] = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            found[name] = path.read_bytes().decode(errors="backslashreplace")
        elif not any(path.iterdir()):
            found[f"{name}/"] = ""
    found.pop(MANIFEST, None)
    return found


def put(out: Path, tree: Tree) -> None:
    for path, text in tree.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text)


def in_child(work: Callable[[], None]) -> int:
    """Run ``work`` in a forked process; its exit code, 99 where it raised."""
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def stamps(out: Path) -> dict[str, tuple[int, int, int]]:
    """Inode, time of writing and time of any change of everything below ``out``."""
    found = {}
    for path in [out, *out.rglob("*")]:
        seen = path.lstat()
        found[str(path)] = (seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns)
    return found
