"""A sound project in a folder of its own, where one file at a time is spoilt, judged and put right again."""

import ast
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import yaml

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.checks.conformance import check_conformance
from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.clients.compose import Compose
from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.render.templates import default_folder
from genesis_monitoring.tree.drift import drift_findings
from genesis_monitoring.tree.writer import write_tree
from mutate.fault import Fault
from mutate.yaml_text import YamlText, read_yaml

Watch = Callable[[CheckContext], Iterable[Finding]]


class NotSoundError(Exception):
    """The tree that faults are to be made in has faults already."""


class Workshop:
    """``watch`` is the check that has to notice faults in data."""

    def __init__(self, spec: Path, folder: Path, watch: Watch = check_conformance) -> None:
        self.watch = watch
        self.out = folder / "generated"
        self.templates = folder / "templates"
        shutil.copytree(default_folder(), self.templates)
        self.project = load_project(Inputs(spec, self.out, self.templates, None))
        self.spec = YamlText(spec.read_text("utf-8"))
        self.artifacts = {artifact.path: artifact for artifact in self.project.artifacts}
        write_tree(self.out, self.project.artifacts)
        wrong = (*errors(watch(self.context(self.project.artifacts))), *self.drift())
        if wrong:
            listed = "\n".join(f"{one.location}: {one.code} {one.message}" for one in wrong)
            raise NotSoundError(f"the tree is not sound, so no fault in it can be told:\n{listed}")

    def context(self, artifacts: Iterable[Artifact], only: Iterable[str] | None = None) -> CheckContext:
        """What a check gets; ``only`` are the files of which the documents count."""
        given = tuple(
            artifact if only is None or artifact.path in only else Artifact(artifact.path, artifact.text)
            for artifact in artifacts
        )
        tools = Toolbox(Promtool(), Amtool(), Compose())
        return CheckContext(self.out, given, self.project.source, tools, plan=self.project.plan)

    def drift(self) -> tuple[Finding, ...]:
        """The files that are not as rendered."""
        return drift_findings(self.out, self.project.artifacts)

    @contextmanager
    def spoilt(self, files: Mapping[str, str]) -> Iterator[None]:
        """The tree with these texts in it."""
        try:
            for path, text in files.items():
                (self.out / path).write_bytes(text.encode())
            yield
        finally:
            for path in files:
                (self.out / path).write_bytes(self.artifacts[path].data)

    def points_at(self, finding: Finding, fault: Fault) -> bool:
        """Whether it names the file, a line at the fault, and the object in the spec, if there is one."""
        place = finding.location
        near = fault.first <= place.line <= fault.last
        return (
            place.file == (self.out / fault.path).as_posix() and near and self.names(finding, fault.origins)
        )

    def names(self, finding: Finding, origins: Iterable[str]) -> bool:
        """Whether it names a place within one of these objects of the spec."""
        lines = {place.line for place in finding.related if place.file == self.project.source.file}
        return any(first <= line <= last for first, last in map(self._span, origins) for line in lines)

    def _span(self, dotted: str) -> tuple[int, int]:
        """The lines of an object of the spec, or of what is nearest around it; none for no object."""
        if not dotted:
            return 0, -1
        path: list[str | int] = []
        parts = dotted.split(".")
        while parts:
            members = {str(m.step): m.step for m in self.spec.members(self.spec.node(tuple(path)))}
            fits = (n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in members)
            taken = next(fits, 0)
            if not taken:
                break
            path.append(members[".".join(parts[:taken])])
            del parts[:taken]
        return self.spec.span(tuple(path))


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that make ``validate`` fail."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def kind_of(path: str) -> str:
    """The kind of a generated file: its folder, if it is one of many."""
    folder = PurePosixPath(path).parent.as_posix()
    return path if folder in (".", "prometheus", "alertmanager") else folder


def meaning(path: str, text: str) -> str:
    """What a program reads in a text, the same for the same; the text itself where it cannot be read."""
    try:
        if path.endswith(".json"):
            return json.dumps(json.loads(text), sort_keys=True)
        if path.endswith((".yml", ".yaml")):
            return json.dumps(read_yaml(text), sort_keys=True)
        return ast.dump(ast.parse(text)) if path.endswith(".py") else text
    except (ValueError, SyntaxError, yaml.YAMLError):
        return text


def first_line(finding: Finding) -> str:
    """A finding for people."""
    return f"{finding.location}: {finding.code} {finding.message}"
