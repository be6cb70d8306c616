"""The ``*.cases`` files in; broken specs and what must be found in them, and where, out.

A case is a title, edits of ``base.yaml`` as in a unified diff, and words that must be said:

    # the alert level repeats the target
    -    objective: {good: "<", target: 200}
    +    objective: {good: "<", target: ⟪^⟫200, alert: ⟪GM122⟫200}
    ? one level in two places

``⟪GM122⟫`` stands right before the place where that finding belongs, ``⟪^⟫`` before a related place;
both are taken out of the text. Lines that begin with a space are context, and may carry marks too.
The old lines of a hunk stand exactly once in the base; ``@@`` begins another hunk. A blank line ends
the case. A case without marks is a spec that is accepted. A line that begins with ``<`` names another base,
from the root of the repository.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent
_ROOT = FOLDER.parents[1]
BASE = (FOLDER / "base.yaml").read_text("utf-8")
_MARK = re.compile(r"⟪([^⟫]*)⟫")
_RELATED = "^"

Place = tuple[int, int]


@dataclass(frozen=True)
class Case:
    """``found`` holds code, line and column of every finding; ``related`` is checked if there are any."""

    name: str
    text: str
    found: tuple[tuple[str, int, int], ...]
    related: frozenset[Place]
    says: tuple[str, ...]


@dataclass
class _Draft:
    title: str
    hunks: list[list[str]] = field(default_factory=lambda: [[]])
    says: list[str] = field(default_factory=list)
    base: str = BASE


def load_cases(file: str) -> tuple[Case, ...]:
    """The cases of one file, in its order."""
    return tuple(_case(draft) for draft in _drafts((FOLDER / file).read_text("utf-8")))


def case_files() -> tuple[str, ...]:
    """All files of cases."""
    return tuple(sorted(path.name for path in FOLDER.glob("*.cases")))


def _drafts(text: str) -> Iterator[_Draft]:
    draft: _Draft | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line:
            if draft is not None:
                yield draft
            draft = None
        elif line.startswith("# "):
            assert draft is None, f"line {number}: a blank line is missing before the title"
            draft = _Draft(line[2:])
        else:
            assert draft is not None, f"line {number}: a title is missing"
            if line.startswith("@@"):
                draft.hunks.append([])
            elif line.startswith("< "):
                draft.base = (_ROOT / line[2:]).read_text("utf-8")
            elif line.startswith("? "):
                draft.says.append(line[2:])
            else:
                assert line[0] in "-+ ", f"line {number}: neither -, + nor context"
                draft.hunks[-1].append(line)
    if draft is not None:
        yield draft


def _case(draft: _Draft) -> Case:
    marked = draft.base
    for hunk in draft.hunks:
        old = "".join(f"{_MARK.sub('', line[1:])}\n" for line in hunk if line[0] in "- ")
        new = "".join(f"{line[1:]}\n" for line in hunk if line[0] in "+ ")
        assert f"\n{marked}".count(f"\n{old}") == 1, f"{draft.title}: the old lines must stand once:\n{old}"
        marked = f"\n{marked}".replace(f"\n{old}", f"\n{new}")[1:]
    text, marks = _strip(marked)
    found = tuple(sorted((code, *place) for code, place in marks if code != _RELATED))
    related = frozenset(place for code, place in marks if code == _RELATED)
    return Case(draft.title, text, found, related, tuple(draft.says))


def _strip(marked: str) -> tuple[str, list[tuple[str, Place]]]:
    marks: list[tuple[str, Place]] = []
    lines: list[str] = []
    for number, line in enumerate(marked.split("\n"), 1):
        removed = 0
        for mark in _MARK.finditer(line):
            marks.append((mark[1], (number, mark.start() - removed + 1)))
            removed += len(mark[0])
        lines.append(_MARK.sub("", line))
    return "\n".join(lines), marks
