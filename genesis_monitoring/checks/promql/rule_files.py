"""The rule files on disk, typed: groups and rules with the place of every value. Files in, rules out.

A file that is no YAML, or holds no rules, has no groups here; GM302 and GM004 say so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import child, items, place_of, read_nodes, scalar
from genesis_monitoring.findings import Finding
from genesis_monitoring.promql.syntax import Node, TooDeepError, read_expression

if TYPE_CHECKING:
    from yaml import Node as YamlNode

RULES = "prometheus/rules/*.yml"

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Value:
    """A scalar's text and its place."""

    text: str
    place: Place


Values = tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``settings`` are all of its other scalars, as ``for``; ``tree`` is None if unparsable."""

    file: TreeFile
    group: str
    name: str
    alerting: bool
    place: Place
    expr: Value
    tree: Node | None
    settings: Values
    labels: Values
    annotations: Values


@dataclass(frozen=True, slots=True)
class Group:
    """One group. ``settings`` are its scalars besides the name, as ``interval``."""

    name: str
    place: Place
    settings: Values
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file's groups, and the expressions that are nested too deep to be looked into."""

    file: TreeFile
    groups: tuple[Group, ...]
    too_deep: tuple[Value, ...]

    @property
    def rules(self) -> Iterator[Rule]:
        """All rules, in order."""
        return (rule for group in self.groups for rule in group.rules)


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """All rule files that could be read, and a finding for each that could not."""

    files: tuple[RuleFile, ...]
    findings: tuple[Finding, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of all files, in order."""
        return tuple(rule for file in self.files for rule in file.rules)


def read_rule_files(context: CheckContext) -> RuleFiles:
    """Every rule file of the tree."""
    wanted = context.read(RULES, "rule files")
    files = tuple(map(parse_rule_file, wanted.files))
    too_deep = (
        context.unchecked(file.file.path, "the expression is nested too deep to be looked into", value.place)
        for file in files
        for value in file.too_deep
    )
    return RuleFiles(files, (*wanted.findings, *too_deep))


@lru_cache(maxsize=256)
def parse_rule_file(file: TreeFile) -> RuleFile:
    """One file."""
    too_deep: list[Value] = []
    groups = tuple(_group(file, node, too_deep) for node in items(child(read_nodes(file.text), "groups")))
    return RuleFile(file, groups, tuple(too_deep))


def values_of(node: "YamlNode | None") -> Values:
    """The scalars of a mapping, in order."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return ()
    return tuple(
        (str(key.value), Value(text, place_of(value)))
        for key, value in node.value
        if (text := scalar(value)) is not None
    )


def _group(file: TreeFile, node: "YamlNode", too_deep: list[Value]) -> Group:
    settings = tuple((name, value) for name, value in values_of(node) if name != "name")
    name = scalar(child(node, "name")) or ""
    rules = tuple(_rule(file, name, one, too_deep) for one in items(child(node, "rules")))
    return Group(name, place_of(node), settings, rules)


def _rule(file: TreeFile, group: str, node: "YamlNode", too_deep: list[Value]) -> Rule:
    alert, record, expr = child(node, "alert"), child(node, "record"), child(node, "expr")
    text = Value(scalar(expr) or "", place_of(expr) if expr is not None else place_of(node))
    tree = None
    try:
        tree = read_expression(text.text)
    except TooDeepError:
        too_deep.append(text)
    return Rule(
        file=file,
        group=group,
        name=scalar(alert) or scalar(record) or "",
        alerting=alert is not None,
        place=place_of(node),
        expr=text,
        tree=tree,
        settings=tuple(
            (name, value) for name, value in values_of(node) if name not in ("alert", "record", "expr")
        ),
        labels=values_of(child(node, "labels")),
        annotations=values_of(child(node, "annotations")),
    )


def no_plan(context: CheckContext) -> Finding:
    """The finding of a check that compares with the spec and got none."""
    return context.unchecked("", "there is no plan of the spec to compare the rules with")
