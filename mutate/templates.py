"""Faults in the templates, which are then rendered: the tree is as rendered, so drift has nothing to tell.

Where a template lays out a document, the comparison must tell. What other templates say is prose, code and
tests: checks read some of it, so these are counted and nothing is demanded.
"""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.checks.registry import CHECKS, run_checks
from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.findings import Finding
from genesis_monitoring.render.families import RENDERERS, Renderer
from genesis_monitoring.render.templates import Templates
from mutate.fault import Fault, Sort, Verdict, lot
from mutate.workshop import Workshop, errors, first_line, meaning
from mutate.yaml_text import Path, read_yaml

_READERS = tuple(check for check in CHECKS if check.name in ("links", "notification-templates"))
UNREADABLE = "GM004"
_EDITS: tuple[tuple[str, str, Callable[[re.Match[str]], str]], ...] = (
    ("line left out", r"^.*\S.*\n", lambda _: ""),
    ("line doubled", r"^.*\S.*\n", lambda m: m[0] * 2),
    ("line indented", r"^(?=.*\S)", lambda _: "  "),
    ("argument left out", r"(?<=\w)\([^(),]*\)(?= \]\])", lambda _: ""),
    ("second argument left out", r", [^(),]*(?=\) \]\])", lambda _: ""),
    ("number changed", r"(?<=[(\[])\d+(?=[,)\]])", lambda m: str(int(m[0]) + 2)),
    ("filter left out", r" \| \w+(?:\([^()]*\))?(?= \]\])", lambda _: ""),
    ("parts swapped", r"(\[\[ .*? \]\])([^\[]*(?:\[% [^\[]*)?)(\[\[ .*? \]\])", lambda m: m[3] + m[2] + m[1]),
    ("condition turned", r"(?<=\[% if )(.+?)(?= %\])", lambda m: f"not ({m[1]})"),
    ("loop without its first", r"(?<= in )([\w.()]+)(?= %\])", lambda m: f"({m[1]} | list)[1:]"),
    ("word changed", r"\b[A-Za-z][\w-]*[a-z]\b(?![^\[\]]*[\]%]\])", lambda m: m[0] + "x"),
)


class _Noted(Templates):
    """Notes which templates are used, and whether they lay out a document."""

    def __init__(self, templates: Templates) -> None:
        super().__init__(templates.folder)
        self.used: dict[str, bool] = {}

    def render(self, name: str, **slots: Any) -> str:
        self.used[name] = "document" in slots
        return super().render(name, **slots)


@cache
def uses(workshop: Workshop) -> dict[str, tuple[bool, list[Renderer]]]:
    """Each template of the tree: whether it lays out documents, and who uses it (for a mere part, all)."""
    found: dict[str, tuple[bool, list[Renderer]]] = {}
    for renderer in RENDERERS:
        noted = _Noted(Templates(workshop.templates))
        list(renderer(workshop.project.plan, noted))
        for name, of_data in noted.used.items():
            found.setdefault(name, (of_data, []))[1].append(renderer)
    for file in workshop.templates.rglob("header.j2"):
        found[file.relative_to(workshop.templates).as_posix()] = (False, list(RENDERERS))
    return dict(sorted(found.items()))


def make(workshop: Workshop, seed: str, number: int, *, of_data: bool) -> list[Fault]:
    """In each template, edits that need not know what it says, at places drawn by lot."""
    faults: list[Fault] = []
    for path, (lays_out, _) in uses(workshop).items():
        if lays_out != of_data:
            continue
        old = (workshop.templates / path).read_text("utf-8")
        sites = [
            (kind, match, change(match))
            for kind, pattern, change in _EDITS
            for match in re.finditer(pattern, old, re.MULTILINE)
        ]
        lot(seed, path).shuffle(sites)
        for kind, match, new in sites[:number]:
            text = old[: match.start()] + new + old[match.end() :]
            line = old.count("\n", 0, match.start()) + 1
            at = match[0].strip()[:60] or old.splitlines()[line - 1].strip()[:60]
            faults.append(Fault(f"templates/{path}", kind, path, at, text, line, line))
    return faults


def judge(workshop: Workshop, fault: Fault) -> Verdict:
    """The tree is as rendered with that template; rendering may refuse it."""
    try:
        artifacts = _rendered(workshop, fault)
    except GenesisMonError as error:
        return Verdict(fault, True, fault.path in error.message, said=error.message)
    known = workshop.artifacts
    changed = {a.path: a for a in artifacts if a.text != known[a.path].text}
    other = {p: a for p, a in changed.items() if meaning(p, a.text) != meaning(p, known[p].text)}
    if not other:
        return Verdict(fault, equal=True)
    everything = {**known, **changed}
    with workshop.spoilt({path: artifact.text for path, artifact in changed.items()}):
        found = errors(workshop.watch(workshop.context(everything.values(), only=changed)))
        if not found:
            found = errors(run_checks(workshop.context(everything.values()), _READERS))
    located = any(_points_at(workshop, finding, artifact) for finding in found for artifact in other.values())
    return Verdict(fault, bool(found), located, said=first_line(found[0]) if found else "")


SORTS = (
    Sort("templates of data", partial(make, of_data=True), judge),
    Sort("other templates", partial(make, of_data=False), judge, bound=False),
)


def _rendered(workshop: Workshop, fault: Fault) -> list[Artifact]:
    file = workshop.templates / fault.path
    sound = file.read_text("utf-8")
    file.write_text(fault.text, "utf-8")
    try:
        templates = Templates(workshop.templates)
        plan = workshop.project.plan
        _, renderers = uses(workshop)[fault.path]
        return [artifact for renderer in renderers for artifact in renderer(plan, templates)]
    finally:
        file.write_text(sound, "utf-8")


def _points_at(workshop: Workshop, finding: Finding, artifact: Artifact) -> bool:
    """Whether it names a line of the file and an object of the spec that is wrong there.

    A text that is no YAML, or no document, has no object.
    """
    place = finding.location
    if place.file != (workshop.out / artifact.path).as_posix() or not place.line:
        return False
    document = artifact.document
    if document is None or finding.code == UNREADABLE:
        return True
    wanted, seen = json.loads(json.dumps(document.data)), read_yaml(artifact.text)
    return workshop.names(finding, {document.origin_of(path) for path in _differing(wanted, seen)})


def _differing(wanted: Any, seen: Any, path: Path = ()) -> Iterator[Path]:
    """Where two data differ, as deep as their forms agree."""
    if isinstance(wanted, dict) and isinstance(seen, dict):
        for key in wanted.keys() | seen.keys():
            yield from _differing(wanted.get(key), seen.get(key), (*path, key))
    elif isinstance(wanted, list) and isinstance(seen, list) and len(wanted) == len(seen):
        for index, (one, other) in enumerate(zip(wanted, seen, strict=True)):
            yield from _differing(one, other, (*path, index))
    elif wanted != seen:
        yield path
