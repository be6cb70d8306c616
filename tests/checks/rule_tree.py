"""The golden ``every-kind`` spec and its rendered tree on disk, with ways to spoil rules and their tests."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from plan.specs import EVERY_KIND, Data, as_text, every_kind

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.clients.compose import Compose
from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.commands.project import Inputs, Project, load_project
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.plan.annotations import Annotation
from genesis_monitoring.plan.rules import RuleGroup

SHOP = "prometheus/rules/shop.yml"
PERIOD = "prometheus/rules/shop.period.yml"
BILL = "prometheus/rules/bill.yml"
MONITORING = "prometheus/rules/monitoring.yml"
SHOP_TESTS = "prometheus/tests/shop-1m.yml"

Check = Callable[[CheckContext], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class _Written(Annotation):
    """A template as it stands in a file."""

    @property
    def template(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class RuleTree:
    """A tree on disk and what it was rendered from."""

    out: Path
    project: Project

    @property
    def context(self) -> CheckContext:
        """What checks get."""
        tools = Toolbox(Promtool(), Amtool(), Compose())
        project = self.project
        return CheckContext(self.out, project.artifacts, project.source, tools, project.plan)

    def run(self, check: Check) -> list[Finding]:
        """All findings of one check, in the order in which it makes them."""
        return list(check(self.context))

    def lint(self, check: Check) -> list[Finding]:
        """As ``run``, of a plan that says what the rule files do."""
        plan = self.project.plan
        groups = tuple(self._planned(group) for group in plan.rule_groups)
        return list(check(replace(self.context, plan=replace(plan, rule_groups=groups))))

    def linted(self, check: Check, code: str, severity: Severity = Severity.ERROR) -> Finding:
        """The one finding of that code by lint."""
        (finding,) = [finding for finding in self.lint(check) if finding.code == code]
        assert finding.severity is severity
        return finding

    def _planned(self, group: RuleGroup) -> RuleGroup:
        groups = _groups(self.text(group.path))
        (written,) = (one for one in groups if one["name"] == group.name)
        known = {one.record: one for one in group.recording}, {one.alert: one for one in group.alerting}
        recording = tuple(
            replace(known[0][one["record"]], expr=one["expr"]) for one in written["rules"] if "record" in one
        )
        alerting = tuple(
            replace(
                known[1].get(one["alert"], group.alerting[0]),
                alert=one["alert"],
                expr=one["expr"],
                labels=tuple(one["labels"].items()),
                annotations=tuple(_Written(*text) for text in one["annotations"].items()),
            )
            for one in written["rules"]
            if "alert" in one
        )
        return replace(group, recording=recording, alerting=alerting)

    def one(self, check: Check, code: str, severity: Severity = Severity.ERROR) -> Finding:
        """The one finding of that code, which has to be there."""
        (finding,) = [finding for finding in self.run(check) if finding.code == code]
        assert finding.severity is severity
        return finding

    def text(self, path: str) -> str:
        """A file."""
        return (self.out / path).read_text("utf-8")

    def spoil(self, path: str, old: str, new: str, nth: int = 1) -> int:
        """Replace the ``nth`` ``old``, which must be there; the line it began in."""
        parts = self.text(path).split(old)
        assert len(parts) > nth, f"{old!r} stands {len(parts) - 1} times in {path}"
        before = old.join(parts[:nth])
        (self.out / path).write_text(before + new + old.join(parts[nth:]), "utf-8")
        return before.count("\n") + 1

    def write_expr(self, name: str, expr: str, path: str = SHOP) -> int:
        """Give the first rule of that name another expression; its line."""
        lines = self.text(path).splitlines(keepends=True)
        rule = next(n for n, line in enumerate(lines) if line.rstrip().endswith((f": {name}", f": '{name}'")))
        lines[rule + 1] = f"        expr: {json.dumps(expr)}\n"
        (self.out / path).write_text("".join(lines), "utf-8")
        return rule + 2

    def line(self, path: str, words: str, nth: int = 1) -> int:
        """The line in which ``words`` stand for the ``nth`` time."""
        return [n for n, line in enumerate(self.text(path).splitlines(), 1) if words in line][nth - 1]

    def spec_place(self, dotted: str) -> tuple[Location, ...]:
        """Where a finding leads back to."""
        return (self.project.source.locate_dotted(dotted),)


@cache
def _groups(text: str) -> list[dict[str, Any]]:
    """Of a rule file; most of the files that tests read are the same."""
    groups: list[dict[str, Any]] = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))[
        "groups"
    ]
    return groups


def rule_tree(out: Path) -> RuleTree:
    """The tree as rendered, in ``out``."""
    return _written(out, _every_kind())


def tree_of(out: Path, change: Callable[[Data], object]) -> RuleTree:
    """The tree of a changed spec; the spec itself is written beside it."""
    data = every_kind()
    change(data)
    out.mkdir(parents=True)
    spec = out / "slo.yaml"
    spec.write_text(as_text(data), "utf-8")
    return _written(out / "generated", load_project(Inputs(spec, out, None, None)))


@cache
def _every_kind() -> Project:
    return load_project(Inputs(EVERY_KIND, None, None, None))


def _written(out: Path, project: Project) -> RuleTree:
    for artifact in project.artifacts:
        (out / artifact.path).parent.mkdir(parents=True, exist_ok=True)
        (out / artifact.path).write_bytes(artifact.data)
    return RuleTree(out, project)
