"""Every PromQL expression in rules and dashboards, parsed.

GM401 (error): an expression cannot be parsed. The rule would not load, or the panel would show an error
instead of data. In dashboards, Grafana's variables are filled in first. Correct the SLI or the panel in the
spec that the finding names. Warning: promtool accepts it and our parser does not know it, so that nobody
looked at what it means.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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
from genesis_monitoring.checks.promql.promtool_opinion import Opinion, ask_about_expressions
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.promql.syntax import fault_of

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

NOT_READ = (
    "promtool accepts it, but genesis-mon cannot read it: nobody looked whether its metrics, ranges, labels "
    "and units are right"
)
"""What is said of PromQL that is right, as far as is known, and that our parser does not know."""
NOT_READ_HINT = "look at them yourself; then suppress GM401 for it, with the reason"


@dataclass(frozen=True, slots=True)
class DashboardExpression:
    """An expression in a dashboard: whose it is, and where it stands there and in the spec."""

    owner: str
    path: Path
    text: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """What our parser refuses: the finding that it is, unless promtool accepts one of ``texts``."""

    finding: Finding
    owner: str
    texts: tuple[str, ...]


def check_promql(context: CheckContext) -> Iterator[Finding]:
    """GM401."""
    refused = [*_refused_rules(context), *_refused_queries(context)]
    yield from (one for one in refused if isinstance(one, Finding))
    asked = tuple(dict.fromkeys(text for one in refused if isinstance(one, Refused) for text in one.texts))
    opinions = dict(zip(asked, ask_about_expressions(context.tools.promtool, asked), strict=True))
    for one in refused:
        if isinstance(one, Refused):
            yield _judged(context, one, [opinions[text] for text in one.texts])


def _judged(context: CheckContext, refused: Refused, opinions: Sequence[Opinion]) -> Finding:
    found = refused.finding
    missing = next((opinion.missing for opinion in opinions if opinion.missing is not None), None)
    if missing is not None:
        message = f"{found.message}: it may be newer PromQL, and {missing.message}"
        severity = Severity.ERROR if context.strict else Severity.WARNING
        return replace(found, code="GM001", severity=severity, message=message, hint=missing.hint)
    if opinions and not all(opinion.fault for opinion in opinions):
        message = f"{refused.owner}: {NOT_READ}"
        return replace(found, severity=Severity.WARNING, message=message, hint=NOT_READ_HINT)
    return found


def _refused_rules(context: CheckContext) -> Iterator[Finding | Refused]:
    rules = context.read(RULES, "rule files")
    yield from rules.findings
    for file in rules.files:
        yield from _rule_findings(context, file)


def _refused_queries(context: CheckContext) -> Iterator[Finding | Refused]:
    dashboards = context.read(DASHBOARDS, "dashboards")
    yield from dashboards.findings
    for file in dashboards.files:
        try:
            dashboard = load_dashboard(file)
        except InvalidDashboard as invalid:
            yield context.unchecked(file.path, f"the file is {invalid.message}", invalid.place)
            continue
        for expression in dashboard_expressions(dashboard):
            filled = tuple(fill_variables(expression.text, stand_in) for stand_in in _STAND_INS)
            faults = tuple(map(fault_of, filled))
            if all(faults):
                message = f"{expression.owner}: {_message(faults[0], expression.text)}"
                found = dashboard.finding(context, "GM401", expression.path, message, expression.origin)
                yield Refused(found, expression.owner, tuple(dict.fromkeys(filled)))


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


def _rule_findings(context: CheckContext, file: TreeFile) -> Iterator[Finding | Refused]:
    document = read_nodes(file.text)
    rules = [rule for group in items(child(document, "groups")) for rule in items(child(group, "rules"))]
    if not rules:
        yield context.unchecked(file.path, "the file holds no rules")
    for rule in rules:
        node = child(rule, "expr")
        text = scalar(node)
        fault = "the rule has no expression" if text is None else fault_of(text)
        if fault:
            name = scalar(child(rule, "alert")) or scalar(child(rule, "record")) or "a rule without a name"
            place = place_of(node) if node is not None else place_of(rule)
            found = context.finding("GM401", file, place, f"{name}: {_message(fault, text or '')}")
            yield Refused(found, name, () if text is None else (text,))


def _message(fault: str, expression: str) -> str:
    shown = " ".join(expression.split())
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}…"
    return f"{fault}, in: {shown}" if shown else fault
