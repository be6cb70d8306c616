"""Reads a file as it stands in a revision of git. Nothing is checked out and nothing is written."""

import errno
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from genesis_monitoring.clients.process import OUTPUT_LIMIT, ToolMissing, ToolRun, run_tool
from genesis_monitoring.errors import UsageError

_SECONDS = 60.0
_ALONE = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
"""Git asks nobody, locks nothing and fetches nothing."""
_ANSWERS = (0, 1, 128)
_REGULAR = "100"
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Committed:
    """A file's text, and the commit that it was taken from."""

    text: str
    commit: str


def committed(path: Path, revision: str) -> Committed:
    """The file ``path`` as it stands in ``revision``.

    Raises UsageError outside a git tree, for a revision that is none, and for a file that is not there or no
    text in UTF-8; ToolMissing without git.
    """
    folder = path.parent
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder", "name the spec with --spec")
    inside = _git(folder, "rev-parse", "--is-inside-work-tree")
    if inside.exit_code or inside.stdout.strip() != "true":
        reason = _last_line(inside) or "this is no working tree"
        raise UsageError(
            f"{path} is in no git tree that could be read: {reason}",
            "compare with a file instead: --against FILE",
        )
    wanted = f"{revision}^{{commit}}"
    found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    commit = found.stdout.strip()
    if found.exit_code or not commit:
        raise UsageError(
            f"git knows no revision {revision!r} here",
            "name a commit, a branch or a tag; in a shallow clone fetch it first",
        )
    blob = f"{commit}:./{path.name}"
    size = _git(folder, "cat-file", "-s", blob)
    if size.exit_code:
        raise UsageError(
            f"there is no {path.name} in {revision}, in this folder",
            "name a revision that has it, or compare with a file: --against FILE",
        )
    if int(size.stdout) >= OUTPUT_LIMIT:
        raise UsageError(
            f"{path.name} of {revision} is larger than {OUTPUT_LIMIT >> 20} MiB",
            "compare files: --against FILE",
        )
    text = _git(folder, "cat-file", "blob", blob).stdout
    if len(text.encode()) != int(size.stdout):
        raise UsageError(f"{path.name} of {revision} is not text in UTF-8", "name another revision")
    return Committed(text, commit)


class CommittedFiles:
    """The files beside ``path`` as they stand in a commit, for what a spec includes. A symlink is none."""

    def __init__(self, path: Path, display: str, commit: str) -> None:
        """``display`` is the name of ``path`` in findings."""
        self._folder = path.parent
        self._before = display.removesuffix(path.name)
        self._commit = commit

    def named(self, path: str) -> str:
        """The name of a file in findings."""
        return self._before + str(PurePosixPath(path))

    def read(self, path: str) -> bytes:
        """A file's bytes. Raises OSError for what the commit has not, and ToolMissing without git."""
        listed = _git(self._folder, "ls-tree", "-z", "-l", self._commit, "--", f"./{path}").stdout
        mode, kind, _, size, *_ = (*listed.partition("\t")[0].split(), "", "", "", "")
        if not mode:
            raise OSError(errno.ENOENT, f"it is not in {self._commit[:_SHORT]}", path)
        if kind != "blob" or not mode.startswith(_REGULAR):
            raise OSError(errno.EINVAL, f"it is no regular file in {self._commit[:_SHORT]}", path)
        if int(size) >= OUTPUT_LIMIT:
            raise OSError(errno.EFBIG, f"it is larger than {OUTPUT_LIMIT >> 20} MiB", path)
        text = _git(self._folder, "cat-file", "blob", f"{self._commit}:./{path}").stdout
        data = text.encode()
        if len(data) != int(size):
            raise OSError(errno.EILSEQ, "the file is not text in UTF-8", path)
        return data


def _git(folder: Path, *arguments: str) -> ToolRun:
    try:
        return run_tool(("git", *arguments), cwd=folder, timeout=_SECONDS, env=_ALONE, answers=_ANSWERS)
    except ToolMissing as error:
        raise ToolMissing(error.message, "install git, or compare with a file: --against FILE") from None


def _last_line(run: ToolRun) -> str:
    lines = [line.strip() for line in run.stderr.splitlines() if line.strip()]
    return lines[0].removeprefix("fatal: ") if lines else ""
