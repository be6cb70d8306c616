"""One mutant in, its verdict out."""

import re
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import partial

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.checks.dashboards.panel_history import check_panel_history
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.source import SpecError
from genesis_monitoring.tree.drift import drift_findings
from mutate.gate import Workshop, errors, key_of, run_all, run_until
from mutate.inputs import Watched
from mutate.mutant import SPEC, Mutant, Target, Verdict
from mutate.parts import Touched, touched
from mutate.place import drift_points_at, objects_of, points_at, spec_points_at

_SAID = 4
RENDER = "render"
"""Stands for a code where rendering refuses a mutated template."""


@dataclass(frozen=True, slots=True)
class Judge:
    """``known`` are findings of the sound tree. With ``all_codes`` no check is left out once one has caught.

    With ``full`` nothing is left out at all: every check runs, with tools that remember nothing.
    """

    workshop: Workshop
    tools: Toolbox
    watched: tuple[Watched, ...]
    known: frozenset[tuple[str, str, int, str]]
    all_codes: bool = False
    full: bool = False

    def __call__(self, mutant: Mutant) -> Verdict:
        """The verdict; a check that breaks down on a fault has not caught it."""
        try:
            match mutant.target:
                case Target.GENERATED:
                    return self._tree(mutant, {mutant.path: mutant.text}, None)
                case Target.TEMPLATE:
                    return self._template(mutant)
                case Target.SPEC:
                    return self._spec(mutant)
        except Exception:
            last = traceback.format_exc().strip().splitlines()
            return Verdict(mutant, note=f"crash: {last[-1]} ({last[-3].strip() if len(last) > 2 else ''})")

    def _template(self, mutant: Mutant) -> Verdict:
        try:
            artifacts = self.workshop.render_with(mutant.path, mutant.text or "")
        except GenesisMonError as error:
            named = mutant.path in error.message
            return Verdict(mutant, (RENDER,), located=named, said=(error.message,))
        sound = self.workshop.base.files
        changed: dict[str, str | None] = {a.path: a.text for a in artifacts if a.text != sound.get(a.path)}
        if not changed:
            return Verdict(mutant, equal=True, note="renders the same tree")
        return self._tree(mutant, changed, artifacts)

    def _tree(
        self, mutant: Mutant, files: Mapping[str, str | None], artifacts: tuple[Artifact, ...] | None
    ) -> Verdict:
        sound = self.workshop.base.files
        changes = tuple(touched(path, sound[path], text, whole=mutant.whole) for path, text in files.items())
        context = self.workshop.context(self.tools, artifacts)
        self.workshop.put(files)
        try:
            if self.full:
                found = run_all(context)
            else:
                gone = any(text is None for text in files.values())
                chosen = [one for one in self.watched if gone or one.notices(tuple(files))]
                found = run_until(context, chosen, partial(self._enough, mutant, changes))
        finally:
            self.workshop.put_back(files)
        return self._verdict(mutant, changes, found)

    def _enough(self, mutant: Mutant, changes: Sequence[Touched], found: Sequence[Finding]) -> bool:
        return not self.all_codes and self._verdict(mutant, changes, found).located

    def _verdict(self, mutant: Mutant, changes: Sequence[Touched], found: Sequence[Finding]) -> Verdict:
        new = [finding for finding in found if key_of(finding) not in self.known]
        catches = _catches(mutant, errors(new))
        spec = self.workshop.base.spec_text.split("\n")
        located = any(points_at(finding, changes, self.workshop.out, spec) for finding in catches)
        return Verdict(
            mutant,
            codes=_codes(catches),
            warned=_codes(finding for finding in new if finding not in catches),
            located=located,
            said=_said(catches or new),
        )

    def _spec(self, mutant: Mutant) -> Verdict:
        before, now = self.workshop.base.spec_text, mutant.text or ""
        old, new = _changed_lines(before, now)
        lines = before.split("\n"), now.split("\n")
        try:
            loaded = parse_spec(now, SPEC)
        except SpecError as error:
            catches = _catches(mutant, errors(error.findings)) or errors(error.findings)
            located = any(spec_points_at(finding, *lines, new) for finding in catches)
            return Verdict(mutant, _codes(catches), located=located, said=_said(catches))
        plan = compile_plan(loaded.spec, loaded.spec.profile_in_force)
        artifacts = render_plan(plan, Templates(self.workshop.templates))
        found = (
            *drift_findings(self.workshop.out, artifacts),
            *check_panel_history(self.workshop.out, plan, loaded.source),
        )
        catches = _catches(mutant, errors(found))
        objects = objects_of(*lines, old, new)
        words = _words(before, now, old, new)
        files = self.workshop.base.files
        located = any(
            drift_points_at(finding, self.workshop.out, files, lines[0], objects, words)
            for finding in catches
        )
        verdict = Verdict(mutant, _codes(catches), located=located, said=_said(catches or found))
        return verdict if found else replace(verdict, note="the spec is accepted and renders the same tree")


def _catches(mutant: Mutant, found: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in found if re.fullmatch(mutant.expect.value, finding.code))


def _codes(found: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(sorted({finding.code for finding in found}))


def _said(found: Iterable[Finding]) -> tuple[str, ...]:
    said = [f"{finding.location}: {finding.code} {finding.message}" for finding in found]
    return tuple(said[:_SAID])


def _changed_lines(before: str, now: str) -> tuple[list[int], list[int]]:
    """The lines (from 1) that differ, in both texts; where lines are gone, those around the gap."""
    old: list[int] = []
    new: list[int] = []
    matcher = SequenceMatcher(None, before.split("\n"), now.split("\n"), autojunk=False)
    for tag, first, after, new_first, new_after in matcher.get_opcodes():
        if tag != "equal":
            old.extend(range(first + 1, after + 1))
            new.extend(
                range(new_first + 1, new_after + 1) if new_after > new_first else (new_first, new_first + 1)
            )
    return old, new


def _words(before: str, now: str, old: Sequence[int], new: Sequence[int]) -> tuple[str, ...]:
    """What stands on changed lines in one of the texts alone: a new value, a new name."""
    texts = before.split("\n"), now.split("\n")
    sets = [
        {word for line in lines if line <= len(text) for word in re.findall(r"[\w.#-]{2,}", text[line - 1])}
        for text, lines in zip(texts, (old, new), strict=True)
    ]
    return tuple(sorted(sets[0] ^ sets[1]))
