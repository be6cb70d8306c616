"""The named parts of a file (a rule, a route, a panel, a service) and which of them a change touches.

By lines, so that a broken text has parts too. Each line belongs to one part: the one whose first line is the
nearest above it; comments belong to what stands below them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fnmatch import fnmatchcase

from genesis_monitoring.artifacts import origin_of

DASHBOARDS = "grafana/dashboards/*.json"
_TOP = r"^(?=\w)([\w.-]+):"
_BEGINNINGS: tuple[tuple[str, str], ...] = (
    ("prometheus/rules/*.yml", r"^      - (?:alert|record): '?([\w:.]+)"),
    ("prometheus/tests/*.yml", r"^  - ()name:|^      - ()(?:eval_time|series):"),
    ("prometheus/prometheus.yml", rf"{_TOP}|^  - job_name: (\S+)|^    - ()static_configs:"),
    (
        "alertmanager/alertmanager.yml",
        rf"{_TOP}|^    - receiver: (\S+)|^  - ()source_matchers:|^  - name: (\S+)",
    ),
    ("alertmanager/templates/*.tmpl", r'^\{\{ define "([\w.]+)"'),
    (DASHBOARDS, r"^  \"(\w+)\":|^    ()\{$|^      ()\{$"),
    ("grafana/provisioning/*.yml", rf"{_TOP}|^  - name: (\S+)"),
    ("instrumentation/*.py", r"^        self\.(\w+) = |^    def (\w+)\("),
    ("docker-compose.yml", rf"{_TOP}|^  (?!<<)([\w-]+):(?: \{{\}})?$"),
)
_ANCHOR = ("x-hardening", "logging")


@dataclass(frozen=True, slots=True)
class Part:
    """Lines ``first`` to ``last`` (from 1). ``origin`` is the dotted path in the spec, if the file tells."""

    first: int
    last: int
    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change of one file touches: the parts as they are now, and as they were."""

    path: str
    whole: bool
    now: tuple[Part, ...]
    before: tuple[Part, ...]

    @property
    def names(self) -> frozenset[str]:
        """Their names, before and after."""
        return frozenset(part.name for part in (*self.now, *self.before) if part.name)

    @property
    def origins(self) -> frozenset[str]:
        """The spec paths that they come from, before and after."""
        return frozenset(part.origin for part in (*self.now, *self.before) if part.origin)


def parts_of(path: str, text: str) -> tuple[Part, ...]:
    """All parts of a file, in order; a file of an unknown kind is one part."""
    lines = text.splitlines()
    begins = [(0, "")]
    pattern = next((regex for files, regex in _BEGINNINGS if fnmatchcase(path, files)), None)
    found = re.compile(pattern) if pattern else None
    for index, line in enumerate(lines):
        match = found.match(line) if found else None
        if match:
            name = next((group for group in match.groups() if group), "")
            begins.append((_with_comments(lines, index), name.strip("'\"")))
    ends = [first for first, _ in begins[1:]] + [len(lines)]
    parts = tuple(
        Part(first + 1, last, name, origin_of(text, min(last, _headed(lines, first) + 1)) or "")
        for (first, name), last in zip(begins, ends, strict=True)
        if last > first or len(begins) == 1
    )
    return tuple(_panels(path, lines, parts)) if fnmatchcase(path, DASHBOARDS) else parts


def touched(path: str, before: str, now: str | None, *, whole: bool = False) -> Touched:
    """The parts that differ; all of them for a file that is gone, or where the fault is in the ``whole``."""
    was = parts_of(path, before)
    if now is None or whole:
        return Touched(path, True, parts_of(path, now or ""), was)
    old, new = before.splitlines(), now.splitlines()
    parts = parts_of(path, now)
    in_old: set[Part] = set()
    in_new: set[Part] = set()
    for first, after, new_first, new_after in _changes(old, new):
        in_old.update(_overlapping(was, first, after))
        in_new.update(_overlapping(parts, new_first, new_after))
    if any(part.name in _ANCHOR for part in in_old):
        in_new.update(part for part in parts if part.origin.startswith("stack.services."))
    return Touched(path, False, tuple(sorted(in_new, key=_first)), tuple(sorted(in_old, key=_first)))


def _panels(path: str, lines: list[str], parts: Sequence[Part]) -> Iterator[Part]:
    """The parts of a dashboard, with the spec path that their order among rows and panels tells."""
    origin = f"dashboards.{path.rpartition('/')[2].removesuffix('.json')}"
    row, column = -1, -1
    for part in parts:
        own = lines[part.first - 1 : part.last]
        if not own or own[0] != "    {":
            yield Part(part.first, part.last, part.name, origin)
            continue
        if '      "type": "row",' in own:
            row, column = row + 1, -1
            place = f"{origin}.rows.{row}"
        else:
            column += 1
            place = f"{origin}.rows.{row}.panels.{column}"
        titles = (re.match(r'^      "title": "(.*)",?$', line) for line in own)
        yield Part(part.first, part.last, next((title[1] for title in titles if title), ""), place)


def _first(part: Part) -> int:
    return part.first


def _overlapping(parts: Sequence[Part], first: int, after: int) -> Iterator[Part]:
    """The parts of the lines (from 0); where lines are gone, those on both sides of the gap."""
    low, high = (first + 1, after) if after > first else (first, first + 1)
    return (part for part in parts if part.first <= high and part.last >= low)


def _changes(old: list[str], new: list[str]) -> Iterator[tuple[int, int, int, int]]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    for tag, first, after, new_first, new_after in middle.get_opcodes():
        if tag != "equal":
            yield first + head, after + head, new_first + head, new_after + head


def _with_comments(lines: list[str], index: int) -> int:
    while index > 0 and lines[index - 1].lstrip().startswith("#"):
        index -= 1
    return index


def _headed(lines: list[str], index: int) -> int:
    """The first line from ``index`` on that is no comment."""
    while index < len(lines) - 1 and lines[index].lstrip().startswith("#"):
        index += 1
    return index
