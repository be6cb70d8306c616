"""What a render would change, to be read: takes artifacts and the output folder, gives diff lines."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.tree.folder import open_folder
from genesis_monitoring.tree.lines import MAX_TEXT_BYTES, Change, changes, split_lines
from genesis_monitoring.tree.state import compare_tree, index_artifacts

_CONTEXT_LINES = 3
_ABSENT = "/dev/null"
_NO_NEWLINE = "\\ No newline at end of file"


def unified_diff(out: Path, artifacts: Iterable[Artifact]) -> Iterator[str]:
    """The lines, without newline, of a diff from the output folder to ``artifacts``; none if the files agree.

    Made file by file as it is read, in the form that ``patch -p1`` and ``git apply`` take. The manifest is
    left out: it follows from the files. A file on disk that is not UTF-8 text, or larger than
    ``MAX_TEXT_BYTES``, is only said to differ.
    Raises GenesisMonError as ``compare_tree`` does.
    """
    wanted = index_artifacts(artifacts)
    diff = compare_tree(out, wanted.values())
    for path in sorted((*diff.to_write, *diff.removed)):
        new = wanted[path].text if path in wanted else None
        old = _bytes_on_disk(out, path)
        if old is not None and not _is_text(old):
            yield f"Binary files a/{path} and {_ABSENT if new is None else f'b/{path}'} differ"
        else:
            yield from diff_file(path, None if old is None else old.decode(), new)


def diff_file(path: str, old: str | None, new: str | None) -> Iterator[str]:
    """One file's part of the diff; None stands for a file that is not there."""
    if old == new:
        return
    yield f"--- {_ABSENT if old is None else f'a/{path}'}"
    yield f"+++ {_ABSENT if new is None else f'b/{path}'}"
    old_lines, new_lines = split_lines(old or ""), split_lines(new or "")
    hunk: list[Change] = []
    for change in changes(old_lines, new_lines):
        if hunk and change.old_start - hunk[-1].old_stop > 2 * _CONTEXT_LINES:
            yield from _hunk(old_lines, new_lines, hunk)
            hunk = []
        hunk.append(change)
    if hunk:
        yield from _hunk(old_lines, new_lines, hunk)


def _hunk(old: Sequence[str], new: Sequence[str], hunk: Sequence[Change]) -> Iterator[str]:
    before = min(_CONTEXT_LINES, hunk[0].old_start)
    after = min(_CONTEXT_LINES, len(old) - hunk[-1].old_stop)
    old_range = _range(hunk[0].old_start - before, hunk[-1].old_stop + after)
    new_range = _range(hunk[0].new_start - before, hunk[-1].new_stop + after)
    yield f"@@ -{old_range} +{new_range} @@"
    done = hunk[0].old_start - before
    for change in hunk:
        yield from _marked(" ", old[done : change.old_start])
        yield from _marked("-", old[change.old_start : change.old_stop])
        yield from _marked("+", new[change.new_start : change.new_stop])
        done = change.old_stop
    yield from _marked(" ", old[done : done + after])


def _marked(mark: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line.removesuffix("\n")
        if not line.endswith("\n"):
            yield _NO_NEWLINE


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(stop)
    return f"{start + 1 if length else start},{length}"


def _bytes_on_disk(out: Path, path: str) -> bytes | None:
    with open_folder(out) as folder:
        return None if folder is None else folder.read(path, MAX_TEXT_BYTES + 1)


def _is_text(data: bytes) -> bool:
    if b"\0" in data or len(data) > MAX_TEXT_BYTES:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
