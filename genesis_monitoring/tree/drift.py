"""Findings about the generated tree: takes artifacts and the output folder, gives GM201 to GM208, GM211.

========  ==================================================================================
GM201     a file differs from what the spec renders to
GM202     orphan: a file that an earlier render wrote and the spec no longer asks for
GM203     a file is missing
GM204     a render was stopped and not finished
GM205     the manifest is missing, unreadable or does not match the files
GM206     a file that genesis-mon did not write stands where a generated file belongs
GM207     a symlink, folder or other thing stands where a generated file or its folder belongs
GM208     files are as rendered but for their line ends, as git writes them with ``core.autocrlf``
GM211     the tree is that of another spec beside it
========  ==================================================================================
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.findings import Finding, Location, Severity, sort_findings
from genesis_monitoring.tree.folder import open_folder
from genesis_monitoring.tree.lines import MAX_TEXT_BYTES, first_difference, split_lines
from genesis_monitoring.tree.paths import JOURNAL, MANIFEST
from genesis_monitoring.tree.state import ManifestState, TreeDiff, compare_tree, index_artifacts

OTHER_SPEC = "GM211"
_RENDER = "run: genesis-mon render"
_ADOPT = "run: genesis-mon render --adopt"
_WINDOWS = b"\r\n"
_SHOWN_CHARACTERS = 80
_SHOWN_BEFORE = 20


def drift_findings(out: Path, artifacts: Iterable[Artifact], spec: str = "") -> tuple[Finding, ...]:
    """Every way in which the output folder is not as rendered; empty if a render would write nothing.

    ``spec`` is the name of the file that it is to be rendered from.

    Raises GenesisMonError when that cannot be told: ``out`` is no folder or stays locked, or a file is
    unreadable.
    """
    wanted = index_artifacts(artifacts)
    diff = compare_tree(out, wanted.values())
    if diff.is_clean:
        return ()
    other = diff.other_spec(out, spec)
    if other is not None:
        message = f"this is rendered from {other}, and not from {spec}"
        return (_finding(OTHER_SPEC, out, message, "name another folder with --out, or " + _ADOPT),)
    if not out.exists():
        return (_finding("GM203", out, "the output folder does not exist, nothing is rendered", _RENDER),)
    converted = tuple(path for path in (*diff.changed, *diff.conflicts) if _is_converted(out, wanted[path]))
    found = (*_of_line_ends(out, converted), *_of_files(out, diff, wanted, frozenset(converted)))
    return sort_findings((*found, *_of_records(out, diff)))


def _finding(code: str, place: Path, message: str, hint: str, line: int = 0) -> Finding:
    return Finding(code, Severity.ERROR, Location(place.as_posix(), line), message, hint)


def _of_line_ends(out: Path, converted: tuple[str, ...]) -> Iterator[Finding]:
    if converted:
        files = "1 file has" if len(converted) == 1 else f"{len(converted)} files have"
        message = (
            f"{files} line ends of Windows (CRLF), and nothing else differs: git writes them so with "
            f"core.autocrlf; the first is {converted[0]}"
        )
        hint = f'add the line "{out.name}/** -text" to .gitattributes beside the spec, then {_RENDER}'
        yield _finding("GM208", out, message, hint)


def _of_files(
    out: Path, diff: TreeDiff, wanted: dict[str, Artifact], told: frozenset[str]
) -> Iterator[Finding]:
    edited = set(diff.hand_edited)
    for path in diff.changed:
        if path in told:
            continue
        line, seen = _first_difference(out, wanted[path])
        if path in edited:
            message = f"edited by hand since the last render: {seen}"
            hint = f"make the change in the spec or the templates, then {_RENDER}"
        else:
            message, hint = f"the spec or the templates changed since the last render: {seen}", _RENDER
        yield _finding("GM201", out / path, message, hint, line)
    for path in diff.removed:
        by_hand = ", and was edited by hand" if path in edited else ""
        yield _finding("GM202", out / path, f"orphan: the spec no longer renders this file{by_hand}", _RENDER)
    for path in diff.missing:
        yield _finding("GM203", out / path, "missing: the manifest lists this file", _RENDER)
    for path in diff.created:
        yield _finding("GM203", out / path, "missing: the spec asks for this file", _RENDER)
    for path in diff.conflicts:
        if path in told:
            continue
        line, seen = _first_difference(out, wanted[path])
        message = f"genesis-mon did not write this file: {seen}"
        yield _finding("GM206", out / path, message, f"move it away, or replace it: {_ADOPT}", line)
    for obstacle in diff.obstacles:
        message = f"{obstacle.kind.value} stands in the way of the generated file {obstacle.path}"
        yield _finding("GM207", out / obstacle.at, message, f"remove it, then {_RENDER}")


def _of_records(out: Path, diff: TreeDiff) -> Iterator[Finding]:
    if diff.journal_fault:
        hint = f"remove it, then {_ADOPT}"
        yield _finding("GM204", out / JOURNAL, f"a render was stopped: {diff.journal_fault}", hint)
    elif diff.interrupted:
        yield _finding("GM204", out / JOURNAL, "a render was stopped before it had finished", _RENDER)
    manifest = out / MANIFEST
    if diff.manifest is ManifestState.BROKEN:
        hint = f"restore it from git, or {_ADOPT}"
        yield _finding("GM205", manifest, f"the manifest is unreadable: {diff.manifest_fault}", hint)
    elif diff.manifest is ManifestState.MISSING:
        yield _finding("GM205", manifest, "the manifest is missing", _RENDER)
    elif diff.interrupted:
        return
    elif diff.stale:
        named = f"{diff.stale[0]!r}" + (f" and {len(diff.stale) - 1} more" if len(diff.stale) > 1 else "")
        yield _finding("GM205", manifest, f"the manifest does not match the files: {named}", _RENDER)
    elif diff.manifest is ManifestState.OUTDATED and not (diff.to_write or diff.removed or diff.obstacles):
        yield _finding("GM205", manifest, "the manifest was reformatted by hand", _RENDER)


def _first_difference(out: Path, artifact: Artifact) -> tuple[int, str]:
    """The first line (from 1) that differs, and in words what it holds and should hold."""
    # A file that git gave other line ends and somebody edited is shown where it was edited.
    data = _read(out, artifact.path).replace(_WINDOWS, b"\n")
    seen = split_lines(data.decode(errors="backslashreplace"))
    wanted = split_lines(artifact.text)
    index = first_difference(seen, wanted)
    begin = 0
    if index < min(len(seen), len(wanted)):
        alike = first_difference(seen[index], wanted[index])
        begin = max(0, alike - _SHOWN_BEFORE) if alike >= _SHOWN_CHARACTERS else 0
    is_now, is_wanted = _line(seen, index, begin), _line(wanted, index, begin)
    return index + 1, f"line {index + 1} is {is_now}, the spec renders {is_wanted}"


def _is_converted(out: Path, artifact: Artifact) -> bool:
    data = _read(out, artifact.path)
    return _WINDOWS in data and data.replace(_WINDOWS, b"\n") == artifact.data


def _read(out: Path, path: str) -> bytes:
    with open_folder(out) as folder:
        return (folder.read(path, MAX_TEXT_BYTES) if folder else None) or b""


def _line(lines: list[str], index: int, begin: int) -> str:
    if index >= len(lines):
        return "absent"
    line = lines[index].removesuffix("\n")[begin:]
    cut = line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…"
    shown = repr(f"…{cut}" if begin else cut)
    return shown if lines[index].endswith("\n") else f"{shown} without a newline"
