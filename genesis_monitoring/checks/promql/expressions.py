"""Every PromQL expression in rules and dashboards, parsed.

GM401 (error): an expression cannot be parsed. The rule would not load, or the panel would show an error
instead of data. In dashboards, Grafana's variables are filled in first. Correct the SLI or the panel in the
spec that the finding names.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.dashboards.files import (
    DASHBOARDS,
    DashboardFile,
    InvalidDashboard,
    load_dashboard,
    mapping,
    objects,
)
from genesis_monitoring.checks.positions import Path, child, items, place_of, read_nodes, scalar
from genesis_monitoring.findings import Finding

RULES = "prometheus/rules/*.yml"

_VARIABLE = re.compile(r"\$\{(\w+)(?::\w+)?\}|\$([A-Za-z_]\w*)|\[\[(\w+)(?::\w+)?\]\]")
_BEFORE_DURATION = re.compile(r"(?:\[|:|\boffset\s+-?)\s*$")
_BUILT_IN = {
    "__interval": "1m",
    "__rate_interval": "5m",
    "__range": "1h",
    "__interval_ms": "60000",
    "__rate_interval_ms": "300000",
    "__range_ms": "3600000",
    "__range_s": "3600",
    "__from": "1700000000000",
    "__to": "1700003600000",
}
_STAND_INS = ("word", "1")
_QUERY_RESULT = re.compile(r"^\s*query_result\((?P<expr>.*)\)\s*$", re.DOTALL)
_LABEL_VALUES = re.compile(r"^\s*label_values\((?:(?P<expr>.*),)?\s*[\w$.{}]+\s*\)\s*$", re.DOTALL)
_OTHER_LOOKUP = re.compile(r"^\s*(?:label_names\(.*\)|metrics\(.*\))\s*$", re.DOTALL)
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class DashboardExpression:
    """An expression in a dashboard: whose it is, and where it stands there and in the spec."""

    owner: str
    path: Path
    text: str
    origin: str = ""


def check_promql(context: CheckContext) -> Iterator[Finding]:
    """GM401."""
    known: dict[str, str] = {}
    rules = context.read(RULES, "rule files")
    yield from rules.findings
    for file in rules.files:
        yield from _rule_findings(context, file, known)
    dashboards = context.read(DASHBOARDS, "dashboards")
    yield from dashboards.findings
    for file in dashboards.files:
        try:
            dashboard = load_dashboard(file)
        except InvalidDashboard as invalid:
            yield context.unchecked(file.path, f"the file is {invalid.message}", invalid.place)
            continue
        for expression in dashboard_expressions(dashboard):
            fault = _fault_with_variables(expression.text, known)
            if fault:
                message = f"{expression.owner}: {_message(fault, expression.text)}"
                yield dashboard.finding(context, "GM401", expression.path, message, expression.origin)


def fill_variables(expression: str, stand_in: str) -> str:
    """Put values in the place of Grafana's variables: a duration where one must stand, else ``stand_in``."""

    def fill(match: re.Match[str]) -> str:
        name = next(group for group in match.groups() if group)
        if name in _BUILT_IN:
            return _BUILT_IN[name]
        return "5m" if _BEFORE_DURATION.search(expression[: match.start()]) else stand_in

    return _VARIABLE.sub(fill, expression)


def dashboard_expressions(dashboard: DashboardFile) -> Iterator[DashboardExpression]:
    """All expressions: of panels (rows' included), query variables and annotations."""
    for panel in dashboard.panels:
        for index, target in enumerate(objects(panel.data, "targets")):
            text = target.get("expr")
            if isinstance(text, str) and text.strip():
                path = (*panel.path, "targets", index, "expr")
                yield DashboardExpression(f"{panel.name}, query {index + 1}", path, text, panel.origin)
    for index, variable in enumerate(objects(mapping(dashboard.data, "templating"), "list")):
        text = variable_expression(variable)
        if text is not None:
            path = ("templating", "list", index, "query")
            yield DashboardExpression(f'variable "{variable.get("name")}"', path, text)
    for index, annotation in enumerate(objects(mapping(dashboard.data, "annotations"), "list")):
        where: Path = ("annotations", "list", index)
        for owner, path in ((annotation, where), (mapping(annotation, "target"), (*where, "target"))):
            text = owner.get("expr")
            if isinstance(text, str):
                name = f'annotation "{annotation.get("name")}"'
                yield DashboardExpression(name, (*path, "expr"), text)


def variable_expression(variable: Mapping[str, object]) -> str | None:
    """The PromQL in a query variable; None if it has none, as ``label_values(job)``."""
    if variable.get("type") != "query":
        return None
    query = variable.get("query")
    text = query.get("query") if isinstance(query, dict) else query
    if not isinstance(text, str):
        return ""
    for form in (_QUERY_RESULT, _LABEL_VALUES):
        match = form.match(text)
        if match:
            return match["expr"]
    return None if _OTHER_LOOKUP.match(text) else text


def _rule_findings(context: CheckContext, file: TreeFile, known: dict[str, str]) -> Iterator[Finding]:
    document = read_nodes(file.text)
    rules = [rule for group in items(child(document, "groups")) for rule in items(child(group, "rules"))]
    if not rules:
        yield context.unchecked(file.path, "the file holds no rules")
    for rule in rules:
        node = child(rule, "expr")
        text = scalar(node)
        fault = "the rule has no expression" if text is None else _fault(text, known)
        if fault:
            name = scalar(child(rule, "alert")) or scalar(child(rule, "record")) or "a rule without a name"
            place = place_of(node) if node is not None else place_of(rule)
            yield context.finding("GM401", file, place, f"{name}: {_message(fault, text or '')}")


def _fault_with_variables(expression: str, known: dict[str, str]) -> str:
    """The fault of the first way to fill in the variables; none if any way can be parsed."""
    faults = [_fault(fill_variables(expression, stand_in), known) for stand_in in _STAND_INS]
    return faults[0] if all(faults) else ""


def _fault(expression: str, known: dict[str, str]) -> str:
    """What the parser objects to; empty if nothing. ``known`` remembers answers within a run."""
    import promql_parser

    if expression not in known:
        try:
            promql_parser.parse(expression)
            known[expression] = ""
        except ValueError as error:
            known[expression] = str(error) or "cannot be parsed"
    return known[expression]


def _message(fault: str, expression: str) -> str:
    shown = " ".join(expression.split())
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}…"
    return f"{fault}, in: {shown}" if shown else fault
