"""The sound project, a workshop where its tree is spoilt and put back, and the run of checks on it."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.registry import CHECKS, run_checks
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.render.render import render_plan
from genesis_monitoring.render.templates import Templates
from genesis_monitoring.spec.load import LoadedSpec, parse_spec
from genesis_monitoring.tree.manifest import Manifest
from genesis_monitoring.tree.paths import MANIFEST
from mutate.inputs import Watched
from mutate.mutant import SPEC

OUT = "generated"
TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class Base:
    """The sound project: what is mutated. ``files`` are the generated ones, by path."""

    root: Path
    spec_text: str
    loaded: LoadedSpec
    plan: Plan
    artifacts: tuple[Artifact, ...]
    templates: Mapping[str, str]

    @property
    def files(self) -> dict[str, str]:
        """The generated files."""
        return {artifact.path: artifact.text for artifact in self.artifacts}


def load_base(root: Path) -> Base:
    """The project in ``root``, rendered anew: that is what ``render --check`` proves the tree to be."""
    text = (root / SPEC).read_text("utf-8")
    loaded = parse_spec(text, SPEC)
    plan = compile_plan(loaded.spec, loaded.spec.profile_in_force)
    folder = root / TEMPLATES
    templates = {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.j2")
    }
    return Base(root, text, loaded, plan, render_plan(plan, Templates(folder)), templates)


class Workshop:
    """A copy of the project in a folder of its own, where trees are spoilt and put right again."""

    def __init__(self, base: Base, folder: Path) -> None:
        self.base = base
        self.out = folder / OUT
        self.templates = folder / TEMPLATES
        self._files = base.files
        self._digests = {artifact.path: artifact.digest for artifact in base.artifacts}
        folder.mkdir(parents=True, exist_ok=True)
        for entry in base.root.iterdir():
            if entry.name not in (OUT, TEMPLATES) and not entry.name.startswith("."):
                (folder / entry.name).symlink_to(entry)
        shutil.copytree(base.root / TEMPLATES, self.templates)
        self.put(self._files)

    def put(self, files: Mapping[str, str | None]) -> None:
        """Write these files of the tree, or remove them; the manifest is made to fit."""
        digests = dict(self._digests)
        for path, text in files.items():
            place = self.out / path
            digests.pop(path, None)
            if text is None:
                place.unlink(missing_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            artifact = Artifact(path, text)
            place.write_bytes(artifact.data)
            digests[path] = artifact.digest
        (self.out / MANIFEST).write_bytes(Manifest(digests).dump())

    def put_back(self, files: Mapping[str, str | None]) -> None:
        """Undo ``put``."""
        self.put({path: self._files.get(path) for path in files})

    def context(self, tools: Toolbox, artifacts: tuple[Artifact, ...] | None = None) -> CheckContext:
        """What ``genesis-mon validate`` would give its checks here."""
        base = self.base
        given = base.artifacts if artifacts is None else artifacts
        return CheckContext(self.out, given, base.loaded.source, tools, strict=True, plan=base.plan)

    def render_with(self, path: str, text: str) -> tuple[Artifact, ...]:
        """The tree as the template ``path`` renders it with another text. Raises what rendering raises."""
        place = self.templates / path
        try:
            place.write_text(text, "utf-8")
            return render_plan(self.base.plan, Templates(self.templates))
        finally:
            place.write_text(self.base.templates[path], "utf-8")


def run_until(
    context: CheckContext,
    watched: Sequence[Watched],
    enough: Callable[[Sequence[Finding]], bool],
) -> tuple[Finding, ...]:
    """Run the checks one after the other until what they found is ``enough``."""
    found: list[Finding] = []
    for one in watched:
        found.extend(run_checks(context, (one.check,)))
        if enough(found):
            break
    return tuple(found)


def run_all(context: CheckContext) -> tuple[Finding, ...]:
    """All checks, side by side, as ``genesis-mon validate`` runs them."""
    return run_checks(context, CHECKS)


def key_of(finding: Finding) -> tuple[str, str, int, str]:
    """What makes a finding the same in two trees."""
    return finding.code, finding.location.file, finding.location.line, finding.message


def errors(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Those that make ``validate`` fail."""
    return tuple(finding for finding in found if finding.severity is Severity.ERROR)
